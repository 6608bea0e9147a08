//! Models: nothing raises a clue that was not tested, backtested and run in shadow, and what is stopped stays stopped.

use crate::harness::{World, id_of};
use domain::kernel::clocks::calendar::local_date;
use domain::risks::risk_models::FactKind;
use entity::risks::risk_facts;
use reqwest::Method;
use sea_orm::{ActiveModelTrait, Database, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

pub(super) async fn objects(world: &World, count: usize) -> Vec<Value> {
    let page = world.get("market.lead", &format!("/api/v1/objects?sort=name&limit={count}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|object| object["id"].clone()).collect()
}

/// Complaints about an object, which are facts for models.
async fn complaints(world: &World, object: &Value, count: usize) {
    for _ in 0..count {
        let body = json!({
            "name": "消费者投诉", "domain": "80", "level": "BLUE", "source": "COMPLAINT", "object_id": object, "content": "投诉内容",
            "department_id": world.departments["51082103"],
        });
        world.post("market.admin", "/api/v1/risk-clues").json(&body).send().await.expect(201);
    }
}

async fn raised(world: &World) -> u64 {
    let page = world.get("coordinator", "/api/v1/risk-clues?source=MODEL&total=exact").await.expect(200);
    page["page"]["total"].as_u64().unwrap()
}

#[tokio::test]
async fn every_step_needs_the_one_before() {
    let world = World::county().await;
    let mut body = world.model_body("REPEAT-FAILURE", "STEPS").await;
    body["content"]["cases"][0]["level"] = json!("RED");
    body["content"]["time_limit"] = Value::Null;
    let model = world.post("market.lead", "/api/v1/risk-models").json(&body).send().await.expect(201);
    world.assert_audit("risk-models", model["id"].as_str().unwrap(), "CREATED", "market.lead").await;
    world.post("market.lead", "/api/v1/risk-models").json(&body).send().await.expect_problem(409, "DUPLICATE");
    let version = format!("/api/v1/risk-model-versions/{}", model["versions"][0]["id"].as_str().unwrap());
    let problem = world.act("market.lead", &version, "test", None).await.expect_problem(409, "MODEL_NOT_READY");
    assert_eq!(problem["errors"][0]["pointer"], "/content/cases/0");
    assert_eq!(problem["errors"][0]["code"], "CASE_FAILED");
    let period = json!({ "from": "2026-01-01", "to": "2026-04-30" });
    world.act("market.lead", &version, "backtest", Some(period.clone())).await.expect_problem(409, "STATE_CONFLICT");
    let fixed = world.model_body("REPEAT-FAILURE", "STEPS").await;
    let mut content = fixed["content"].clone();
    content["time_limit"] = Value::Null;
    let call = world.request(Method::PUT, "market.lead", &version).if_match(1);
    call.json(&json!({ "content": content })).send().await.expect(200);
    let tested = world.act("market.lead", &version, "test", None).await.expect(200);
    assert_eq!((&tested["state"], tested["test"].as_array().unwrap().len()), (&json!("TESTED"), 3));
    let problem = world.act("market.lead", &version, "shadow", None).await.expect_problem(422, "ELEMENTS_INCOMPLETE");
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/content/time_limit", "/content/backtest", "/content/false_positive_rate"]);
    let elements = world.get("market.lead", &format!("{version}/elements")).await.expect(200);
    assert_eq!((&elements["complete"], &elements["problems"][0]["name"]), (&json!(false), &json!("办理时限")));
    // A changed version has to be tested again.
    let call = world.request(Method::PUT, "market.lead", &version).if_match(tested["version"].as_i64().unwrap());
    call.json(&json!({ "content": fixed["content"] })).send().await.expect(200);
    world.act("market.lead", &version, "shadow", None).await.expect_problem(409, "STATE_CONFLICT");
    world.act("market.lead", &version, "test", None).await.expect(200);
    let mut future = period.clone();
    future["to"] = json!("2999-01-01");
    world.act("market.lead", &version, "backtest", Some(future)).await.expect_problem(422, "INVALID_BODY");
    let job = world.act("market.lead", &version, "backtest", Some(period)).await.expect(202);
    assert_eq!(world.wait_for("market.lead", &job).await["status"], "SUCCEEDED");
    let shadow = world.act("market.lead", &version, "shadow", None).await.expect(200);
    assert_eq!(shadow["elements_filled"], shadow["elements_required"]);
    world.act("market.lead", &version, "activate", None).await.expect_problem(403, "FORBIDDEN");
    world.act("coordinator", &version, "activate", None).await.expect_problem(409, "MODEL_NOT_READY");
    assert_eq!(world.run_models("market.lead", false).await["evaluated"], 0);
    let problem = world.act("coordinator", &version, "activate", None).await;
    problem.expect_problem(409, "MODEL_NOT_READY");
    world.run_models("market.lead", true).await;
    let active = world.act("coordinator", &version, "activate", None).await.expect(200);
    assert_eq!(active["state"], "ACTIVE");
    for (action, who) in [
        ("CREATED", "market.lead"),
        ("UPDATED", "market.lead"),
        ("TESTED", "market.lead"),
        ("SHADOWED", "market.lead"),
        ("ACTIVATED", "coordinator"),
    ] {
        world.assert_audit("risk-model-versions", id_of(&version), action, who).await;
    }
    let model = format!("/api/v1/risk-models/{}", model["id"].as_str().unwrap());
    assert_eq!(world.get("market.lead", &model).await.expect(200)["active_number"], 1);
}

#[tokio::test]
async fn shadow_raises_nothing_and_is_compared_and_only_what_changed_is_looked_at() {
    let world = World::county().await;
    let objects = objects(&world, 3).await;
    let active = world.model("COMPLAINT-BURST", "BURST", 5).await;
    // A second version that is stricter, in shadow.
    let shown = world.get("market.lead", &active).await.expect(200);
    let model = format!("/api/v1/risk-models/{}", shown["model_id"].as_str().unwrap());
    let mut content = world.model_body("COMPLAINT-BURST", "BURST").await["content"].clone();
    content["conditions"][0]["when"] = json!("complaints >= 4");
    content["cases"][0]["values"] = json!({ "complaints": 4 });
    let call = world.post("market.lead", &format!("{model}/versions")).json(&json!({ "content": content }));
    let second = call.send().await.expect(201);
    assert_eq!(second["number"], 2);
    let second = format!("/api/v1/risk-model-versions/{}", second["id"].as_str().unwrap());
    world.act("market.lead", &second, "test", None).await.expect(200);
    let period = json!({ "from": "2026-01-01", "to": "2026-04-30" });
    let job = world.act("market.lead", &second, "backtest", Some(period)).await.expect(202);
    assert_eq!(world.wait_for("market.lead", &job).await["status"], "SUCCEEDED");
    world.act("market.lead", &second, "shadow", None).await.expect(200);
    complaints(&world, &objects[0], 3).await;
    complaints(&world, &objects[1], 4).await;
    complaints(&world, &objects[2], 1).await;
    let run = world.run_models("market.lead", false).await;
    assert_eq!(run["evaluated"], 3, "of 400 objects those with new facts");
    assert_eq!(run["raised"], 2, "the version in force");
    let tally = |run: &Value, version: &str| run["models"][id_of(version)].clone();
    assert_eq!(tally(&run, &active)["fired"], 2);
    let shadow = tally(&run, &second);
    assert_eq!((&shadow["fired"], &shadow["raised"], &shadow["shadow"]), (&json!(1), &json!(0), &json!(true)));
    assert_eq!((&shadow["both"], &shadow["only_this"], &shadow["only_other"]), (&json!(1), &json!(0), &json!(1)));
    let kept = world.get("market.lead", &second).await.expect(200)["shadow"].clone();
    assert_eq!((&kept["runs"], &kept["both"], &kept["only_active"]), (&json!(1), &json!(1), &json!(1)));
    let hits = world.get("market.lead", "/api/v1/risk-hits?shadow=true").await.expect(200);
    assert_eq!((hits["items"].as_array().unwrap().len(), &hits["items"][0]["clue_id"]), (1, &Value::Null));
    assert_eq!(raised(&world).await, 2);
    // The clue carries the trace of what fired, with the values seen.
    let path = format!("/api/v1/risk-clues?source=MODEL&object_id={}", objects[0].as_str().unwrap());
    let clue = world.get("coordinator", &path).await.expect(200)["items"][0].clone();
    assert_eq!(clue["trace"]["values"]["complaints"], 3);
    assert_eq!(clue["trace"]["fired"][0]["when"], "complaints >= 3");
    // And the records that they were made of.
    let records = clue["trace"]["records"].as_array().unwrap();
    assert_eq!(records.len(), 3);
    for record in records {
        let told =
            world.get("coordinator", &format!("/api/v1/risk-clues/{}", record.as_str().unwrap())).await.expect(200);
        assert_eq!(told["object_id"], objects[0]);
    }
    assert_eq!((&clue["level"], &clue["model_number"]), (&json!("YELLOW"), &json!(1)));
    assert!(clue["content"].as_str().unwrap().contains("三十日内收到三件以上投诉举报"));
    world.assert_audit("risk-clues", clue["id"].as_str().unwrap(), "RAISED", "market.lead").await;
    // Nothing new, nothing done; and once more with everything raises nothing twice.
    assert_eq!(world.run_models("market.lead", false).await["evaluated"], 0);
    let whole = world.run_models("coordinator", true).await;
    assert_eq!((&whole["evaluated"], &whole["raised"]), (&json!(400), &json!(0)));
    // One new fact is one object.
    complaints(&world, &objects[2], 2).await;
    let run = world.run_models("market.lead", false).await;
    assert_eq!((&run["evaluated"], &run["raised"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_model_whose_clues_prove_wrong_stops_itself_and_a_switch_stops_it_at_once() {
    let world = World::county().await;
    let objects = objects(&world, 3).await;
    let mut body = world.model_body("COMPLAINT-BURST", "WRONG").await;
    body["content"]["stop"] = json!({ "minimum_precision_bp": 6000, "after_verdicts": 2 });
    let model = world.post("market.lead", "/api/v1/risk-models").json(&body).send().await.expect(201);
    let version = format!("/api/v1/risk-model-versions/{}", model["versions"][0]["id"].as_str().unwrap());
    world.act("market.lead", &version, "test", None).await.expect(200);
    let period = json!({ "from": "2026-01-01", "to": "2026-04-30" });
    let job = world.act("market.lead", &version, "backtest", Some(period)).await.expect(202);
    world.wait_for("market.lead", &job).await;
    world.act("market.lead", &version, "shadow", None).await.expect(200);
    world.run_models("market.lead", true).await;
    world.act("coordinator", &version, "activate", None).await.expect(200);
    complaints(&world, &objects[0], 3).await;
    complaints(&world, &objects[1], 3).await;
    assert_eq!(world.run_models("market.lead", false).await["raised"], 2);
    let page = world.get("market.admin", "/api/v1/risk-clues?source=MODEL&sort=code").await.expect(200);
    for (at, verdict) in [(0, "TRUE"), (1, "FALSE")] {
        let clue = format!("/api/v1/risk-clues/{}", page["items"][at]["id"].as_str().unwrap());
        assert_eq!(world.get("market.lead", &version).await.expect(200)["state"], "ACTIVE");
        world.walk_clue(&clue, 3).await;
        let body = json!({ "verdict": verdict, "verification": "已核查" });
        world.act("market.admin", &clue, "verify", Some(body)).await.expect(200);
    }
    let precision = world.get("market.lead", &format!("{version}/precision")).await.expect(200);
    assert_eq!((&precision["judged"], &precision["precision_bp"]), (&json!(2), &json!(5000)));
    let stopped = world.get("market.lead", &version).await.expect(200);
    assert_eq!(stopped["state"], "RETIRED", "half of them true, six tenths wanted");
    assert!(stopped["retired_reason"].as_str().unwrap().contains("触发停用条件"));
    world.assert_audit("risk-model-versions", id_of(&version), "RETIRED", "market.admin").await;
    complaints(&world, &objects[2], 3).await;
    assert_eq!(world.run_models("market.lead", false).await["raised"], 0);
    // The switch, on another model.
    let other = world.model("COMPLAINT-BURST", "SWITCH", 5).await;
    let reason = json!({ "reason": "误报较多，先行停用" });
    world.act("market.lead", &other, "retire", Some(reason.clone())).await.expect_problem(403, "FORBIDDEN");
    world.act("coordinator", &other, "retire", Some(reason)).await.expect(200);
    world.assert_audit("risk-model-versions", id_of(&other), "RETIRED", "coordinator").await;
    assert_eq!(world.run_models("coordinator", true).await["raised"], 0);
}

#[tokio::test]
async fn what_nobody_renews_ends() {
    let world = World::county().await;
    let version = world.model("COMPLAINT-BURST", "EXPIRES", 4).await;
    let connection = Database::connect(&world.database.url).await.unwrap();
    let found = entity::risks::risk_model_versions::Entity::find_by_id(uuid::Uuid::parse_str(id_of(&version)).unwrap());
    let mut row = found.one(&connection).await.unwrap().unwrap();
    row.content.expires_on = Some(local_date(mingjian::kernel::ctx::now()) - chrono::Days::new(1));
    row.into_active_model().reset_all().update(&connection).await.unwrap();
    let (code, out, error) = crate::harness::run(&world.database, &["calendar"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("1 risk models ended"), "{out}");
    let ended = world.get("market.lead", &version).await.expect(200);
    assert_eq!((&ended["state"], &ended["retired_reason"]), (&json!("RETIRED"), &json!("有效期届满")));
}

#[tokio::test]
async fn complaints_that_prove_true_count_as_complaints_still() {
    let world = World::county().await;
    let object = objects(&world, 1).await.remove(0);
    world.model("COMPLAINT-BURST", "PROVED", 5).await;
    complaints(&world, &object, 2).await;
    let page = world.get("market.admin", "/api/v1/risk-clues?source=COMPLAINT&sort=code").await.expect(200);
    let clue = format!("/api/v1/risk-clues/{}", page["items"][0]["id"].as_str().unwrap());
    world.walk_clue(&clue, 4).await;
    let run = world.run_models("market.lead", false).await;
    assert_eq!(run["raised"], 1);
    let raised = world.get("market.admin", "/api/v1/risk-clues?source=MODEL").await.expect(200)["items"][0].clone();
    assert_eq!(raised["trace"]["values"], json!({ "complaints": 2, "confirmed": 1 }));
    assert_eq!(raised["level"], "ORANGE");
    // Reworked and found false, it is confirmed no longer.
    world
        .act(
            "market.admin",
            &clue,
            "dispose",
            Some(json!({ "measures": [{ "measure": "3", "content": "责令改正。" }] })),
        )
        .await
        .expect(200);
    world.act("market.admin", &clue, "feed-back", Some(json!({ "feedback": "已改正。" }))).await.expect(200);
    world.act("market.reviewer", &clue, "rework", Some(json!({ "reason": "重新核查" }))).await.expect(200);
    world.act("market.admin", &clue, "accept", None).await.expect(200);
    world
        .act("market.admin", &clue, "verify", Some(json!({ "verdict": "FALSE", "verification": "不属实。" })))
        .await
        .expect(200);
    let connection = Database::connect(&world.database.url).await.unwrap();
    let facts = risk_facts::Entity::find().all(&connection).await.unwrap();
    let of = |kind: FactKind| facts.iter().filter(|fact| fact.kind == kind).count();
    assert_eq!((of(FactKind::Complaint), of(FactKind::ClueConfirmed)), (2, 0));
}

#[tokio::test]
async fn what_was_hit_in_shadow_is_raised_once_the_version_is_in_force() {
    let world = World::county().await;
    let object = objects(&world, 1).await.remove(0);
    complaints(&world, &object, 3).await;
    world.model("COMPLAINT-BURST", "AFTER-SHADOW", 5).await;
    let hits = world.get("market.lead", "/api/v1/risk-hits?shadow=true").await.expect(200);
    assert_eq!((hits["page"]["total"].clone(), raised(&world).await), (json!(1), 0));
    assert_eq!(world.run_models("market.lead", true).await["raised"], 1);
    assert_eq!(world.run_models("market.lead", true).await["raised"], 0);
}
