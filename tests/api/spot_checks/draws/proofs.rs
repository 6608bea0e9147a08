//! What anybody can prove of a draw: other names in each record, acts in the log, a place in the pool, chances over many draws.

use crate::harness::World;
use domain::kernel::merkle;
use domain::spot_checks::draws::pool::{Officer, object_ref};
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::verify;
use domain::spot_checks::draws::{Algorithm, parse_digest};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

/// Attack 7: officers who bear the same name in every record tell the strata. Attack 10: parties are more than ids.
#[tokio::test]
async fn officers_bear_another_name_in_each_record() {
    let world = World::county().await;
    let mut names: Vec<BTreeSet<Officer>> = Vec::new();
    for at in 0..2 {
        let path = world.ready_to_draw(&world.task_body(&format!("第{at}次"), &["51082103"]).await, &PARTIES).await;
        world.act("market.lead", &path, "draw", None).await.expect(200);
        let (draw, record) = world.draw_record(&path).await;
        assert!(verify(&record).is_empty());
        assert!(record.officer_openings.as_ref().is_some_and(Vec::is_empty) && record.openings.is_empty());
        let matching = record.transcript.matching.as_ref().unwrap();
        assert_eq!(matching.teams.len() as u64, draw["selected_count"].as_u64().unwrap(), "teams are public");
        names.push(matching.teams.iter().flat_map(|team| team.officers.iter().copied()).collect());
        let parties: Vec<_> = record.transcript.parties.iter().map(|party| party.who.clone().unwrap()).collect();
        assert!(parties.iter().all(|who| who.name.contains("旺苍县")), "{parties:?}");
        assert!(parties.iter().any(|who| who.key.as_deref().and_then(parse_digest).is_some()), "the witness's key");

        // Whoever may know gets the openings, and they are right.
        let whole = format!("/api/v1/draws/{}/transcript", draw["id"].as_str().unwrap());
        let whole = world.get("market.lead", &whole).await.expect(200);
        let whole = SignedTranscript::read(whole.to_string().as_bytes()).unwrap();
        assert!(verify(&whole).is_empty());
        assert_eq!(whole.officer_openings.unwrap().len(), whole.transcript.roster.len());
        assert!(!whole.openings.is_empty());
    }
    assert!(names[0].is_disjoint(&names[1]));
}

/// What was public when stands in the log: without it nobody could show later what was said at the freeze.
#[tokio::test]
async fn every_step_of_a_draw_is_an_act_in_the_log() {
    let world = World::county().await;
    let path = world.ready_to_draw(&world.task_body("存证", &["51082103"]).await, &PARTIES).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let (draw, record) = world.draw_record(&path).await;
    let id = path.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=2")).await.expect(200);
    let visit = format!("/api/v1/inspections/{}", rows["items"][0]["id"].as_str().unwrap());
    let words = json!({ "cause": "DUPLICATE", "reason": "与上级检查重复" });
    world.act("market.admin", &visit, "ask-void", Some(words.clone())).await.expect(200);
    world.act("market.reviewer", &visit, "void", Some(words)).await.expect(200);
    let list = format!("log/acts?record_id={id}&sort=at");
    let sealed = async || {
        let acts = world.public(&list).await["items"].as_array().unwrap().clone();
        acts.iter().all(|act| act["place"].is_u64()).then_some(acts)
    };
    let acts = loop {
        match sealed().await {
            Some(acts) => break acts,
            None => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    };

    let kinds: Vec<_> = acts.iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["COMMITTED", "COMMITTED", "FROZEN", "REVEALED", "REVEALED", "DRAWN", "VOIDED"]);
    assert_eq!(acts[2]["content"]["receipt_signature"], draw["receipt"]["signature"]);
    assert_eq!(acts[5]["content"]["digest"], hex::encode(record.digest), "the record that is served is the one logged");
    let checkpoint = world.public("log/checkpoint").await;
    let (root, size) = (checkpoint["root"].as_str().unwrap(), checkpoint["size"].as_u64().unwrap());
    for act in &acts {
        let line = act["line"].to_string();
        assert_eq!((&act["line"]["actor_id"], &act["line"]["actor_name"]), (&Value::Null, &json!("")), "names nobody");
        assert_eq!(act["line"]["after"], domain::oversight::log::digest(&act["content"]));
        let salt = hex::decode(act["salt"].as_str().unwrap()).unwrap();
        let leaf = merkle::leaf(&[b"mingjian-log/1 audit\n", &salt, line.as_bytes()]);
        assert_eq!(act["leaf"], hex::encode(leaf), "{line}");
        let proof = world.public(&format!("log/proof?place={}&size={size}", act["place"])).await;
        let steps = proof["path"].as_array().unwrap().iter().map(|step| parse_digest(step.as_str().unwrap()).unwrap());
        let place = act["place"].as_u64().unwrap();
        let proven = merkle::included(leaf, place, size, &steps.collect::<Vec<_>>());
        assert_eq!(proven.map(hex::encode).as_deref(), Some(root));
    }
}

