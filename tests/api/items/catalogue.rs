//! The published catalogue: versions, what they change under the departments, formats, size, and who wins a race.

use crate::harness::workbook::of_csv;
use crate::harness::{World, repo_file};
use crate::items::{HEADINGS, row};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

fn demo() -> String {
    std::fs::read_to_string(repo_file("data/demo/catalogue.csv")).unwrap()
}

async fn newest_version(world: &World) -> Value {
    world.get("business", "/api/v1/catalogue-versions?sort=-number&limit=1").await.expect(200)["items"][0].clone()
}

#[tokio::test]
async fn a_second_publication_says_what_it_changed_and_tells_the_departments() {
    let world = World::county().await;
    let first = newest_version(&world).await;
    assert_eq!((&first["status"], &first["items_new"]), (&json!("COMPLETE"), &json!(57)));
    let query =
        format!("/api/v1/items?department_id={}&state=EFFECTIVE&sort=code&limit=2", world.departments["51082103"]);
    let known = world.get("market.admin", &query).await.expect(200)["items"].as_array().unwrap().clone();
    let [changed, dropped] = [0, 1].map(|at| format!("/api/v1/items/{}", known[at]["id"].as_str().unwrap()));
    let code = |at: usize| known[at]["code"].as_str().unwrap().to_owned();
    let unclaimed = world.to_claim("51082103", 1).await.remove(0);
    let unclaimed_code = world.get("business", &unclaimed).await.expect(200)["code"].as_str().unwrap().to_owned();
    // One renamed, one left out, one unclaimed left out, one new.
    let mut file = String::new();
    for line in demo().lines() {
        if line.contains(&code(1)) || line.contains(&unclaimed_code) {
            continue;
        }
        let line = if line.contains(&code(0)) {
            line.replace(",现场检查,行政检查", ",非现场检查,行政检查")
        } else {
            line.to_owned()
        };
        file += &line;
        file.push('\n');
    }
    file += &row("31990009000001", "新公布的事项", "31", "行政检查");
    world.import("catalogue", file.clone().into_bytes()).await;
    let second = newest_version(&world).await;
    let counts = ["items_new", "items_changed", "items_cancelled"].map(|name| second[name].as_i64().unwrap());
    assert_eq!(counts, [1, 1, 2], "{second}");
    let path = format!("/api/v1/catalogue-versions/{}/changes", second["id"].as_str().unwrap());
    let changes = world.get("agri.admin", &format!("{path}?kind=CHANGED")).await.expect(200);
    let fields = &changes["items"][0]["fields"];
    assert_eq!(fields, &json!([{ "field": "supervise_form", "before": "现场检查", "after": "非现场检查" }]));
    // Nobody had claimed it: it is gone. What was claimed waits for the department.
    assert_eq!(world.get("business", &unclaimed).await.expect(200)["state"], "CANCELLED");
    let shown = world.get("market.admin", &changed).await.expect(200);
    assert_eq!((&shown["upstream"], &shown["state"]), (&json!("CHANGED"), &json!("EFFECTIVE")));
    assert_eq!(world.get("market.admin", &dropped).await.expect(200)["upstream"], "CANCELLED");
    let waiting = world.get("market.admin", "/api/v1/worklist?kind=UPSTREAM_CHANGED").await.expect(200);
    assert_eq!(waiting["page"]["total"], 2);
    assert_eq!(waiting["items"][0]["due_on"], shown["upstream_due_on"]);
    // Accepting drafts the new content; objecting keeps what is in force.
    let accepted = world.act("market.admin", &changed, "accept-upstream", None).await.expect(200);
    assert_eq!(
        (&accepted["state"], &accepted["content"]["supervise_form"]),
        (&json!("CHANGE_DRAFT"), &json!("非现场检查"))
    );
    world.assert_audit("items", changed.rsplit('/').next().unwrap(), "ACCEPTED", "market.admin").await;
    world.act("market.admin", &changed, "submit", None).await.expect(200);
    world.act("market.reviewer", &changed, "approve", Some(json!({}))).await.expect(200);
    let reason = Some(json!({ "reason": "本县仍有该类经营主体" }));
    let objected = world.act("market.admin", &dropped, "object-upstream", reason).await.expect(200);
    assert_eq!((&objected["upstream"], &objected["state"]), (&json!("OBJECTED"), &json!("EFFECTIVE")));
    let waiting = world.get("market.admin", "/api/v1/worklist?kind=UPSTREAM_CHANGED").await.expect(200);
    assert_eq!(waiting["page"]["total"], 0);
    // The same file again changes nothing.
    let again = world.import("catalogue", file.into_bytes()).await;
    assert_eq!(again["rows_unchanged"], again["rows_total"]);
    let third = newest_version(&world).await;
    let counts = ["items_new", "items_changed", "items_cancelled"].map(|name| third[name].as_i64().unwrap());
    assert_eq!(counts, [0, 0, 0]);
    // Published again, it is to be claimed again.
    world.import("catalogue", demo().into_bytes()).await;
    assert_eq!(world.get("business", &unclaimed).await.expect(200)["state"], "TO_CLAIM");
}

