//! Epochs, secrets, recusals and certificates around a draw.

use crate::harness::World;
use reqwest::Method;
use serde_json::json;

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
        let made = mingjian::domain::draws::commitment::commit(id.parse().unwrap(), 2, party, &secret);
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
}