/// An enterprise sees that it was in the hat, without seeing the others; the justice bureau opens the whole pool.
#[tokio::test]
async fn an_enterprise_proves_that_it_was_in_the_pool() {
    let world = World::county().await;
    let path = world.ready_to_draw(&world.task_body("入库证明", &["51082103"]).await, &PARTIES).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    let (draw, record) = world.draw_record(&path).await;
    let draw_id = draw["id"].as_str().unwrap();
    let pool = world.get("justice", &format!("/api/v1/draws/{draw_id}/pool")).await.expect(200);
    assert_eq!(pool["leaves"].as_array().unwrap().len() as u64, draw["pool_count"].as_u64().unwrap());
    assert_eq!((&pool["root_holds"], &pool["doubles"], &pool["phantoms"]), (&json!(true), &json!([]), &json!([])));
    world.get("market.lead", &format!("/api/v1/draws/{draw_id}/pool")).await.expect_problem(403, "FORBIDDEN");

    let object = pool["leaves"][7]["object_id"].as_str().unwrap();
    let ticket = format!("/api/v1/draws/{draw_id}/inclusion?object_id={object}");
    let ticket = world.get("justice", &ticket).await.expect(200);
    let own = format!("/api/v1/public/draws/{draw_id}/inclusion");
    let ask = async |object: &str, code: &Value| {
        let body = json!({ "object_id": object, "access_code": code });
        world.anonymous(Method::POST, &own).json(&body).send().await
    };
    let proof = ask(object, &ticket["access_code"]).await.expect(200);
    assert!(proof.get("access_code").is_none(), "{proof}");
    let stratum = proof["stratum"].as_str().unwrap().to_owned();
    let reference = parse_digest(proof["ref"].as_str().unwrap()).unwrap();
    let leaf = merkle::leaf(&[&reference, stratum.as_bytes()]);
    let steps = proof["path"].as_array().unwrap().iter().map(|step| parse_digest(step.as_str().unwrap()).unwrap());
    let (place, size) = (proof["place"].as_u64().unwrap(), proof["size"].as_u64().unwrap());
    let root = merkle::included(leaf, place, size, &steps.collect::<Vec<_>>());
    assert_eq!(root, Some(record.transcript.pool_root), "the root that everybody has");
    let salt = hex::decode(proof["salt"].as_str().unwrap()).unwrap().try_into().unwrap();
    assert_eq!(object_ref(Algorithm::NEWEST, object.parse().unwrap(), &salt), reference);
    let selected = &record.transcript.outcome.as_ref().unwrap().selected;
    assert_eq!(proof["drawn"], selected.iter().any(|drawn| drawn.object_ref == reference));
    let other = pool["leaves"][8]["object_id"].as_str().unwrap();
    ask(other, &ticket["access_code"]).await.expect_problem(404, "NOT_FOUND");
    ask(object, &json!("00".repeat(16))).await.expect_problem(404, "NOT_FOUND");

    // A leaf too many, and one that is nobody's.
    let first = format!("(SELECT object_id FROM draw_pool WHERE draw_id = '{draw_id}' AND position = 0)");
    let first = if crate::harness::backend() == "sqlite" {
        first.replace(&format!("'{draw_id}'"), &format!("X'{}'", draw_id.replace('-', "")))
    } else {
        first
    };
    world.database.execute(&format!("UPDATE draw_pool SET object_id = {first} WHERE position = 1")).await;
    let pool = world.get("justice", &format!("/api/v1/draws/{draw_id}/pool")).await.expect(200);
    assert_eq!(pool["doubles"], json!([pool["leaves"][0]["object_id"]]));
    assert_eq!(pool["phantoms"], json!([pool["leaves"][1]["ref"]]), "the salt gives another reference");
}

/// Over many draws it shows who is drawn too often, or too seldom; for parties who all conspire there is nothing else.
#[tokio::test]
async fn the_fairness_account_tells_chances_beside_what_came() {
    let world = World::county().await;
    let before = world.public("fairness").await;
    let mut selected = 0;
    for at in 0..3 {
        let path = world.ready_to_draw(&world.task_body(&format!("公平{at}"), &["51082103"]).await, &PARTIES).await;
        world.act("market.lead", &path, "draw", None).await.expect(200);
        if at == 2 {
            world.redraw(&path, "POOL_WRONG", "对象库筛选条件有误").await;
        } else {
            selected += world.draw_record(&path).await.0["selected_count"].as_i64().unwrap();
        }
    }

    let account = world.public("fairness").await;
    assert_eq!(account["draws"].as_u64().unwrap(), before["draws"].as_u64().unwrap() + 2, "{account}");
    assert_eq!(account["given_up"].as_u64().unwrap(), before["given_up"].as_u64().unwrap() + 1);
    for kind in ["TOWNSHIP", "OBJECT_TYPE", "SIZE"] {
        let of = |account: &Value, name: &str| -> i64 {
            let groups = account["groups"].as_array().unwrap().iter().filter(|group| group["kind"] == kind);
            groups.map(|group| group[name].as_i64().unwrap()).sum()
        };
        assert_eq!(of(&account, "realised") - of(&before, "realised"), selected, "{kind}");
        let expected = of(&account, "expected") - of(&before, "expected");
        assert!((expected - selected).abs() <= 12, "{kind}: {expected} of {selected}, each group rounded");
    }
    let groups = account["groups"].as_array().unwrap();
    assert!(groups.iter().all(|group| !group["label"].as_str().unwrap().is_empty()));
    assert!(groups.iter().any(|group| group["kind"] == "OFFICER_PAIRS" && group["p_value"].is_number()), "{account}");
    assert!(account["summary_zh"].as_str().unwrap().contains("有效抽取"), "{account}");
    let long = "/api/v1/public/fairness?from=2024-01-01&to=2026-01-01";
    world.anonymous(Method::GET, long).send().await.expect_problem(404, "NOT_FOUND");
}
