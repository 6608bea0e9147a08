//! Two phones that say different things, one after the other and at once.

use super::{OFFICERS, Offline, path_of};
use crate::harness::Server;
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn two_phones_that_disagree_are_named_and_a_person_decides() {
    let county = Offline::county().await;
    let world = &county.world;
    let first = county.result("未发现问题", 20);
    assert_eq!(county.states(0, &[&county.record("ENTER", 10), &first]).await, ["APPLIED", "APPLIED"]);
    assert_eq!(county.states(1, &[&county.result("未发现问题", 25)]).await, ["DUPLICATE"], "word for word");

    // The same phone may think better of it; what it wrote before comes too late.
    let (older, newer) = (county.result("查看了后厨", 30), county.result("查看了后厨和库房", 40));
    assert_eq!(county.states(0, &[&newer]).await, ["APPLIED"]);
    assert_eq!(county.states(0, &[&older]).await, ["OVERTAKEN"]);

    let other = county.result("库房未查看", 50);
    let sent = county.send(1, &[&other]).await;
    assert_eq!(sent["items"][0]["status"], "CONFLICT");
    let problem = sent["items"][0]["problem"]["message_zh"].as_str().unwrap();
    assert!(problem.contains(OFFICERS[0]), "{problem}");
    let summary = async || world.get("market.admin", &county.inspection).await.expect(200)["summary"].clone();
    assert_eq!(summary().await, "查看了后厨和库房");
    let waits = world.get(OFFICERS[1], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE").await.expect(200);
    assert_eq!(waits["items"][0]["resource_id"], other["id"], "{waits}");

    // What stands has changed since the conflict was named: it is named anew, and asked again.
    let mut put_right = county.result("查看了后厨和库房，账册齐全", 0)["result"].clone();
    put_right["points"][0]["checks"][0]["fact"] = json!("账册齐全");
    world.act("market.admin", &county.inspection, "record-result", Some(put_right)).await.expect(200);
    let again = world.act(OFFICERS[1], &path_of(&other), "apply", None).await.expect(200);
    assert_eq!(again["status"], "CONFLICT", "{again}");
    assert!(again["problem"]["message_zh"].as_str().unwrap().contains("market.admin"), "{again}");
    assert_eq!(summary().await, "查看了后厨和库房，账册齐全");

    // One is applied over it, another given up; neither is lost.
    world.get(OFFICERS[0], &path_of(&other)).await.expect_problem(404, "NOT_FOUND");
    let applied = world.act(OFFICERS[1], &path_of(&other), "apply", None).await.expect(200);
    assert_eq!((&applied["status"], &applied["allowed_actions"]), (&json!("APPLIED"), &json!([])));
    world.assert_audit("offline-records", other["id"].as_str().unwrap(), "ADOPTED", OFFICERS[1]).await;
    assert_eq!(summary().await, "库房未查看");
    let late = county.result("再看一次", 60);
    assert_eq!(county.states(0, &[&late]).await, ["CONFLICT"], "the other's stands now");
    let reason = json!({ "reason": "以第二人记录为准" });
    let discarded = world.act(OFFICERS[0], &path_of(&late), "discard", Some(reason.clone())).await.expect(200);
    assert_eq!(discarded["discarded_reason"], reason["reason"]);
    world.assert_audit("offline-records", late["id"].as_str().unwrap(), "DISCARDED", OFFICERS[0]).await;
    world.act(OFFICERS[0], &path_of(&late), "apply", None).await.expect_problem(409, "STATE_CONFLICT");

    // What is submitted is not replaced.
    world.act("market.admin", &county.inspection, "submit", None).await.expect(200);
    let after = county.result("提交以后", 70);
    assert_eq!(county.states(0, &[&after]).await, ["CONFLICT"]);
    world.act(OFFICERS[0], &path_of(&after), "apply", None).await.expect_problem(409, "STATE_CONFLICT");
    let stays = county.state_of(&after).await;
    assert_eq!(stays["status"], "CONFLICT", "nothing half-done");
    assert_eq!(stays["allowed_actions"], json!(["DISCARD"]), "what would be refused is not offered");
}

#[tokio::test]
async fn of_two_phones_that_send_at_once_one_is_applied_and_one_named() {
    let county = Offline::county().await;
    let world = &county.world;
    let second = Server::start(&world.database);
    assert_eq!(county.states(0, &[&county.record("ENTER", 10)]).await, ["APPLIED"]);
    let results = [county.result("第一人所见", 20), county.result("第二人所见", 21)];
    // Each phone eight times, over two processes, all at once.
    let sends = (0..16).map(|at| {
        let officer = at % 2;
        let path = format!("/api/v1/offline-passes/{}/records", county.passes[officer]["id"].as_str().unwrap());
        let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [results[officer]] });
        let server = if at % 4 < 2 { &world.server } else { &second };
        world.request_at(server, Method::POST, OFFICERS[officer], &path).json(&body).send()
    });
    for answer in join_all(sends).await {
        // A record that came at the same moment from another process is there already.
        assert!(answer.status == 200 || answer.status == 409, "{}: {}", answer.status, answer.text);
    }

    let mut states = Vec::new();
    for result in &results {
        states.push(county.state_of(result).await["status"].as_str().unwrap().to_owned());
    }
    states.sort();
    assert_eq!(states, ["APPLIED", "CONFLICT"]);
    let id = county.inspection.rsplit('/').next().unwrap();
    let path =
        format!("/api/v1/audit/entries?resource=inspections&resource_id={id}&action=RECORDED&limit=1&total=exact");
    assert_eq!(world.get("auditor", &path).await.expect(200)["page"]["total"], 1, "recorded once");
}
