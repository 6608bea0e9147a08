//! 名录库: saved filters whose every change is an edition, and draws that name the editions they were made from.

mod named;

use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

/// A library of the lead's, and its path.
async fn library(world: &World, body: &Value) -> (Value, String) {
    let made = world.post("market.lead", "/api/v1/libraries").json(body).send().await.expect(201);
    let path = format!("/api/v1/libraries/{}", made["id"].as_str().unwrap());
    (made, path)
}

fn of_tag(tag: &str) -> Value {
    json!({ "name": format!("{tag}单位名录库"), "kind": "OBJECTS", "pool_filter": { "tags": [tag] } })
}

async fn count(world: &World, query: &str) -> u64 {
    let path = format!("/api/v1/{query}&limit=1&total=exact");
    world.get("market.lead", &path).await.expect(200)["page"]["total"].as_u64().unwrap()
}

/// An active object with a tag.
async fn tagged(world: &World, tag: &str, at: usize) -> Value {
    let path = format!("/api/v1/objects?tag={tag}&registration_status=ACTIVE&limit=50");
    world.get("market.lead", &path).await.expect(200)["items"][at].clone()
}

async fn patch(world: &World, object: &Value, change: Value) {
    let path = format!("/api/v1/objects/{}", object["id"].as_str().unwrap());
    let version = world.get("business", &path).await.expect(200)["version"].as_i64().unwrap();
    let call = world.request(Method::PATCH, "business", &path).if_match(version);
    let answer = call.raw("application/merge-patch+json", change.to_string().into_bytes()).keyed().send().await;
    answer.expect(200);
}

