//! The transparency log: what is written is proved, what grew shows it, a witness cosigns.

use crate::harness::{Witness, World};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use domain::kernel::merkle::{self, Digest, included, is_consistent};
use domain::oversight::log::note::{Checkpoint, VerifierKey};
use domain::oversight::log::{AuditLine, digest};
use serde_json::{Value, json};

fn hash(text: &Value) -> Digest {
    hex::decode(text.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn hashes(list: &Value) -> Vec<Digest> {
    list.as_array().unwrap().iter().map(hash).collect()
}

/// The log once nothing of what was done before waits any more.
pub(super) async fn sealed(world: &World) -> Value {
    let entries = world.get("auditor", "/api/v1/audit/entries?limit=1&total=exact").await.expect(200);
    let lines = entries["page"]["total"].as_u64().unwrap();
    for _ in 0..600 {
        let log = world.get("auditor", "/api/v1/public/log/checkpoint").await.expect(200);
        if log["size"].as_u64().unwrap() >= lines {
            return log;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{lines} lines were not sealed");
}

/// A note's checkpoint, verified as a stranger would.
pub(super) fn checkpoint(note: &str, key: &str) -> Checkpoint {
    let (checkpoint, lines) = Checkpoint::parse(note).unwrap_or_else(|| panic!("{note}"));
    let key = VerifierKey::parse(key).unwrap();
    let signature = lines.iter().find_map(|line| key.signature(line)).unwrap();
    UnparsedPublicKey::new(&ED25519, key.public).verify(checkpoint.body().as_bytes(), &signature).unwrap();
    checkpoint
}

/// The hash of a line as the auditor reads it.
fn leaf(line: &Value, salt: &Value) -> Digest {
    let salt = hex::decode(salt.as_str().unwrap()).unwrap().try_into().unwrap();
    let text = |name: &str| line[name].as_str().unwrap();
    let optional = |name: &str| line[name].as_str().map(str::to_owned);
    let state = |name: &str| Some(&line[name]).filter(|state| !state.is_null()).map(digest);
    AuditLine {
        action: text("action"),
        actor_id: optional("actor_id"),
        actor_name: text("actor_name"),
        actor_role: text("actor_role"),
        after: state("after"),
        at: text("at").to_owned(),
        before: state("before"),
        department_id: optional("department_id"),
        id: text("id").to_owned(),
        on_behalf_of: optional("on_behalf_of"),
        reason: line["reason"].as_str(),
        request_id: text("request_id"),
        resource: text("resource"),
        resource_id: text("resource_id").to_owned(),
    }
    .leaf(&salt)
}

#[tokio::test]
async fn every_line_is_proved_and_the_log_only_grows() {
    let world = World::county().await;
    let before = sealed(&world).await;
    let key = before["key"].as_str().unwrap();
    let old = checkpoint(before["note"].as_str().unwrap(), key);
    assert_eq!(
        (old.size, hex::encode(old.root)),
        (before["size"].as_u64().unwrap(), before["root"].as_str().unwrap().to_owned())
    );

    let body = json!({ "name": "旺苍存证店", "object_type": "1", "region_code": "510821" });
    let made = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201);
    let after = sealed(&world).await;
    let new = checkpoint(after["note"].as_str().unwrap(), key);
    assert!(new.size > old.size);

    // Anybody can compute the root again, and see that nothing before was touched.
    let mut leaves = Vec::new();
    while (leaves.len() as u64) < new.size {
        let path = format!("/api/v1/public/log/entries?place={}", leaves.len());
        let part = hashes(&world.get("auditor", &path).await.expect(200)["leaves"]);
        assert!(!part.is_empty());
        leaves.extend(part);
    }
    leaves.truncate(usize::try_from(new.size).unwrap());
    assert_eq!(merkle::root(&leaves), new.root);
    let path = format!("/api/v1/public/log/consistency?from={}&to={}", old.size, new.size);
    let grown = world.get("auditor", &path).await.expect(200);
    assert!(is_consistent((old.size, old.root), (new.size, new.root), &hashes(&grown["proof"])));

    // What the auditor reads is what is in the log: each line against its proof.
    let lines = world.get("auditor", "/api/v1/audit/entries?resource=departments&limit=50").await.expect(200);
    for line in lines["items"].as_array().unwrap() {
        let path = format!("/api/v1/audit/proofs?entry_id={}&size={}", line["id"].as_str().unwrap(), new.size);
        let answer = world.get("auditor", &path).await;
        assert!(answer.text.len() <= 2_048, "{} bytes", answer.text.len());
        let proof = answer.expect(200);
        let place = proof["place"].as_u64().unwrap();
        let leaf = leaf(line, &proof["salt"]);
        assert_eq!(hash(&proof["leaf"]), leaf, "{line}");
        assert_eq!(included(leaf, place, new.size, &hashes(&proof["path"])), Some(new.root));
        let path = format!("/api/v1/public/log/proof?place={place}&size={}", new.size);
        assert_eq!(world.get("auditor", &path).await.expect(200)["path"], proof["path"]);
    }
    // What would tell a class is proved, and cannot be tried.
    let of_class =
        world.get("auditor", "/api/v1/audit/entries?resource=objects&action=CREATED&limit=1").await.expect(200);
    let path = format!("/api/v1/audit/proofs?entry_id={}", of_class["items"][0]["id"].as_str().unwrap());
    assert_eq!(world.get("auditor", &path).await.expect(200)["salt"], Value::Null);
    assert!(world.get("justice", &path).await.expect(200)["salt"].is_string());
    world.assert_audit("objects", made["id"].as_str().unwrap(), "CREATED", "market.lead").await;

    let outside = format!("/api/v1/public/log/proof?place={}", u32::MAX);
    for path in [outside.as_str(), "/api/v1/public/log/consistency?from=1&to=9999999"] {
        world.get("auditor", path).await.expect_problem(404, "NOT_FOUND");
    }
    world.get("auditor", "/api/v1/audit/proofs").await.expect_problem(400, "INVALID_PARAMETER");
}

#[tokio::test]
async fn a_witness_cosigns_what_it_saw() {
    let signer = Witness::new();
    let witness = &signer.key;
    let stranger = VerifierKey { name: "stranger".to_owned(), ..witness.clone() };
    let world = World::county().await;

    let made = world.post("justice", "/api/v1/audit/checkpoints").send().await.expect(201);
    let id = made["id"].as_str().unwrap();
    world.assert_audit("log-checkpoints", id, "CREATED", "justice").await;
    let seen = Checkpoint::parse(made["note"].as_str().unwrap()).unwrap().0;
    let time = 1_790_000_000;
    let sign = |key: &VerifierKey, message: String| json!({ "line": signer.line(key, time, &message) });
    let path = format!("/api/v1/audit/checkpoints/{id}/cosign");
    let cosign = async |who: &str, body: &Value| world.post(who, &path).json(body).send().await;
    let larger = Checkpoint { size: seen.size + 1, ..seen.clone() };
    for body in [sign(&stranger, seen.cosigned(time)), sign(witness, larger.cosigned(time)), sign(witness, seen.body())]
    {
        let refused = cosign("justice", &body).await;
        assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "SIGNATURE_INVALID");
    }
    let body = sign(witness, seen.cosigned(time));
    cosign("auditor", &body).await.expect_problem(403, "FORBIDDEN");
    let cosigned = cosign("justice", &body).await.expect(200);
    world.assert_audit("log-checkpoints", id, "SIGNED", "justice").await;
    cosign("justice", &body).await.expect_problem(409, "DUPLICATE");

    // Whoever knows the witness's key can check what is served.
    let log = world.get("auditor", "/api/v1/public/log/checkpoint").await.expect(200);
    assert_eq!((&log["cosigned"], &log["witnesses"]), (&cosigned, &json!([witness.text()])));
    let note = log["cosigned"]["note"].as_str().unwrap();
    let (_, lines) = Checkpoint::parse(note).unwrap();
    let signature = lines.iter().find_map(|line| witness.signature(line)).unwrap();
    let message = seen.cosigned(time);
    UnparsedPublicKey::new(&ED25519, witness.public).verify(message.as_bytes(), &signature[8..]).unwrap();
    checkpoint(note, log["key"].as_str().unwrap());
    let listed = world.get("auditor", "/api/v1/audit/checkpoints").await.expect(200);
    assert_eq!(listed["items"][0], cosigned);
}
