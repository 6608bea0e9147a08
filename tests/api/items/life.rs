//! From claim to cancellation: drafts, reviews, versions, batches, races.

use super::change;
use crate::harness::{World, id_of};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn an_item_is_claimed_completed_reviewed_changed_and_cancelled() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let claimed = world.act("market.admin", &item, "claim", None).await.expect(200);
    assert_eq!((&claimed["state"], &claimed["content_version"]), (&json!("CLAIMED_DRAFT"), &json!(1)));
    world.assert_audit("items", id_of(&item), "CLAIMED", "market.admin").await;
    // What is missing is named, and cannot be submitted.
    change(&world, "market.admin", &item, |content| content["supervise_flow"] = Value::Null).await;
    let check = world.get("market.admin", &format!("{item}/check")).await.expect(200);
    assert_eq!((&check["complete"], &check["problems"][0]["pointer"]), (&json!(false), &json!("/supervise_flow")));
    let refused = world.act("market.admin", &item, "submit", None).await.expect_problem(422, "ELEMENTS_INCOMPLETE");
    assert_eq!(refused["errors"][0]["pointer"], "/supervise_flow");
    change(&world, "market.admin", &item, |content| content["supervise_flow"] = json!("检查—处理—公示")).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let reason = json!({ "reason": "请核对监管对象" });
    let returned = world.act("market.reviewer", &item, "return", Some(reason)).await.expect(200);
    assert_eq!((&returned["state"], &returned["return_reason"]), (&json!("CLAIMED_DRAFT"), &json!("请核对监管对象")));
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let approved = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    assert_eq!((&approved["state"], &approved["approved_version"]), (&json!("EFFECTIVE"), &json!(1)));
    world.assert_audit("items", id_of(&item), "APPROVED", "market.reviewer").await;
    // The code comes from the catalogue.
    world.act("market.admin", &item, "change", None).await.expect(200);
    let shown = world.get("market.admin", &item).await.expect(200);
    let call = world.request(Method::PUT, "market.admin", &item).if_match(shown["version"].as_i64().unwrap());
    let body = json!({ "code": "99999999000001", "content": shown["content"] });
    call.json(&body).send().await.expect_problem(409, "CODE_IMMUTABLE");
    world.act("market.admin", &item, "discard", None).await.expect(200);
    // Cancelled, its list and its spot-check item go with it.
    let list = format!("/api/v1/implementation-lists/{}", approved["implementation_list_id"].as_str().unwrap());
    world.approve_list("market", &list).await;
    world.act("market.admin", &item, "cancel", Some(json!({ "reason": "依据已修订" }))).await.expect(200);
    let cancelled = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    assert_eq!(cancelled["state"], "CANCELLED");
    assert_eq!(world.get("market.admin", &list).await.expect(200)["state"], "RETIRED");
    // The public reads what is published, and nothing of how it came to be.
    let public = world.anonymous(Method::GET, "/api/v1/public/spot-check-items").send().await.expect(200);
    assert_eq!(public["page"]["total"], 6, "two of each department's");
    assert!(public["items"][0].get("item_id").is_none() && public["items"][0]["legal_basis"].is_string());
    let spots =
        world.get("market.lead", &format!("/api/v1/spot-check-items?item_id={}", id_of(&item))).await.expect(200);
    assert_eq!(spots["items"][0]["status"], "RETIRED");
    let history = world.get("market.admin", &format!("{item}/history?limit=200")).await.expect(200);
    let verbs: BTreeSet<_> =
        history["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
    for verb in
        ["IMPORTED", "CLAIMED", "UPDATED", "SUBMITTED", "RETURNED", "APPROVED", "CHANGED", "DISCARDED", "CANCELLED"]
    {
        assert!(verbs.contains(verb), "{verb}: {verbs:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_claimed_is_written_off_and_leaves_the_denominator() {
    let world = World::county().await;
    let rate = async || {
        let shown = world.get("market.admin", "/api/v1/indicators/1").await.expect(200);
        (shown["numerator"].as_i64().unwrap(), shown["denominator"].as_i64().unwrap())
    };
    let (claimed, due) = rate().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let statement = json!({ "statement": "该职能由市级行使，本县不承担。" });
    world.act("market.admin", &item, "decline", Some(statement)).await.expect(200);
    assert_eq!(rate().await, (claimed, due), "until it is approved it counts");
    let explained = world.get("market.admin", "/api/v1/indicators/1/explain?limit=200").await.expect(200);
    let missing = explained["items"].as_array().unwrap();
    assert_eq!(i64::try_from(missing.len()).unwrap(), due - claimed);
    let row = missing.iter().find(|row| row["id"] == id_of(&item)).unwrap();
    assert_eq!(row["reason"], "核销待审核");
    let done = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    assert_eq!(done["state"], "WRITTEN_OFF");
    assert_eq!(rate().await, (claimed, due - 1));
    world.assert_audit("items", id_of(&item), "DECLINED", "market.admin").await;
    // The county's figure is the sum of the departments'.
    let county = world.get("coordinator", "/api/v1/indicators/1").await.expect(200);
    let sum: i64 =
        county["departments"].as_array().unwrap().iter().map(|row| row["denominator"].as_i64().unwrap()).sum();
    assert_eq!(county["denominator"], sum);
}

#[tokio::test]
async fn versions_switch_at_midnight_and_the_past_is_answered() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.approve_item("market", &item).await;
    let today: chrono::NaiveDate = {
        let shown = world.get("market.admin", &item).await.expect(200);
        shown["effective_from"].as_str().unwrap().parse().unwrap()
    };
    let later = today + chrono::Days::new(10);
    world.act("market.admin", &item, "change", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["name"] = json!("改名后的事项")).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let yesterday = json!({ "effective_on": (today - chrono::Days::new(1)).to_string() });
    let refused = world.act("market.reviewer", &item, "approve", Some(yesterday)).await;
    refused.expect_problem(422, "EFFECTIVE_DATE_INVALID");
    let on = json!({ "effective_on": later.to_string() });
    world.act("market.reviewer", &item, "approve", Some(on)).await.expect(200);
    for offset in 0..15u64 {
        let day = today + chrono::Days::new(offset);
        let shown = world.get("market.admin", &format!("{item}?as_of={day}")).await.expect(200);
        let expected = if day < later { 1 } else { 2 };
        assert_eq!(shown["content_version"], expected, "{day}");
        assert_eq!(shown["content"]["name"] == "改名后的事项", expected == 2, "{day}");
    }
    let before = today - chrono::Days::new(1);
    world.get("market.admin", &format!("{item}?as_of={before}")).await.expect_problem(404, "NOT_FOUND");
    // The list of a day holds the versions of that day.
    for (day, version) in [(later - chrono::Days::new(1), 1), (later, 2)] {
        let page = world.get("market.admin", &format!("/api/v1/items?as_of={day}&limit=200")).await.expect(200);
        let rows = page["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == id_of(&item)).unwrap();
        assert_eq!(row["content_version"], version, "{day}");
    }
    let page = world.get("market.admin", &format!("/api/v1/items?as_of={before}")).await.expect(200);
    assert_eq!(page["page"]["total"], 0, "nothing was in force before the first approval");
    let versions = world.get("market.admin", &format!("{item}/versions")).await.expect(200);
    assert_eq!(versions["items"][0]["effective_from"], later.to_string());
    assert_eq!(versions["items"][1]["effective_to"], later.to_string());
}

#[tokio::test]
async fn a_batch_is_atomic_or_says_what_became_of_each() {
    let world = World::county().await;
    let items = world.to_claim("51082103", 3).await;
    let foreign = world.to_claim("51082105", 1).await.remove(0);
    let entry = |item: &str, version: i64| json!({ "id": id_of(item), "version": version });
    let send = async |mode: &str, entries: Vec<Value>| {
        let body = json!({ "action": "CLAIM", "mode": mode, "items": entries });
        world.post("market.admin", "/api/v1/items/batch").keyed().json(&body).send().await
    };
    let refused = send("ATOMIC", vec![entry(&items[0], 1), entry(&items[1], 7)]).await;
    let problem = refused.expect_problem(422, "BATCH_REFUSED");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/items/1"), &json!("STALE"))
    );
    assert_eq!(world.get("market.admin", &items[0]).await.expect(200)["state"], "TO_CLAIM", "nothing is half-done");
    let mixed = send("PARTIAL", vec![entry(&items[0], 1), entry(&items[1], 7), entry(&foreign, 1)]).await.expect(207);
    let statuses: Vec<_> = mixed["results"].as_array().unwrap().iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, [json!(200), json!(412), json!(404)]);
    assert_eq!((&mixed["succeeded"], &mixed["failed"]), (&json!(1), &json!(2)));
    world.assert_audit("items", id_of(&items[0]), "CLAIMED", "market.admin").await;
    let whole = send("ATOMIC", vec![entry(&items[1], 1), entry(&items[2], 1)]).await.expect(207);
    assert_eq!(whole["succeeded"], 2);
    let claimed = world.get("market.admin", &items[2]).await.expect(200);
    assert_eq!((&claimed["state"], &claimed["content_version"]), (&json!("CLAIMED_DRAFT"), &json!(1)));
    assert!(claimed["content"]["supervise_object"].is_string(), "the catalogue's content was taken over");
}

