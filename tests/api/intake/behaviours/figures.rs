//! 质量统计: kept with each change of a row, alike by every dimension, named row by row, and equal to a recount.

use crate::harness::{World, run, today};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ADMIN: &str = "market.admin";
const OTHER: &str = "agri.admin";

/// Numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

async fn figures(world: &World, who: &str, query: &str) -> Value {
    world.get(who, &format!("/api/v1/quality-figures?{query}")).await.expect(200)
}

fn sums(figure: &Value) -> [i64; 5] {
    ["rows", "errors", "first_errors", "timed", "in_time"].map(|name| figure[name].as_i64().unwrap())
}

/// What a recount says: nothing, where every figure is right.
fn verify(world: &World) -> String {
    let (status, told, error) = run(&world.database, &["verify-figures"]);
    if status == 0 { String::new() } else { told + &error }
}

/// A day some days ago, as the rows have it.
fn days_ago(days: i64) -> String {
    (today() - chrono::Duration::days(days)).to_string()
}

/// Envelopes of every kind, in any order, from two departments at once: the sums are what a recount gives and what the rows that
/// they name come to, whichever way they are told apart.
#[tokio::test]
async fn figures_are_what_the_rows_say() {
    let world = World::county().await;
    let objects = world.get("root", "/api/v1/objects?limit=12").await.expect(200);
    let numbers: Vec<_> = objects["items"].as_array().unwrap().iter().map(|object| object["uscc"].clone()).collect();
    let mut chance = Chance(7);
    let mut batches: Vec<(&str, Vec<Value>)> = Vec::new();
    for at in 0..16 {
        let (who, own) = if at % 2 == 0 { (ADMIN, "M") } else { (OTHER, "A") };
        let row = |chance: &mut Chance| {
            let key = format!("{own}-{}", chance.below(40));
            let mut row = World::check_row(&key);
            row["cd_operation"] = json!(["I", "I", "I", "U", "U", "D"][chance.below(6)]);
            row["cd_time"] = json!(format!("2026-10-13T{:02}:{:02}:00Z", chance.below(20), chance.below(60)));
            row["is_stock"] = json!(chance.below(5) == 0);
            row["content"]["administrative_cp_ui_code"] = numbers[chance.below(numbers.len())].clone();
            row["content"]["check_date"] = json!(days_ago(i64::try_from(chance.below(20)).unwrap()));
            if chance.below(4) == 0 {
                row["content"]["check_form"] = json!("07");
            }
            row
        };
        batches.push((who, (0..20).map(|_| row(&mut chance)).collect()));
    }

    let sends = batches.iter().map(async |(who, rows)| {
        world.post(who, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);
    });
    futures::future::join_all(sends).await;

    let told = figures(&world, "coordinator", "by=DEPARTMENT&then_by=TOWNSHIP").await;
    let whole = sums(&told["total"]);
    assert!(whole[0] > 20 && whole[1] > 0 && whole[2] >= whole[1] && whole[4] > 0 && whole[4] < whole[3], "{whole:?}");
    let departments: BTreeSet<_> =
        told["items"].as_array().unwrap().iter().map(|item| item["department_id"].to_string()).collect();
    assert!(departments.len() == 2 && told["items"].as_array().unwrap().len() > 3, "{told}");
    for by in ["DEPARTMENT", "TOWNSHIP", "DATA_SET", "MONTH"] {
        let told = figures(&world, "coordinator", &format!("by={by}")).await;
        assert_eq!(sums(&told["total"]), whole, "{by}");
    }
    // A figure names its rows, and they are as many as it says.
    for item in told["items"].as_array().unwrap() {
        let late = item["timed"].as_i64().unwrap() - item["in_time"].as_i64().unwrap();
        let expected = [
            ("open_errors", item["errors"].as_i64()),
            ("ever_wrong", item["first_errors"].as_i64()),
            ("late", Some(late)),
        ];
        for (name, count) in expected {
            let page = world.get("coordinator", item["records"][name].as_str().unwrap()).await.expect(200);
            assert_eq!(page["page"]["total"].as_i64(), count, "{name} of {item}");
        }
    }

    // A department sees its own.
    let own = figures(&world, ADMIN, "").await;
    let market = world.departments["51082103"].clone();
    assert!(own["items"].as_array().unwrap().iter().all(|item| item["department_id"] == market), "{own}");
    world.get("market.officer", "/api/v1/quality-figures").await.expect_problem(403, "FORBIDDEN");
    assert_eq!(verify(&world), "");

    // A sum that somebody changed is named.
    world.database.execute("UPDATE behaviour_figures SET errors = errors + 1 WHERE kind = 'CHECK'").await;
    let told = verify(&world);
    assert!(told.contains("DIFFERS") && told.contains("CHECK"), "{told}");
}

