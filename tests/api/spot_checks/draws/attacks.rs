//! What an organiser, a party or an owner of the database might try on a draw: refused, or there for everybody to see.

use crate::harness::{Witness, World};
use domain::kernel::signature::verifies;
use domain::spot_checks::draws::pool::object_ref;
use domain::spot_checks::draws::receipt::Receipt;
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::verify;
use domain::spot_checks::draws::{Algorithm, Digest};
use mingjian::kernel::secrets::Secrets;
use reqwest::Method;
use serde_json::json;

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

/// Attack 1: one salt and its reference changed with all that follows, after every secret was known.
#[tokio::test]
async fn who_owns_the_database_is_found_from_the_receipt_alone() {
    let world = World::county().await;
    let path = world.frozen(&world.task_body("改库", &["51082103"]).await, &PARTIES).await;
    let (kept, before) = world.draw_record(&path).await;
    let receipt = &kept["receipt"];
    let key = world.public("log/checkpoint").await["key"].as_str().unwrap().to_owned();
    let key = domain::oversight::log::note::VerifierKey::parse(&key).unwrap().public;
    assert_eq!(receipt["key"], hex::encode(key), "signed by the published key");
    assert_eq!(receipt["terms"], kept["terms"]);
    let text = receipt["message"].as_str().unwrap();
    let signature: [u8; 64] = hex::decode(receipt["signature"].as_str().unwrap()).unwrap().try_into().unwrap();
    assert!(verifies(&key, text, &signature) && text.contains(kept["terms"].as_str().unwrap()), "{text}");
    world.reveal(&path, 1, &PARTIES).await;

    let mut forged = before.clone();
    let reference = hex::encode(forged.transcript.pool[0].object_ref);
    let (object, salt) = (mingjian::kernel::ctx::new_id(), [7; 16]);
    let other = object_ref(Algorithm::NEWEST, object, &salt);
    forged.transcript.pool[0].object_ref = other;
    forged.transcript.pool.sort();
    forged.transcript.pool_root = domain::spot_checks::draws::pool::pool_root(&forged.transcript.pool);
    let terms = forged.transcript.terms_digest().unwrap();
    let (root, draw) = (hex::encode(forged.transcript.pool_root), forged.transcript.draw);
    let of_draw = |set: &str| {
        format!(
            "UPDATE draws SET {set} WHERE task_id = (SELECT task_id FROM draws WHERE pool_root = '{}')",
            hex::encode(before.transcript.pool_root)
        )
    };
    world
        .database
        .execute(&format!(
            "UPDATE draw_pool SET object_ref = '{}', salt = '{}' WHERE object_ref = '{reference}'",
            hex::encode(other),
            hex::encode(salt)
        ))
        .await;
    reorder(&world, &reference, &forged).await;
    world.database.execute(&of_draw(&format!("terms = '{}', pool_root = '{root}'", hex::encode(terms)))).await;
    assert_eq!(world.draw_record(&path).await.1.transcript.terms, terms, "the database says so");

    // The service holds no receipt for these terms and draws nothing; whoever verifies finds the same.
    let refused = world.act("market.lead", &path, "draw", None).await.expect_problem(409, "FROZEN_RECORD_CHANGED");
    assert!(refused["detail"].as_str().unwrap().contains("/receipt/signature"), "{refused}");
    let codes: Vec<_> = verify(&world.draw_record(&path).await.1).into_iter().map(|found| found.code).collect();
    assert_eq!(codes, ["SIGNATURE_WRONG"]);

    // Nor with a key of the forger's own, which signs whatever he likes.
    forged.transcript.terms = terms;
    let receipt = forged.transcript.receipted().message();
    let swap = |key: &[u8], signature: &[u8]| {
        let (key, signature) = (hex::encode(key), hex::encode(signature));
        format!("UPDATE draws SET receipt_key = '{key}', receipt_signature = '{signature}' WHERE pool_root = '{root}'")
    };
    let own = Witness::new();
    world.database.execute(&swap(&own.key.public, &own.signs(&receipt))).await;
    let refused = world.act("market.lead", &path, "draw", None).await.expect_problem(409, "FROZEN_RECORD_CHANGED");
    assert!(refused["detail"].as_str().unwrap().contains("KEY_DIFFERS"), "{refused}");

    // With the service's key as well the draw is made, and the receipt kept at the freeze proves two records of one epoch.
    world.database.execute(&swap(&key, &service_signs(&world, &receipt))).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let (now, after) = world.draw_record(&path).await;
    assert!(verify(&after).is_empty(), "consistent in itself");
    assert_eq!((after.transcript.draw, &now["epoch"]), (draw, &kept["epoch"]));
    let again: [u8; 64] = hex::decode(now["receipt"]["signature"].as_str().unwrap()).unwrap().try_into().unwrap();
    assert!(verifies(&key, now["receipt"]["message"].as_str().unwrap(), &again));
    assert_ne!(now["terms"], kept["terms"], "two receipts of one epoch, both signed: equivocation");
}

