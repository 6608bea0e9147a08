//! The entry code, the enterprise's receipt, and what it says of the visit.

use super::budget::object;
use crate::harness::{World, artefacts};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;

async fn scan(world: &World, code: &str) -> crate::harness::Answer {
    world.anonymous(Method::POST, "/api/v1/public/visits/scan").json(&json!({ "code": code })).send().await
}

/// The code with one letter another, here and there.
fn altered(code: &str) -> impl Iterator<Item = String> {
    (5..code.len() - 2).step_by(23).map(|at| {
        let mut altered = code.as_bytes().to_vec();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(altered).unwrap()
    })
}

/// What the verifier that anybody may run offline says.
fn verify(code: &str, key: &str, at: &str) -> (bool, String) {
    let file = artefacts().join("entry-code.txt");
    std::fs::write(&file, code).unwrap();
    let script = crate::harness::repo_file("tests/verify_entry.py");
    let ran = Command::new("/usr/bin/python3").arg(script).arg(&file).arg(key).arg(at).output().unwrap();
    (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
}

#[tokio::test]
#[ignore = "needs Python; tests/run.sh runs it"]
async fn anybody_verifies_an_entry_code_offline() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    world.walk_visit("market", &visit, 3).await;
    let issued = world.get("market.admin", &format!("{visit}/entry-code")).await.expect(200);
    let (code, key) = (issued["code"].as_str().unwrap(), issued["public_key"].as_str().unwrap());
    let shown = world.get("market.admin", &visit).await.expect(200);

    let now = mingjian::kernel::ctx::now();
    let (good, said) = verify(code, key, &now.to_rfc3339());
    assert!(good && said.contains(shown["code"].as_str().unwrap()) && said.contains("市场监督管理局"), "{said}");
    assert!(!verify(code, key, &(now + chrono::Duration::days(8)).to_rfc3339()).0, "it has expired");
    assert!(!verify(code, &("A".repeat(43) + "="), &now.to_rfc3339()).0, "another key");
    for altered in altered(code) {
        assert!(!verify(&altered, key, &now.to_rfc3339()).0, "{altered}");
    }
}

#[tokio::test]
async fn the_enterprise_sees_who_comes_and_gets_a_receipt() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    world.walk_visit("market", &visit, 1).await;
    let early = world.get("market.admin", &format!("{visit}/entry-code")).await;
    early.expect_problem(404, "NOT_FOUND");
    world.act("market.head", &visit, "approve", Some(json!({}))).await.expect(200);
    world.act("market.admin", &visit, "notify", None).await.expect(200);
    let issued = world.get("market.admin", &format!("{visit}/entry-code")).await.expect(200);
    let code = issued["code"].as_str().unwrap();
    let shown = world.get("market.admin", &visit).await.expect(200);
    assert!(code.len() <= 2_900, "one picture holds it");

    for altered in altered(code) {
        scan(&world, &altered).await.expect_problem(422, "ENTRY_CODE_INVALID");
    }

    // At the door: who they are, and nothing noted yet.
    let shown_at_the_door = scan(&world, code).await.expect(200);
    assert_eq!(shown_at_the_door["visit"], shown["code"]);
    assert_eq!(shown_at_the_door["bodies"][0]["certificates"].as_array().unwrap().len(), 2);
    assert_eq!((&shown_at_the_door["scanned_at"], &shown_at_the_door["feedback_token"]), (&Value::Null, &Value::Null));
    assert_eq!(world.get("market.admin", &visit).await.expect(200)["version"], shown["version"], "nothing was written");

    // Inside: noted once, and three scans have a token, so that nobody takes the enterprise's.
    world.act("market.admin", &visit, "enter", Some(json!({}))).await.expect(200);
    let receipt = scan(&world, code).await.expect(200);
    let mut tokens = vec![receipt["feedback_token"].clone()];
    for _ in 0..3 {
        let again = scan(&world, code).await.expect(200);
        assert_eq!(again["scanned_at"], receipt["scanned_at"]);
        tokens.push(again["feedback_token"].clone());
    }
    assert!(tokens[..3].iter().all(Value::is_string) && tokens[3].is_null(), "{tokens:?}");
    let id = visit.rsplit('/').next().unwrap();
    let path = format!("/api/v1/audit/entries?resource=visits&resource_id={id}&action=SCANNED&total=exact");
    assert_eq!(world.get("auditor", &path).await.expect(200)["page"]["total"], 3);

    // Scanned, so no reason is asked for.
    let left = world.act("market.admin", &visit, "leave", Some(json!({}))).await.expect(200);
    assert_eq!(left["entry_mode"], "SCAN");
    scan(&world, code).await.expect_problem(422, "ENTRY_CODE_INVALID");
}

