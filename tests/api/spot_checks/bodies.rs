//! Who may inspect: registered by the department, confirmed and published by the justice bureau; without it no task and no visit.

use crate::harness::World;
use domain::kernel::clocks::calendar::local_date;
use mingjian::kernel::ctx::now;
use reqwest::Method;
use serde_json::{Value, json};

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

/// The published body of market regulation.
async fn published(world: &World) -> String {
    let path = format!("/api/v1/inspecting-bodies?department_id={}&status=PUBLISHED", world.departments["51082103"]);
    let page = world.get("justice", &path).await.expect(200);
    format!("/api/v1/inspecting-bodies/{}", page["items"][0]["id"].as_str().unwrap())
}

async fn kinds(world: &World, who: &str, record: &str) -> Vec<Value> {
    let id = record.rsplit('/').next().unwrap();
    let page = world.get(who, "/api/v1/worklist?limit=200").await.expect(200);
    let own = page["items"].as_array().unwrap().iter().filter(|entry| entry["resource_id"] == id);
    own.map(|entry| entry["kind"].clone()).collect()
}

#[tokio::test]
async fn a_body_is_confirmed_and_published_by_the_justice_bureau() {
    let world = World::county().await;
    let team = &world.departments["51082123"];
    let mut body = World::inspecting_body("旺苍县农业综合行政执法大队");
    body["department_id"] = json!(team);
    body["kind"] = json!("ENTRUSTED");
    body["item_ids"] = json!(["01930000-0000-7000-8000-000000000001"]);
    let refused = world.post("agri.admin", "/api/v1/inspecting-bodies").json(&body).send().await;
    let pointers: Vec<_> = refused.expect_problem(422, "INVALID_BODY")["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].clone())
        .collect();
    assert_eq!(pointers, ["/principal_id", "/item_ids/0"], "every bad field is named");
    body["principal_id"] = json!(world.departments["51082105"]);
    body["item_ids"] = json!([]);
    let made = world.post("agri.admin", "/api/v1/inspecting-bodies").json(&body).send().await.expect(201);
    let path = format!("/api/v1/inspecting-bodies/{}", made["id"].as_str().unwrap());
    let id = made["id"].as_str().unwrap();
    world.assert_audit("inspecting-bodies", id, "CREATED", "agri.admin").await;
    assert_eq!(kinds(&world, "agri.admin", &path).await, ["BODY_TO_SUBMIT"]);

    world.act("agri.admin", &path, "submit", None).await.expect(200);
    world.assert_audit("inspecting-bodies", id, "SUBMITTED", "agri.admin").await;
    assert_eq!(kinds(&world, "justice", &path).await, ["BODY_TO_CONFIRM"]);
    world.act("agri.admin", &path, "confirm", None).await.expect_problem(403, "FORBIDDEN");
    world.act("justice", &path, "return", Some(json!({ "reason": "请附委托书" }))).await.expect(200);
    world.assert_audit("inspecting-bodies", id, "RETURNED", "justice").await;
    body["basis"] = json!("《委托执法协议》及《中华人民共和国农业法》第八十七条");
    let change = world.request(Method::PUT, "agri.admin", &path).if_match(3).json(&body);
    assert_eq!(change.send().await.expect(200)["basis"], body["basis"]);
    world.assert_audit("inspecting-bodies", id, "UPDATED", "agri.admin").await;
    world.act("agri.admin", &path, "submit", None).await.expect(200);
    world.act("justice", &path, "confirm", None).await.expect(200);
    world.assert_audit("inspecting-bodies", id, "APPROVED", "justice").await;
    assert_eq!(kinds(&world, "justice", &path).await, ["BODY_TO_PUBLISH"]);
    let list = format!("/api/v1/public/inspecting-bodies?department_id={team}");
    assert_eq!(world.anonymous(Method::GET, &list).send().await.expect(200)["items"], json!([]));
    world.act("justice", &path, "publish", None).await.expect(200);
    world.assert_audit("inspecting-bodies", id, "PUBLISHED", "justice").await;
    let public = world.anonymous(Method::GET, &list).send().await.expect(200);
    assert_eq!(public["items"][0]["name"], "旺苍县农业综合行政执法大队");
    assert!(public["items"][0]["confirmed_by"].is_null(), "no account is public");

    world.act("justice", &path, "withdraw", Some(json!({ "reason": "委托期满" }))).await.expect(200);
    world.assert_audit("inspecting-bodies", id, "WITHDRAWN", "justice").await;
    assert_eq!(world.anonymous(Method::GET, &list).send().await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_department_has_one_published_body() {
    let world = World::county().await;
    let body = World::inspecting_body("旺苍县市场监督管理局（二）");
    let made = world.post("market.admin", "/api/v1/inspecting-bodies").json(&body).send().await.expect(201);
    let path = format!("/api/v1/inspecting-bodies/{}", made["id"].as_str().unwrap());
    world.act("market.admin", &path, "submit", None).await.expect(200);
    world.act("justice", &path, "confirm", None).await.expect(200);
    world.act("justice", &path, "publish", None).await.expect_problem(409, "DUPLICATE");
    let first = published(&world).await;
    world.act("justice", &first, "withdraw", Some(json!({ "reason": "机构改革" }))).await.expect(200);
    world.act("justice", &path, "publish", None).await.expect(200);
}

/// No valid body: no task, no freeze, no visit, not for a clue either.
#[tokio::test]
async fn without_a_body_nothing_is_inspected() {
    let world = World::county().await;
    let body = world.task_body("主体资格", &["51082103"]).await;
    let drawn = world.ready_to_draw(&body, &PARTIES).await;
    world.act("market.lead", &drawn, "draw", None).await.expect(200);
    let waiting = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let waiting = format!("/api/v1/tasks/{}", waiting["id"].as_str().unwrap());
    world.commit(&waiting, 1, &PARTIES).await;
    let first = published(&world).await;
    world.act("justice", &first, "withdraw", Some(json!({ "reason": "机构改革" }))).await.expect(200);

    let refused = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
    let refused = refused.expect_problem(409, "NO_INSPECTING_BODY");
    assert!(refused["detail"].as_str().unwrap().contains("旺苍县市场监督管理局"), "{refused}");
    assert_eq!(refused["rule"]["code"], "CONFIRMED_BODIES");
    world.act("market.lead", &waiting, "freeze", None).await.expect_problem(409, "NO_INSPECTING_BODY");
    let list = format!("/api/v1/inspections?task_id={}&limit=1", drawn.rsplit('/').next().unwrap());
    let visit = world.get("market.admin", &list).await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/inspections/{}", visit["id"].as_str().unwrap());
    world.act("market.admin", &path, "start", None).await.expect_problem(409, "NO_INSPECTING_BODY");
    let clue = world.clue("coordinator", &visit["object_id"], Some("51082103")).await;
    world.walk_clue(&clue, 3).await;
    let open = json!({ "item_ids": body["departments"][0]["item_ids"], "officers": world.team("51082103").await });
    let refused = world.act("market.admin", &clue, "open-inspection", Some(open)).await;
    refused.expect_problem(409, "NO_INSPECTING_BODY");

    // A body that is confirmed for other items only, and one whose standing ends today.
    let items = world
        .get(
            "market.admin",
            &format!("/api/v1/items?department_id={}&state=EFFECTIVE&limit=50", world.departments["51082103"]),
        )
        .await;
    let items: Vec<_> = items.expect(200)["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    let publish = async |change: Value| {
        let mut next = World::inspecting_body("旺苍县市场监督管理局");
        next.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let made = world.post("market.admin", "/api/v1/inspecting-bodies").json(&next).send().await.expect(201);
        let path = format!("/api/v1/inspecting-bodies/{}", made["id"].as_str().unwrap());
        world.act("market.admin", &path, "submit", None).await.expect(200);
        world.act("justice", &path, "confirm", None).await.expect(200);
        world.act("justice", &path, "publish", None).await.expect(200);
        path
    };
    let narrow = publish(json!({ "item_ids": [items[0]] })).await;
    world.act("market.admin", &path, "start", None).await.expect_problem(409, "NO_INSPECTING_BODY");
    world.act("justice", &narrow, "withdraw", Some(json!({ "reason": "事项不全" }))).await.expect(200);
    publish(json!({ "valid_to": local_date(now()), "item_ids": items })).await;
    world.act("market.admin", &path, "start", None).await.expect(200);
    world.act("market.lead", &waiting, "freeze", None).await.expect(200);
}
