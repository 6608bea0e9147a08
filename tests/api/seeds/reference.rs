//! Departments, objects, spot-check items and imports.

use super::{Seeds, path};
use serde_json::json;

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let department = json!({ "code": "51082188", "name": "旺苍县合同测试局", "short_name": "测试局", "kind": "DEPARTMENT", "region_code": "510821" });
    let department = world.post("root", "/api/v1/departments").json(&department).send().await.expect(201);
    seeds.add("get_department", Some(&path("departments", &department)), None).await;
    seeds.add("list_department_history", Some(&path("departments", &department)), None).await;
    seeds.add("update_department", Some(&path("departments", &department)), None).await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    for id in ["get_object", "list_object_history", "list_object_findings", "update_object"] {
        seeds.add(id, Some(&path("objects", &object)), None).await;
    }
    let items = world.items_of("51082103").await;
    let item = format!("/api/v1/spot-check-items/{}", items[0].as_str().unwrap());
    seeds.add("get_spot_check_item", Some(&item), None).await;
    seeds.add("list_spot_check_item_history", Some(&item), None).await;
    seeds.add("update_spot_check_item", Some(&item), None).await;
    let import = world.get("market.lead", "/api/v1/imports?limit=1").await.expect(200)["items"][0].clone();
    seeds.add("get_import", Some(&path("imports", &import)), None).await;
    seeds.add("list_import_history", Some(&path("imports", &import)), None).await;
    seeds.add("list_import_findings", Some(&path("imports", &import)), None).await;
    seeds.add("get_job", Some(&format!("/api/v1/jobs/{}", import["job_id"].as_str().unwrap())), None).await;
}
