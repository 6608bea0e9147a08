//! What an officer looks at: the check points of the list in force, answered one by one; the item's result follows.

use super::budget::object;
use crate::harness::{World, today};
use serde_json::{Value, json};

#[tokio::test]
async fn check_points_are_answered_one_by_one_and_the_result_follows() {
    let mut world = World::county().await;
    let team = world.team("51082103").await;
    world.make_user("field.officer", "OFFICER", "51082103", team[0]["personnel_id"].clone()).await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    world.walk_visit("market", &visit, 4).await;
    let shown = world.get("field.officer", &visit).await.expect(200);
    let path = format!("/api/v1/inspections/{}", shown["parts"][0]["inspection_ids"][0].as_str().unwrap());
    let task = world.act("field.officer", &path, "start", None).await.expect(200)["task_id"].clone();

    // An officer reads what the inspection is for: its task, its lists, what is looked at.
    let task = world.get("market.admin", &format!("/api/v1/tasks/{}", task.as_str().unwrap())).await.expect(200);
    let asked = world.get("field.officer", &format!("{path}/check-points")).await.expect(200);
    assert_eq!((&asked["task_code"], &asked["task_name"]), (&task["code"], &task["name"]));
    let item = asked["items"][0].clone();
    assert_eq!(item["spot_check_item_id"], task["departments"][0]["items"][0]["spot_check_item_id"]);
    let point = &item["points"][0];
    assert_eq!(
        (&point["number"], &point["content"], &point["result"]),
        (&json!(1), &json!("证照是否齐全有效"), &Value::Null)
    );
    assert!(item["list_version"].is_i64());

    let result = |points: Value, codes: Value| json!({ "inspected_on": today(), "verify_ways": ["1"], "result_codes": codes, "points": points });
    let id = &item["spot_check_item_id"];
    let refused = async |points: Value, codes: Value| {
        let answer = world.act("field.officer", &path, "record-result", Some(result(points, codes))).await;
        let problem = answer.expect_problem(422, "INVALID_BODY");
        (problem["errors"][0]["pointer"].clone(), problem["errors"][0]["code"].clone())
    };
    let is = |pointer: &str, code: &str| (json!(pointer), json!(code));
    let bare = json!([{ "spot_check_item_id": id, "result": "1" }]);
    assert_eq!(refused(bare, json!(["1"])).await, is("/points/0/checks", "REQUIRED"));
    let check = |number: i64, result: &str| json!({ "number": number, "result": result });
    let with = |checks: Value| json!([{ "spot_check_item_id": id, "checks": checks }]);
    assert_eq!(
        refused(with(json!([check(1, "1"), check(2, "1")])), json!(["1"])).await,
        is("/points/0/checks/1/number", "NOT_IN_LIST")
    );
    assert_eq!(
        refused(with(json!([check(1, "1"), check(1, "1")])), json!(["1"])).await,
        is("/points/0/checks", "DUPLICATE")
    );
    assert_eq!(refused(with(json!([check(1, "2")])), json!(["A"])).await, is("/points/0/checks/0/fact", "REQUIRED"));
    let other = json!([{ "spot_check_item_id": id, "result": "1", "checks": [
        { "number": 1, "result": "2", "fact": "证照过期" }
    ] }]);
    assert_eq!(refused(other, json!(["A"])).await, is("/points/0/result", "DIFFERS"));
    let mut stale = World::point(id, "1");
    stale["list_version"] = json!(99);
    assert_eq!(refused(json!([stale]), json!(["1"])).await, is("/points/0/list_version", "DIFFERS"));
    assert_eq!(refused(json!([World::point(id, "2")]), json!(["2"])).await, is("/result_codes", "OUT_OF_DATE"));
    assert_eq!(refused(json!([World::point(id, "2")]), json!(["1"])).await, is("/result_codes", "CONTRADICTORY"));

    let good = result(json!([World::point(id, "2")]), json!(["A"]));
    let recorded = world.act("field.officer", &path, "record-result", Some(good)).await.expect(200);
    assert_eq!(recorded["points"][0]["result"], "2", "it follows from its check points");
    assert_eq!(recorded["points"][0]["checks"][0]["content"], "证照是否齐全有效", "in the words of its list");
    world.assert_audit("inspections", path.rsplit('/').next().unwrap(), "RECORDED", "field.officer").await;
    let answered = world.get("field.officer", &format!("{path}/check-points")).await.expect(200);
    let point = &answered["items"][0]["points"][0];
    assert_eq!((&point["result"], &point["evidence"]), (&json!("2"), &json!(["照片-001"])));
    let outsider = world.get("agri.admin", &format!("{path}/check-points")).await;
    outsider.expect_problem(404, "NOT_FOUND");
}

/// The third check of one officer at one enterprise in a year that finds nothing waits for an explanation.
#[tokio::test]
async fn whoever_finds_nothing_three_times_explains_it() {
    let world = World::county().await;
    let enterprise = object(&world, 0).await;
    let items = world.items_of("51082103").await;
    let mut refused = Value::Null;
    for (round, item) in items.iter().cycle().take(3).enumerate() {
        let opening = json!({ "object_id": enterprise, "officers": world.team("51082103").await, "item_ids": [item] });
        let body = json!({ "opening": opening, "terms": World::visit_terms() });
        let visit = world.post("market.admin", "/api/v1/visits").json(&body).send().await.expect(201);
        let path = format!("/api/v1/inspections/{}", visit["parts"][0]["inspection_ids"][0].as_str().unwrap());
        let visit = format!("/api/v1/visits/{}", visit["id"].as_str().unwrap());
        world.walk_visit("market", &visit, 4).await;
        world.act("market.admin", &path, "start", None).await.expect(200);
        let mut result = json!({
            "inspected_on": today(), "verify_ways": ["1"], "result_codes": ["1"], "points": [World::point(item, "1")],
        });
        world.act("market.admin", &path, "record-result", Some(result.clone())).await.expect(200);
        let submitted = world.act("market.admin", &path, "submit", None).await;
        if round < 2 {
            submitted.expect(200);
            continue;
        }
        refused = submitted.expect_problem(409, "EXPLANATION_DUE");
        result["repeat_explanation"] = json!("该店已连续三年规范经营，检查照片附后");
        world.act("market.admin", &path, "record-result", Some(result)).await.expect(200);
        let told = world.act("market.admin", &path, "submit", None).await.expect(200);
        assert_eq!(told["repeat_explanation"], "该店已连续三年规范经营，检查照片附后", "its reviewer reads it");
    }
    assert!(refused["detail"].as_str().unwrap().contains("连续 3 次"), "{refused}");
}
