//! The server: routes in their layers, and a graceful end.

use super::early::Answering;
use super::middleware::{Limiter, RequestSpan, envelope, guard};
use super::ops;
use crate::app::App;
use crate::http;
use crate::http::oversight::verify;
use crate::kernel::ctx::now;
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{clients, sessions};
use crate::persistence::kernel::idempotency;
use crate::service::access::clients::usage::write_down;
use crate::service::credit;
use crate::service::intake::behaviours;
use crate::service::intake::behaviours::figures;
use crate::service::intake::data_sets;
use crate::service::kernel::sealed;
use crate::service::officers::personnel::certificates::follow_the_calendar;
use crate::service::oversight::{escalations, log};
use crate::service::records::archives::disposal;
use crate::service::records::{documents, evidence};
use crate::service::risks::{risk_clues, risk_models};
use crate::service::spot_checks::libraries;
use actix_cors::Cors;
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::dev::{AppConfig, fn_service};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::web;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tracing_actix_web::TracingLogger;

/// The process's recorder; a second server in the same process shares it.
fn recorder() -> Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let builder = PrometheusBuilder::new().set_buckets(&buckets).map_err(AppError::internal)?;
    let handle = builder.install_recorder().map_err(AppError::internal)?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// Starts to serve on the listener; the future ends after SIGTERM, when all requests are answered.
pub fn serve(app: Arc<App>, listener: TcpListener) -> Result<Server> {
    let api = Arc::new(http::api());
    let metrics = web::Data::new(recorder()?);
    let limits = &app.settings.limits;
    let limiter = web::Data::new(Limiter::new(limits));
    let workers = app.settings.server.workers();
    disposing(&app);
    catching_up(&app);
    housekeeping(&app, &limiter, &metrics);
    sealing(&app);
    refreshing(&app);
    checking(&app);
    sweeping(&app);
    let data: web::Data<App> = web::Data::from(Arc::clone(&app));
    let name = listener.local_addr().map_err(AppError::internal)?.to_string();
    let handlers = move || {
        let api = Arc::clone(&api);
        actix_web::App::new()
            .app_data(data.clone())
            .app_data(metrics.clone())
            .app_data(limiter.clone())
            .configure(move |config| api.configure(config))
            .configure(ops::configure)
            .configure(verify::configure)
            .default_service(web::to(not_found))
            .wrap(from_fn(guard))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(Compress::default())
            .wrap(Condition::new(
                !data.settings.server.cors_origins.is_empty(),
                cors(&data.settings.server.cors_origins),
            ))
            .wrap(from_fn(envelope))
    };
    // As `HttpServer` does it, on a connection that answers what is no request.
    let server = Server::build().workers(workers).disable_signals().shutdown_timeout(4);
    let server = server.listen(name, listener, move || {
        let stopping = Arc::clone(&app);
        let http = HttpService::build()
            .client_request_timeout(Duration::from_secs(5))
            .client_disconnect_timeout(Duration::from_secs(1))
            .keep_alive(Duration::from_secs(75))
            .graceful_shutdown_signal(move || {
                let app = Arc::clone(&stopping);
                async move { app.stopped().await }
            })
            .finish(map_config(handlers().into_factory(), |()| AppConfig::default()));
        fn_service(async |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            Ok::<_, DispatchError>((Answering::new(stream), Protocol::Http1, peer))
        })
        .and_then(http)
    });

    Ok(server.map_err(AppError::internal)?.run())
}

async fn not_found() -> Result<super::reply::NoContent> {
    Err(AppError::not_found())
}

fn cors(origins: &[String]) -> Cors {
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    cors.allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "accept-language",
            "x-request-id",
            "range",
            "tus-resumable",
            "upload-offset",
        ])
        .expose_headers([
            "etag",
            "location",
            "link",
            "retry-after",
            "x-request-id",
            "idempotency-replayed",
            "content-range",
            "tus-resumable",
            "upload-offset",
            "upload-length",
            "tus-version",
        ])
        .max_age(600)
}

fn warn<T>(what: &'static str, outcome: Result<T>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "{what}");
    }
}

/// Lines of the trail get their places in the log every second.
fn sealing(app: &Arc<App>) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        while !app.is_stopping() {
            warn("the log was not sealed", log::seal(&app).await);
            tokio::select! {
                () = actix_web::rt::time::sleep(Duration::from_secs(1)) => {}
                () = app.stopped() => {}
            }
        }
    });
}

