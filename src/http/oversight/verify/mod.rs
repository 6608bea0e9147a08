//! Pages for everybody who wants to be sure. 抽取复算页: one file that runs a draw again in the reader's browser, served or saved,
//! and sends nothing.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

const PAGE: &str = include_str!("page.html");

/// 文书核验页: asks this service what was issued under the code, and compares a file in the reader's browser.
const DOCUMENT: &str = include_str!("document.html");

/// Its own script and style, and nothing else: whatever is dropped on the page stays there.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/verify").route(web::get().to(page)))
        .service(web::resource("/verify/documents/{code}").route(web::get().to(document)));
}

/// Asks where it came from, besides.
const ASKING: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async fn document() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_SECURITY_POLICY, ASKING))
        .body(DOCUMENT)
}

async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"mingjian-verify.html\""))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(PAGE)
}