#[tokio::test]
async fn two_reviewers_and_two_claimers_have_one_winner() {
    let mut world = World::county().await;
    world.make_user("market.second", "REVIEWER", "51082103", Value::Null).await;
    world.make_user("market.other", "DEPARTMENT_ADMIN", "51082103", Value::Null).await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let tally = |answers: Vec<crate::harness::Answer>| {
        let mut counts = BTreeMap::new();
        for answer in answers {
            *counts.entry(answer.status).or_insert(0) += 1;
        }
        counts
    };
    let claims = (0..16).map(|at| {
        let who = if at % 2 == 0 { "market.admin" } else { "market.other" };
        world.post(who, &format!("{item}/claim")).if_match(1).keyed().send()
    });
    assert_eq!(tally(join_all(claims).await), BTreeMap::from([(200, 1), (412, 15)]));
    let versions = world.get("market.admin", &format!("{item}/versions")).await.expect(200);
    assert_eq!(versions["items"].as_array().unwrap().len(), 1, "one draft, not sixteen");
    let submitted = world.act("market.admin", &item, "submit", None).await.expect(200);
    let version = submitted["version"].as_i64().unwrap();
    let reviews = (0..16).map(|at| {
        let (who, verb, body) = if at % 2 == 0 {
            ("market.reviewer", "approve", json!({}))
        } else {
            ("market.second", "return", json!({ "reason": "请补充" }))
        };
        world.post(who, &format!("{item}/{verb}")).if_match(version).keyed().json(&body).send()
    });
    assert_eq!(tally(join_all(reviews).await), BTreeMap::from([(200, 1), (412, 15)]));
    let after = world.get("market.admin", &item).await.expect(200);
    assert_eq!(after["version"], version + 1);
    let (state, content) = (after["state"].as_str().unwrap(), after["content_state"].as_str().unwrap());
    assert!([("EFFECTIVE", "APPROVED"), ("CLAIMED_DRAFT", "DRAFT")].contains(&(state, content)), "{state} {content}");
}
