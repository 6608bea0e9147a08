//! 监管对象的质量: what is doubtful is named, and what was registered twice is taken over, with both numbers.

use crate::harness::{World, id_of};
use serde_json::{Value, json};

const LEAD: &str = "market.lead";
const USCC: &str = "92510821MA70000185";
const OLD_NUMBER: &str = "510821600000011";

fn shop() -> Value {
    json!({
        "name": "旺苍县双登食品店", "object_type": "1", "region_code": "510821", "township_code": "510821100",
        "registered_address": "旺苍县东河镇新华街8号", "industry_code": "F5211",
    })
}

async fn register(world: &World, change: Value) -> String {
    let mut body = shop();
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let made = world.post(LEAD, "/api/v1/objects").json(&body).send().await.expect(201);
    format!("/api/v1/objects/{}", made["id"].as_str().unwrap())
}

/// Rule, severity and the other object of each finding.
async fn found(world: &World, object: &str) -> Vec<(String, String, Value)> {
    let told = world.get(LEAD, &format!("{object}/findings")).await.expect(200);
    let word = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let items = told["items"].as_array().unwrap().iter();
    items.map(|item| (word(item, "rule"), word(item, "severity"), item["other_id"].clone())).collect()
}

fn of(rule: &str, severity: &str) -> (String, String, Value) {
    (rule.to_owned(), severity.to_owned(), Value::Null)
}

async fn take_over(world: &World, by: &str, other: &str) -> crate::harness::Answer {
    let body = json!({ "object_id": id_of(other), "reason": "与登记机关核对，为同一主体" });
    world.act(LEAD, by, "take-over", Some(body)).await
}

#[tokio::test]
async fn what_is_doubtful_about_an_object_is_named_until_it_is_mended() {
    let world = World::county().await;
    let wrong = json!({ "uscc": "92510821MA70000184", "township_code": null, "industry_code": null });
    let object = register(&world, wrong).await;
    let all = [of("USCC_CHECK", "ERROR"), of("TOWNSHIP_UNKNOWN", "ERROR"), of("INDUSTRY_MISSING", "WARNING")];
    assert_eq!(found(&world, &object).await, all);

    let mend = json!({ "township_code": "510821100", "industry_code": "F5211" });
    let version = world.get(LEAD, &object).await.expect(200)["version"].as_i64().unwrap();
    let call = world.request(reqwest::Method::PATCH, LEAD, &object).if_match(version).json(&mend);
    call.header("content-type", "application/merge-patch+json").send().await.expect(200);
    assert_eq!(found(&world, &object).await, all[..1]);
    // A township sees what is doubtful about its own.
    world.get("donghe.township", &format!("{object}/findings")).await.expect(200);
    let elsewhere = register(&world, json!({ "name": "旺苍县别镇店", "township_code": "510821101" })).await;
    let beyond = world.get("donghe.township", &format!("{elsewhere}/findings")).await;
    beyond.expect_problem(404, "NOT_FOUND");
}

/// One enterprise under its old number and under its code: the one with the code takes the other over, and has both.
#[tokio::test]
async fn what_was_registered_twice_is_taken_over() {
    let world = World::county().await;
    let old = register(&world, json!({ "registration_no": OLD_NUMBER })).await;
    let new = register(&world, json!({ "uscc": USCC })).await;
    let double = |other: &str| ("POSSIBLE_DUPLICATE".to_owned(), "WARNING".to_owned(), json!(id_of(other)));
    assert_eq!(found(&world, &old).await, [double(&new)]);
    assert_eq!(found(&world, &new).await, [double(&old)]);

    // The other way round nobody would have the code.
    take_over(&world, &old, &new).await.expect_problem(409, "NOT_ONE_OBJECT");
    take_over(&world, &new, &new).await.expect_problem(409, "NOT_ONE_OBJECT");
    let other = register(&world, json!({ "name": "旺苍县另一店", "uscc": "91510821MA6000024N" })).await;
    take_over(&world, &new, &other).await.expect_problem(409, "NOT_ONE_OBJECT");
    let nobody = json!({ "object_id": "0198f2a0-0000-7000-8000-000000000001", "reason": "没有的对象" });
    let refused = world.act(LEAD, &new, "take-over", Some(nobody)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/object_id");

    // What the old one had taken over itself follows it.
    let older = register(&world, json!({ "name": "旺苍县双登副食店" })).await;
    take_over(&world, &old, &older).await.expect(200);
    let whole = take_over(&world, &new, &old).await.expect(200);
    assert_eq!((&whole["uscc"], &whole["registration_no"]), (&json!(USCC), &json!(OLD_NUMBER)));
    for object in [&new, &old, &older] {
        world.assert_audit("objects", id_of(object), "TAKEN_OVER", LEAD).await;
    }
    for gone in [&old, &older] {
        let gone = world.get(LEAD, gone).await.expect(200);
        assert_eq!((&gone["successor_id"], &gone["registration_status"]), (&whole["id"], &json!("TAKEN_OVER")));
    }
    assert!(found(&world, &new).await.is_empty() && found(&world, &old).await.is_empty());
    let page = world.get(LEAD, &format!("/api/v1/objects?successor_id={}", id_of(&new))).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);

    // It is done where both are now.
    take_over(&world, &old, &other).await.expect_problem(409, "STATE_CONFLICT");
    take_over(&world, &other, &old).await.expect_problem(409, "STATE_CONFLICT");
    for (object, status, code) in [(&old, json!("ACTIVE"), 409), (&new, json!("TAKEN_OVER"), 422)] {
        let version = world.get(LEAD, object).await.expect(200)["version"].as_i64().unwrap();
        let change = json!({ "registration_status": status });
        let call = world.request(reqwest::Method::PATCH, LEAD, object).if_match(version).json(&change);
        let refused = call.header("content-type", "application/merge-patch+json").send().await;
        assert_eq!(refused.status, code, "{refused:?}");
    }

    // A file that still has the old number, or only the old name, says it of the new one.
    let before = world.get(LEAD, &old).await.expect(200)["version"].clone();
    let file = format!(
        "企业名称,统一社会信用代码,注册地址,经营范围\n旺苍县双登食品店,{OLD_NUMBER},旺苍县东河镇新华街8号,食品零售\n"
    );
    let import = world.import("objects", file.into_bytes()).await;
    assert_eq!((&import["rows_created"], &import["rows_updated"]), (&json!(0), &json!(1)), "{import}");
    assert_eq!(world.get(LEAD, &new).await.expect(200)["business_scope"], "食品零售");
    assert_eq!(world.get(LEAD, &old).await.expect(200)["version"], before);
}

/// Two take the same one over at once: one does.
#[tokio::test]
async fn one_is_taken_over_once() {
    let world = World::county().await;
    let old = register(&world, json!({ "registration_no": OLD_NUMBER })).await;
    let rivals = [
        register(&world, json!({ "uscc": USCC })).await,
        register(&world, json!({ "uscc": "91510821MA6000024N", "name": "旺苍县双登食品店（二）" })).await,
    ];
    let answers = futures::future::join_all(rivals.iter().map(|rival| take_over(&world, rival, &old))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let successor = world.get(LEAD, &old).await.expect(200)["successor_id"].clone();
    let won = answers.iter().find(|answer| answer.status == 200).unwrap().json();
    assert_eq!((&won["id"], &won["registration_no"]), (&successor, &json!(OLD_NUMBER)));
    let lost = rivals.iter().find(|rival| json!(id_of(rival)) != successor).unwrap();
    assert_eq!(world.get(LEAD, lost).await.expect(200)["registration_no"], Value::Null);
}