/// Puts the pool's rows in the ascending order of their references.
async fn reorder(world: &World, old: &str, forged: &SignedTranscript) {
    world.database.execute("UPDATE draw_pool SET position = position + 1000000").await;
    for (at, leaf) in forged.transcript.pool.iter().enumerate() {
        let reference = hex::encode(leaf.object_ref);
        assert_ne!(reference, old);
        world.database.execute(&format!("UPDATE draw_pool SET position = {at} WHERE object_ref = '{reference}'")).await;
    }
}

fn service_signs(world: &World, message: &str) -> [u8; 64] {
    let seed = Secrets::load_or_create(&world.database.secret_file()).unwrap().log_seed;
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    pair.sign(message.as_bytes()).as_ref().try_into().unwrap()
}

/// A party reveals under the terms that it was given, and may sign the receipt with a key of its own.
#[tokio::test]
async fn a_reveal_is_bound_to_the_receipt() {
    let world = World::county().await;
    let path = world.frozen(&world.task_body("回执", &["51082103"]).await, &PARTIES).await;
    let mut other = world.reveal_body(&path, 1, "market.lead").await;
    other["terms"] = json!("ab".repeat(32));
    let refused = world.act("market.lead", &path, "reveal", Some(other)).await.expect_problem(409, "TERMS_DIFFER");
    assert!(refused["detail"].as_str().unwrap().contains("勿启封"), "{refused}");
    let mut unkeyed = world.reveal_body(&path, 1, "market.lead").await;
    unkeyed["signature"] = json!("ab".repeat(64));
    let refused = world.act("market.lead", &path, "reveal", Some(unkeyed)).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "SIGNATURE_WRONG");
    world.reveal(&path, 1, &PARTIES[..1]).await;

    let receipt = world.get("justice", &path).await.expect(200)["draw"].clone();
    let mut signed = world.reveal_body(&path, 1, "justice").await;
    signed["signature"] = json!(hex::encode(Witness::new().signs("another text")));
    let refused = world.act("justice", &path, "reveal", Some(signed.clone())).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/signature");
    signed["signature"] = json!(hex::encode(Witness::new().signs(receipt["message"].as_str().unwrap())));
    world.act("justice", &path, "reveal", Some(signed)).await.expect(200);
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let (_, record) = world.draw_record(&path).await;
    assert!(verify(&record).is_empty());
    let signatures = &record.transcript.receipt.as_ref().unwrap().signatures;
    assert_eq!(signatures.len(), 1, "the witness's stands in the record");
    let mut bent = record.clone();
    if let Some(Receipt { signatures, .. }) = &mut bent.transcript.receipt {
        signatures[0].signature[0] ^= 1;
    }
    assert!(verify(&bent).iter().any(|found| found.code == "SIGNATURE_WRONG"));
}

