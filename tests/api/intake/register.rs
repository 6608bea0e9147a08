//! 监管对象的质量: what is doubtful about an object, and which other may be the same.

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

/// One enterprise under its old number and under its code: each names the other, to whoever sees both.
#[tokio::test]
async fn what_may_be_registered_twice_is_named() {
    let world = World::county().await;
    let old = register(&world, json!({ "registration_no": OLD_NUMBER, "township_code": null })).await;
    let new = register(&world, json!({ "uscc": USCC })).await;
    let double = |other: &str| ("POSSIBLE_DUPLICATE".to_owned(), "WARNING".to_owned(), json!(id_of(other)));
    assert_eq!(found(&world, &old).await, [of("TOWNSHIP_UNKNOWN", "ERROR"), double(&new)]);
    assert_eq!(found(&world, &new).await, [double(&old)]);
    let other = register(&world, json!({ "uscc": "91510821MA6000024N" })).await;
    assert_eq!(found(&world, &new).await, [double(&old)], "two codes are two enterprises");

    // The old one is in no township: theirs does not see it.
    let told = world.get("donghe.township", &format!("{new}/findings")).await.expect(200);
    assert_eq!(told["items"], json!([]));
    assert_eq!(found(&world, &other).await, [double(&old)]);

    // One that has left the register is nobody's double.
    let version = world.get(LEAD, &old).await.expect(200)["version"].as_i64().unwrap();
    let call = world.request(reqwest::Method::PATCH, LEAD, &old).if_match(version);
    let call = call.json(&json!({ "registration_status": "CANCELLED" }));
    call.header("content-type", "application/merge-patch+json").send().await.expect(200);
    assert!(found(&world, &new).await.is_empty() && found(&world, &old).await.is_empty());
}