/// Libraries are looked up once a day, beside all else: a large register takes its time.
fn refreshing(app: &Arc<App>) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        while !app.is_stopping() {
            warn("libraries were not refreshed", libraries::refresh_all(&app).await);
            tokio::select! {
                () = actix_web::rt::time::sleep(Duration::from_mins(10)) => {}
                () = app.stopped() => {}
            }
        }
    });
}

/// What has arrived is checked as it comes, and at the latest in the next round; a file that another process has left is found
/// then.
fn checking(app: &Arc<App>) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        while !app.is_stopping() {
            let arrived = app.evidence.notified();
            warn("evidence was not checked", evidence::check_waiting(&app).await);
            tokio::select! {
                () = arrived => {}
                () = actix_web::rt::time::sleep(Duration::from_secs(5)) => {}
                () = app.stopped() => {}
            }
        }
    });
}

/// Rows of before there were figures are counted once, and looked at by the rules of now, beside all else.
fn catching_up(app: &Arc<App>) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        while !app.is_stopping() {
            match caught_up(&app).await {
                Ok((counted, seen)) => {
                    tracing::info!(counted, seen, "rows of before were counted and looked at");
                    break;
                }
                Err(error) => tracing::warn!(%error, "rows of before were not counted and looked at"),
            }
            tokio::select! {
                () = actix_web::rt::time::sleep(Duration::from_secs(30)) => {}
                () = app.stopped() => {}
            }
        }
    });
}

/// How many rows were counted, and how many looked at.
async fn caught_up(app: &App) -> Result<(usize, usize)> {
    Ok((figures::count_left(app).await?, behaviours::recheck(app).await?))
}

/// Files whose time is over are destroyed beside all else, one after the other.
fn disposing(app: &Arc<App>) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        while !app.is_stopping() {
            warn("files whose time is over were not destroyed", disposal::carry_on(&app).await);
            tokio::select! {
                () = actix_web::rt::time::sleep(Duration::from_secs(30)) => {}
                () = app.stopped() => {}
            }
        }
    });
}

/// Files that nobody needs are removed once an hour, beside all else: a bucket takes its time.
fn sweeping(app: &Arc<App>) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        while !app.is_stopping() {
            warn("files that nobody needs were not removed", evidence::sweep(&app).await);
            warn("pages that nobody refers to were not removed", documents::sweep(&app).await);
            tokio::select! {
                () = actix_web::rt::time::sleep(Duration::from_hours(1)) => {}
                () = app.stopped() => {}
            }
        }
    });
}

/// Seconds between two rounds of chores.
const REFRESH: u32 = sealed::REFRESH_SECONDS;

/// Small chores while the server runs.
fn housekeeping(app: &Arc<App>, limiter: &web::Data<Limiter>, metrics: &web::Data<PrometheusHandle>) {
    let (app, limiter, metrics) = (Arc::clone(app), limiter.clone(), metrics.clone());
    actix_web::rt::spawn(async move {
        let mut ticks = actix_web::rt::time::interval(Duration::from_secs(u64::from(REFRESH)));
        let mut round = 0u32;
        loop {
            ticks.tick().await;
            warn("the secret file was not read", app.secrets.reload());
            warn("the data keys were not read", sealed::refresh(&app).await);
            warn("the use by partners was not written down", write_down(&app).await);
            if round.is_multiple_of(6) {
                limiter.forget_quiet();
                metrics.run_upkeep();
                warn("the lights of clues were not brought up to date", risk_clues::sweep(&app).await);
                warn("data sets that did not come were not told", data_sets::sweep(&app).await);
                warn("what is late was not told", escalations::sweep(&app).await);
            }
            let every = app.settings.risk.run_minutes.saturating_mul(60) / REFRESH;
            if every > 0 && round % every == every - 1 {
                warn("the risk models were not run", risk_models::run_if_changed(&app).await);
            }
            if round.is_multiple_of(720) {
                warn("idempotency keys were not purged", idempotency::purge(&app.db, now()).await);
                warn("nonces were not purged", clients::forget_nonces(&app.db, now()).await);
                warn("old sessions were not purged", sessions::purge(&app.db, now()).await);
                warn("certificates did not follow the calendar", follow_the_calendar(&app).await);
                warn("credit classes were not ended", credit::expire(&app).await);
                warn("risk models were not ended", risk_models::expire(&app).await);
                warn("the year's disposal lists were not drawn up", disposal::draw_up(&app).await);
            }
            round = round.wrapping_add(1);
        }
    });
}