/// A correction of a later month leaves the month that ended as it ended, and the period that goes on better.
#[tokio::test]
async fn a_month_that_is_over_stays_as_it_ended() {
    let world = World::county().await;
    let row = |at: usize, wrong: bool| {
        let columns: &[_] = if wrong { &[("check_form", "07")] } else { &[] };
        World::row_with(World::check_row(&format!("JC-{at}")), "I", "13T02:00", columns)
    };
    let rows: Vec<_> = (0..10).map(|at| row(at, at < 3)).collect();
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);

    // As if it had been October.
    let moved = "2026-10-12 02:00:00+00:00";
    for sql in [
        format!("UPDATE behaviours SET month = '2026-10-01', created_at = '{moved}', arrived_at = '{moved}'"),
        "UPDATE behaviour_figures SET month = '2026-10-01', booked = '2026-10-01'".to_owned(),
    ] {
        world.database.execute(&sql).await;
    }
    let shown = async |query: &str| {
        let told = figures(&world, ADMIN, query).await["total"].clone();
        ["errors", "accuracy_bp", "first_accuracy_bp", "open_errors"].map(|name| told[name].as_i64().unwrap())
    };
    assert_eq!(shown("from=2026-10&to=2026-10").await, [3, 7_000, 7_000, 3]);

    let mended: Vec<_> = (0..2).map(|at| World::row_with(row(at, false), "U", "20T02:00", &[])).collect();
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": mended })).send().await.expect(207);
    assert_eq!(shown("from=2026-10&to=2026-10").await, [3, 7_000, 7_000, 1]);
    assert_eq!(shown("from=2026-10").await, [1, 9_000, 7_000, 1]);
    let by_month = figures(&world, ADMIN, "from=2026-10&by=MONTH").await;
    let months: BTreeMap<_, _> = by_month["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["month"].to_string(), item["rows"].as_i64()))
        .collect();
    assert_eq!(months, BTreeMap::from([("\"2026-10\"".to_owned(), Some(10))]));
    assert_eq!(verify(&world), "");

    world.get(ADMIN, "/api/v1/quality-figures?from=2026-11&to=2026-10").await.expect_problem(404, "NOT_FOUND");
    let refused = world.get(ADMIN, "/api/v1/quality-figures?by=COUNTY&from=2026-13").await;
    let problem = refused.expect_problem(400, "INVALID_PARAMETER");
    let told: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["detail"].as_str().unwrap()).collect();
    assert!(told[0].contains("DEPARTMENT、TOWNSHIP") && told[1].contains("2026-11"), "what is taken is said: {told:?}");
}

/// What was there before there were figures is counted once, by whichever server starts.
#[tokio::test]
async fn rows_of_before_are_counted_once() {
    let mut world = World::county().await;
    let rows: Vec<_> = (0..30).map(|at| World::check_row(&format!("JC-{at}"))).collect();
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);
    let before = sums(&figures(&world, ADMIN, "").await["total"]);
    for sql in
        ["UPDATE behaviours SET month = NULL, in_time = false, delay_days = NULL", "DELETE FROM behaviour_figures"]
    {
        world.database.execute(sql).await;
    }

    // One that changes before it was counted is counted as it is then.
    let changed = World::row_with(rows[0].clone(), "U", "15T02:00", &[("check_form", "07")]);
    world.send_row(ADMIN, &changed).await.expect(200);
    assert_eq!(sums(&figures(&world, ADMIN, "").await["total"]), [0; 5]);

    world.restart();
    let mut told = [0; 5];
    for _ in 0..400 {
        told = sums(&figures(&world, ADMIN, "").await["total"]);
        if told[0] > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(told, [before[0], 1, 1, before[3], before[4]]);
    assert_eq!(verify(&world), "");
}