async fn members(world: &World, path: &str, query: &str) -> (String, Vec<String>) {
    let answer = world.get("market.lead", &format!("{path}/members.txt{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let ids = answer.text.lines().skip(2).map(str::to_owned).collect();
    (hex::encode(Sha256::digest(&answer.text)), ids)
}

#[tokio::test]
async fn each_change_of_a_library_is_an_edition_that_anybody_can_hash() {
    let world = World::county().await;
    let (made, path) = library(&world, &of_tag("餐饮服务")).await;
    let id = made["id"].as_str().unwrap();
    world.assert_audit("libraries", id, "CREATED", "market.lead").await;
    let all = count(&world, "objects?tag=餐饮服务&registration_status=ACTIVE").await;
    assert_eq!((made["edition"].as_u64(), made["members"].as_u64()), (Some(1), Some(all)));
    assert_eq!(count(&world, &format!("objects?library_id={id}")).await, all);
    let misspelt = format!("/api/v1/objects?library_id={}x", &id[1..]);
    world.get("market.lead", &misspelt).await.expect_problem(400, "INVALID_PARAMETER");
    let (digest, first) = members(&world, &path, "").await;
    assert!(first.is_sorted() && first.len() as u64 == all);

    // The register moves on; without a change there is no edition.
    let same = world.act("market.lead", &path, "refresh", None).await.expect(200);
    assert_eq!(same["edition"], 1);
    let gone = tagged(&world, "餐饮服务", 0).await;
    patch(&world, &gone, json!({ "registration_status": "CANCELLED" })).await;
    let moved = world.act("market.lead", &path, "refresh", None).await.expect(200);
    assert_eq!((moved["edition"].as_u64(), moved["members"].as_u64()), (Some(2), Some(all - 1)));
    world.assert_audit("libraries", id, "REFRESHED", "market.lead").await;

    let body =
        json!({ "name": "餐饮服务单位名录库", "kind": "OBJECTS", "pool_filter": { "tags": ["餐饮服务", "食品经营"] } });
    let version = moved["version"].as_i64().unwrap();
    let put = world.request(Method::PUT, "market.lead", &path).if_match(version).json(&body).keyed();
    let wider = put.send().await.expect(200);
    assert_eq!(wider["edition"], 3);
    world.assert_audit("libraries", id, "UPDATED", "market.lead").await;

    let editions = world.get("market.lead", &format!("{path}/editions")).await.expect(200)["items"].clone();
    let told: Vec<_> = (0..3).map(|at| (editions[at]["cause"].as_str().unwrap(), &editions[at]["gone"])).collect();
    assert_eq!(told, [("FILTER", &json!(0)), ("REGISTER", &json!(1)), ("MADE", &json!(0))]);
    assert_eq!(editions[2]["digest"], digest.as_str(), "what was hashed can be had again");
    assert_eq!(members(&world, &path, "?edition=1").await, (digest, first.clone()));
    let (_, second) = members(&world, &path, "?edition=2").await;
    let missing: Vec<_> = first.iter().filter(|id| !second.contains(id)).collect();
    assert_eq!(missing, [gone["id"].as_str().unwrap()]);
    world.get("market.lead", &format!("{path}/members.txt?edition=4")).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_rule_gives_its_tag_by_industry_licence_and_words_of_the_scope() {
    let world = World::county().await;
    let (one, other) = (tagged(&world, "食品经营", 0).await, tagged(&world, "食品经营", 1).await);
    patch(&world, &one, json!({ "business_scope": "预包装食品零售；100%纯露LNG加注", "industry_code": "F5296" })).await;
    patch(&world, &other, json!({ "business_scope": "1000纯露lng加注", "industry_code": "F5296" })).await;
    let rule = |rule: Value| {
        let mut body = of_tag("液化天然气");
        body["tag_rules"] = json!([rule]);
        body
    };
    let has = async |rule_of: Value| {
        let (_, path) = library(&world, &rule(rule_of)).await;
        members(&world, &path, "").await.1
    };

    let one = vec![one["id"].as_str().unwrap().to_owned()];
    let tag = "液化天然气";
    assert_eq!(has(json!({ "tag": tag, "scope_words": ["LNG加注"] })).await, one, "letters as they stand");
    assert_eq!(has(json!({ "tag": tag, "scope_words": ["100%纯露"] })).await, one, "a sign is a sign");
    assert_eq!(has(json!({ "tag": tag, "scope_words": ["LNG加注"], "industry_prefixes": ["F52"] })).await, one);
    assert_eq!(has(json!({ "tag": tag, "scope_words": ["LNG加注"], "industry_prefixes": ["H"] })).await, [""; 0]);
    assert_eq!(has(json!({ "tag": tag, "scope_words": ["LNG加注"], "licences": ["食品经营"] })).await, one);
    assert_eq!(has(json!({ "tag": tag, "scope_words": ["LNG加注"], "licences": ["没有的许可"] })).await, [""; 0]);

    // One without members waits for whoever keeps it, until it is mended.
    let waits = world.get("market.lead", "/api/v1/worklist?kind=LIBRARY_TO_MEND&total=exact").await.expect(200);
    assert_eq!(waits["page"]["total"], 2, "{waits}");
    let (path, version) = {
        let entry = &waits["items"][0];
        let path = format!("/api/v1/libraries/{}", entry["resource_id"].as_str().unwrap());
        let library = world.get("market.lead", &path).await.expect(200);
        assert_eq!(library["problem"], "EMPTY");
        (path, library["version"].as_i64().unwrap())
    };
    let body = rule(json!({ "tag": tag, "scope_words": ["LNG加注"] }));
    let put = world.request(Method::PUT, "market.lead", &path).if_match(version).json(&body).keyed();
    assert_eq!(put.send().await.expect(200)["problem"], Value::Null);
    let waits = world.get("market.lead", "/api/v1/worklist?kind=LIBRARY_TO_MEND&total=exact").await.expect(200);
    assert_eq!(waits["page"]["total"], 1);
}

#[tokio::test]
async fn libraries_are_looked_up_every_day() {
    let mut world = World::county().await;
    let (made, path) = library(&world, &of_tag("餐饮服务")).await;
    let id = made["id"].as_str().unwrap().to_owned();
    patch(&world, &tagged(&world, "餐饮服务", 0).await, json!({ "tags": [] })).await;
    let before = world.get("market.lead", &path).await.expect(200);
    assert_eq!(before["edition"], 1, "not before it is its turn");
    world.database.execute("UPDATE libraries SET refreshed_on = '2026-01-01'").await;

    // A server that starts does what is due.
    world.restart();
    for _ in 0..200 {
        let now = world.get("market.lead", &path).await.expect(200);
        if now["edition"] == 2 {
            assert_eq!(now["members"], before["members"].as_i64().unwrap() - 1);
            world.assert_audit("libraries", &id, "REFRESHED", "libraries").await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nobody looked");
}
