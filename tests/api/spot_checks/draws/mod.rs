//! Epochs, secrets, recusals and certificates around a draw.

mod attacks;
mod flood;
mod former;
mod proofs;

use crate::harness::{Witness, World, backend};
use domain::spot_checks::draws::receipt::Receipt;
use domain::spot_checks::draws::transcript::SignedTranscript;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_redraw_keeps_the_old_epoch() {
    let world = World::county().await;
    let body = world.task_body("重抽", &["51082103"]).await;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let path = world.ready_to_draw(&body, &parties).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let id = path.rsplit('/').next().unwrap();
    // Somebody may have seen how it ended: the lead says why from a list, and a party outside its house agrees or not.
    let bare = world.act("market.lead", &path, "redraw", Some(json!({ "reason": "再抽一次" }))).await;
    assert_eq!(bare.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/cause");
    let asked = Some(json!({ "cause": "POOL_WRONG", "reason": "对象库筛选条件有误" }));
    let asked = world.act("market.lead", &path, "redraw", asked).await.expect(200);
    assert_eq!((&asked["status"], &asked["leaving"]["then"]), (&json!("MATCHED"), &json!("REDRAW")), "{asked}");
    world.assert_audit("tasks", id, "VOID_ASKED", "market.lead").await;
    let again = Some(json!({ "cause": "POOL_WRONG", "reason": "再抽一次" }));
    world.act("market.lead", &path, "redraw", again).await.expect_problem(409, "VOID_PENDING");
    world.act("market.lead", &path, "consent-void", None).await.expect_problem(422, "PARTY_NOT_OF_TASK");
    let list = "/api/v1/worklist?kind=TASK_VOID_TO_DECIDE";
    let waits = world.get("justice", list).await.expect(200);
    assert_eq!(waits["items"][0]["resource_id"], id, "{waits}");
    let waits = world.get("market.admin", list).await.expect(200);
    assert_eq!(waits["items"], json!([]), "who asked does not decide");
    let declined = Some(json!({ "reason": "筛选条件无误" }));
    let declined = world.act("justice", &path, "decline-void", declined).await.expect(200);
    assert_eq!((&declined["status"], &declined["leaving"]), (&json!("MATCHED"), &Value::Null));
    world.assert_audit("tasks", id, "VOID_DECLINED", "justice").await;
    let redrawn = world.redraw(&path, "POOL_WRONG", "对象库筛选条件有误").await;
    assert_eq!((&redrawn["status"], &redrawn["epoch"]), (&json!("DRAFT"), &json!(2)));
    let entry = world.assert_audit("tasks", id, "REDRAWN", "justice").await;
    assert_eq!(entry["reason"], "对象库筛选条件有误");
    let draws = world.anonymous(Method::GET, &format!("/api/v1/public/draws?task_id={id}")).send().await.expect(200);
    assert_eq!(draws["items"][0]["status"], "VOID");
    assert_eq!(draws["items"][0]["void_reason"], "对象库筛选条件有误");
    let ended = json!({ "cause": "POOL_WRONG", "revealed": 2, "stage": "MATCHED" });
    assert_eq!(draws["items"][0]["ended"], ended, "the result was known");
    let void = format!("/api/v1/inspections?task_id={id}&status=VOID&total=exact&limit=1");
    assert!(world.get("market.lead", &void).await.expect(200)["page"]["total"].as_i64().unwrap() > 0);

    // Nobody has committed for the new epoch yet.
    world.act("market.lead", &path, "freeze", None).await.expect_problem(409, "TOO_FEW_COMMITMENTS");
    // An epoch whose secrets did not come out cannot be drawn; a wrong secret does not come in.
    for party in parties {
        world.commit(&path, 2, &[party]).await;
        let other = json!({ "commitment": hex::encode([7; 32]) });
        world.act(party.0, &path, "commit", Some(other)).await.expect_problem(409, "COMMITMENT_EXISTS");
    }
    world.act("market.lead", &path, "freeze", None).await.expect(200);
    world.act("market.lead", &path, "draw", None).await.expect_problem(409, "SECRETS_MISSING");
    let mut wrong = world.reveal_body(&path, 2, "market.lead").await;
    wrong["secret"] = json!("00".repeat(32));
    world.act("market.lead", &path, "reveal", Some(wrong)).await.expect_problem(422, "SECRET_MISMATCH");
    world.reveal(&path, 2, &parties).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}&epoch=2")).await.expect(200);
    let transcript = format!("/api/v1/public/draws/{}/transcript", draws["items"][0]["id"].as_str().unwrap());
    let transcript = world.anonymous(Method::GET, &transcript).send().await.expect(200);
    assert_eq!(transcript["transcript"]["previous"][0]["reason"], "对象库筛选条件有误");
}