/// Attack 3: recusals that shield an object. Attack 10: a stratum of one object is no draw.
#[tokio::test]
async fn nobody_is_shielded_and_nobody_is_singled_out() {
    let world = World::county().await;
    let body = world.task_body("回避过多", &["51082103"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    world.commit(&path, 1, &PARTIES).await;
    let object =
        world.get("market.lead", "/api/v1/objects?local_class=DISHONEST&limit=1").await.expect(200)["items"][0].clone();
    let officers = format!("/api/v1/personnel?department_id={}&limit=50", world.departments["51082103"]);
    let officers = world.get("justice", &officers).await.expect(200)["items"].as_array().unwrap().clone();
    for officer in &officers[1..] {
        let declare = format!("/api/v1/personnel/{}/recusals", officer["id"].as_str().unwrap());
        let body = json!({ "object_id": object["id"], "reason": "近亲属任职" });
        world.post("market.admin", &declare).json(&body).send().await.expect(201);
    }
    let refused = world.act("market.lead", &path, "freeze", None).await.expect_problem(409, "OBJECTS_SHIELDED");
    assert!(refused["detail"].as_str().unwrap().contains(object["name"].as_str().unwrap()), "{refused}");

    let alone = json!({ "tags": ["独此一户"] });
    world.database.execute("DELETE FROM recusals").await;
    let (id, version) = (object["id"].as_str().unwrap(), object["version"].as_i64().unwrap());
    let change = world.request(Method::PATCH, "market.lead", &format!("/api/v1/objects/{id}")).if_match(version);
    change.json(&alone).send().await.expect(200);
    let mut body = world.task_body("独此一户", &["51082103"]).await;
    body["pool_filter"] = alone;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    world.commit(&path, 1, &PARTIES).await;
    world.act("market.lead", &path, "freeze", None).await.expect_problem(422, "LONE_OBJECT");
    body["lone_object_reason"] = json!("投诉集中，社会关注");
    body["excess_reason"] = json!("投诉集中，社会关注");
    let path = world.ready_to_draw(&body, &PARTIES).await;
    let (draw, _) = world.draw_record(&path).await;
    assert_eq!(draw["conditions"]["lone_object_reason"], "投诉集中，社会关注", "public");

    let mut falling = world.task_body("最低户数", &["51082103"]).await;
    falling["strata"][0]["minimum"] = json!(201);
    let refused = world.post("market.lead", "/api/v1/tasks").json(&falling).send().await;
    refused.expect_problem(422, "RATES_NOT_MONOTONE");
}

/// Attack 5: whoever organises the draw changes the register between commitment and freeze.
#[tokio::test]
async fn what_changes_before_the_freeze_is_counted_in_public() {
    let world = World::county().await;
    let mut body = world.task_body("冻结之前", &["51082103"]).await;
    body["pool_filter"] = json!({ "township_codes": ["510821100"] });
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    world.commit(&path, 1, &PARTIES[..1]).await;
    let moves = [
        "UPDATE objects SET local_class = 'DISHONEST' WHERE id = (SELECT id FROM objects WHERE township_code = '510821100' AND local_class = 'GENERAL' ORDER BY id LIMIT 1)",
        "UPDATE objects SET township_code = '510821101' WHERE id = (SELECT id FROM objects WHERE township_code = '510821100' AND local_class = 'GENERAL' ORDER BY id DESC LIMIT 1)",
        "UPDATE objects SET township_code = '510821100' WHERE id IN (SELECT id FROM objects WHERE township_code = '510821102' AND local_class = 'GENERAL' ORDER BY id LIMIT 2)",
    ];
    for change in moves {
        world.database.execute(change).await;
    }
    world.commit(&path, 1, &PARTIES[1..]).await;
    world.act("market.lead", &path, "freeze", None).await.expect(200);
    let (draw, record) = world.draw_record(&path).await;
    let changes = &draw["conditions"]["changes"];
    assert_eq!((&changes["classes_moved"], &changes["left"], &changes["entered"]), (&json!(1), &json!(1), &json!(2)));
    assert_eq!(
        record.transcript.conditions.unwrap().changes.since,
        record.transcript.parties.iter().map(|party| party.committed_at.clone()).min().unwrap()
    );
}

/// Attack 6: the lead waits for the result. Attack 10: weak, used and shared secrets.
#[tokio::test]
async fn the_lead_reveals_first_and_secrets_are_drawn() {
    let world = World::county_with(&[("MINGJIAN__RULES__REVEAL_WAIT_MINUTES", "30")]).await;
    let path = world.frozen(&world.task_body("等待", &["51082103"]).await, &PARTIES).await;
    let early = world.reveal_body(&path, 1, "market.lead").await;
    world.act("market.lead", &path, "reveal", Some(early)).await.expect_problem(409, "REVEAL_TOO_EARLY");

    let world = World::county().await;
    let path = world.frozen(&world.task_body("先后", &["51082103"]).await, &PARTIES).await;
    let first = world.reveal_body(&path, 1, "justice").await;
    world.act("justice", &path, "reveal", Some(first)).await.expect_problem(409, "LEAD_REVEALS_FIRST");

    let body = world.task_body("弱随机数", &["51082103"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let weak = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    let of = |who: &str, department: &str, secret: &Digest| {
        let (task, party) =
            (task["id"].as_str().unwrap().parse().unwrap(), world.departments[department].parse().unwrap());
        let made = domain::spot_checks::draws::commitment::commit(Algorithm::NEWEST, task, 1, party, secret);
        (who.to_owned(), json!({ "commitment": hex::encode(made) }))
    };
    let used = crate::harness::secret(&path, 1, "market.lead");
    let (lead, body) = of("market.lead", "51082103", &[0; 32]);
    world.act(&lead, &weak, "commit", Some(body.clone())).await.expect(200);
    world.act("justice", &weak, "commit", Some(body)).await.expect_problem(409, "COMMITMENT_USED");
    let (justice, body) = of("justice", "51082104", &used);
    world.act(&justice, &weak, "commit", Some(body)).await.expect(200);
    world.act("market.lead", &weak, "freeze", None).await.expect(200);
    let mut reveal = world.reveal_body(&weak, 1, "market.lead").await;
    reveal["secret"] = json!("00".repeat(32));
    world.act("market.lead", &weak, "reveal", Some(reveal)).await.expect_problem(422, "SECRET_WEAK");
    // The lead cannot reveal what it committed to: the epoch is given up, and everybody sees why.
    let body = json!({ "cause": "SECRET_LOST", "reason": "随机数不合要求" });
    world.act("market.lead", &weak, "redraw", Some(body)).await.expect(200);

    world.reveal(&path, 1, &PARTIES).await;
    let task_id = weak.rsplit('/').next().unwrap().parse().unwrap();
    let party = world.departments["51082103"].parse().unwrap();
    let made = domain::spot_checks::draws::commitment::commit(Algorithm::NEWEST, task_id, 2, party, &used);
    world.act("market.lead", &weak, "commit", Some(json!({ "commitment": hex::encode(made) }))).await.expect(200);
    world.commit(&weak, 2, &PARTIES[1..]).await;
    world.act("market.lead", &weak, "freeze", None).await.expect(200);
    let mut reveal = world.reveal_body(&weak, 2, "market.lead").await;
    reveal["secret"] = json!(hex::encode(used));
    world.act("market.lead", &weak, "reveal", Some(reveal)).await.expect_problem(422, "SECRET_USED");
}
