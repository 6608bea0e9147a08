//! Credit policies, clues and models on every step of their way.

use super::{Seeds, path};
use crate::harness::World;
use serde_json::{Value, json};

pub async fn credit(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let batch = world.get("market.lead", "/api/v1/credit-batches?limit=1").await.expect(200)["items"][0].clone();
    seeds.add("get_credit_batch", Some(&path("credit-batches", &batch)), None).await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    seeds.add("get_object_credit_class", Some(&path("objects", &object)), None).await;
    let reason = json!({ "reason": "合同测试" });
    for (noun, name) in [("credit-mappings", "credit_mapping"), ("credit-strategies", "credit_strategy")] {
        let schema = if noun == "credit-mappings" { "MappingBody" } else { "StrategyBody" };
        let example = seeds.document["components"]["schemas"][schema]["examples"][0].clone();
        for verb in ["get", "list_history", "update", "activate", "retire"] {
            let made = world.post("market.lead", &format!("/api/v1/{noun}")).json(&example).send().await.expect(201);
            let id = if verb == "list_history" { format!("list_{name}_history") } else { format!("{verb}_{name}") };
            let body = match verb {
                "update" => Some(example.clone()),
                "retire" => Some(reason.clone()),
                _ => None,
            };
            seeds.add(&id, Some(&path(noun, &made)), body).await;
        }
    }
}

pub async fn clues(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0]["id"].clone();
    let market = Some("51082103");
    let agri = json!(world.departments["51082105"]);
    let officer = world.user_id("market.admin").await;
    for (id, steps, body) in [
        ("get_clue", 0, None),
        ("list_clue_deadlines", 0, None),
        ("list_clue_duplicates", 0, None),
        ("list_clue_history", 0, None),
        ("transfer_clue", 1, Some(json!({ "department_id": agri, "reason": "应由其承办" }))),
        ("sign_clue", 0, None),
        ("assign_clue", 1, Some(json!({ "user_id": officer }))),
        ("accept_clue", 2, None),
        ("verify_clue", 3, None),
        ("dispose_clue", 4, None),
        ("feed_back_clue", 5, None),
        ("approve_clue", 6, None),
        ("rework_clue", 6, Some(json!({ "reason": "合同测试" }))),
        ("close_clue", 7, None),
        ("return_clue", 1, None),
        ("extend_clue", 1, None),
    ] {
        let clue = world.clue("market.admin", &object, market).await;
        world.walk_clue(&clue, steps).await;
        seeds.add(id, Some(&clue), body).await;
    }
    for id in ["approve_clue_return", "refuse_clue_return"] {
        let clue = world.clue("market.admin", &object, market).await;
        // Only what came from above is returned there.
        let above = format!("UPDATE risk_clues SET source = 'NATIONAL' WHERE code = '{}'", code_of(world, &clue).await);
        world.database.execute(&above).await;
        world.walk_clue(&clue, 1).await;
        let body = json!({ "reason": "不属本县管辖", "evidence": ["登记信息"] });
        world.act("market.admin", &clue, "return", Some(body)).await.expect(200);
        let body = (id == "refuse_clue_return").then(|| json!({ "reason": "合同测试" }));
        seeds.add(id, Some(&clue), body).await;
    }
    let clue = world.clue("coordinator", &object, None).await;
    seeds.add("dispatch_clue", Some(&clue), Some(json!({ "department_id": agri }))).await;
    let master = world.clue("market.admin", &object, market).await;
    let clue = world.clue("market.admin", &object, market).await;
    let body = json!({ "master_id": master.rsplit('/').next().unwrap(), "reason": "同一问题" });
    seeds.add("merge_clue", Some(&clue), Some(body)).await;
    let clue = world.clue("market.admin", &object, market).await;
    world.walk_clue(&clue, 3).await;
    let items: Vec<Value> = world.items_of("51082103").await.into_iter().take(1).collect();
    let body = json!({ "item_ids": items, "officers": world.team("51082103").await });
    seeds.add("open_clue_inspection", Some(&clue), Some(body)).await;
    let body = json!({
        "name": "合同测试线索", "domain": "80", "level": "BLUE", "source": "MANUAL", "object_name": "某店", "content": "合同测试内容",
    });
    seeds.add("create_clue", None, Some(body)).await;
}

pub async fn models(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let version = world.model("REPEAT-FAILURE", "SEED-GET", 0).await;
    let shown = world.get("market.lead", &version).await.expect(200);
    let model = format!("/api/v1/risk-models/{}", shown["model_id"].as_str().unwrap());
    for id in ["get_model", "list_model_history"] {
        seeds.add(id, Some(&model), None).await;
    }
    seeds.add("create_model_version", Some(&model), None).await;
    for id in ["get_model_version", "get_model_elements", "get_model_precision"] {
        seeds.add(id, Some(&version), None).await;
    }
    // Runs change the versions in shadow: this one comes first.
    let run = world.run_models("market.lead", false).await;
    seeds.add("get_model_run", Some(&path("risk-runs", &run)), None).await;
    for (id, steps, body) in [
        ("update_model_version", 0, None),
        ("test_model_version", 0, None),
        ("backtest_model_version", 1, Some(json!({ "from": "2026-01-01", "to": "2026-04-30" }))),
        ("shadow_model_version", 2, None),
        ("activate_model_version", 4, None),
        ("retire_model_version", 3, Some(json!({ "reason": "合同测试" }))),
    ] {
        let code = format!("SEED-{}", id.split('_').next().unwrap().to_uppercase());
        let version = world.model("REPEAT-FAILURE", &code, steps).await;
        seeds.add(id, Some(&version), body).await;
    }
    let body = world.model_body("REPEAT-FAILURE", "SEED-NEW").await;
    seeds.add("create_model", None, Some(body)).await;
    // A job that has ended is streamed and done with; one that waits can be cancelled.
    let page = world.get("market.lead", "/api/v1/imports?limit=1").await.expect(200);
    let job = format!("/api/v1/jobs/{}", page["items"][0]["job_id"].as_str().unwrap());
    for id in ["stream_job_events", "cancel_job"] {
        seeds.add(id, Some(&job), None).await;
    }
}

async fn code_of(world: &World, clue: &str) -> String {
    world.get("market.admin", clue).await.expect(200)["code"].as_str().unwrap().to_owned()
}