#[tokio::test]
async fn an_officer_whose_certificate_lapsed_cannot_start_and_recused_ones_are_not_sent() {
    let world = World::county().await;
    let path = format!("/api/v1/personnel?department_id={}&limit=50", world.departments["51082103"]);
    let officers = world.get("justice", &path).await.expect(200)["items"].as_array().unwrap().clone();
    let recused = officers[0]["id"].as_str().unwrap();
    let objects = world.get("market.lead", "/api/v1/objects?local_class=DISHONEST&limit=50").await.expect(200);
    for object in objects["items"].as_array().unwrap() {
        let body = json!({ "object_id": object["id"], "reason": "近亲属任职" });
        let made = world
            .post("justice", &format!("/api/v1/personnel/{recused}/recusals"))
            .json(&body)
            .send()
            .await
            .expect(201);
        world.assert_audit("recusals", made["id"].as_str().unwrap(), "CREATED", "justice").await;
    }
    let mut body = world.task_body("回避", &["51082103"]).await;
    body["strata"] = json!([
        { "class": "KEY", "rate_bp": 1, "minimum": 1 }, { "class": "DISHONEST", "rate_bp": 10000, "minimum": 1 },
    ]);
    body["left_out_reason"] = json!("只查有风险的");
    body["excess_reason"] = json!("违法失信企业全数检查");
    let path = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let id = path.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}")).await.expect(200);
    let dishonest: Vec<_> = objects["items"].as_array().unwrap().iter().map(|object| &object["id"]).collect();
    let rows = rows["items"].as_array().unwrap().iter().filter(|row| dishonest.contains(&&row["object_id"]));
    let rows: Vec<_> = rows.collect();
    assert!(!rows.is_empty());
    for row in &rows {
        assert!(row["officers"].as_array().unwrap().iter().all(|officer| officer["personnel_id"] != recused));
    }
    let member = rows[0]["officers"][0]["personnel_id"].as_str().unwrap();
    let certificate =
        world.get("justice", &format!("/api/v1/personnel/{member}")).await.expect(200)["certificates"][0].clone();
    let call = world.post("justice", &format!("/api/v1/certificates/{}/suspend", certificate["id"].as_str().unwrap()));
    let call = call.if_match(certificate["version"].as_i64().unwrap()).keyed();
    call.json(&json!({ "reason": "年度考核未通过" })).send().await.expect(200);
    let inspection = format!("/api/v1/inspections/{}", rows[0]["id"].as_str().unwrap());
    let refused =
        world.act("market.admin", &inspection, "start", None).await.expect_problem(422, "CERTIFICATE_INVALID");
    assert_eq!(refused["rule"]["code"], "VALID_CERTIFICATE");
    assert!(!refused["rule"]["source"].as_str().unwrap().is_empty());
    assert_eq!(world.get("market.admin", &inspection).await.expect(200)["status"], "PENDING", "nothing half-done");
    // The next of the roster takes the place, whom nobody names; then the visit can begin.
    let named = json!({ "personnel_id": member, "substitute_id": recused, "reason": "执法证被暂扣" });
    let refused = world.act("market.reviewer", &inspection, "replace-officer", Some(named)).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/substitute_id");
    let body = json!({ "personnel_id": member, "reason": "执法证被暂扣" });
    let replaced = world.act("market.reviewer", &inspection, "replace-officer", Some(body)).await.expect(200);
    let team: Vec<_> =
        replaced["officers"].as_array().unwrap().iter().map(|officer| &officer["personnel_id"]).collect();
    assert!(team.len() == 2 && !team.contains(&&json!(member)) && !team.contains(&&json!(recused)), "{replaced}");
    assert_eq!(
        replaced["officers"].as_array().unwrap().iter().filter(|officer| officer["is_leader"] == true).count(),
        1
    );
    assert_eq!(replaced["replacements"][0]["left_id"], member);
    world.assert_audit("inspections", rows[0]["id"].as_str().unwrap(), "REPLACED", "market.reviewer").await;
    let other = team.iter().find(|officer| **officer != &replaced["replacements"][0]["joined_id"]).unwrap();
    let body = json!({ "personnel_id": other, "reason": "换个人" });
    let refused = world.act("market.reviewer", &inspection, "replace-officer", Some(body)).await;
    refused.expect_problem(422, "OFFICER_AVAILABLE");
    // A conflict that shows on the day stops the visit as well.
    let joined = replaced["replacements"][0]["joined_id"].as_str().unwrap();
    let conflict = json!({ "object_id": rows[0]["object_id"], "reason": "近亲属任职" });
    let call = world.post("justice", &format!("/api/v1/personnel/{joined}/recusals")).json(&conflict);
    call.send().await.expect(201);
    world.act("market.admin", &inspection, "start", None).await.expect_problem(422, "OFFICER_RECUSED");
    let body = json!({ "personnel_id": joined, "reason": "须回避" });
    world.act("market.reviewer", &inspection, "replace-officer", Some(body)).await.expect(200);
    world.act("market.admin", &inspection, "start", None).await.expect(200);
    // Who was replaced, and why, is public, by the names of the record.
    let draw = rows[0]["draw_id"].as_str().unwrap();
    let progress = format!("/api/v1/public/draws/{draw}/progress");
    let progress = world.anonymous(Method::GET, &progress).send().await.expect(200);
    let causes: Vec<_> =
        progress["replacements"].as_array().unwrap().iter().map(|replaced| &replaced["cause"]).collect();
    assert_eq!(causes, ["CERTIFICATE_INVALID", "RECUSED"], "{progress}");
    let transcript = format!("/api/v1/public/draws/{draw}/transcript");
    let transcript = world.anonymous(Method::GET, &transcript).send().await.expect(200);
    let roster = transcript["transcript"]["roster"].as_array().unwrap();
    let joined = &progress["replacements"][1]["joined"];
    assert!(roster.iter().any(|entry| entry["officer"] == *joined), "{joined}");
}

