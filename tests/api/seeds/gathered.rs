//! What is gathered: complaints on every step of their way, rows of behaviours right and wrong.

use super::{Seeds, path as path_of};
use crate::harness::{World, id_of};
use serde_json::json;

const ADMIN: &str = "market.admin";

pub async fn complaints(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    for (id, kind, steps) in [
        ("get_complaint", "REPORT", 1),
        ("list_complaint_deadlines", "REPORT", 0),
        ("list_complaint_history", "REPORT", 0),
        ("reveal_complaint", "COMPLAINT", 0),
        ("send_back_complaint", "REPORT", 0),
        ("request_complaint_materials", "COMPLAINT", 0),
        ("accept_complaint", "COMPLAINT", 0),
        ("refuse_complaint", "COMPLAINT", 0),
        ("begin_complaint", "REPORT", 1),
        ("suspend_complaint", "REPORT", 2),
        ("extend_complaint", "REPORT", 2),
        ("raise_complaint_clue", "REPORT", 2),
        ("conclude_complaint", "REPORT", 2),
        ("notify_complaint", "REPORT", 3),
        ("close_complaint", "REPORT", 4),
        ("transfer_complaint", "REPORT", 0),
    ] {
        let complaint = world.complaint("market", kind).await;
        world.walk_complaint(&complaint, kind, steps).await;
        seeds.add(id, Some(&complaint), None).await;
    }

    let waits = world.complaint("market", "COMPLAINT").await;
    world.try_on(ADMIN, &waits, "request-materials", json!({ "materials": "购物小票" })).await.expect(200);
    seeds.add("supply_complaint_materials", Some(&waits), None).await;
    let still = world.complaint("market", "REPORT").await;
    world.walk_complaint(&still, "REPORT", 2).await;
    world.try_on(ADMIN, &still, "suspend", json!({ "reason": "送检" })).await.expect(200);
    seeds.add("resume_complaint", Some(&still), None).await;
    let found = world.complaint("market", "REPORT").await;
    let about = json!({ "problem_type": "09", "object_id": world.some_object().await });
    seeds.add("update_complaint", Some(&found), Some(about)).await;
    let master = world.complaint("market", "REPORT").await;
    let same = world.complaint("market", "REPORT").await;
    let into = json!({ "master_id": id_of(&master), "reason": "同一事项" });
    seeds.add("merge_complaint", Some(&same), Some(into)).await;
    let object = world.some_object().await;
    let nobodys = world.registered("coordinator", &World::told("REPORT", &object)).await;
    let to = json!({ "department_id": world.departments["51082103"] });
    seeds.add("dispatch_complaint", Some(&nobodys), Some(to)).await;
}

pub async fn behaviours(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let row = World::row_with(World::check_row("SEED-1"), "I", "13T02:00", &[("area_number", "510822")]);
    let sent = world.send_row(ADMIN, &row).await.expect(200);
    let path = format!("/api/v1/behaviours/{}", sent["behaviour_id"].as_str().unwrap());
    for id in ["get_behaviour", "reveal_behaviour", "list_behaviour_history", "override_behaviour_finding"] {
        seeds.add(id, Some(&path), None).await;
    }
    let batch = world.get(ADMIN, "/api/v1/behaviour-batches").await.expect(200)["items"][0].clone();
    for id in ["get_behaviour_batch", "get_wrong_rows_csv", "get_wrong_rows_xlsx"] {
        seeds.add(id, Some(&path_of("behaviour-batches", &batch)), None).await;
    }
    seeds.add("send_behaviour", None, Some(World::check_row("SEED-2"))).await;
    let rows = json!({ "rows": [World::check_row("SEED-3"), World::check_row("SEED-4")] });
    seeds.add("send_behaviours", None, Some(rows)).await;
}

/// One set in each state.
pub async fn data_sets(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = world.data_set_body("WEEKLY", "51082103", ADMIN).await;
    let said = json!({ "reason": "合同测试" });
    for (id, content, steps, said) in [
        ("submit_data_set", "ITEMS", 0, None),
        ("return_data_set", "OBJECTS", 1, Some(said.clone())),
        ("approve_data_set", "OFFICERS", 1, None),
        ("sign_data_set", "CHECKS", 2, None),
        ("revise_data_set", "PENALTIES", 3, Some(said.clone())),
        ("review_data_set", "COERCIONS", 3, Some(said)),
        ("get_data_set", "CLUES", 3, None),
        ("list_data_set_history", "PLANS", 3, None),
    ] {
        let set = world.data_set(content).await;
        world.walk_data_set(&set, &body, ADMIN, steps).await;
        seeds.add(id, Some(&set), said).await;
    }
    let blank = world.data_set("COMPLAINTS").await;
    seeds.add("update_data_set", Some(&blank), Some(body)).await;
}
