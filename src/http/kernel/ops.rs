//! For operators and integrators: health, metrics, the contract and its page, the public keys.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The committed contract: the tests hold it to what the handlers print. Printing it at each start would take more memory
/// than the whole service at rest.
const DOCUMENT: &str = include_str!("../../../openapi/openapi.json");

pub fn configure(config: &mut web::ServiceConfig) {
    let ui = Config::new(["/openapi.json"]).persist_authorization(true).validator_url("none").try_it_out_enabled(true);
    config
        .service(web::resource("/healthz").route(web::get().to(health)))
        .service(web::resource("/readyz").route(web::get().to(ready)))
        .service(web::resource("/metrics").route(web::get().to(metrics)))
        .service(web::resource("/openapi.json").route(web::get().to(document)))
        .service(web::resource("/.well-known/jwks.json").route(web::get().to(jwks)))
        .service(web::redirect("/docs", "/docs/"))
        .service(SwaggerUi::new("/docs/{_:.*}").config(ui));
}

/// The process lives.
async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// The database answers and its schema is this build's.
async fn ready(app: web::Data<App>) -> Result<HttpResponse> {
    app.db.check_ready().await.map_err(|error| AppError::unavailable(error.to_string()))?;
    Ok(HttpResponse::Ok().json(json!({ "status": "ready", "version": env!("CARGO_PKG_VERSION") })))
}

async fn metrics(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())
}

async fn document() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(DOCUMENT)
}

async fn jwks(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(&app.secrets.keys().jwks)
}