/// What anybody may send to be verified: copies of an earlier stage, of a void epoch, and a forgery under another id.
#[tokio::test]
async fn a_record_is_compared_with_what_was_published_of_its_epoch() {
    let world = World::county().await;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let path = world.ready_to_draw(&world.task_body("比对", &["51082103"]).await, &parties).await;
    let id = path.rsplit('/').next().unwrap();
    let commitments = format!("/api/v1/public/commitments?task_id={id}&sort=committed_at");
    let commitments = world.anonymous(Method::GET, &commitments).send().await.expect(200);
    assert_eq!(commitments["items"].as_array().unwrap().len(), 2);
    assert!(commitments["items"][0].get("secret").is_none(), "{commitments}");
    let again = Some(world.reveal_body(&path, 1, "market.lead").await);
    world.act("market.lead", &path, "reveal", again).await.expect_problem(409, "SECRET_REVEALED");
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    let transcript = format!("/api/v1/public/draws/{}/transcript", draws["items"][0]["id"].as_str().unwrap());
    let transcript = async || world.anonymous(Method::GET, &transcript).send().await.expect(200);
    let verify = async |document: &Value| {
        world.anonymous(Method::POST, "/api/v1/public/draws/verify").json(document).send().await.expect(200)
    };
    let frozen = transcript().await;
    assert_eq!(frozen["transcript"]["terms"], draws["items"][0]["terms"]);
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let verdict = verify(&frozen).await;
    let both = |verdict: &Value| (verdict["consistent"].clone(), verdict["published"].clone());
    assert_eq!((both(&verdict), &verdict["status"]), ((json!(true), json!("YES")), &json!("MATCHED")), "{verdict}");
    // Consistent in itself, but another draw of the same epoch than the one that was published.
    let another = |change: fn(&mut SignedTranscript)| {
        let mut signed: SignedTranscript = serde_json::from_value(frozen.clone()).unwrap();
        change(&mut signed);
        made_up(&mut signed)
    };
    let verdict = verify(&another(|signed| signed.transcript.draw = mingjian::kernel::ctx::new_id())).await;
    assert_eq!(both(&verdict), (json!(true), json!("NO")), "consistent is not published");
    assert_eq!(verdict["differences"][0]["code"], "DIFFERS_FROM_PUBLISHED");
    // An epoch that never was, of a task that was drawn, and a task that nobody knows.
    let stranger = verify(&another(|signed| signed.transcript.task = mingjian::kernel::ctx::new_id())).await;
    assert_eq!((&stranger["published"], &stranger["status"]), (&json!("UNKNOWN_TASK"), &Value::Null), "{stranger}");
    let later = verify(&another(|signed| signed.transcript.epoch = 7)).await;
    assert_eq!(later["published"], "NO", "{later}");
    let codes: Vec<_> = later["differences"].as_array().unwrap().iter().map(|found| &found["code"]).collect();
    assert!(codes.contains(&&json!("NO_SUCH_EPOCH")), "{later}");
    // A stage that never was: the one who revealed last without the one who revealed first.
    let mut never: SignedTranscript = serde_json::from_value(transcript().await).unwrap();
    (never.transcript.outcome, never.transcript.matching) = (None, None);
    let first = never.transcript.parties.iter_mut().min_by(|a, b| a.revealed_at.cmp(&b.revealed_at)).unwrap();
    (first.secret, first.revealed_at) = (None, None);
    let never: Value = serde_json::from_str(&never.transcript.publish(&[], &[]).unwrap()).unwrap();
    assert_eq!(both(&verify(&never).await), (json!(false), json!("NO")), "a stage that never was: the lead is first");
    let matched = transcript().await;
    world.redraw(&path, "POOL_WRONG", "对象库有误").await;
    let verdict = verify(&matched).await;
    assert_eq!((&verdict["status"], &verdict["void_reason"]), (&json!("VOID"), &json!("对象库有误")), "{verdict}");
}

