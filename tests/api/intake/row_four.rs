//! Rows 4 and 13: behaviours by what is right and in time, files of objects and complaints by their rows, and the main items of
//! which something was sent.

use crate::harness::{World, today};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

async fn value(world: &World, code: &str) -> [u64; 2] {
    let told = world.get("coordinator", &format!("/api/v1/indicators/{code}")).await.expect(200);
    ["numerator", "denominator"].map(|name| told[name].as_u64().unwrap())
}

async fn named(world: &World, code: &str) -> Vec<Value> {
    let page = world.get("coordinator", &format!("/api/v1/indicators/{code}/explain?limit=100")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_file_counts_by_the_rows_that_were_right() {
    let world = World::county().await;
    let [right, all] = value(&world, "4.2").await;
    assert!(right > 0 && right == all, "the county's own file has no error");
    let file = "企业名称,统一社会信用代码\n旺苍县甲店,92510821MA70000185\n,91510821MA6000024N\n";
    let import = world.import("objects", file.as_bytes().to_vec()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(1), &json!(1)), "{import}");

    assert_eq!(value(&world, "OBJECT_ACCURACY").await, [right + 1, all + 2]);
    let missing = named(&world, "4.2").await;
    assert_eq!(missing.len(), 1);
    assert_eq!((&missing[0]["id"], &missing[0]["reason"]), (&import["id"], &json!("1 行有误未收")));
    // Whoever sent it has it.
    assert_eq!(missing[0]["department_id"], world.departments["51082103"]);

    assert_eq!(value(&world, "4.3").await, [0, 0]);
    let file =
        "工单编号,工单类别,标题,内容,派单日期\nX-1,咨询,办证,需要什么材料,2026-11-23\nX-2,表扬,谢谢,谢谢,2026-11-23\n";
    let import = world.import_as("coordinator", "complaints", file.as_bytes().to_vec()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(1), &json!(1)), "{import}");
    assert_eq!(value(&world, "COMPLAINT_ACCURACY").await, [1, 2]);
}

/// Shown and never assessed: it grows with the number of checks.
#[tokio::test]
async fn a_main_item_is_covered_by_one_row_of_this_year() {
    let world = World::county().await;
    let [before, all] = value(&world, "4.4").await;
    assert_eq!(before, 0);
    let missing = named(&world, "4.4").await;
    assert_eq!(missing.len() as u64, all);
    let told = world.get("coordinator", "/api/v1/indicators/BEHAVIOUR_COVERAGE").await.expect(200);
    assert_eq!(told["assessable"], false);

    let market = missing.iter().find(|item| item["department_id"] == world.departments["51082103"]).unwrap();
    let code = market["code"].as_str().unwrap();
    let (this_year, long_ago) = (today().to_string(), "2024-03-01");
    let row = |operation: &str, at: &str, day: &str| {
        let columns = [("supervise_item_implement_code", code), ("check_date", day)];
        World::row_with(World::check_row("JC-1"), operation, at, &columns)
    };
    world.send_row(ADMIN, &row("I", "13T02:00", long_ago)).await.expect(200);
    assert_eq!(value(&world, "4.4").await, [0, all], "it happened another year");
    world.send_row(ADMIN, &row("U", "13T03:00", &this_year)).await.expect(200);
    assert_eq!(value(&world, "4.4").await, [1, all]);
    let left = named(&world, "4.4").await;
    assert!(left.len() + 1 == missing.len() && left.iter().all(|item| item["id"] != market["id"]));
    // Another department's row says nothing of it.
    let mut foreign = World::row_with(World::check_row("JC-2"), "I", "13T02:00", &[("check_date", &this_year)]);
    let agri = left.iter().find(|item| item["department_id"] == world.departments["51082105"]).unwrap();
    foreign["content"]["supervise_item_implement_code"] = agri["code"].clone();
    world.send_row(ADMIN, &foreign).await.expect(200);
    assert_eq!(value(&world, "4.4").await, [1, all]);

    world.send_row(ADMIN, &row("D", "13T04:00", &this_year)).await.expect(200);
    assert_eq!(value(&world, "4.4").await, [0, all]);
}

/// Rows 4.1 and 13.1 move by exactly the rows that are mended, and name the others, page by page.
#[tokio::test]
async fn indicators_move_by_the_rows_that_are_mended() {
    let world = World::county().await;
    let row = |at: usize, wrong: bool| {
        let mut row = World::check_row(&format!("JC-{at:02}"));
        row["content"]["check_date"] =
            json!((today() - chrono::Duration::days(if at < 4 { 40 } else { 0 })).to_string());
        row["content"]["check_form"] = json!(if wrong { "07" } else { "01" });
        row
    };
    let rows: Vec<_> = (0..20).map(|at| row(at, at % 4 == 0)).collect();
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);
    let value = async |code: &str| value(&world, code).await;
    let named = async |code: &str| {
        let (mut names, mut reasons, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/indicators/{code}/explain?limit=2{cursor}");
            let page = world.get("coordinator", &path).await.expect(200);
            let items = page["items"].as_array().unwrap();
            names.extend(items.iter().map(|item| item["code"].as_str().unwrap().to_owned()));
            reasons.extend(items.iter().map(|item| item["reason"].as_str().unwrap().to_owned()));
            let Some(next) = page["page"]["next_cursor"].as_str() else { break (names, reasons) };
            cursor = format!("&cursor={next}");
        }
    };

    assert_eq!((value("4.1").await, value("13").await), ([15, 20], [16, 20]));
    let (names, reasons) = named("4").await;
    assert_eq!(names, ["JC-00", "JC-04", "JC-08", "JC-12", "JC-16"]);
    assert!(reasons[0].contains("检查形式“07”不在值域范围内"), "{reasons:?}");
    let (names, reasons) = named("BEHAVIOUR_TIMELINESS").await;
    assert_eq!(names, ["JC-00", "JC-01", "JC-02", "JC-03"]);
    assert!(reasons[0].contains("超过 5 个工作日"), "{reasons:?}");

    let mut mended = vec![row(4, false), row(16, false)];
    for row in &mut mended {
        row["cd_operation"] = json!("U");
        row["cd_time"] = json!("2026-10-20T02:00:00Z");
    }
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": mended })).send().await.expect(207);
    assert_eq!((value("4.1").await, value("13").await), ([17, 20], [16, 20]));
    assert_eq!(named("4").await.0, ["JC-00", "JC-08", "JC-12"]);
    let nobody = world.get("agri.admin", "/api/v1/indicators/4.1").await.expect(200);
    assert_eq!((&nobody["denominator"], &nobody["ratio_bp"]), (&json!(0), &json!(null)));
}