#[tokio::test]
async fn a_truncated_file_cancels_nothing() {
    let world = World::county().await;
    let half: String = demo().lines().take(20).fold(String::new(), |text, line| text + line + "\n");
    let job = world.import("catalogue", half.into_bytes()).await;
    assert_eq!(job["status"], "FAILED", "{job}");
    let version = newest_version(&world).await;
    assert_eq!((&version["status"], &version["items_cancelled"]), (&json!("REFUSED"), &json!(0)));
    // Nor does a whole one with a row that could not be read: it may be the item that seems to be missing.
    let spoilt = demo().replacen(",行政检查,", ",,", 1);
    let job = world.import("catalogue", spoilt.into_bytes()).await;
    assert_eq!(job["status"], "FAILED", "{job}");
    let page = world.get("business", "/api/v1/catalogue-items?status=PUBLISHED&total=exact&limit=1").await.expect(200);
    assert_eq!(page["page"]["total"], 57);
}

#[tokio::test]
async fn a_department_gets_what_its_duty_brings() {
    let world = World::county().await;
    let id = &world.departments["51082124"];
    let department = format!("/api/v1/departments/{id}");
    let version = world.get("root", &department).await.expect(200)["version"].as_i64().unwrap();
    let call = world.request(Method::PATCH, "root", &department).if_match(version);
    call.json(&json!({ "duty_code": "16" })).send().await.expect(200);
    let page = world.get("business", &format!("/api/v1/items?department_id={id}&state=TO_CLAIM")).await.expect(200);
    let codes: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| code.starts_with("16")), "{codes:?}");
    // An item of its own whose code the catalogue takes up stays its own, and it is told.
    let content = json!({ "name": "本级先行设立的事项", "administrative_type": "0" });
    let body = json!({ "code": "31770001000001", "content": content });
    let local = world.post("market.admin", "/api/v1/items").json(&body).send().await.expect(201);
    let file = demo() + &row("31770001000001", "上级后来公布的事项", "31", "行政检查");
    let import = world.import("catalogue", file.into_bytes()).await;
    assert_eq!(import["rows_created"], 1, "{import}");
    let told = world.get("market.admin", &format!("/api/v1/items/{}", local["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&told["upstream"], &told["origin"], &told["state"]),
        (&json!("CHANGED"), &json!("UPSTREAM"), &json!("CLAIMED_DRAFT"))
    );
}

#[tokio::test]
async fn the_same_catalogue_as_csv_workbook_and_lines_is_the_same() {
    let world = World::bare().await;
    let csv = demo();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let lines = reader.records().fold(String::new(), |mut text, record| {
        let record = record.unwrap();
        let object: serde_json::Map<_, _> =
            headings.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), json!(cell))).collect();
        let _ = writeln!(text, "{}", Value::Object(object));
        text
    });
    let book = world.import("catalogue", of_csv(&csv)).await;
    assert_eq!((&book["rows_created"], &book["encoding"]), (&json!(57), &json!("XLSX")), "{book}");
    let text = world.import("catalogue", csv.into_bytes()).await;
    assert_eq!((&text["rows_unchanged"], &text["encoding"]), (&json!(57), &json!("UTF-8")));
    let lines = world.import("catalogue", lines.into_bytes()).await;
    assert_eq!((&lines["rows_unchanged"], &lines["encoding"]), (&json!(57), &json!("NDJSON")));
}

