//! Inspections on every step of their way.

use super::{Seeds, path};
use crate::harness::World;
use serde_json::json;

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = world.task_body("合同测试检查", &["51082103"]).await;
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let id = task.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
    let rows = rows["items"].as_array().unwrap().clone();
    let items: Vec<_> = world.items_of("51082103").await.into_iter().take(2).collect();
    let today = domain::kernel::clocks::calendar::local_date(rows[0]["created_at"].as_str().unwrap().parse().unwrap());
    let result = json!({
        "inspected_on": today.to_string(), "verify_ways": ["2"], "result_codes": ["1"],
        "points": items.iter().map(|item| World::point(item, "1")).collect::<Vec<_>>(),
    });
    let reason = json!({ "reason": "合同测试" });
    for (at, (id, steps)) in [
        ("list_inspection_check_points", 1),
        ("start_inspection", 0),
        ("record_inspection_result", 1),
        ("submit_inspection", 2),
        ("return_inspection", 3),
        ("reject_inspection", 3),
        ("approve_inspection_result", 3),
        ("ask_inspection_void", 1),
        ("void_inspection", 1),
        ("replace_inspection_officer", 0),
        ("publish_inspection", 4),
        ("reopen_inspection", 4),
        ("withdraw_inspection", 5),
        ("correct_inspection", 6),
        ("get_public_inspection", 5),
        ("complete_follow_up", 1),
    ]
    .into_iter()
    .enumerate()
    {
        let inspection = path("inspections", &rows[at]);
        let way = [
            ("market.admin", "start", None),
            ("market.admin", "record-result", Some(result.clone())),
            ("market.admin", "submit", None),
            ("market.reviewer", "approve-result", Some(json!({}))),
            ("market.admin", "publish", None),
            ("market.admin", "withdraw", Some(reason.clone())),
        ];
        for (who, verb, body) in way.into_iter().take(steps) {
            world.act(who, &inspection, verb, body).await.expect(200);
        }
        let body = match id {
            "record_inspection_result" => Some(result.clone()),
            "return_inspection"
            | "reject_inspection"
            | "reopen_inspection"
            | "withdraw_inspection"
            | "correct_inspection" => Some(reason.clone()),
            "ask_inspection_void" | "void_inspection" => {
                Some(json!({ "cause": "CANNOT_BE_MADE", "reason": "合同测试" }))
            }
            "replace_inspection_officer" => Some(json!({
                "personnel_id": rows[at]["officers"][0]["personnel_id"], "reason": "合同测试",
            })),
            _ => None,
        };
        if id == "void_inspection" {
            world.act("market.admin", &inspection, "ask-void", body.clone()).await.expect(200);
        }
        if id == "replace_inspection_officer" {
            let officer = rows[at]["officers"][0]["personnel_id"].as_str().unwrap();
            let body = json!({ "object_id": rows[at]["object_id"], "reason": "合同测试" });
            let call = world.post("justice", &format!("/api/v1/personnel/{officer}/recusals")).json(&body);
            call.send().await.expect(201);
        }
        if id == "complete_follow_up" {
            seeds.add("create_follow_up", Some(&inspection), None).await;
            seeds.add("get_inspection", Some(&inspection), None).await;
            seeds.add("list_inspection_history", Some(&inspection), None).await;
            let call = world.post("market.admin", &format!("{inspection}/follow-ups"));
            let made = call.json(&json!({ "measure": "3" })).send().await.expect(201);
            seeds.add(id, Some(&path("follow-ups", &made)), None).await;
        } else {
            seeds.add(id, Some(&inspection), body).await;
        }
    }
}
