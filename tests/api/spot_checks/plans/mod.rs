//! 抽查计划: entered from a file as departments publish them, reviewed by somebody else, published.

mod carried;
mod editions;

use crate::harness::{World, shared_data};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_published_plan_can_be_entered_as_it_stands() {
    let Some(file) = shared_data("plan_agriculture_2021.csv") else { return };
    let world = World::bare().await;
    let body = plan_body(&file, 2021);
    let plan = world.post("agri.admin", "/api/v1/plans").json(&body).send().await.expect(201);
    assert_eq!(plan["lines"].as_array().unwrap().len(), 6);
    assert_eq!(plan["lines"][5]["ratio_bp"], 5_000);
    // 30 % and 50 % of general items need a reason before they can be submitted.
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let refused = world.act("agri.admin", &path, "submit", None).await.expect_problem(422, "RATIO_ABOVE_CEILING");
    assert_eq!(refused["rule"]["code"], "GENERAL_ITEM_CEILING");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, [json!("/lines/4/justification"), json!("/lines/5/justification")]);
    let mut justified = body.clone();
    for line in justified["lines"].as_array_mut().unwrap() {
        line["justification"] = json!("对象总数少，按上级要求提高比例");
    }
    let call = world.request(Method::PUT, "agri.admin", &path).if_match(plan["version"].as_i64().unwrap());
    call.json(&justified).send().await.expect(200);
    // Reviewed it can be when each line stands for an item that is effective and published.
    let refused = world.act("agri.admin", &path, "submit", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["rule"]["code"], "ONLY_EFFECTIVE_ITEMS");
    assert_eq!(refused["errors"].as_array().unwrap().len(), 6);
    assert_eq!(refused["errors"][5]["pointer"], "/lines/5/spot_check_item_id");
}

/// The rows of a published plan, as the form takes them.
fn plan_body(file: &[u8], year: i32) -> Value {
    let mut reader = csv::Reader::from_reader(file);
    let lines = reader.records().map(|record| {
        let record = record.unwrap();
        json!({
            "category": record[1], "item_name": record[2], "targets": record[3],
            "item_kind": if record[4].starts_with("一般") { "GENERAL" } else { "KEY" },
            "executing_unit": record[5], "ratio_text": record[6], "period_text": record[7],
        })
    });
    json!({ "year": year, "name": format!("{year}年度双随机抽查计划"), "kind": "ANNUAL", "lines": lines.collect::<Vec<_>>() })
}

/// Enters, reviews and publishes a plan, and checks what is written down of it.
pub async fn plan_from_file(world: &World, file: &[u8]) -> Value {
    let mut body = plan_body(file, 2026);
    // Its lines stand for the items that a joint task of the two bureaus checks.
    let mut items = Vec::new();
    for department in ["51082103", "51082106"] {
        items.extend(world.items_of(department).await.into_iter().take(2));
    }
    for (at, line) in body["lines"].as_array_mut().unwrap().iter_mut().enumerate() {
        line["spot_check_item_id"] = items[at % items.len()].clone();
    }
    let plan = world.post("market.lead", "/api/v1/plans").json(&body).send().await;
    assert_eq!(plan.header("etag"), "\"1\"");
    let plan = plan.expect(201);
    let id = plan["id"].as_str().unwrap();
    world.assert_audit("plans", id, "CREATED", "market.lead").await;
    let path = format!("/api/v1/plans/{id}");
    assert_eq!(plan["allowed_actions"], json!(["UPDATE", "SUBMIT"]));
    world.act("market.lead", &path, "submit", None).await.expect(200);
    world.assert_audit("plans", id, "SUBMITTED", "market.lead").await;
    // The lead may review by role, but not what the lead submitted.
    let review = Some(World::legal_review());
    let own = world.act("market.lead", &path, "approve", review.clone()).await.expect_problem(422, "SELF_REVIEW");
    assert_eq!(own["rule"]["code"], "SUBMITTER_IS_NOT_REVIEWER");
    let reason = Some(json!({ "reason": "请补充执行股室" }));
    world.act("market.reviewer", &path, "return", reason).await.expect(200);
    let returned = world.assert_audit("plans", id, "RETURNED", "market.reviewer").await;
    assert_eq!(returned["reason"], "请补充执行股室");
    assert_eq!(returned["before"]["plan"]["status"], "SUBMITTED");
    assert_eq!(returned["after"]["plan"]["status"], "DRAFT");
    world.act("market.lead", &path, "submit", None).await.expect(200);
    world.act("market.reviewer", &path, "approve", review).await.expect(200);
    world.assert_audit("plans", id, "APPROVED", "market.reviewer").await;
    world.act("market.lead", &path, "publish", None).await.expect_problem(409, "STATE_CONFLICT");
    world.act("justice", &path, "file", Some(World::filing())).await.expect(200);
    world.assert_audit("plans", id, "FILED", "justice").await;
    let published = world.act("market.lead", &path, "publish", None).await.expect(200);
    world.assert_audit("plans", id, "PUBLISHED", "market.lead").await;
    assert!(published["published_at"].is_string());
    for line in published["lines"].as_array().unwrap() {
        assert_eq!(
            (&line["item_version"], &line["list_version"]),
            (&json!(1), &json!(1)),
            "the plan keeps what it used"
        );
    }
    published
}

/// A plan's body with what may be sent back of a plan that was read.
pub(super) fn body_of(plan: &Value) -> Value {
    const OF_LINE: [&str; 18] = [
        "id",
        "number",
        "category",
        "item_name",
        "targets",
        "spot_type",
        "lead_name",
        "lead_department_id",
        "cooperating",
        "item_kind",
        "executing_unit",
        "ratio_text",
        "class_rates",
        "mode_text",
        "period_text",
        "justification",
        "spot_check_item_id",
        "cancelled_reason",
    ];
    let mut lines = plan["lines"].clone();
    for line in lines.as_array_mut().unwrap() {
        line.as_object_mut().unwrap().retain(|field, _| OF_LINE.contains(&field.as_str()));
    }
    let kept = ["year", "name", "kind", "department_id", "discussed_on", "approval_no"];
    let mut body: serde_json::Map<_, _> =
        kept.iter().map(|field| ((*field).to_owned(), plan[*field].clone())).collect();
    body.insert("lines".to_owned(), lines);
    Value::Object(body)
}

pub(super) async fn put(world: &World, who: &str, path: &str, body: &Value) -> crate::harness::Answer {
    let version = world.get(who, path).await.expect(200)["version"].as_i64().unwrap();
    world.request(Method::PUT, who, path).if_match(version).json(body).send().await
}

pub(super) fn line(number: &str, item: &Value, ratio: &str) -> Value {
    json!({
        "number": number, "category": format!("任务{number}"), "item_name": format!("事项{number}"), "targets": "企业",
        "item_kind": "GENERAL", "ratio_text": ratio, "period_text": "2026年1月—11月", "spot_check_item_id": item,
    })
}

pub(super) async fn draft(world: &World, who: &str, kind: &str, lines: Vec<Value>) -> String {
    let body = json!({ "year": 2026, "name": "测试计划", "kind": kind, "lines": lines });
    let plan = world.post(who, "/api/v1/plans").json(&body).send().await.expect(201);
    format!("/api/v1/plans/{}", plan["id"].as_str().unwrap())
}

pub(super) async fn public(world: &World, plan: &str) -> Value {
    let path = plan.replace("/api/v1/", "/api/v1/public/");
    world.anonymous(Method::GET, &path).send().await.expect(200)
}
