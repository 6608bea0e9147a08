//! What a list and a figure cost on a county's history, with and without what was built for it, in one run on SQLite: a page
//! of a township, the figures of indicators 8 and 9, and what the indexes ask of those who write.
//!
//! `cargo run --release -p benches --bin lists [rows]`; see `benches/run.sh`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use domain::access::Reach;
use domain::kernel::clocks::calendar::Calendar;
use domain::kernel::rules::Rules;
use entity::risks::risk_clues;
use mingjian::kernel::ctx::Ctx;
use mingjian::persistence::kernel::db::Db;
use mingjian::persistence::kernel::list;
use mingjian::persistence::kernel::tx::Desk;
use mingjian::persistence::oversight::clue_figures;
use mingjian::persistence::register::objects;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use std::sync::Arc;
use std::time::Instant;

/// Rows written to see what an index costs.
const WRITTEN: u32 = 20_000;
const ROUNDS: usize = 5;

async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Rows numbered behind those that are there; `values` says what stands in a column.
async fn fill(db: &Db, table: &str, from: u32, count: u32, values: &[(&str, &str)]) {
    let kinds = texts(db, &format!("SELECT name || ' ' || lower(type) FROM pragma_table_info('{table}')")).await;
    let (mut names, mut cells) = (Vec::new(), Vec::new());
    for column in &kinds {
        let (name, kind) = column.split_once(' ').unwrap();
        let given = values.iter().find(|(given, _)| *given == name).map(|(_, cell)| (*cell).to_owned());
        names.push(name.to_owned());
        cells.push(given.unwrap_or_else(|| match kind {
            kind if kind.starts_with("uuid") => "CAST(printf('%016d', n) AS BLOB)".to_owned(),
            kind if kind.contains("json") => "'[]'".to_owned(),
            kind if kind.starts_with("timestamp") || kind.starts_with("datetime") => {
                "strftime('%Y-%m-%d %H:%M:%f', 1577836800 + n * 60, 'unixepoch') || ' +00:00'".to_owned()
            }
            kind if kind.starts_with("date") => "date(1577836800 + (n % 2000) * 86400, 'unixepoch')".to_owned(),
            kind if kind.starts_with("bool") => "n % 2".to_owned(),
            kind if kind.contains("int") => "n".to_owned(),
            _ => "'V' || n".to_owned(),
        }));
    }
    let to = from + count;
    let rows = format!("WITH RECURSIVE r(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM r WHERE n < {to} - 1)");
    let (names, cells) = (names.join(", "), cells.join(", "));
    db.execute_unprepared(&format!("INSERT INTO {table} ({names}) {rows} SELECT {cells} FROM r")).await.unwrap();
}

/// The median of some runs, milliseconds.
async fn time(mut work: impl AsyncFnMut()) -> f64 {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        work().await;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// The most memory that the process held since it was last asked, MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0");
    let kib: f64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or_default();
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kib / 1024.0
}

/// A township of many objects: its first page, newest first.
async fn page_of_a_township(db: &Db, rows: u32) {
    let township = "CASE WHEN n < 2000 THEN '510821107' ELSE '510821100' END";
    let mut values = vec![("township_code", township), ("region_code", "'510821'"), ("object_type", "'1'")];
    values.extend([("registration_status", "'ACTIVE'"), ("local_class", "'GENERAL'")]);
    fill(db, "objects", 1, rows, &values).await;
    db.execute_unprepared("ANALYZE").await.unwrap();
    let system = Ctx::system("bench");
    let mut actor = (*system.actor).clone();
    actor.region_code = Some("510821100".to_owned());
    let ctx = Ctx { actor: Arc::new(actor), reach: Reach::Region, ..system };
    let pairs = [("limit".to_owned(), "50".to_owned()), ("total".to_owned(), "none".to_owned())];
    let request = objects::LISTING.parse("/", &pairs).unwrap_or_else(|_| unreachable!("it is declared"));
    let page = async || {
        let found = list::page(db, &ctx, &objects::LISTING, objects::scoped(&ctx), &request).await;
        assert_eq!(found.map_or_else(|error| panic!("{error:?}"), |page| page.items.len()), 50);
    };

    let with = time(page).await;
    db.execute_unprepared("DROP INDEX ix_objects_township_code_created_at_id").await.unwrap();
    let without = time(page).await;
    println!("page of a township, {rows} objects: {without:.2} ms -> {with:.2} ms");
}

/// Indicators 8 and 9: the year's clues loaded, as before, and counted by the database.
async fn figures(db: &Db, rows: u32) {
    let values = [
        ("status", "'RECEIVED'"),
        ("level", "'RED'"),
        ("source", "'MANUAL'"),
        ("flag", "'GREEN'"),
        ("verdict", "'TRUE'"),
        ("content", "hex(zeroblob(400))"),
        ("trace", "NULL"),
        ("extension_days", "0"),
        ("department_id", "CAST(printf('%016d', n % 60) AS BLOB)"),
    ];
    fill(db, "risk_clues", 1, rows, &values).await;
    let ctx = Ctx::system("bench");
    let since = chrono::DateTime::UNIX_EPOCH;
    let _ = peak();
    // Memory that was once taken stays with the process, so the smaller one comes first.
    let after = time(async || assert!(clue_figures::timeliness(db, &ctx, since).await.is_ok())).await;
    let after_mib = peak();
    let before = time(async || assert!(!risk_clues::Entity::find().all(db).await.unwrap_or_default().is_empty())).await;
    println!("figures of {rows} clues: {before:.0} ms, {:.0} MiB -> {after:.0} ms, {after_mib:.0} MiB", peak());
}

/// Microseconds a row that is written, with the indexes of the lists and without.
async fn writes(db: &Db, table: &str, rows: u32) {
    let mut next = rows + 1;
    let mut written = async || {
        let from = next;
        next += WRITTEN;
        fill(db, table, from, WRITTEN, &[]).await;
    };
    let with = time(&mut written).await;
    let found =
        format!("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' AND name LIKE 'ix_%'");
    let lists = migration::STEPS.iter().find(|step| step.step.name == "m0014_lists").unwrap();
    let own: Vec<String> = lists.step.indexes.iter().map(migration::columns::IndexDef::name).collect();
    let dropped: Vec<_> = texts(db, &found).await.into_iter().filter(|name| own.contains(name)).collect();
    for index in &dropped {
        db.execute_unprepared(&format!("DROP INDEX {index}")).await.unwrap();
    }
    let without = time(&mut written).await;
    let each = |ms: f64| ms * 1e3 / f64::from(WRITTEN);
    println!(
        "a row of {table}: {:.1} µs with {} indexes of lists, {:.1} µs without",
        each(with),
        dropped.len(),
        each(without)
    );
}

#[actix_web::main]
async fn main() {
    let rows: u32 = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(300_000);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    let desk = Desk { calendar: Calendar::published().unwrap(), rules: Rules::default() };
    let db = Db::connect(&url, 8, 1, desk, [0; 32]).await.unwrap_or_else(|_| unreachable!("a fresh database"));
    db.migrate().await.unwrap_or_else(|_| unreachable!("a fresh database"));
    // One connection keeps the setting: rows here refer to nothing.
    db.execute_unprepared("PRAGMA foreign_keys = OFF").await.unwrap();

    page_of_a_township(&db, rows).await;
    figures(&db, rows / 3).await;
    writes(&db, "objects", rows).await;
    writes(&db, "risk_clues", rows / 3).await;
}
