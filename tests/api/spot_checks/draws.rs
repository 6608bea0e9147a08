//! Epochs, secrets, recusals and certificates around a draw.

use crate::harness::{World, backend};
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
    world.act("market.lead", &path, "match", None).await.expect(200);
    let reason = json!({ "reason": "对象库筛选条件有误" });
    let redrawn = world.act("market.lead", &path, "redraw", Some(reason)).await.expect(200);
    assert_eq!((&redrawn["status"], &redrawn["epoch"]), (&json!("DRAFT"), &json!(2)));
    let id = path.rsplit('/').next().unwrap();
    let entry = world.assert_audit("tasks", id, "REDRAWN", "market.lead").await;
    assert_eq!(entry["reason"], "对象库筛选条件有误");
    let draws = world.anonymous(Method::GET, &format!("/api/v1/public/draws?task_id={id}")).send().await.expect(200);
    assert_eq!(draws["items"][0]["status"], "VOID");
    assert_eq!(draws["items"][0]["void_reason"], "对象库筛选条件有误");
    let void = format!("/api/v1/inspections?task_id={id}&status=VOID&total=exact&limit=1");
    assert!(world.get("market.lead", &void).await.expect(200)["page"]["total"].as_i64().unwrap() > 0);
    // Nobody has committed for the new epoch yet.
    world.act("market.lead", &path, "freeze", None).await.expect_problem(409, "TOO_FEW_COMMITMENTS");
    // An epoch whose secrets did not come out cannot be drawn; a wrong secret does not come in.
    for (at, (who, department)) in parties.iter().enumerate() {
        let secret = [u8::try_from(at + 7).unwrap(); 32];
        let party = world.departments[*department].parse().unwrap();
        let made = domain::spot_checks::draws::commitment::commit(id.parse().unwrap(), 2, party, &secret);
        world.act(who, &path, "commit", Some(json!({ "commitment": hex::encode(made) }))).await.expect(200);
        world
            .act(who, &path, "commit", Some(json!({ "commitment": hex::encode(made) })))
            .await
            .expect_problem(409, "COMMITMENT_EXISTS");
    }
    world.act("market.lead", &path, "freeze", None).await.expect(200);
    world.act("market.lead", &path, "draw", None).await.expect_problem(409, "SECRETS_MISSING");
    let wrong = Some(json!({ "secret": "00".repeat(32) }));
    world.act("market.lead", &path, "reveal", wrong).await.expect_problem(422, "SECRET_MISMATCH");
    for (at, (who, _)) in parties.iter().enumerate() {
        let secret = hex::encode([u8::try_from(at + 7).unwrap(); 32]);
        world.act(who, &path, "reveal", Some(json!({ "secret": secret }))).await.expect(200);
    }
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
    body["strata"] = json!([{ "class": "DISHONEST", "rate_bp": 10000, "minimum": 1 }]);
    let path = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    world.act("market.lead", &path, "match", None).await.expect(200);
    let id = path.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}")).await.expect(200);
    let rows = rows["items"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
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
    // What cannot be done at all is void with a reason, and its task can end.
    world
        .act("market.admin", &inspection, "void", Some(json!({ "reason": "对象已注销" })))
        .await
        .expect_problem(403, "FORBIDDEN");
    let void =
        world.act("market.reviewer", &inspection, "void", Some(json!({ "reason": "对象已注销" }))).await.expect(200);
    assert_eq!((&void["status"], &void["void_reason"]), (&json!("VOID"), &json!("对象已注销")));
    world.assert_audit("inspections", rows[0]["id"].as_str().unwrap(), "VOIDED", "market.reviewer").await;
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
    let again = Some(json!({ "secret": hex::encode([1; 32]) }));
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
    world.act("market.lead", &path, "match", None).await.expect(200);
    let verdict = verify(&frozen).await;
    let both = |verdict: &Value| (verdict["consistent"].clone(), verdict["published"].clone());
    assert_eq!((both(&verdict), &verdict["status"]), ((json!(true), json!("YES")), &json!("MATCHED")), "{verdict}");
    // Consistent in itself, but another draw of the same epoch than the one that was published.
    let mut signed: SignedTranscript = serde_json::from_value(frozen.clone()).unwrap();
    signed.transcript.draw = mingjian::kernel::ctx::new_id();
    signed.transcript.terms = signed.transcript.terms_digest().unwrap();
    let forged: Value = serde_json::from_str(&signed.transcript.publish(&[]).unwrap()).unwrap();
    let verdict = verify(&forged).await;
    assert_eq!(both(&verdict), (json!(true), json!("NO")), "consistent is not published");
    assert_eq!(verdict["differences"][0]["code"], "DIFFERS_FROM_PUBLISHED");
    // An epoch that never was, of a task that was drawn, and a task that nobody knows.
    let another = |change: fn(&mut SignedTranscript)| {
        let mut signed: SignedTranscript = serde_json::from_value(frozen.clone()).unwrap();
        change(&mut signed);
        signed.transcript.terms = signed.transcript.terms_digest().unwrap();
        serde_json::from_str::<Value>(&signed.transcript.publish(&[]).unwrap()).unwrap()
    };
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
    let never: Value = serde_json::from_str(&never.transcript.publish(&[]).unwrap()).unwrap();
    assert_eq!(both(&verify(&never).await), (json!(true), json!("NO")), "a stage that never was");
    let matched = transcript().await;
    world.act("market.lead", &path, "redraw", Some(json!({ "reason": "对象库有误" }))).await.expect(200);
    let verdict = verify(&matched).await;
    assert_eq!((&verdict["status"], &verdict["void_reason"]), (&json!("VOID"), &json!("对象库有误")), "{verdict}");
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
    let commit = async |(who, department): (&str, &str)| {
        let party = world.departments[department].parse().unwrap();
        let made = domain::spot_checks::draws::commitment::commit(id.parse().unwrap(), 1, party, &[5; 32]);
        world.act(who, &path, "commit", Some(json!({ "commitment": hex::encode(made) }))).await.expect(200);
    };
    commit(("market.lead", "51082103")).await;
    commit(("emergency.admin", "51082106")).await;
    let refused = world.act("market.lead", &path, "freeze", None).await.expect_problem(409, "TOO_FEW_COMMITMENTS");
    assert_eq!(refused["rule"]["code"], "TWO_PARTIES_COMMIT");
    commit(("justice", "51082104")).await;
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
    let id = task["id"].as_str().unwrap();
    for (who, department) in parties {
        let party = world.departments[department].parse().unwrap();
        let made = domain::spot_checks::draws::commitment::commit(id.parse().unwrap(), 1, party, &[5; 32]);
        let body = json!({ "commitment": hex::encode(made) });
        world.act(who, &format!("/api/v1/tasks/{id}"), "commit", Some(body)).await.expect(200);
    }
    let refused = world.act("market.lead", &format!("/api/v1/tasks/{id}"), "freeze", None).await;
    assert_eq!(refused.expect_problem(422, "TOO_FEW_OFFICERS")["rule"]["code"], "AT_LEAST_TWO_OFFICERS");
    body["officers_per_object"] = json!(3);
    world.ready_to_draw(&body, &parties).await;
}
