//! Batch → strategy → draws use it → inspections find problems → a model raises a clue → signed, verified, disposed of, fed
//! back, closed → indicators 7, 8 and 9 move, and explain themselves by exactly those ids.

use crate::credit::strategy;
use crate::harness::World;
use domain::kernel::clocks::calendar::local_date;
use serde_json::{Value, json};

/// A task under the strategy in which one object is sure to be drawn; its inspection finds a problem.
async fn inspect(world: &World, object: &Value, strategy: &str, kind: &str, name: &str) -> String {
    let mut body = world.task_body(name, &["51082103"]).await;
    body["strata"] = json!([]);
    body["strategy_id"] = json!(strategy);
    body["kind"] = json!(kind);
    body["exclude_months"] = json!(0);
    body["excess_reason"] = json!("违法失信企业全数检查");
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let id = task.rsplit('/').next().unwrap();
    let path = format!("/api/v1/inspections?task_id={id}&object_id={}", object.as_str().unwrap());
    let found = world.get("market.admin", &path).await.expect(200);
    let inspection = format!("/api/v1/inspections/{}", found["items"][0]["id"].as_str().unwrap());
    world.act("market.admin", &inspection, "start", None).await.expect(200);
    world.go_there("market", &inspection).await;
    let items = body["departments"][0]["item_ids"].as_array().unwrap();
    let points: Vec<_> = items.iter().map(|item| World::point(item, "2")).collect();
    let result = json!({
        "inspected_on": local_date(mingjian::kernel::ctx::now()).to_string(), "verify_ways": ["1"], "result_codes": ["5"],
        "points": points, "summary": "发现问题。",
    });
    world.act("market.admin", &inspection, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", &inspection, "submit", None).await.expect(200);
    world.act("market.reviewer", &inspection, "approve-result", Some(json!({}))).await.expect(200);
    task
}

async fn ratio(world: &World, row: &str) -> (u64, u64) {
    let shown = world.get("coordinator", &format!("/api/v1/indicators/{row}")).await.expect(200);
    (shown["numerator"].as_u64().unwrap(), shown["denominator"].as_u64().unwrap())
}

async fn explained(world: &World, row: &str) -> Vec<Value> {
    let shown = world.get("coordinator", &format!("/api/v1/indicators/{row}/explain")).await.expect(200);
    shown["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test]
async fn from_a_pushed_class_to_a_closed_clue() {
    // Red clues are late the moment they come, so that something is missing in row 8.
    let world = World::county_with(&[("MINGJIAN__RULES__CLUE_SERVICE_LEVELS__RED__SIGN__LENGTH", "0")]).await;
    for row in ["7", "8", "9.1", "9.2"] {
        assert_eq!(ratio(&world, row).await, (0, 0), "{row}");
    }
    // A batch makes one enterprise 违法失信.
    let page = world.get("market.lead", "/api/v1/objects?object_type=1&sort=name&limit=1").await.expect(200);
    let object = page["items"][0].clone();
    let uscc = object["uscc"].as_str().unwrap();
    let batch = format!("统一社会信用代码,分类体系,信用等级,评价批次,下发来源\n{uscc},2,D,202609,3\n");
    world.import("credit-classifications", batch.into_bytes()).await;
    let object = object["id"].clone();
    // A strategy draws all of those.
    let made = world.post("market.lead", "/api/v1/credit-strategies").json(&strategy("LOOP")).send().await.expect(201);
    let strategy = made["id"].as_str().unwrap();
    world.act("coordinator", &format!("/api/v1/credit-strategies/{strategy}"), "activate", None).await.expect(200);
    let first = inspect(&world, &object, strategy, "DOUBLE_RANDOM", "双随机抽查").await;
    // The model is in force when the second problem is found.
    let version = world.model("REPEAT-FAILURE", "LOOP", 5).await;
    let second = inspect(&world, &object, strategy, "SPECIAL", "专项检查").await;
    let run = world.run_models("market.lead", false).await;
    assert_eq!((&run["evaluated"], &run["raised"]), (&json!(1), &json!(1)));
    let clues = world.get("market.admin", "/api/v1/risk-clues?source=MODEL").await.expect(200);
    let clue = clues["items"][0].clone();
    assert_eq!((&clue["object_id"], &clue["trace"]["values"]["failed"]), (&object, &json!(2)));
    assert_eq!(clue["department_id"], world.departments["51082103"], "the model's disposal department");
    let path = format!("/api/v1/risk-clues/{}", clue["id"].as_str().unwrap());
    world.walk_clue(&path, 4).await;
    let task = second.rsplit('/').next().unwrap();
    let measures = json!({ "measures": [{ "measure": "1", "content": "纳入专项检查。", "task_id": task }] });
    world.act("market.admin", &path, "dispose", Some(measures)).await.expect(200);
    world.act("market.admin", &path, "feed-back", Some(json!({ "feedback": "已立行立改。" }))).await.expect(200);
    world.act("market.reviewer", &path, "approve", Some(json!({}))).await.expect(200);
    world.act("coordinator", &path, "close", None).await.expect(200);
    // Row 7: both tasks used the classes; one with a single rate does not.
    assert_eq!(ratio(&world, "7").await, (2, 2));
    assert_eq!(explained(&world, "7").await, Vec::<Value>::new());
    let mut flat = world.task_body("不分层任务", &["51082103"]).await;
    flat["strata"] = json!([
        { "class": "TRUSTWORTHY", "rate_bp": 500, "minimum": 1 }, { "class": "GENERAL", "rate_bp": 500, "minimum": 1 },
        { "class": "KEY", "rate_bp": 500, "minimum": 1 }, { "class": "DISHONEST", "rate_bp": 500, "minimum": 1 },
    ]);
    let flat = world.ready_to_draw(&flat, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &flat, "draw", None).await.expect(200);
    assert_eq!(ratio(&world, "7").await, (2, 3));
    assert_eq!(explained(&world, "7").await, [json!(flat.rsplit('/').next().unwrap())]);
    assert_ne!(first, flat);
    // Row 8: the clue in time; a red one that was late the moment it came.
    assert_eq!(ratio(&world, "8").await, (1, 1));
    let body = json!({
        "name": "红色线索", "domain": "80", "level": "RED", "source": "MANUAL", "object_id": object, "content": "重大线索",
        "department_id": world.departments["51082103"],
    });
    let late = world.post("coordinator", "/api/v1/risk-clues").json(&body).send().await.expect(201);
    assert_eq!(ratio(&world, "8").await, (1, 2));
    assert_eq!(explained(&world, "8").await, [late["id"].clone()]);
    // Row 9: a whole model, and one that lacks elements; one clue judged, and true.
    let shown = world.get("market.lead", &version).await.expect(200);
    let required = shown["elements_required"].as_u64().unwrap();
    assert_eq!(ratio(&world, "9.1").await, (required, required));
    let mut half = world.model_body("CLASS-FALL", "HALF").await;
    half["content"]["purpose"] = Value::Null;
    half["content"]["stop"] = Value::Null;
    let half = world.post("market.lead", "/api/v1/risk-models").json(&half).send().await.expect(201);
    let (filled, all) = ratio(&world, "9.1").await;
    assert_eq!(all - filled, 4, "purpose, stop, backtest and false-positive rate");
    assert_eq!(explained(&world, "9.1").await, [half["id"].clone()]);
    assert_eq!(ratio(&world, "9.2").await, (1, 1));
    assert_eq!(explained(&world, "9.2").await, Vec::<Value>::new());
    // A department sees its own part.
    let own = world.get("agri.admin", "/api/v1/indicators/8").await.expect(200);
    assert_eq!(own["denominator"], 0);
}