/// A record made up whole, with a key of the maker's own.
fn made_up(signed: &mut SignedTranscript) -> Value {
    let maker = Witness::new();
    signed.transcript.terms = signed.transcript.terms_digest().unwrap();
    let signature = maker.signs(&signed.transcript.receipted().message());
    signed.transcript.receipt = Some(Receipt { key: maker.key.public, signature, signatures: Vec::new() });
    serde_json::from_str(&signed.transcript.publish(&[], &[]).unwrap()).unwrap()
}

/// Somebody with the database in hand cannot bend what was frozen before it is drawn.
#[tokio::test]
async fn a_record_changed_after_the_freeze_is_not_drawn() {
    let world = World::county().await;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let path = world.ready_to_draw(&world.task_body("改动", &["51082103"]).await, &parties).await;
    world.database.execute("UPDATE draw_pool SET stratum = 'S1' WHERE stratum = 'S4'").await;
    let refused = world.act("market.lead", &path, "draw", None).await.expect_problem(409, "FROZEN_RECORD_CHANGED");
    assert!(refused["detail"].as_str().unwrap().contains("/transcript/"), "{refused}");
    assert_eq!(world.get("market.lead", &path).await.expect(200)["status"], "POOL_FROZEN");
}

/// A bureau and what lies below it are one interest, whoever signs.
#[tokio::test]
async fn the_parties_are_not_all_of_one_house() {
    let world = World::county().await;
    let below = "UPDATE departments SET parent_id = (SELECT id FROM departments WHERE code = '51082103') WHERE code = '51082106'";
    world.database.execute(below).await;
    let body = world.task_body("一家", &["51082103", "51082106"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let id = task["id"].as_str().unwrap();
    let path = format!("/api/v1/tasks/{id}");
    world.commit(&path, 1, &[("market.lead", "51082103"), ("emergency.admin", "51082106")]).await;
    let refused = world.act("market.lead", &path, "freeze", None).await.expect_problem(409, "TOO_FEW_COMMITMENTS");
    assert_eq!(refused["rule"]["code"], "TWO_PARTIES_COMMIT");
    world.commit(&path, 1, &[("justice", "51082104")]).await;
    world.act("market.lead", &path, "freeze", None).await.expect(200);
}

/// What an implementation list asks for binds the tasks that check by it.
#[tokio::test]
async fn a_list_that_asks_for_three_officers_gets_three() {
    let world = World::county().await;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let three = if backend() == "sqlite" {
        "UPDATE versions SET content = replace(content, '\"minimum_officers\":2', '\"minimum_officers\":3')"
    } else {
        "UPDATE versions SET content = replace(content::text, '\"minimum_officers\": 2', '\"minimum_officers\": 3')::jsonb"
    };
    world.database.execute(three).await;
    let mut body = world.task_body("三人", &["51082103"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    world.commit(&path, 1, &parties).await;
    let refused = world.act("market.lead", &path, "freeze", None).await;
    assert_eq!(refused.expect_problem(422, "TOO_FEW_OFFICERS")["rule"]["code"], "AT_LEAST_TWO_OFFICERS");
    body["officers_per_object"] = json!(3);
    world.ready_to_draw(&body, &parties).await;
}