#[tokio::test]
async fn a_rating_is_blind_and_a_complaint_is_the_justice_bureaus() {
    let world = World::county_with(&[("MINGJIAN__RULES__MINIMUM_RATINGS", "2")]).await;
    let say =
        async |body: Value| world.anonymous(Method::POST, "/api/v1/public/visit-feedback").json(&body).send().await;
    let mut tokens = Vec::new();
    for at in 0..2 {
        let visit = world.daily_visit("market", &object(&world, at).await).await;
        world.walk_visit("market", &visit, 4).await;
        let issued = world.get("market.admin", &format!("{visit}/entry-code")).await.expect(200);
        let receipt = scan(&world, issued["code"].as_str().unwrap()).await.expect(200);
        tokens.push(receipt["feedback_token"].as_str().unwrap().to_owned());
    }
    let bad = say(json!({ "token": "0".repeat(64), "score": 5 })).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(bad["errors"][0]["pointer"], "/token");
    say(json!({ "token": tokens[0] })).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(say(json!({ "token": tokens[0], "score": 5 })).await.expect(200)["status"], "RATED");
    say(json!({ "token": tokens[0], "score": 1 })).await.expect_problem(422, "INVALID_BODY");
    let complaint = json!({ "token": tokens[1], "score": 2, "complaint": "要求企业法定代表人到场陪同" });
    assert_eq!(say(complaint).await.expect(200)["status"], "RECEIVED");

    // A month that goes on tells the body nothing; when it is over, its mean, where there are enough.
    let figures = async || world.get("market.head", "/api/v1/visit-figures").await.expect(200)["items"][0].clone();
    assert_eq!(figures().await["mean_score_hundredths"], Value::Null);
    world.database.execute("UPDATE visit_scores SET month = '2026-01-01'").await;
    let shown = world.get("market.head", "/api/v1/visit-figures?year=2026").await.expect(200)["items"][0].clone();
    assert_eq!((&shown["ratings"], &shown["mean_score_hundredths"]), (&json!(2), &json!(350)));
    world.database.execute("UPDATE visit_scores SET ratings = 1").await;
    let few = world.get("market.head", "/api/v1/visit-figures?year=2026").await.expect(200);
    assert!(few["items"].as_array().unwrap().iter().all(|item| item["mean_score_hundredths"].is_null()), "{few}");

    // Neither the body nor the record says whose it is.
    world.get("market.head", "/api/v1/visit-feedback").await.expect_problem(403, "FORBIDDEN");
    let list = world.get("justice", "/api/v1/visit-feedback?status=RECEIVED").await.expect(200);
    let one = &list["items"][0];
    assert_eq!(one["department_ids"], json!([world.departments["51082103"]]));
    assert!(one.get("visit_id").is_none() && one.get("object_id").is_none());
    let path = format!("/api/v1/visit-feedback/{}", one["id"].as_str().unwrap());
    let waiting = world.get("justice", "/api/v1/worklist?kind=VISIT_COMPLAINT").await.expect(200);
    assert_eq!(waiting["items"][0]["resource_id"], one["id"]);
    let handled =
        world.act("justice", &path, "handle", Some(json!({ "answer": "已约谈，责令整改" }))).await.expect(200);
    assert_eq!(handled["status"], "HANDLED");
    world.assert_audit("visit-feedback", one["id"].as_str().unwrap(), "DISPOSED", "justice").await;
}
