//! 档案: what is due is listed, decided, approved, carried out before a third person; what is held stays; what went leaves a trace.

mod hand_over;
mod holds;
mod life;
mod races;

use crate::harness::{World, id_of, photo};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
/// What stands in one file only.
const MARK: &str = "责令限期拆除第七号冷库";
const FOUND: &str = "第七号冷库未经验收";

async fn lines(world: &World, list: &str) -> Vec<Value> {
    let page = world.get(ADMIN, &format!("{list}/lines?limit=200")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn line_of(world: &World, list: &str, record: &str) -> Value {
    let found = lines(world, list).await.into_iter().find(|line| line["record_id"] == id_of(record));
    found.unwrap_or_else(|| panic!("{record} is not on the list"))
}

/// An inspection with a result, a photo, a document that was served and a measure, all of it over; gives its path and the code on the
/// paper.
async fn complete_file(world: &World) -> (String, String) {
    let body = json!({ "name": "旺苍县归档店", "object_type": "1", "region_code": "510821" });
    let object = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201);
    let inspection = world.begun_inspection_at("market", &object["id"]).await;
    let content = photo(7);
    world.kept(ADMIN, &inspection, &World::captured(1, "PHOTO", &content), &content).await;
    let inputs = json!({ "materials": "营业执照", "contact": "王强" });
    let document = world.draft(ADMIN, &inspection, "INSPECTION_NOTICE", inputs).await;
    let issued = world.act(ADMIN, &document, "issue", None).await.expect(200);
    let served = json!({ "way": "DIRECT", "to": "张三（经营者）", "at": mingjian::kernel::ctx::now() });
    world.act(ADMIN, &document, "serve", Some(served)).await.expect(200);
    let item = world.items_of("51082103").await.remove(0);
    let mut point = World::point(&item, "2");
    point["problem"] = json!(FOUND);
    let result = json!({
        "inspected_on": crate::harness::today(), "verify_ways": ["1"], "result_codes": ["5"], "points": [point],
    });
    world.act(ADMIN, &inspection, "record-result", Some(result)).await.expect(200);
    world.follow_up(ADMIN, &inspection, json!({ "measure": "3", "detail": MARK })).await;
    world.make_void("market", &inspection).await;
    (inspection, id_of(issued["verify_url"].as_str().unwrap()).to_owned())
}

fn stored(world: &World) -> usize {
    let folders = ["evidence", "documents"].map(|folder| world.database.files().join(folder));
    let days = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    days.map(|day| std::fs::read_dir(day.unwrap().path()).unwrap().count()).sum()
}
