//! The rows that limit visits: caps, merging, grounds of exemption, quiet days, intervals, the white list.

use crate::harness::{World, today};
use reqwest::Method;
use serde_json::{Value, json};

/// A row of the county's rules, in force from today.
pub async fn rule(world: &World, code: &str, change: Value) -> String {
    let mut body = json!({
        "code": code, "name": code, "basis": "旺苍县涉企行政检查年度上限（测试）", "kind": "ENTERPRISE_CAP", "amount": 2,
        "starts_on": today(),
    });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let made = world.post("justice", "/api/v1/visit-rules").json(&body).send().await.expect(201);
    let id = made["id"].as_str().unwrap();
    world.assert_audit("visit-rules", id, "CREATED", "justice").await;
    format!("/api/v1/visit-rules/{id}")
}

/// Next year, so that no window lies in the past.
pub fn next_year(month: u32, day: u32) -> String {
    use chrono::Datelike;
    format!("{}-{month:02}-{day:02}", today().year() + 1)
}

pub fn window(from: (u32, u32), to: (u32, u32)) -> Value {
    let mut terms = World::visit_terms();
    terms["window_from"] = json!(next_year(from.0, from.1));
    terms["window_to"] = json!(next_year(to.0, to.1));
    terms
}

pub async fn object(world: &World, at: usize) -> Value {
    let page = world.get("market.lead", "/api/v1/objects?object_type=1&sort=name&limit=50").await.expect(200);
    page["items"][at]["id"].clone()
}

async fn budget(world: &World, who: &str, visit: &str) -> Value {
    world.get(who, &format!("{visit}/budget")).await.expect(200)
}

/// The scenario of the rules of the trade §17.
#[tokio::test]
async fn two_bodies_make_one_visit_and_the_third_is_refused() {
    let world = World::county().await;
    rule(&world, "CAP_ENTERPRISE", json!({})).await;
    rule(&world, "CAP_BODY", json!({ "kind": "BODY_CAP", "amount": 2 })).await;
    let enterprise = object(&world, 0).await;
    // 15 March: one of two is used.
    let first = world.daily_visit_in("emergency", &enterprise, &window((3, 15), (3, 15))).await;
    world.walk_visit("emergency", &first, 2).await;

    let fire = world.daily_visit_in("market", &enterprise, &window((6, 22), (6, 26))).await;
    let dry = budget(&world, "market.admin", &fire).await;
    assert_eq!(
        (&dry["outcome"], &dry["used_by_all"], &dry["used_by_department"]),
        (&json!("ALLOWED"), &json!(1), &json!(0))
    );
    assert_eq!(budget(&world, "market.admin", &fire).await, dry, "asking reserves nothing");
    let asked = world.act("market.admin", &fire, "request", Some(json!({}))).await.expect(200);
    assert_eq!((&asked["status"], asked["parts"][0]["counts"].as_bool()), (&json!("REQUESTED"), Some(true)));
    world.act("market.head", &fire, "approve", Some(json!({}))).await.expect(200);

    let health = world.daily_visit_in("agri", &enterprise, &window((6, 24), (6, 30))).await;
    let dry = budget(&world, "agri.admin", &health).await;
    assert_eq!((&dry["outcome"], &dry["used_by_all"]), (&json!("MERGE"), &json!(2)));
    assert_eq!(dry["offers"][0]["code"], asked["code"]);
    let refused = world.act("agri.admin", &health, "request", Some(json!({}))).await;
    let refused = refused.expect_problem(409, "VISITS_TO_MERGE");
    assert!(refused["detail"].as_str().unwrap().contains(asked["code"].as_str().unwrap()), "{refused}");
    let apart = json!({ "apart_reason": "检查内容无关" });
    let refused = world.act("agri.admin", &health, "request", Some(apart)).await.expect_problem(409, "BUDGET_REACHED");
    assert!(refused["detail"].as_str().unwrap().contains("CAP_ENTERPRISE"), "{refused}");
    assert_eq!(refused["rule"]["code"], "VISIT_BUDGET");

    let host = fire.rsplit('/').next().unwrap();
    let merged = world.act("agri.admin", &health, "request", Some(json!({ "join_id": host }))).await.expect(200);
    assert_eq!((&merged["status"], &merged["merged_into"]), (&json!("MERGED"), &json!(host)));
    world.assert_audit("visits", health.rsplit('/').next().unwrap(), "MERGED", "agri.admin").await;
    world.assert_audit("visits", host, "JOINED", "agri.admin").await;
    let joint = world.get("agri.admin", &fire).await.expect(200);
    assert_eq!(
        (&joint["status"], joint["parts"].as_array().unwrap().len()),
        (&json!("REQUESTED"), 2),
        "each head approves"
    );
    assert_eq!((&joint["window_from"], &joint["window_to"]), (&json!(next_year(6, 24)), &json!(next_year(6, 26))));
    world.act("market.head", &fire, "approve", Some(json!({}))).await.expect_problem(409, "STATE_CONFLICT");
    let approved = world.act("agri.head", &fire, "approve", Some(json!({}))).await.expect(200);
    assert_eq!(approved["status"], "APPROVED");

    // Two of two for the enterprise, one for each body.
    let third = world.daily_visit_in("emergency", &enterprise, &window((9, 1), (9, 1))).await;
    let dry = budget(&world, "emergency.admin", &third).await;
    let used = (&dry["outcome"], &dry["used_by_all"], &dry["used_by_department"]);
    assert_eq!(used, (&json!("REFUSED"), &json!(2), &json!(1)));
    assert_eq!((&dry["breaches"][0]["code"], &dry["breaches"][0]["used"]), (&json!("CAP_ENTERPRISE"), &json!(2)));
    let refused = world.act("emergency.admin", &third, "request", Some(json!({}))).await;
    let refused = refused.expect_problem(409, "BUDGET_REACHED");
    assert!(refused["detail"].as_str().unwrap().contains("2 次，上限 2 次"), "{refused}");
    let mut case = window((9, 1), (9, 1));
    case["ground"] = json!("COMPLAINT");
    let version = world.get("emergency.admin", &third).await.expect(200)["version"].as_i64().unwrap();
    let change = world.request(Method::PUT, "emergency.admin", &third).if_match(version).json(&case);
    change.send().await.expect(200);
    let allowed = world.act("emergency.admin", &third, "request", Some(json!({}))).await.expect(200);
    assert_eq!((&allowed["status"], &allowed["budget_year"]), (&json!("REQUESTED"), &Value::Null));
    assert_eq!(budget(&world, "emergency.admin", &third).await["outcome"], "NOT_NOW");

    // What is cancelled is free again.
    let reason = json!({ "reason": "计划调整" });
    world.act("emergency.admin", &first, "cancel", Some(reason)).await.expect(200);
    let next = world.daily_visit_in("emergency", &enterprise, &window((11, 2), (11, 2))).await;
    assert_eq!(budget(&world, "emergency.admin", &next).await["used_by_all"], 1);
    world.act("emergency.admin", &next, "request", Some(json!({}))).await.expect(200);
}

