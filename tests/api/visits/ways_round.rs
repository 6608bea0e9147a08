//! Ways round the approval, the budget and the lists, each closed.

use super::budget::{object, rule};
use crate::harness::{World, today};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

/// How often an enterprise's year is used: by all, and by a side.
async fn used(world: &World, side: &str, enterprise: &Value) -> (Value, Value) {
    let draft = world.daily_visit(side, enterprise).await;
    let shown = world.get(&format!("{side}.admin"), &format!("{draft}/budget")).await.expect(200);
    let reason = json!({ "reason": "仅作查询" });
    world.act(&format!("{side}.admin"), &draft, "cancel", Some(reason)).await.expect(200);
    (shown["used_by_all"].clone(), shown["used_by_department"].clone())
}

fn inspection(visit: &Value, part: usize) -> String {
    format!("/api/v1/inspections/{}", visit["parts"][part]["inspection_ids"][0].as_str().unwrap())
}

/// Two sides at one door: the first leads, the second joins; gives the visit's path.
async fn joint(world: &World, enterprise: &Value) -> String {
    let visit = world.daily_visit("market", enterprise).await;
    world.act("market.admin", &visit, "request", Some(json!({}))).await.expect(200);
    let draft = world.daily_visit("agri", enterprise).await;
    let join = json!({ "join_id": visit.rsplit('/').next().unwrap() });
    world.act("agri.admin", &draft, "request", Some(join)).await.expect(200);
    visit
}

