//! What the transparency log costs on a county's history, on SQLite: taking up lines of before, sealing them, reading all
//! again, and a proof.
//!
//! `cargo run --release -p benches --bin log [lines]`; see `benches/run.sh`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use domain::oversight::audit::AuditAction;
use entity::oversight::audit_entries;
use mingjian::app::App;
use mingjian::config::Settings;
use mingjian::kernel::ctx::{Ctx, new_id, now};
use mingjian::persistence::kernel::change::{Change, Event};
use mingjian::persistence::kernel::tx::{keep, write};
use mingjian::service::oversight::log::{begin, prove, prove_growth, seal, verify};
use mingjian::service::register::objects;
use mingjian::service::register::objects::ObjectBody;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
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
    create_with_its_leaf(&app).await;
}

const CREATES: u32 = 2_000;

/// What a leaf adds to a create: whole creates by the service, and between them transactions that write a line of the trail with
/// its leaf, as every change does, and without, so that the difference is the leaf's alone.
async fn create_with_its_leaf(app: &App) {
    let line = |n: u32| {
        let id = new_id();
        audit_entries::Model {
            id,
            at: now(),
            actor_id: None,
            actor_name: "张三".to_owned(),
            actor_role: "DEPARTMENT_ADMIN".to_owned(),
            on_behalf_of: None,
            department_id: None,
            action: AuditAction::Created,
            resource: "objects".to_owned(),
            resource_id: id,
            reason: None,
            request_id: format!("r-{n}"),
            before: None,
            after: Some(json!({ "name": format!("旺苍{n}店"), "version": 1 })),
        }
    };
    let (mut whole, mut with, mut without) = (0.0, 0.0, 0.0);
    for n in 0..CREATES {
        let started = Instant::now();
        let body = json!({ "name": format!("存证{n}店"), "object_type": "1", "region_code": "510821" });
        let body: ObjectBody = serde_json::from_value(body).unwrap();
        let made = write(&app.db, &Ctx::system("bench"), async |tx| objects::create(app, tx, body.clone()).await).await;
        made.unwrap_or_else(|error| panic!("{error:?}"));
        whole += started.elapsed().as_secs_f64();

        let started = Instant::now();
        let row = line(n);
        let ctx = Ctx::system("bench");
        let done = write(&app.db, &ctx, async |_| {
            let event = Event::new(AuditAction::Created, "objects", row.resource_id).after(&row.after);
            Ok(Change::new((), event))
        });
        done.await.unwrap_or_else(|error| panic!("{error:?}"));
        with += started.elapsed().as_secs_f64();

        let started = Instant::now();
        let row = line(n);
        let done = keep(&app.db, async |tx| {
            audit_entries::Entity::insert(row.clone().into_active_model().reset_all())
                .exec_without_returning(tx)
                .await
                .unwrap();
            Ok(())
        });
        done.await.unwrap_or_else(|error| panic!("{error:?}"));
        without += started.elapsed().as_secs_f64();
    }

    let each = |seconds: f64| seconds * 1e6 / f64::from(CREATES);
    let (whole, leaf) = (each(whole), each(with) - each(without));
    println!(
        "a create with its leaf: {whole:.0} µs, of which the leaf {leaf:.0} µs: {:.3} of one without",
        (whole - leaf) / whole
    );
}