/// What was deleted and is there again came when it came again: an inspection that was worked on once more is not late for it.
#[tokio::test]
async fn what_comes_again_has_come_then() {
    let world = World::county().await;
    let row = World::row_with(World::check_row("JC-V"), "I", "13T02:00", &[("check_date", &days_ago(0))]);
    world.send_row(ADMIN, &row).await.expect(200);
    let then = format!("{} 02:00:00+00:00", days_ago(40));
    world.database.execute(&format!("UPDATE behaviours SET arrived_at = '{then}'")).await;
    world.send_row(ADMIN, &World::row_with(row.clone(), "D", "14T02:00", &[])).await.expect(200);
    world.send_row(ADMIN, &World::row_with(row, "I", "15T02:00", &[("check_date", &days_ago(0))])).await.expect(200);

    let told = sums(&figures(&world, ADMIN, "").await["total"]);
    assert_eq!(told, [1, 0, 0, 1, 1]);
    assert_eq!(verify(&world), "");
}

/// Rows that earlier rules have let pass are looked at by the rules of now, a person's too, and the sums follow.
#[tokio::test]
async fn new_rules_look_at_the_rows_of_before() {
    let mut world = World::county().await;
    let person = [
        ("administrative_cp_na", "01"),
        ("administrative_cp_ce_type", "111"),
        ("administrative_cp_ui_code", "510821199001010013"),
        ("administrative_cp", "某丁戊己"),
        ("check_form", "07"),
    ];
    let mut rows: Vec<_> = (0..5).map(|at| World::check_row(&format!("JC-{at}"))).collect();
    rows[1] = World::row_with(rows[1].clone(), "I", "13T02:00", &[("check_form", "07")]);
    rows[3] = World::row_with(rows[3].clone(), "I", "13T02:00", &person);
    let sent = json!({ "rows": rows });
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&sent).send().await.expect(207);
    for sql in [
        "UPDATE behaviours SET rules_version = '2020'",
        "UPDATE behaviours SET findings = '[]', errors = 0, was_wrong = false, status = 'ACCEPTED' WHERE errors > 0",
        "UPDATE behaviour_figures SET errors = 0, first_errors = 0",
        "UPDATE behaviour_batches SET errors = 0, first_errors = 0",
    ] {
        world.database.execute(sql).await;
    }
    assert_eq!(verify(&world), "");
    let versions = async |world: &World| -> Vec<i64> {
        let page = world.get(ADMIN, "/api/v1/behaviours?sort=created_at").await.expect(200);
        page["items"].as_array().unwrap().iter().map(|row| row["version"].as_i64().unwrap()).collect()
    };
    let before = versions(&world).await;

    world.restart();
    let mut told = [0; 5];
    for _ in 0..400 {
        told = sums(&figures(&world, ADMIN, "").await["total"]);
        if told[1] > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(told[..3], [5, 2, 2]);
    assert_eq!(verify(&world), "");
    let page = world.get(ADMIN, "/api/v1/behaviours?sort=created_at").await.expect(200);
    let items = page["items"].as_array().unwrap();
    assert!(items.iter().all(|row| row["rules_version"] != "2020"), "{page}");
    let grown: Vec<_> = versions(&world).await.iter().zip(&before).map(|(now, before)| now - before).collect();
    assert_eq!(grown, [0, 1, 0, 1, 0], "where nothing came of it, nothing has changed");
    let id = items[3]["id"].as_str().unwrap();
    let history = world.get("auditor", &format!("/api/v1/audit/entries?resource=behaviours&resource_id={id}")).await;
    assert!(history.expect(200)["items"][0]["actor_name"].as_str().unwrap().contains("quality-rules"));
    assert_eq!(world.send_row(ADMIN, &rows[3]).await.expect(200)["effect"], "UNCHANGED");
}
