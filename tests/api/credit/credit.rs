//! Batches by stream and by partners, mapping tables, strategies, dry runs, and the class of a day.

use super::strategy;
use crate::harness::World;
use domain::kernel::clocks::calendar::local_date;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write;

/// Two enterprises of the register.
async fn enterprises(world: &World) -> Vec<Value> {
    let page = world.get("market.lead", "/api/v1/objects?object_type=1&sort=name&limit=2").await.expect(200);
    page["items"].as_array().unwrap().clone()
}

fn file(rows: &[(&str, &str, &str, &str, &str)]) -> Vec<u8> {
    let mut text = "统一社会信用代码,企业名称,分类体系,信用等级,评价批次,下发来源,分值,有效期至\n".to_owned();
    for (uscc, scheme, level, batch, source) in rows {
        let _ = writeln!(text, "{uscc},某企业,{scheme},{level},{batch},{source},,");
    }
    text.into_bytes()
}

async fn class_of(world: &World, object: &Value, query: &str) -> Value {
    let path = format!("/api/v1/objects/{}/credit-class{query}", object["id"].as_str().unwrap());
    world.get("market.lead", &path).await.expect(200)
}

#[tokio::test]
async fn late_and_repeated_batches_corrections_and_unknown_objects() {
    let world = World::county().await;
    let objects = enterprises(&world).await;
    let (first, second) = (objects[0]["uscc"].as_str().unwrap(), objects[1]["uscc"].as_str().unwrap());
    let unknown = "91510821MA6000016U";
    let november = file(&[
        (first, "2", "C", "202609", "3"),
        (second, "2", "B", "202609", "3"),
        (unknown, "2", "A", "202609", "3"),
    ]);
    let import = world.import("credit-classifications", november.clone()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(2), &json!(1)));
    let findings = format!("/api/v1/imports/{}/findings", import["id"].as_str().unwrap());
    let findings = world.get("market.lead", &findings).await.expect(200);
    assert_eq!(findings["items"][0]["rule"], "UNKNOWN_OBJECT");
    assert_eq!(class_of(&world, &objects[0], "").await["local_class"], "KEY");
    // The same again changes nothing.
    let again = world.import("credit-classifications", november).await;
    assert_eq!((&again["rows_unchanged"], &again["rows_created"]), (&json!(2), &json!(0)));
    let batches = world.get("market.lead", "/api/v1/credit-batches?batch=202609").await.expect(200);
    let batch = batches["items"][0].clone();
    assert_eq!(
        (&batch["objects_count"], &batch["unknown_count"], &batch["corrections_count"]),
        (&json!(2), &json!(1), &json!(0))
    );
    world.assert_audit("credit-batches", batch["id"].as_str().unwrap(), "IMPORTED", "market.lead").await;
    // A batch of an earlier month that comes late is kept, and decides nothing.
    world.import("credit-classifications", file(&[(first, "2", "D", "202601", "3")])).await;
    assert_eq!(class_of(&world, &objects[0], "").await["local_class"], "KEY");
    // A correction is a further revision; the history keeps both.
    let corrected = world.import("credit-classifications", file(&[(first, "2", "D", "202609", "3")])).await;
    assert_eq!(corrected["rows_updated"], 1);
    let standing = class_of(&world, &objects[0], "").await;
    assert_eq!(standing["local_class"], "DISHONEST");
    assert_eq!(
        (&standing["classification"]["level"], &standing["classification"]["revision"]),
        (&json!("D"), &json!(2))
    );
    let path = format!(
        "/api/v1/credit-classifications?object_id={}&batch=202609&sort=received_at",
        objects[0]["id"].as_str().unwrap()
    );
    let history = world.get("market.lead", &path).await.expect(200);
    let levels: Vec<_> = history["items"].as_array().unwrap().iter().map(|row| row["level"].clone()).collect();
    assert_eq!(levels, ["C", "D"], "scheme, level, batch and source of each");
    // On a day before anything came, there was no class.
    assert_eq!(class_of(&world, &objects[0], "?as_of=2020-01-01").await["local_class"], "UNCLASSIFIED");
    let tomorrow = local_date(mingjian::kernel::ctx::now()) + chrono::Days::new(1);
    assert_eq!(class_of(&world, &objects[0], &format!("?as_of={tomorrow}")).await["local_class"], "DISHONEST");
    // The national scheme's D of the same month means another class, and market regulation goes first.
    world.import("credit-classifications", file(&[(second, "1", "E", "202609", "1")])).await;
    assert_eq!(class_of(&world, &objects[1], "").await["local_class"], "GENERAL");
    // What is good until yesterday gives way.
    let yesterday = local_date(mingjian::kernel::ctx::now()) - chrono::Days::new(1);
    let row = format!("{second},某企业,2,D,202611,3,88.5,{yesterday}\n");
    let text = format!("统一社会信用代码,企业名称,分类体系,信用等级,评价批次,下发来源,分值,有效期至\n{row}");
    world.import("credit-classifications", text.into_bytes()).await;
    assert_eq!(class_of(&world, &objects[1], "").await["local_class"], "GENERAL");
}

