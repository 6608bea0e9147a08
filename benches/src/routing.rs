//! What it costs that a request finds its resource: the contract's paths tried in turn, as the service arranges them, and
//! one path alone, all with the same handler.
//!
//! `cargo run --release -p benches --bin routing`; see `benches/run.sh`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use actix_http::Request;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::{App, Error, HttpResponse, Route, test, web};
use mingjian::http;
use mingjian::http::kernel::routing::arrange;
use std::time::Instant;

const ID: &str = "01a22632-974a-7204-894a-dd236404892c";
const ROUNDS: usize = 9;
const REQUESTS: u32 = 20_000;

fn route() -> Vec<Route> {
    vec![web::get().to(async || HttpResponse::NoContent().finish())]
}

/// Microseconds a request.
async fn time(app: &impl Service<Request, Response = ServiceResponse, Error = Error>, path: &str) -> f64 {
    let started = Instant::now();
    for _ in 0..REQUESTS {
        let request = test::TestRequest::get().uri(path).to_request();
        assert!(app.call(request).await.unwrap().status().is_success());
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(REQUESTS)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[actix_web::main]
async fn main() {
    let api = http::api();
    let in_turn = test::init_service(api.paths().into_iter().fold(App::new(), |app, path| {
        app.service(route().into_iter().fold(web::resource(path), actix_web::Resource::route))
    }))
    .await;
    let arranged = test::init_service(App::new().configure(|config| {
        arrange(config, api.paths().into_iter().map(|path| (path, route())).collect());
    }))
    .await;
    let alone = test::init_service(App::new().default_service(route().remove(0))).await;

    for path in ["/api/v1/objects/{id}", "/api/v1/risk-clues/{id}/verify", "/api/v1/worklist"] {
        let uri = path.replace("{id}", ID);
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            times[0].push(time(&in_turn, &uri).await);
            times[1].push(time(&arranged, &uri).await);
            times[2].push(time(&alone, &uri).await);
        }
        let [turn, arranged, alone] = times.map(median);
        println!(
            "routing {path:<40} in turn {:6.2} µs   arranged {:6.2} µs   (one resource takes {alone:.2} µs)",
            turn - alone,
            arranged - alone
        );
    }
}