#[tokio::test]
async fn quiet_days_intervals_and_the_white_list_refuse_by_name() {
    let world = World::county().await;
    rule(&world, "QUIET", json!({ "kind": "QUIET_DAYS", "amount": 0, "day_from": 1, "day_to": 20 })).await;
    rule(&world, "APART", json!({ "kind": "INTERVAL", "amount": 30 })).await;
    let enterprise = object(&world, 0).await;
    let ask = async |side: &str, terms: Value| {
        let visit = world.daily_visit_in(side, &enterprise, &terms).await;
        let apart = json!({ "apart_reason": "不同事项" });
        world.act(&format!("{side}.admin"), &visit, "request", Some(apart)).await
    };

    let refused = ask("market", window((6, 20), (6, 24))).await.expect_problem(409, "BUDGET_REACHED");
    assert!(refused["detail"].as_str().unwrap().contains("QUIET"), "{refused}");
    ask("market", window((6, 21), (6, 24))).await.expect(200);
    let refused = ask("agri", window((7, 23), (7, 24))).await.expect_problem(409, "BUDGET_REACHED");
    assert!(refused["detail"].as_str().unwrap().contains("APART"), "29 days: {refused}");
    ask("agri", window((7, 24), (7, 24))).await.expect(200);
    let mut media = window((7, 1), (7, 2));
    media["ground"] = json!("MEDIA");
    ask("emergency", media).await.expect(200);

    let listed = rule(&world, "WHITE", json!({ "kind": "WHITELIST", "amount": 2, "kinds": ["DAILY"] })).await;
    let refused = ask("emergency", window((11, 21), (11, 22))).await.expect_problem(409, "BUDGET_REACHED");
    assert!(refused["detail"].as_str().unwrap().contains("WHITE"), "{refused}");
    let mut case = window((11, 21), (11, 22));
    case["ground"] = json!("COMPLAINT");
    ask("emergency", case).await.expect(200);
    let ended = json!({ "ends_on": today(), "reason": "试点结束" });
    world.act("justice", &listed, "end", Some(ended)).await.expect(200);
    world.assert_audit("visit-rules", listed.rsplit('/').next().unwrap(), "RETIRED", "justice").await;
    ask("market", window((12, 25), (12, 26))).await.expect(200);
}

#[tokio::test]
async fn a_row_says_whom_it_binds_or_is_not_taken() {
    let world = World::county().await;
    let bad = json!({
        "code": "BAD", "name": "缺起止日的宁静日", "basis": "测试", "kind": "QUIET_DAYS", "amount": 0, "day_from": 1,
        "starts_on": "2020-01-01", "department_ids": ["01930000-0000-7000-8000-000000000001"],
    });
    let refused = world.post("justice", "/api/v1/visit-rules").json(&bad).send().await;
    let refused = refused.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/day_from", "/starts_on", "/department_ids/0"], "{refused}");
    world.post("market.admin", "/api/v1/visit-rules").json(&bad).send().await.expect_problem(403, "FORBIDDEN");
}
