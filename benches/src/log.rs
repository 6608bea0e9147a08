//! What the transparency log costs on a county's history, on SQLite: taking up lines of before, sealing them, reading all
//! again, and a proof.
//!
//! `cargo run --release -p benches --bin log [lines]`; see `benches/run.sh`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use domain::kernel::merkle;
use entity::oversight::audit_entries;
use entity::oversight::log::pending;
use mingjian::app::App;
use mingjian::config::Settings;
use mingjian::kernel::ctx::{Ctx, random};
use mingjian::persistence::kernel::tx::write;
use mingjian::persistence::oversight::log::leaf_of;
use mingjian::service::oversight::log::{begin, prove, prove_growth, seal, verify};
use mingjian::service::register::objects;
use mingjian::service::register::objects::ObjectBody;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryTrait};
use serde_json::json;
use std::hint::black_box;
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

const BLOCKS: u32 = 40;
const CREATES: u32 = 200;

/// What a leaf adds to a create: blocks of whole creates by the service in turn with blocks of creates whose leaf is dropped where
/// it would be stored, and what computing it takes beside.
async fn create_with_its_leaf(app: &App) {
    let drop_leaves = "CREATE TRIGGER bench BEFORE INSERT ON log_pending BEGIN SELECT RAISE(IGNORE); END";
    let (mut with, mut without) = (0.0, 0.0);
    for block in 0..2 * BLOCKS {
        let stored = block % 2 == 0;
        let switch = if stored { "DROP TRIGGER IF EXISTS bench" } else { drop_leaves };
        app.db.execute_unprepared(switch).await.unwrap();
        // The first create of a block prepares its statements anew.
        create(app, block, 0).await;
        let started = Instant::now();
        for n in 1..=CREATES {
            create(app, block, n).await;
        }
        *(if stored { &mut with } else { &mut without }) += started.elapsed().as_secs_f64();
    }

    let row = audit_entries::Entity::find().one(&app.db).await.unwrap().unwrap();
    let started = Instant::now();
    for _ in 0..10_000 {
        let salt = hex::encode(random::<16>());
        let leaf = leaf_of(&row, &salt).unwrap_or_else(|error| panic!("{error:?}"));
        let mac = hex::encode(merkle::sha256(&[&leaf, salt.as_bytes(), &leaf]));
        let waiting = pending::Model { entry_id: row.id, salt, leaf: hex::encode(leaf), mac };
        let insert = pending::Entity::insert(waiting.into_active_model().reset_all()).into_query();
        black_box(app.db.get_database_backend().build(&insert));
    }
    let computing = started.elapsed().as_secs_f64() * 1e2;

    let each = |seconds: f64| seconds * 1e6 / f64::from(BLOCKS * CREATES);
    let (with, without) = (each(with), each(without) - computing);
    let leaf = with - without;
    println!(
        "a create with its leaf: {with:.0} µs, of which the leaf {leaf:.0} µs ({computing:.0} to compute): {:.3} of one without",
        without / with
    );
}

async fn create(app: &App, block: u32, n: u32) {
    let body = json!({ "name": format!("存证{block}-{n}店"), "object_type": "1", "region_code": "510821" });
    let body: ObjectBody = serde_json::from_value(body).unwrap();
    let made = write(&app.db, &Ctx::system("bench"), async |tx| objects::create(app, tx, body.clone()).await).await;
    made.unwrap_or_else(|error| panic!("{error:?}"));
}
