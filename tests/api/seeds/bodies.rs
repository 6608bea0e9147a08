//! Inspecting bodies on every step of their way.

use super::{Seeds, path};
use crate::harness::World;
use serde_json::json;

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let mut body = World::inspecting_body("旺苍县农业综合行政执法大队");
    body["department_id"] = json!(world.departments["51082123"]);
    body["kind"] = json!("AUTHORIZED");
    let reason = json!({ "reason": "合同测试" });
    let admin = format!("Bearer {}", world.token("agri.admin"));
    seeds.add_by(&admin, json!({}), "create_inspecting_body", None, Some(body.clone())).await;
    for (id, steps) in [
        ("get_inspecting_body", 0),
        ("list_inspecting_body_history", 0),
        ("update_inspecting_body", 0),
        ("submit_inspecting_body", 0),
        ("discard_inspecting_body", 0),
        ("return_inspecting_body", 1),
        ("confirm_inspecting_body", 1),
        ("publish_inspecting_body", 2),
        ("withdraw_inspecting_body", 2),
    ] {
        let made = world.post("agri.admin", "/api/v1/inspecting-bodies").json(&body).send().await.expect(201);
        let made = path("inspecting-bodies", &made);
        for (who, verb) in [("agri.admin", "submit"), ("justice", "confirm")].into_iter().take(steps) {
            world.act(who, &made, verb, None).await.expect(200);
        }
        let own = match id {
            "update_inspecting_body" => Some(body.clone()),
            "return_inspecting_body" | "withdraw_inspecting_body" | "discard_inspecting_body" => Some(reason.clone()),
            _ => None,
        };
        let justice = ["return", "confirm", "publish", "withdraw"].iter().any(|verb| id.starts_with(verb));
        let who = if justice { "justice" } else { "agri.admin" };
        let token = format!("Bearer {}", world.token(who));
        seeds.add_by(&token, json!({}), id, Some(&made), own).await;
    }
}
