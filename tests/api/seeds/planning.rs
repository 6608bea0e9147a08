//! Plans, tasks and draws.

use super::{Seeds, path};
use crate::harness::World;
use reqwest::Method;
use serde_json::json;

pub async fn libraries(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = seeds.document["components"]["schemas"]["LibraryBody"]["examples"][0].clone();
    for id in [
        "get_library",
        "list_library_editions",
        "get_library_members",
        "list_library_history",
        "update_library",
        "refresh_library",
        "retire_library",
        "restore_library",
    ] {
        let made = world.post("market.lead", "/api/v1/libraries").json(&body).send().await.expect(201);
        let library = path("libraries", &made);
        let reason = json!({ "reason": "合同测试" });
        if id == "restore_library" {
            world.act("market.lead", &library, "retire", Some(reason.clone())).await.expect(200);
        }
        let own = match id {
            "update_library" => Some(body.clone()),
            "retire_library" => Some(reason),
            _ => None,
        };
        seeds.add(id, Some(&library), own).await;
    }
}

pub async fn plans(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let mut example = seeds.document["components"]["schemas"]["PlanBody"]["examples"][0].clone();
    example["lines"][0]["spot_check_item_id"] = world.items_of("51082103").await[0].clone();
    let reason = json!({ "reason": "合同测试" });
    for (id, steps) in [
        ("get_plan", 0),
        ("list_plan_history", 0),
        ("update_plan", 0),
        ("submit_plan", 0),
        ("return_plan", 1),
        ("approve_plan", 1),
        ("file_plan", 2),
        ("refuse_plan", 2),
        ("publish_plan", 3),
        ("amend_plan", 4),
        ("get_plan_progress", 4),
        ("list_plan_editions", 4),
        ("get_public_plan", 4),
        ("get_plan_xlsx", 0),
        ("get_plan_csv", 0),
        ("restore_plan", 5),
        ("finish_plan", 6),
    ] {
        let plan = path("plans", &world.post("market.lead", "/api/v1/plans").json(&example).send().await.expect(201));
        let way = [
            ("market.lead", "submit", None),
            ("market.reviewer", "approve", Some(World::legal_review())),
            ("justice", "file", Some(World::filing())),
            ("market.lead", "publish", None),
            ("market.lead", "amend", Some(reason.clone())),
        ];
        for (who, verb, body) in &way[..steps.min(5)] {
            world.act(who, &plan, verb, body.clone()).await.expect(200);
        }
        if steps > 5 {
            // Finished it is when each line is done, or cancelled.
            let version = world.get("market.lead", &plan).await.expect(200)["version"].as_i64().unwrap();
            let mut cancelled = example.clone();
            cancelled["lines"][0]["cancelled_reason"] = json!("合同测试");
            let call = world.request(Method::PUT, "market.lead", &plan).if_match(version);
            call.json(&cancelled).send().await.expect(200);
            world.publish_plan("market.lead", &plan).await;
        }
        let body = match id {
            "return_plan" | "amend_plan" | "refuse_plan" => Some(reason.clone()),
            "approve_plan" => Some(World::legal_review()),
            "file_plan" => Some(World::filing()),
            _ => None,
        };
        seeds.add(id, Some(&plan), body).await;
    }
}

pub async fn tasks(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let body = world.task_body("合同测试", &["51082103"]).await;
    seeds.add("create_task", None, Some(body.clone())).await;
    let draft = path("tasks", &world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201));
    for id in ["get_task", "preview_pool", "list_task_history"] {
        seeds.add(id, Some(&draft), None).await;
    }
    seeds.add("update_task", Some(&draft), Some(body.clone())).await;
    let mut excess = body.clone();
    excess["excess_reason"] = json!("合同测试");
    let excess = path("tasks", &world.post("market.lead", "/api/v1/tasks").json(&excess).send().await.expect(201));
    seeds.add("approve_task_excess", Some(&excess), None).await;
    for (id, steps) in [
        ("commit_task", 0),
        ("cancel_task", 0),
        ("freeze_task", 2),
        ("reveal_task", 3),
        ("redraw_task", 3),
        ("consent_task_void", 4),
        ("decline_task_void", 4),
    ] {
        let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
        let task = path("tasks", &task);
        world.commit(&task, 1, &parties[..steps.min(2)]).await;
        if steps >= 3 {
            world.act("market.lead", &task, "freeze", None).await.expect(200);
        }
        let void = json!({ "cause": "POOL_WRONG", "reason": "合同测试" });
        if steps == 4 {
            world.reveal(&task, 1, &parties[..1]).await;
            world.act("market.lead", &task, "redraw", Some(void.clone())).await.expect(200);
        }
        let body = match id {
            "cancel_task" | "redraw_task" => Some(void),
            "decline_task_void" => Some(json!({ "reason": "合同测试" })),
            "reveal_task" => Some(world.reveal_body(&task, 1, "market.lead").await),
            _ => None,
        };
        if id.ends_with("_void") {
            let justice = format!("Bearer {}", world.token("justice"));
            seeds.add_by(&justice, json!({}), id, Some(&task), body).await;
        } else {
            seeds.add(id, Some(&task), body).await;
        }
    }
    let waits = world
        .past_chance(
            &json!({ "source": "LOTTERY", "name": "双色球第2026136期", "form": "dd dd dd dd dd dd dd" }),
            &parties,
        )
        .await;
    seeds.add("enter_task_chance", Some(&waits), Some(json!({ "value": "03 07 12 25 28 31 09" }))).await;
    let ready = world.ready_to_draw(&body, &parties).await;
    seeds.add("draw_task", Some(&ready), None).await;
    let drawn = world.ready_to_draw(&body, &parties).await;
    world.act("market.lead", &drawn, "draw", None).await.expect(200);
    let id = drawn.rsplit('/').next().unwrap();
    let draw = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200)["items"][0].clone();
    for id in [
        "get_draw",
        "list_draw_history",
        "get_draw_credit_basis",
        "get_draw_transcript",
        "get_public_draw",
        "get_public_draw_progress",
        "get_public_transcript",
    ] {
        seeds.add(id, Some(&path("draws", &draw)), None).await;
    }
    let pool = world.get("justice", &format!("/api/v1/draws/{}/pool", draw["id"].as_str().unwrap())).await.expect(200);
    let object = pool["leaves"][0]["object_id"].as_str().unwrap();
    seeds.add("open_draw_pool", Some(&path("draws", &draw)), None).await;
    seeds.add("prove_draw_inclusion", Some(&path("draws", &draw)), None).await;
    seeds.with_query("prove_draw_inclusion", json!({ "object_id": object }));
    let ticket = format!("/api/v1/draws/{}/inclusion?object_id={object}", draw["id"].as_str().unwrap());
    let ticket = world.get("justice", &ticket).await.expect(200);
    let own = json!({ "object_id": object, "access_code": ticket["access_code"] });
    seeds.add("prove_own_inclusion", Some(&path("draws", &draw)), Some(own)).await;
    let transcript = format!("/api/v1/public/draws/{}/transcript", draw["id"].as_str().unwrap());
    let transcript = world.anonymous(Method::GET, &transcript).send().await.expect(200);
    seeds.add("verify_draw", None, Some(transcript)).await;
}
