//! What the transparency log costs on a county's history, on SQLite: taking up lines of before, sealing them, reading all
//! again, and a proof.
//!
//! `cargo run --release -p benches --bin log [lines]`; see `benches/run.sh`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use mingjian::app::App;
use mingjian::config::Settings;
use mingjian::service::oversight::log::{begin, prove, prove_growth, seal, verify};
use sea_orm::ConnectionTrait;
use std::time::Instant;

const PROOFS: u32 = 200;

/// A line with a state of some three hundred bytes.
const LINE: &str =
    "SELECT CAST(printf('%016d', n) AS BLOB), '2026-01-01 00:00:00.000 +00:00', NULL, '张三', 'DEPARTMENT_ADMIN', NULL,
    NULL, 'UPDATED', 'objects', CAST(printf('%016d', n % 9973) AS BLOB), NULL, 'request-' || n,
    json_object('name', '旺苍' || n || '店', 'registered_address', hex(zeroblob(60)), 'version', n),
    json_object('name', '旺苍' || n || '商店', 'registered_address', hex(zeroblob(60)), 'version', n + 1) FROM r";

#[actix_web::main]
async fn main() {
    let lines: u32 = std::env::args().nth(1).and_then(|lines| lines.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.database.url = format!("sqlite://{}", folder.path().join("bench.db").display());
    settings.security.secret_file = folder.path().join("secret.key");
    let app = App::new(settings).await.unwrap_or_else(|error| panic!("{error:?}"));
    app.db.migrate().await.unwrap_or_else(|error| panic!("{error:?}"));
    let columns = "id, at, actor_id, actor_name, actor_role, on_behalf_of, department_id, action, resource, resource_id, reason, request_id, before, after";
    let rows = format!("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {lines})");
    app.db.execute_unprepared(&format!("INSERT INTO audit_entries ({columns}) {rows} {LINE}")).await.unwrap();

    let started = Instant::now();
    begin(&app).await.unwrap_or_else(|error| panic!("{error:?}"));
    println!("taking up {lines} lines of before: {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    seal(&app).await.unwrap_or_else(|error| panic!("{error:?}"));
    println!("sealing them: {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let verdict = verify(&app, &[]).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((verdict.lines, verdict.difference), (u64::from(lines), None));
    println!("reading all again: {:.1} s", started.elapsed().as_secs_f64());

    let started = Instant::now();
    let mut bytes = 0;
    for at in 0..PROOFS {
        let place = u64::from(at) * u64::from(lines - 1) / u64::from(PROOFS);
        let proof = prove(&app, place, None).await.unwrap_or_else(|error| panic!("{error:?}"));
        bytes = bytes.max(proof.path.len() * 32);
        assert!(prove_growth(&app, place + 1, None).await.is_ok());
    }
    let each = started.elapsed().as_secs_f64() * 1e3 / f64::from(2 * PROOFS);
    println!("a proof: {each:.2} ms, {bytes} bytes at most");
}
