//! Draws of `mingjian-draw/2` after an upgrade: what was frozen is drawn and verifies as it did, and the next epoch names it.

use crate::harness::{World, backend, secret};
use domain::spot_checks::draws::Algorithm;
use domain::spot_checks::draws::commitment::commit;
use domain::spot_checks::draws::pool::{Leaf, Officer, RosterEntry, object_ref, pool_root, recusal_root, roster_root};
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::verify;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];
const FORMER: Algorithm = Algorithm::Two;

/// An id as the database writes it.
fn literal(id: &str) -> String {
    if backend() == "sqlite" { format!("X'{}'", id.replace('-', "")) } else { format!("'{id}'") }
}

/// A pool that is frozen as the former version froze it. Gives the task's path.
async fn frozen_before_the_upgrade(world: &World) -> String {
    let body = world.task_body("升级之前冻结", &["51082103"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let id = task["id"].as_str().unwrap();
    let path = format!("/api/v1/tasks/{id}");
    for (who, department) in PARTIES {
        let (party, own) = (world.departments[department].parse().unwrap(), secret(&path, 1, who));
        let made = commit(FORMER, id.parse().unwrap(), 1, party, &own);
        world.act(who, &path, "commit", Some(json!({ "commitment": hex::encode(made) }))).await.expect(200);
    }
    world.act("market.lead", &path, "freeze", None).await.expect(200);

    let draws = world.get("justice", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    let draw = draws["items"][0]["id"].as_str().unwrap().to_owned();
    let pool = world.get("justice", &format!("/api/v1/draws/{draw}/pool")).await.expect(200);
    let whole = world.get("justice", &format!("/api/v1/draws/{draw}/transcript")).await.expect(200);
    rewrite(world, &draw, &pool, SignedTranscript::read(whole.to_string().as_bytes()).unwrap()).await;
    path
}

/// Puts the rows of a draw as the former version wrote them: ids of officers, other hashes, and none of the new columns.
async fn rewrite(world: &World, draw: &str, pool: &Value, signed: SignedTranscript) {
    let mut transcript = signed.transcript;
    let mut leaves = Vec::new();
    for leaf in pool["leaves"].as_array().unwrap() {
        let object: Uuid = leaf["object_id"].as_str().unwrap().parse().unwrap();
        let salt: [u8; 16] = hex::decode(leaf["salt"].as_str().unwrap()).unwrap().try_into().unwrap();
        let stratum = leaf["stratum"].as_str().unwrap().to_owned();
        leaves.push((Leaf { object_ref: object_ref(FORMER, object, &salt), stratum }, object));
    }
    leaves.sort_by_key(|(leaf, _)| leaf.object_ref);
    let draw = literal(draw);
    world.database.execute(&format!("UPDATE draw_pool SET position = position + 1000000 WHERE draw_id = {draw}")).await;
    for (at, (leaf, object)) in leaves.iter().enumerate() {
        let (reference, object) = (hex::encode(leaf.object_ref), literal(&object.to_string()));
        let set = format!("UPDATE draw_pool SET position = {at}, object_ref = '{reference}'");
        world.database.execute(&format!("{set} WHERE draw_id = {draw} AND object_id = {object}")).await;
    }

    transcript.algorithm = FORMER;
    transcript.pool = leaves.into_iter().map(|(leaf, _)| leaf).collect();
    let department = transcript.roster[0].department;
    let people = signed.officer_openings.unwrap_or_default();
    transcript.roster = people.iter().map(|one| RosterEntry { department, officer: Officer::Id(one.person) }).collect();
    transcript.roster.sort();
    assert!(transcript.recusals.is_empty(), "nobody is recused here");
    (transcript.conditions, transcript.receipt) = (None, None);
    transcript.parties.iter_mut().for_each(|party| party.who = None);
    transcript.pool_root = pool_root(&transcript.pool);
    let roots = [roster_root(FORMER, &transcript.roster), recusal_root(FORMER, &[])];
    (transcript.roster_root, transcript.recusal_root) = (roots[0], roots[1]);
    let terms = transcript.terms_digest().unwrap();

    let [roster, recusals] = roots.map(hex::encode);
    let set = [
        format!("algorithm = '{}'", FORMER.name()),
        format!("terms = '{}'", hex::encode(terms)),
        format!("pool_root = '{}'", hex::encode(transcript.pool_root)),
        format!("roster_root = '{roster}', recusal_root = '{recusals}'"),
        "conditions = NULL, receipt_key = NULL, receipt_signature = NULL".to_owned(),
    ];
    world.database.execute(&format!("UPDATE draws SET {} WHERE id = {draw}", set.join(", "))).await;
    let bare = format!("UPDATE draw_roster SET officer_ref = NULL, salt = NULL WHERE draw_id = {draw}");
    world.database.execute(&bare).await;
    world.database.execute("UPDATE commitments SET who = NULL").await;
}

#[tokio::test]
async fn what_the_former_version_froze_is_drawn_and_verifies_as_it_did() {
    let world = World::county().await;
    let path = frozen_before_the_upgrade(&world).await;
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(world.get("market.lead", &path).await.expect(200)["draw"], Value::Null, "it has no receipt");
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    for (who, _) in PARTIES {
        let own = hex::encode(secret(&path, 1, who));
        let body = json!({ "secret": own, "terms": draws["items"][0]["terms"] });
        world.act(who, &path, "reveal", Some(body)).await.expect(200);
    }
    let drawn = world.act("market.lead", &path, "draw", None).await.expect(200);
    assert_eq!(drawn["status"], "MATCHED");

    let draw = draws["items"][0]["id"].as_str().unwrap();
    let whole = world.get("market.lead", &format!("/api/v1/draws/{draw}/transcript")).await;
    let signed = SignedTranscript::read(whole.text.as_bytes()).unwrap();
    assert_eq!(verify(&signed), []);
    assert_eq!(signed.transcript.algorithm, FORMER);
    assert!(signed.transcript.matching.is_some_and(|matching| matching.unavailable == Some(Vec::new())));
    let public = world.public(&format!("draws/{draw}/transcript")).await;
    assert_eq!(public["transcript"]["matching"], Value::Null, "its teams would tell the strata");
    let verdict = world.anonymous(Method::POST, "/api/v1/public/draws/verify").json(&public).send().await.expect(200);
    assert_eq!((&verdict["consistent"], &verdict["published"]), (&json!(true), &json!("YES")), "{verdict}");
    let progress = world.public(&format!("draws/{draw}/progress")).await;
    assert!(progress["drawn"].as_u64().unwrap() > 0, "{progress}");

    world.redraw(&path, "SYSTEM_FAULT", "系统升级").await;
    world.commit(&path, 2, &PARTIES).await;
    world.act("market.lead", &path, "freeze", None).await.expect(200);
    world.reveal(&path, 2, &PARTIES).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let (_, next) = world.draw_record(&path).await;
    assert_eq!((verify(&next), next.transcript.algorithm), (Vec::new(), Algorithm::Three));
    let ended = next.transcript.previous[0].ended.as_ref().unwrap();
    assert_eq!(ended.revealed, 2);
}

/// Rows of before `mingjian-draw/3`: parties without a house, and a request that a visit overtakes.
#[tokio::test]
async fn an_epoch_of_before_an_upgrade_can_be_given_up_and_is_overtaken_by_a_visit() {
    let world = World::county().await;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let path = world.ready_to_draw(&world.task_body("升级之前", &["51082103"]).await, &parties).await;
    world.database.execute("UPDATE commitments SET who = NULL").await;
    let redrawn = world.redraw(&path, "SYSTEM_FAULT", "系统升级").await;
    assert_eq!((&redrawn["status"], &redrawn["epoch"]), (&json!("DRAFT"), &json!(2)));
    world.commit(&path, 2, &parties[..1]).await;
    world.database.execute("UPDATE commitments SET who = NULL").await;
    let refused = world.act("market.lead", &path, "freeze", None).await.expect_problem(409, "TOO_FEW_COMMITMENTS");
    assert!(refused["detail"].as_str().unwrap().contains("升级前"), "{refused}");

    let path = world.ready_to_draw(&world.task_body("已经开始", &["51082103"]).await, &parties).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let asked = json!({ "cause": "ROSTER_WRONG", "reason": "人员库有误" });
    world.act("market.lead", &path, "redraw", Some(asked)).await.expect(200);
    let id = path.rsplit('/').next().unwrap();
    let page = world.get("market.admin", &format!("/api/v1/inspections?task_id={id}&limit=1")).await.expect(200);
    let visit = format!("/api/v1/inspections/{}", page["items"][0]["id"].as_str().unwrap());
    world.act("market.admin", &visit, "start", None).await.expect(200);
    let task = world.get("market.lead", &path).await.expect(200);
    assert_eq!((&task["status"], &task["leaving"]), (&json!("IN_PROGRESS"), &Value::Null), "a visit has begun");
    let list = "/api/v1/worklist?kind=TASK_VOID_TO_DECIDE";
    assert_eq!(world.get("justice", list).await.expect(200)["items"], json!([]), "nothing is left to decide");
}