#[tokio::test]
async fn a_partner_sends_a_batch_as_a_stream_of_json() {
    let mut world = World::county().await;
    world.make_partner(&["credit:write", "imports:write", "imports:read"], "510821").await;
    let objects = enterprises(&world).await;
    let line = |uscc: &Value, level: &str| {
        json!({ "统一社会信用代码": uscc, "分类体系": "1", "信用等级": level, "评价批次": "202609", "下发来源": "2" })
            .to_string()
    };
    let body = format!("{}\n{}\n", line(&objects[0]["uscc"], "E"), line(&objects[1]["uscc"], "A"));
    let path = "/api/v1/imports?dataset=credit-classifications&filename=batch.ndjson";
    let call = world.post("partner", path).raw("application/x-ndjson", body.into_bytes());
    let job = call.send().await.expect(202);
    assert_eq!(world.wait_for("partner", &job).await["status"], "SUCCEEDED");
    assert_eq!(class_of(&world, &objects[0], "").await["local_class"], "DISHONEST");
    // A sector's own levels mean nothing until the county has said what they mean.
    let sector = file(&[(objects[0]["uscc"].as_str().unwrap(), "3", "A", "202610", "4")]);
    let import = world.import("credit-classifications", sector.clone()).await;
    assert_eq!(import["rows_rejected"], 1);
    let mapping = json!({
        "scheme": "SECTOR", "reason": "行业主管部门文件",
        "entries": [
            { "level": "A", "class": "TRUSTWORTHY" }, { "level": "B", "class": "GENERAL" }, { "level": "C", "class": "KEY" },
            { "level": "D", "class": "KEY" }, { "level": "E", "class": "DISHONEST" },
        ],
    });
    let made = world.post("market.lead", "/api/v1/credit-mappings").json(&mapping).send().await.expect(201);
    let path = format!("/api/v1/credit-mappings/{}", made["id"].as_str().unwrap());
    world.assert_audit("credit-mappings", made["id"].as_str().unwrap(), "CREATED", "market.lead").await;
    world.act("coordinator", &path, "activate", None).await.expect(200);
    world.assert_audit("credit-mappings", made["id"].as_str().unwrap(), "ACTIVATED", "coordinator").await;
    assert_eq!(world.import("credit-classifications", sector).await["rows_created"], 1);
    let standing = class_of(&world, &objects[0], "").await;
    assert_eq!(standing["local_class"], "TRUSTWORTHY");
    assert_eq!(standing["classification"]["mapping_revision"], 1);
    let mut falling = mapping.clone();
    falling["entries"][4]["class"] = json!("TRUSTWORTHY");
    let call = world.post("market.lead", "/api/v1/credit-mappings").json(&falling);
    call.send().await.expect_problem(422, "MAPPING_INVALID");
    // A second table in force retires the first.
    let next = world.post("market.lead", "/api/v1/credit-mappings").json(&mapping).send().await.expect(201);
    assert_eq!(next["revision"], 2);
    let next = format!("/api/v1/credit-mappings/{}", next["id"].as_str().unwrap());
    world.act("coordinator", &next, "activate", None).await.expect(200);
    assert_eq!(world.get("market.lead", &path).await.expect(200)["state"], "RETIRED");
    world.act("coordinator", &path, "activate", None).await.expect_problem(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn a_strategy_is_checked_put_in_force_and_tried_before_anything_is_frozen() {
    let world = World::county().await;
    let mut bad = strategy("BAD");
    bad["rows"][0]["rate_bp"] = json!(9_000);
    let call = world.post("market.lead", "/api/v1/credit-strategies").json(&bad);
    let problem = call.send().await.expect_problem(422, "STRATEGY_INVALID");
    assert_eq!(problem["rule"]["code"], "RATES_RISE_WITH_RISK");
    let made = world.post("market.lead", "/api/v1/credit-strategies").json(&strategy("STANDARD")).send().await;
    let made = made.expect(201);
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/credit-strategies/{id}");
    let mut body = world.task_body("策略抽查", &["51082103"]).await;
    body["strata"] = json!([]);
    body["strategy_id"] = json!(id);
    let call = world.post("market.lead", "/api/v1/tasks").json(&body);
    let problem = call.send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["code"], "NOT_ACTIVE");
    let changed = world.request(Method::PUT, "market.lead", &path).if_match(1).json(&strategy("STANDARD"));
    changed.send().await.expect(200);
    world.assert_audit("credit-strategies", id, "UPDATED", "market.lead").await;
    world.act("coordinator", &path, "activate", None).await.expect(200);
    world.assert_audit("credit-strategies", id, "ACTIVATED", "coordinator").await;
    let both = json!([{ "class": "GENERAL", "rate_bp": 300, "minimum": 1 }]);
    let mut twice = body.clone();
    twice["strata"] = both;
    let problem =
        world.post("market.lead", "/api/v1/tasks").json(&twice).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/strata");
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    assert_eq!((&task["strategy_id"], &task["kind"]), (&json!(id), &json!("DOUBLE_RANDOM")));
    let pool = format!("/api/v1/tasks/{}/pool", task["id"].as_str().unwrap());
    let dry = world.get("market.lead", &pool).await.expect(200);
    let strata = dry["strata"].as_array().unwrap();
    assert_eq!(strata.len(), 5, "what is not classified is reported apart");
    assert!(
        strata.iter().any(|row| row["class"] == "DISHONEST" && row["rate_bp"] == 10_000 && row["visit"] == "ON_SITE")
    );
    let count = dry["count"].as_u64().unwrap();
    assert_eq!(dry["departments"][0]["visits"], count);
    assert!(dry["departments"][0]["officers"].as_u64().unwrap() >= 2);
    let townships = dry["townships"].as_array().unwrap();
    let population: u64 = townships.iter().map(|row| row["population"].as_u64().unwrap()).sum();
    assert_eq!(dry["population"], population);
    let expected: u64 = townships.iter().map(|row| row["expected_centi"].as_u64().unwrap()).sum();
    assert!(expected.abs_diff(count * 100) < 100, "{expected} hundredths expected of {count}");
    // The draw keeps the revision and the batches it rested on.
    body["excess_reason"] = json!("违法失信企业全数检查");
    let drawn = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &drawn, "draw", None).await.expect(200);
    let task = drawn.rsplit('/').next().unwrap();
    let draw = world.get("market.lead", &format!("/api/v1/draws?task_id={task}")).await.expect(200)["items"][0].clone();
    let basis = format!("/api/v1/draws/{}/credit-basis", draw["id"].as_str().unwrap());
    let basis = world.get("market.lead", &basis).await.expect(200);
    assert_eq!(basis["strategy_id"], id);
    let classified: u64 =
        basis["class_batches"].as_array().unwrap().iter().map(|batch| batch["objects"].as_u64().unwrap()).sum();
    assert!(classified > 0 && classified <= draw["pool_count"].as_u64().unwrap());
    // A new revision retires the old one; the task that was made with it goes on.
    let next = world.post("market.lead", "/api/v1/credit-strategies").json(&strategy("STANDARD")).send().await;
    let next = next.expect(201);
    assert_eq!(next["revision"], 2);
    let next = format!("/api/v1/credit-strategies/{}", next["id"].as_str().unwrap());
    world.act("coordinator", &next, "activate", None).await.expect(200);
    assert_eq!(world.get("market.lead", &path).await.expect(200)["state"], "RETIRED");
    let mut special = body.clone();
    special["kind"] = json!("SPECIAL");
    special["strategy_id"] = json!(next.rsplit('/').next().unwrap());
    world.post("market.lead", "/api/v1/tasks").json(&special).send().await.expect(201);
}