#[tokio::test]
async fn a_void_epoch_takes_its_visits_with_it() {
    let world = World::county().await;
    let task = world.task_body("作废轮次", &["51082103"]).await;
    let task = world.ready_to_draw(&task, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let list = format!("/api/v1/inspections?task_id={}&limit=1", task.rsplit('/').next().unwrap());
    let drawn = world.get("market.admin", &list).await.expect(200)["items"][0].clone();
    let body = json!({ "inspection_ids": [drawn["id"]], "terms": World::visit_terms() });
    let made = world.post("market.admin", "/api/v1/visits").json(&body).send().await.expect(201);
    assert_eq!(made["parts"][0]["kind"], "DOUBLE_RANDOM", "what it is follows from what is inspected");
    let visit = format!("/api/v1/visits/{}", made["id"].as_str().unwrap());
    let urgent = json!({ "reason": "群众反映正在销毁证据" });
    let refused = world.act("market.admin", &visit, "enter-urgently", Some(urgent)).await;
    refused.expect_problem(409, "STATE_CONFLICT");
    world.walk_visit("market", &visit, 3).await;
    assert_eq!(used(&world, "market", &drawn["object_id"]).await, (json!(1), json!(1)));

    let leave = json!({ "cause": "RECORD_CHANGED", "reason": "登记有误，重新抽取" });
    let asked = world.act("market.lead", &task, "redraw", Some(leave)).await.expect(200);
    if !asked["leaving"].is_null() {
        world.act("justice", &task, "consent-void", None).await.expect(200);
    }
    let over = world.get("market.admin", &visit).await.expect(200);
    assert_eq!((&over["status"], &over["budget_year"]), (&json!("CANCELLED"), &Value::Null));
    assert_eq!(used(&world, "market", &drawn["object_id"]).await, (json!(0), json!(0)));
    world.act("market.admin", &visit, "enter", Some(json!({}))).await.expect_problem(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn nobody_was_there_before_they_had_leave() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    let before = mingjian::kernel::ctx::now().to_rfc3339();
    let daily = world.get("market.admin", &visit).await.expect(200);
    let refused = world.act("market.admin", &inspection(&daily, 0), "start", None).await;
    refused.expect_problem(409, "VISIT_REQUIRED");
    world.walk_visit("market", &visit, 3).await;
    let body = json!({ "entered_at": before, "make_up_reason": "山区无网络" });
    let refused = world.act("market.admin", &visit, "enter", Some(body)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "BEFORE_APPROVAL");

    // One approval covers one visit: whoever left comes again with another.
    world.act("market.admin", &visit, "enter", Some(json!({}))).await.expect(200);
    let why = json!({ "no_scan_reason": "企业现场无网络" });
    world.act("market.admin", &visit, "leave", Some(why)).await.expect(200);
    let yesterday = mingjian::kernel::ctx::now() - chrono::Duration::days(1);
    let sql = format!("UPDATE visits SET left_at = '{}'", yesterday.format("%Y-%m-%d %H:%M:%S%.6f+00:00"));
    world.database.execute(&sql).await;
    let path = inspection(&daily, 0);
    world.act("market.admin", &path, "start", None).await.expect(200);
    let item = world.items_of("51082103").await[0].clone();
    let result = json!({
        "inspected_on": today(), "verify_ways": ["1"], "result_codes": ["1"], "points": [World::point(&item, "1")],
    });
    let refused =
        world.act("market.admin", &path, "record-result", Some(result)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/inspected_on");
}

#[tokio::test]
async fn an_urgent_entry_that_is_refused_is_counted_as_unapproved() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    let reason = json!({ "reason": "现场有泄漏" });
    let entered = world.act("market.admin", &visit, "enter-urgently", Some(reason.clone())).await.expect(200);
    let unapproved = async |day: NaiveDate| {
        let figures = world.get("coordinator", &format!("/api/v1/visit-figures?year={}", day.year())).await.expect(200);
        figures["items"][0]["unapproved"].as_i64().unwrap_or(0)
    };
    assert_eq!(unapproved(today()).await, 0, "there is time until tomorrow");
    let long_ago = today() - chrono::Days::new(20);
    world.database.execute(&format!("UPDATE visits SET entered_on = '{long_ago}'")).await;
    assert_eq!(unapproved(long_ago).await, 1);
    world.database.execute(&format!("UPDATE visits SET entered_on = '{}'", today())).await;

    let why = json!({ "no_scan_reason": "企业现场无网络" });
    world.act("market.admin", &visit, "leave", Some(why)).await.expect(200);
    let void = json!({ "cause": "DUPLICATE", "reason": "与上次检查重复" });
    world.act("market.admin", &inspection(&entered, 0), "ask-void", Some(void.clone())).await.expect(200);
    world.act("market.reviewer", &inspection(&entered, 0), "void", Some(void)).await.expect(200);
    let refused = world.act("market.head", &visit, "refuse-late", Some(reason)).await.expect(200);
    assert_eq!((&refused["status"], &refused["parts"][0]["refused"]), (&json!("CLOSED"), &json!(true)));
    world.assert_audit("visits", visit.rsplit('/').next().unwrap(), "REJECTED", "market.head").await;
    assert_eq!(unapproved(today()).await, 1);
}

#[tokio::test]
async fn whoever_joined_does_not_undo_the_others() {
    let world = World::county().await;
    rule(&world, "CAP", json!({ "amount": 1 })).await;
    let enterprise = object(&world, 0).await;
    let visit = joint(&world, &enterprise).await;
    let reason = json!({ "reason": "时间不合适" });
    for verb in ["cancel", "take-off-site"] {
        world.act("agri.admin", &visit, verb, Some(reason.clone())).await.expect_problem(403, "FORBIDDEN");
    }

    // The head of the body that joined takes out its own part.
    world.act("market.head", &visit, "approve", Some(json!({}))).await.expect(200);
    let after = world.act("agri.head", &visit, "return", Some(reason.clone())).await.expect(200);
    assert_eq!(
        (&after["status"], after["parts"].as_array().unwrap().len()),
        (&json!("APPROVED"), 1),
        "the lead goes on"
    );
    let own = format!("/api/v1/visits?status=DRAFT&lead_department_id={}", world.departments["51082105"]);
    let own = world.get("agri.admin", &own).await.expect(200)["items"][0].clone();
    assert_eq!((&own["return_reason"], &own["budget_year"]), (&reason["reason"], &Value::Null));
    assert_eq!(own["parts"][0]["inspection_ids"].as_array().unwrap().len(), 1, "and has its inspection again");

    // It joins again; the lead gives up, and the other's draft stays.
    let own = format!("/api/v1/visits/{}", own["id"].as_str().unwrap());
    let join = json!({ "join_id": visit.rsplit('/').next().unwrap() });
    world.act("agri.admin", &own, "request", Some(join)).await.expect(200);
    world.act("market.admin", &visit, "cancel", Some(reason.clone())).await.expect(200);
    assert_eq!(used(&world, "agri", &enterprise).await, (json!(0), json!(0)));
    let drafts = format!("/api/v1/visits?status=DRAFT&lead_department_id={}", world.departments["51082105"]);
    let drafts = world.get("agri.admin", &drafts).await.expect(200);
    let left =
        drafts["items"].as_array().unwrap().iter().find(|draft| draft["return_reason"] == reason["reason"]).unwrap();
    let stays = world.get("agri.admin", &inspection(left, 0)).await.expect(200);
    assert_eq!(stays["status"], "PENDING", "the other body's inspection is not void with the lead's");
}

#[tokio::test]
async fn a_part_with_nothing_left_does_not_go_along() {
    let world = World::county().await;
    let enterprise = object(&world, 0).await;
    let visit = joint(&world, &enterprise).await;
    world.act("market.head", &visit, "approve", Some(json!({}))).await.expect(200);
    let shown = world.get("agri.admin", &visit).await.expect(200);
    let agri = json!(world.departments["51082105"]);
    let part = shown["parts"].as_array().unwrap().iter().position(|part| part["department_id"] == agri).unwrap();
    let void = json!({ "cause": "DUPLICATE", "reason": "与上次检查重复" });
    world.act("agri.admin", &inspection(&shown, part), "ask-void", Some(void.clone())).await.expect(200);
    world.act("agri.reviewer", &inspection(&shown, part), "void", Some(void)).await.expect(200);
    let after = world.get("market.admin", &visit).await.expect(200);
    assert_eq!((&after["status"], after["parts"].as_array().unwrap().len()), (&json!("APPROVED"), 1));
    assert_eq!(used(&world, "agri", &enterprise).await, (json!(1), json!(0)));
}

#[tokio::test]
async fn a_ground_exempts_while_it_is_approved() {
    let world = World::county().await;
    let enterprise = object(&world, 0).await;
    let mut terms = World::visit_terms();
    terms["ground"] = json!("COMPLAINT");
    let visit = world.daily_visit_in("market", &enterprise, &terms).await;
    let shown = world.get("market.admin", &visit).await.expect(200);
    assert_eq!(shown["parts"][0]["kind"], "CASE");
    let path = inspection(&shown, 0);
    let ground = async || world.get("market.admin", &path).await.expect(200)["exempt_ground"].clone();
    world.act("market.admin", &visit, "request", Some(json!({}))).await.expect(200);
    assert_eq!(ground().await, Value::Null, "nobody has approved it");
    world.act("market.head", &visit, "approve", Some(json!({}))).await.expect(200);
    assert_eq!(ground().await, "COMPLAINT");
    world.act("market.head", &visit, "return", Some(json!({ "reason": "举报不属实" }))).await.expect(200);
    assert_eq!(ground().await, Value::Null);
}

#[tokio::test]
async fn whoever_may_not_know_the_class_is_not_told_it_by_a_row() {
    let mut world = World::county().await;
    let page =
        world.get("market.lead", "/api/v1/objects?object_type=1&local_class=DISHONEST&limit=1").await.expect(200);
    let enterprise = page["items"][0]["id"].clone();
    rule(&world, "DISHONEST_CAP", json!({ "amount": 1, "classes": ["DISHONEST"] })).await;
    let first = world.daily_visit("emergency", &enterprise).await;
    world.act("emergency.admin", &first, "request", Some(json!({}))).await.expect(200);
    let team = world.team("51082103").await;
    world.make_user("field.officer", "OFFICER", "51082103", team[0]["personnel_id"].clone()).await;
    let visit = world.daily_visit("market", &enterprise).await;
    let apart = json!({ "apart_reason": "检查内容无关" });
    let told = async |who: &str| {
        let dry = world.get(who, &format!("{visit}/budget")).await.text;
        let asked = world.act(who, &visit, "request", Some(apart.clone())).await;
        asked.expect_problem(409, "BUDGET_REACHED");
        dry + &asked.text
    };
    assert!(told("market.admin").await.contains("DISHONEST_CAP"), "whoever may know does");
    assert!(!told("field.officer").await.contains("DISHONEST"));
}

/// What was seen while they were there is entered later, also where the inspection was started after they had left.
#[tokio::test]
async fn what_was_seen_is_recorded_after_they_left() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    let shown = world.get("market.admin", &visit).await.expect(200);
    world.walk_visit("market", &visit, 5).await;
    let path = inspection(&shown, 0);
    world.act("market.admin", &path, "start", None).await.expect(200);
    let later = mingjian::kernel::ctx::now() + chrono::Duration::days(2);
    let sql = format!("UPDATE inspections SET started_at = '{}'", later.format("%Y-%m-%d %H:%M:%S%.6f+00:00"));
    world.database.execute(&sql).await;
    let item = world.items_of("51082103").await[0].clone();
    let result = json!({
        "inspected_on": today(), "verify_ways": ["1"], "result_codes": ["1"], "points": [World::point(&item, "1")],
    });
    world.act("market.admin", &path, "record-result", Some(result)).await.expect(200);
}

/// A visit whose inspections were all ended from afar is not made, and gives its unit back.
#[tokio::test]
async fn what_is_ended_from_afar_is_not_visited() {
    let world = World::county().await;
    let enterprise = object(&world, 0).await;
    let visit = world.daily_visit("market", &enterprise).await;
    let shown = world.get("market.admin", &visit).await.expect(200);
    world.walk_visit("market", &visit, 2).await;
    let path = inspection(&shown, 0);
    world.act("market.admin", &path, "start", None).await.expect(200);
    let item = world.items_of("51082103").await[0].clone();
    let result = json!({
        "inspected_on": today(), "verify_ways": ["2"], "result_codes": ["1"], "points": [World::point(&item, "1")],
    });
    world.act("market.admin", &path, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", &path, "submit", None).await.expect(200);
    world.act("market.reviewer", &path, "approve-result", Some(json!({}))).await.expect(200);
    world.act("market.admin", &path, "publish", None).await.expect(200);
    let over = world.get("market.admin", &visit).await.expect(200);
    assert_eq!((&over["status"], &over["budget_year"]), (&json!("OFF_SITE"), &Value::Null));
}
