//! Exactly one winner. Each test turns red under the seeded bug that `tests/faults.sh` builds in.

use crate::harness::{PARTIES, Server, World};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn tally(answers: &[crate::harness::Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status).or_default() += 1;
    }
    counts
}

async fn audited(world: &World, resource: &str, id: &str, action: &str) -> Value {
    let path = format!("/api/v1/audit/entries?resource={resource}&resource_id={id}&action={action}&total=exact");
    world.get("auditor", &path).await.expect(200)["page"]["total"].clone()
}

#[tokio::test]
async fn sixteen_parallel_draws_give_one_draw() {
    let world = World::county().await;
    let body = world.task_body("并发抽取", &["51082103", "51082106"]).await;
    let path = world.ready_to_draw(&body, &PARTIES).await;
    let version = world.get("market.lead", &path).await.expect(200)["version"].as_i64().unwrap();
    let draws = (0..16).map(|_| world.post("market.lead", &format!("{path}/draw")).if_match(version).keyed().send());
    let answers = join_all(draws).await;
    assert_eq!(tally(&answers), BTreeMap::from([(200, 1), (412, 15)]));
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(audited(&world, "tasks", id, "DRAWN").await, 1);
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    assert_eq!(draws["page"]["total"], 1);
    assert_eq!(draws["items"][0]["status"], "MATCHED");
}

#[tokio::test]
async fn of_thirty_two_updates_of_one_version_one_is_made() {
    let world = World::county().await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    let id = object["id"].as_str().unwrap();
    let version = object["version"].as_i64().unwrap();
    let updates = (0..32).map(|at| {
        let call = world.request(Method::PATCH, "market.lead", &format!("/api/v1/objects/{id}")).if_match(version);
        call.json(&json!({ "registered_address": format!("旺苍县东河镇{at}号") })).send()
    });
    let answers = join_all(updates).await;
    assert_eq!(tally(&answers), BTreeMap::from([(200, 1), (412, 31)]));
    let after = world.get("market.lead", &format!("/api/v1/objects/{id}")).await.expect(200);
    assert_eq!(after["version"], version + 1);
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    assert_eq!(winner.json()["registered_address"], after["registered_address"]);
    assert_eq!(audited(&world, "objects", id, "UPDATED").await, 1);
}

#[tokio::test]
async fn one_key_fifty_times_over_two_processes_has_one_effect() {
    let world = World::bare().await;
    let second = Server::start(&world.database);
    let body = json!({
        "name": "旺苍县幂等测试有限责任公司", "object_type": "1", "region_code": "510821", "cert_type": null, "cert_no": null,
    });
    let calls = (0..50).map(|at| {
        let server = if at % 2 == 0 { &world.server } else { &second };
        let call = world.request_at(server, Method::POST, "market.lead", "/api/v1/objects");
        call.header("idempotency-key", "the-same-key-every-time").json(&body).send()
    });
    let answers = join_all(calls).await;
    assert_eq!(tally(&answers), BTreeMap::from([(201, 50)]));
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 49);
    let first = &answers[0];
    for answer in &answers {
        assert_eq!(answer.text, first.text);
        assert_eq!(answer.header("location"), first.header("location"));
        assert_eq!(answer.header("etag"), "\"1\"");
    }
    let page = world.get("market.lead", "/api/v1/objects?name[prefix]=旺苍县幂等测试&total=exact").await.expect(200);
    assert_eq!(page["page"]["total"], 1);
    // The key belongs to its request.
    let other = json!({ "name": "另一家公司", "object_type": "1", "region_code": "510821" });
    let call = world.post("market.lead", "/api/v1/objects").header("idempotency-key", "the-same-key-every-time");
    call.json(&other).send().await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    // Another person's key is another key.
    let call = world.post("business", "/api/v1/objects").header("idempotency-key", "the-same-key-every-time");
    call.json(&other).send().await.expect(201);
}