#[tokio::test]
async fn twenty_thousand_items_come_in_one_stream_and_are_listed_in_as_many_statements() {
    let world = World::bare_with(&[("MINGJIAN__LOG__SERVER_TIMING", "true")]).await;
    let file = |count: usize| {
        let rows =
            (1..=count).map(|at| row(&format!("3100{:04}{at:06}", at / 50), &format!("事项{at}"), "31", "行政检查"));
        HEADINGS.to_owned() + &rows.collect::<String>()
    };
    let statements = async || {
        let path = format!("/api/v1/items?department_id={}&state=TO_CLAIM&limit=50", world.departments["51082103"]);
        let answer = world.get("market.admin", &path).await;
        assert_eq!(answer.expect(200)["items"].as_array().unwrap().len(), 50);
        answer.header("server-timing").to_owned()
    };
    let small = world.import("catalogue", file(2_000).into_bytes()).await;
    assert_eq!(small["rows_created"], 2_000);
    // The first request of a while also reads who is asking.
    statements().await;
    let at_two_thousand = statements().await;
    let before = world.server.resident_kib();
    let large = world.import("catalogue", file(20_000).into_bytes()).await;
    let grown = world.server.resident_kib().saturating_sub(before);
    assert_eq!((&large["rows_created"], &large["rows_unchanged"]), (&json!(18_000), &json!(2_000)));
    assert!(grown < 64 * 1024, "{grown} KiB more for ten times the rows");
    statements().await;
    assert_eq!(statements().await, at_two_thousand);
    assert!(at_two_thousand.starts_with("db;desc="), "{at_two_thousand}");
    let count: u32 = at_two_thousand.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    assert!((1..=8).contains(&count), "{at_two_thousand}");
    let rate = world.get("market.admin", "/api/v1/indicators/1").await.expect(200);
    assert_eq!((&rate["numerator"], &rate["denominator"]), (&json!(0), &json!(20_000)));
}

#[tokio::test]
async fn a_claimer_and_an_upstream_import_leave_nothing_half_done() {
    let world = World::bare().await;
    let file = |name: &str| {
        let rows = (1..=400).map(|at| row(&format!("31000001{at:06}"), &format!("{name}{at}"), "31", "行政检查"));
        (HEADINGS.to_owned() + &rows.collect::<String>()).into_bytes()
    };
    world.import("catalogue", file("甲")).await;
    let path = format!("/api/v1/items?department_id={}&limit=200&sort=code", world.departments["51082103"]);
    let first = world.get("market.admin", &path).await.expect(200);
    let claims = async {
        let mut won = 0;
        for item in first["items"].as_array().unwrap() {
            let path = format!("/api/v1/items/{}/claim", item["id"].as_str().unwrap());
            let answer = world.post("market.admin", &path).if_match(1).keyed().send().await;
            assert!([200, 412].contains(&answer.status), "{}", answer.text);
            won += usize::from(answer.status == 200);
        }
        won
    };
    let (won, import) = futures::join!(claims, world.import("catalogue", file("乙")));
    assert_eq!(import["rows_updated"], 400, "{import}");
    let mut claimed = 0;
    let after = world.get("market.admin", &path).await.expect(200);
    for item in after["items"].as_array().unwrap() {
        let name = item["name"].as_str().unwrap();
        match item["state"].as_str().unwrap() {
            // Claimed first, then told; or changed first, and then there is nothing to tell.
            "CLAIMED_DRAFT" => {
                claimed += 1;
                let told = item["upstream"] == "CHANGED";
                assert_eq!(told, item["content"]["name"].as_str().unwrap().starts_with('甲'), "{item}");
            }
            "TO_CLAIM" => assert!(name.starts_with('乙') && item["upstream"] == "NONE", "{item}"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(claimed, won);
}
