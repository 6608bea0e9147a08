//! What is not effective, published and founded in law is not used.

use super::{change, path_of};
use crate::harness::{World, elements, id_of};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn only_what_is_effective_and_published_is_drawn_and_inspected() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let spot = world.publish_item("market", &item).await;
    let mut body = world.task_body("规则测试", &["51082103"]).await;
    body["departments"][0]["item_ids"] = json!([id_of(&spot)]);
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let task = world.ready_to_draw(&body, &parties).await;
    // An item in use is not cancelled without a successor.
    let cancel = json!({ "reason": "不再设定" });
    let refused = world.act("market.admin", &item, "cancel", Some(cancel)).await.expect_problem(409, "ITEM_IN_USE");
    assert_eq!(refused["rule"]["code"], "NO_CANCELLING_IN_USE");
    // Taken off the published list before the draw, the draw refuses it and says under which rule.
    world.act("market.lead", &spot, "retire", Some(json!({ "reason": "清单调整" }))).await.expect(200);
    let refused = world.act("market.lead", &task, "draw", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["rule"]["code"], "ONLY_EFFECTIVE_ITEMS");
    assert_eq!(refused["errors"][0]["code"], "NOT_PUBLISHED");
    let create = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
    create.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    world.act("market.lead", &spot, "publish", None).await.expect(200);
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let shown = world.get("market.lead", &task).await.expect(200);
    assert_eq!(shown["departments"][0]["items"][0]["list_version"], 1, "the task keeps the version it used: {shown}");
    // And again when the visit starts.
    let query = format!("/api/v1/inspections?task_id={}&limit=1", id_of(&task));
    let inspection = path_of("inspections", &world.get("market.admin", &query).await.expect(200)["items"][0]);
    world.act("market.lead", &spot, "retire", Some(json!({ "reason": "清单调整" }))).await.expect(200);
    let refused = world.act("market.admin", &inspection, "start", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["rule"]["code"], "ONLY_EFFECTIVE_ITEMS");
    world.act("market.lead", &spot, "publish", None).await.expect(200);
    world.act("market.admin", &inspection, "start", None).await.expect(200);
    // With a successor in force the item may go, and open tasks go on.
    let successor = world.to_claim("51082103", 1).await.remove(0);
    world.publish_item("market", &successor).await;
    let cancel = json!({ "reason": "并入承接事项", "successor_id": id_of(&successor) });
    world.act("market.admin", &item, "cancel", Some(cancel)).await.expect(200);
    world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    let query = format!("/api/v1/inspections?task_id={}&status=PENDING&limit=1", id_of(&task));
    let next = world.get("market.admin", &query).await.expect(200);
    let next = path_of("inspections", &next["items"][0]);
    world.act("market.admin", &next, "start", None).await.expect(200);
}

#[tokio::test]
async fn a_repealed_clause_freezes_what_stands_on_it() {
    let world = World::county().await;
    let clause = json!({ "law": "测试条例", "article": "第三条", "text": "应当检查。", "effective_on": "2020-01-01" });
    let clause = world.post("business", "/api/v1/legal-clauses").json(&clause).send().await.expect(201);
    let path = path_of("legal-clauses", &clause);
    world.assert_audit("legal-clauses", id_of(&path), "CREATED", "business").await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.act("market.admin", &item, "claim", None).await.expect(200);
    let unknown = json!({ "content": { "clause_ids": ["01930000-0000-7000-8000-000000000000"] } });
    let call = world.request(Method::PUT, "market.admin", &item).if_match(2).json(&unknown);
    assert_eq!(call.send().await.expect(422)["errors"][0]["pointer"], "/content/clause_ids/0");
    change(&world, "market.admin", &item, |content| content["clause_ids"] = json!([clause["id"]])).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let approved = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    let list = format!("/api/v1/implementation-lists/{}", approved["implementation_list_id"].as_str().unwrap());
    let mut body = elements();
    body["check_points"][0]["clause_ids"] = json!([clause["id"]]);
    world.fill_list("market.admin", &list, body).await;
    world.act("market.admin", &list, "submit", None).await.expect(200);
    world.act("market.reviewer", &list, "approve", Some(json!({}))).await.expect(200);
    let elsewhere = world.get("agri.admin", &format!("{path}/dependents")).await.expect(200);
    assert_eq!((&elsewhere["items"], &elsewhere["total"]), (&json!([]), &json!(2)), "counted, not shown");
    let dependents = world.get("market.admin", &format!("{path}/dependents")).await.expect(200);
    let mut pointers: Vec<_> =
        dependents["items"].as_array().unwrap().iter().map(|row| row["pointer"].clone()).collect();
    pointers.sort_by_key(ToString::to_string);
    assert_eq!(pointers, [json!("/check_points/0/clause_ids/0"), json!("/clause_ids/0")]);
    let repeal = json!({ "reason": "条例已废止" });
    world.act("business", &path, "repeal", Some(repeal.clone())).await.expect(200);
    world.act("business", &path, "repeal", Some(repeal)).await.expect_problem(409, "STATE_CONFLICT");
    let frozen = world.get("market.reviewer", &item).await.expect(200);
    assert!(frozen["basis_lost_on"].is_string());
    assert!(frozen["allowed_actions"].as_array().unwrap().contains(&json!("DECIDE_BASIS")));
    assert!(world.get("market.admin", &list).await.expect(200)["basis_lost_on"].is_string());
    let query = format!("/api/v1/spot-check-items?item_id={}", id_of(&item));
    let spot = path_of("spot-check-items", &world.get("market.lead", &query).await.expect(200)["items"][0]);
    let refused = world.act("market.lead", &spot, "publish", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["errors"][0]["code"], "BASIS_LOST");
    let waiting = world.get("market.reviewer", "/api/v1/worklist?kind=BASIS_LOST").await.expect(200);
    assert_eq!(waiting["page"]["total"], 2);
    // A repeal by mistake is taken back, and with it what it froze; then it is repealed for good.
    let mistaken = json!({ "reason": "误录" });
    world.act("business", &path, "reinstate", Some(mistaken)).await.expect(200);
    assert_eq!(world.get("market.admin", &item).await.expect(200)["basis_lost_on"], Value::Null);
    assert_eq!(world.get("market.admin", &list).await.expect(200)["basis_lost_on"], Value::Null);
    world.assert_audit("items", id_of(&item), "RESUMED", "business").await;
    world.act("business", &path, "repeal", Some(json!({ "reason": "条例已废止" }))).await.expect(200);
    // A change for a later day does not give what is in force until then its basis back …
    world.act("market.admin", &item, "change", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["clause_ids"] = json!([])).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let later = domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now()) + chrono::Days::new(10);
    let on = json!({ "effective_on": later.to_string() });
    let changed = world.act("market.reviewer", &item, "approve", Some(on)).await.expect(200);
    assert!(changed["basis_lost_on"].is_string(), "still frozen until {later}");
    // … a decision does.
    let reason = json!({ "reason": "新条例第五条承接，维持" });
    world.act("market.reviewer", &item, "decide-basis", Some(reason.clone())).await.expect(200);
    world.act("market.reviewer", &list, "decide-basis", Some(reason)).await.expect(200);
    world.act("market.lead", &spot, "publish", None).await.expect(200);
    world.assert_audit("items", id_of(&item), "SUSPENDED", "business").await;
    world.assert_audit("items", id_of(&item), "DECIDED", "market.reviewer").await;
}

#[tokio::test]
async fn a_law_to_come_is_prepared_and_a_known_end_is_noted() {
    let world = World::county().await;
    let today = domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now());
    let (begins, ends) = (today + chrono::Days::new(30), today + chrono::Days::new(60));
    let body =
        json!({ "law": "未来条例", "article": "第一条", "text": "应当检查。", "effective_on": begins.to_string() });
    let clause = world.post("business", "/api/v1/legal-clauses").json(&body).send().await.expect(201);
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.act("market.admin", &item, "claim", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["clause_ids"] = json!([clause["id"]])).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    // In force today it cannot be; from the law's day on it can.
    let refused = world.act("market.reviewer", &item, "approve", Some(json!({}))).await;
    assert_eq!(refused.expect_problem(422, "ELEMENTS_INCOMPLETE")["errors"][0]["pointer"], "/clause_ids/0");
    let repeal = json!({ "reason": "定期施行的条例", "repealed_on": ends.to_string() });
    world.act("business", &path_of("legal-clauses", &clause), "repeal", Some(repeal)).await.expect(200);
    let on = json!({ "effective_on": begins.to_string() });
    let approved = world.act("market.reviewer", &item, "approve", Some(on)).await.expect(200);
    assert_eq!((&approved["effective_from"], &approved["basis_lost_on"]), (&json!(begins), &json!(ends)));
    let waiting = world.get("market.reviewer", "/api/v1/worklist?kind=BASIS_LOST").await.expect(200);
    assert_eq!(waiting["items"][0]["resource_id"], id_of(&item));
}
