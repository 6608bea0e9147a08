//! 一企一档: what there is of an enterprise, for whoever may read it, now and then; signed; and what the enterprise itself may know.

use crate::harness::{World, backend, today};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use chrono::Days;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ADMIN: &str = "market.admin";

/// An enterprise with an inspection, a measure, a referral, a clue, a document and a photo; gives its path and the inspection's.
async fn known(world: &World) -> (String, String) {
    let body = json!({ "name": "旺苍县一企一档店", "object_type": "1", "region_code": "510821" });
    let object = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201)["id"].clone();
    let inspection = world.begun_inspection_at("market", &object).await;
    world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    world.referral(ADMIN, &inspection, "51082105").await;
    world.clue("coordinator", &object, Some("51082103")).await;
    world.registered(ADMIN, &World::told("REPORT", &object)).await;
    world.declare(ADMIN, &inspection, &World::captured(1, "PHOTO", b"photo")).await;
    world.draft(ADMIN, &inspection, "SITE_RECORD", json!({})).await;
    (format!("/api/v1/objects/{}", object.as_str().unwrap()), inspection)
}

const TABLES: [&str; 9] = [
    "objects",
    "visits",
    "inspections",
    "follow_ups",
    "case_referrals",
    "risk_clues",
    "complaints",
    "documents",
    "evidence",
];

const BLOCKS: [&str; 8] =
    ["visits", "inspections", "follow_ups", "case_referrals", "risk_clues", "complaints", "documents", "evidence"];

fn totals(dossier: &Value) -> Vec<Option<u64>> {
    BLOCKS.iter().map(|block| dossier[block]["total"].as_u64()).collect()
}

#[tokio::test]
async fn each_reads_what_they_may_read_and_nothing_else() {
    let world = World::county().await;
    let (object, _) = known(&world).await;
    let read = async |who: &str| world.get(who, &format!("{object}/dossier")).await.expect(200);

    let all = read("justice").await;
    assert_eq!(totals(&all), [1, 1, 2, 1, 1, 1, 1, 1].map(Some), "{all}");
    assert_eq!((&all["as_of"], &all["object"]["name"]), (&Value::Null, &json!("旺苍县一企一档店")));
    assert!(all["class_standing"]["local_class"].is_string() && all["visits"]["updated_at"].is_string());
    assert_eq!(all["visit_budget"]["used"], 1);

    // A department reads its own; the other what was sent to it; nobody's evidence is the coordinator's to see.
    assert_eq!(totals(&read(ADMIN).await), [1, 1, 2, 1, 1, 1, 1, 1].map(Some));
    assert_eq!(totals(&read("agri.admin").await), [0, 0, 0, 1, 0, 0, 0, 0].map(Some));
    assert_eq!((&all["visits"]["reach"], &read(ADMIN).await["visits"]["reach"]), (&json!("ALL"), &json!("DEPARTMENT")));
    let office = read("coordinator").await;
    assert_eq!((office["evidence"].clone(), office["documents"].clone()), (Value::Null, Value::Null));
    let root = read("root").await;
    assert_eq!(
        (totals(&root), &root["class_standing"], &root["visit_budget"]),
        (vec![None; 8], &Value::Null, &Value::Null)
    );
    world.get("auditor", &format!("{object}/dossier")).await.expect_problem(403, "FORBIDDEN");
}

/// What it was at the end of yesterday, last week, and before there was anything.
#[tokio::test]
async fn a_dossier_is_what_it_was_on_a_day() {
    let world = World::county().await;
    let (object, inspection) = known(&world).await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let days = |days: u64| today() - Days::new(days);

    // Ten days ago all of it was made; the day before yesterday the inspection was recorded.
    let then = format!("{} 04:00:00+00:00", days(10));
    for table in TABLES {
        world.database.execute(&format!("UPDATE {table} SET created_at = '{then}', updated_at = '{then}'")).await;
    }
    world.database.execute("UPDATE seaql_migrations SET applied_at = 1000000000").await;
    world.database.execute(&format!("UPDATE history SET since = '{then}', until_at = '{then}'")).await;
    let asked = json!({ "cause": "CANNOT_BE_MADE", "reason": "企业停业装修" });
    world.act(ADMIN, &inspection, "ask-void", Some(asked.clone())).await.expect(200);
    world.act("market.reviewer", &inspection, "void", Some(asked)).await.expect(200);
    let moved = format!("{} 04:00:00+00:00", days(2));
    world.database.execute(&format!("UPDATE history SET until_at = '{moved}' WHERE until_at > '{then}'")).await;

    let mut world = world;
    world.restart();
    let on = async |day: chrono::NaiveDate| world.get("justice", &format!("{object}/dossier?as_of={day}")).await;
    let status = |dossier: &Value| dossier["inspections"]["items"][0]["status"].as_str().unwrap().to_owned();
    let now = world.get("justice", &format!("{object}/dossier")).await.expect(200);
    assert_eq!(status(&now), "VOID");
    let before = on(days(3)).await.expect(200);
    assert_eq!((status(&before).as_str(), totals(&before)), ("STARTED", [1, 1, 2, 1, 1, 1, 1, 1].map(Some).to_vec()));
    let measures = |dossier: &Value| {
        let items = dossier["follow_ups"]["items"].as_array().unwrap().iter();
        let mut codes: Vec<_> = items.map(|item| item["status"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes
    };
    assert_eq!(
        (measures(&before), measures(&now)),
        (vec!["OPEN".into(), "REFERRED".into()], vec!["DROPPED".into(), "REFERRED".to_owned()])
    );
    assert_eq!(status(&on(days(2)).await.expect(200)), "VOID", "what happens on a day is so at its end");
    assert_eq!(before["visit_budget"]["used"], now["visit_budget"]["used"]);
    on(days(11)).await.expect_problem(404, "NOT_FOUND");
    let path = format!("{object}/dossier?as_of={}&known_at={}", days(1), days(3));
    let known = world.get("justice", &path).await.expect(200);
    assert_eq!((&known["inspections"], &known["known_at"]), (&before["inspections"], &json!(days(3).to_string())));
    assert_eq!(before["inspections"]["items"][0]["id"], id(&inspection).as_str());
}

/// Copies a row of a table so many times, each with an id and codes of its own.
async fn copies(world: &World, table: &str, columns: &[(&str, &str)], count: u32) {
    let postgres = backend() == "postgres";
    let (id, series) = if postgres {
        ("gen_random_uuid()", format!("generate_series(1, {count}) AS r(n)"))
    } else {
        let all = format!(
            "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {count}) SELECT n FROM r)"
        );
        ("randomblob(16)", all)
    };
    let names = world.database.columns(table).await;
    let cells: Vec<_> = names
        .iter()
        .map(|name| match columns.iter().find(|(known, _)| known == name) {
            Some((_, cell)) => (*cell).to_owned(),
            None if name == "id" => id.to_owned(),
            None => format!("t.{name}"),
        })
        .collect();
    let sql = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM (SELECT * FROM {table} LIMIT 1) t CROSS JOIN {series}",
        names.join(", "),
        cells.join(", ")
    );
    world.database.execute(&sql).await;
}

/// Ten thousand records more: as many statements, and twelve at most.
#[tokio::test]
async fn ten_thousand_records_are_read_in_as_many_statements() {
    let world = World::county_with(&[("MINGJIAN__LOG__SERVER_TIMING", "true")]).await;
    let (object, inspection) = known(&world).await;
    world.database.execute("UPDATE seaql_migrations SET applied_at = 1000000000").await;
    let id = inspection.rsplit('/').next().unwrap();
    let own = world.database.id(id);
    world.database.execute(&format!("DELETE FROM evidence WHERE inspection_id <> {own}")).await;
    let statements = async |query: &str| {
        let path = format!("{object}/dossier{query}");
        world.get("justice", &path).await.expect(200);
        let answer = world.get("justice", &path).await;
        let count: u32 =
            answer.header("server-timing").chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
        (count, answer.expect(200))
    };
    let few = statements("").await.0;
    let code = "'C' || n";
    copies(&world, "evidence", &[("seq", "n + 1")], 5_000).await;
    copies(&world, "follow_ups", &[], 2_500).await;
    copies(&world, "case_referrals", &[("code", code)], 2_500).await;

    let (count, many) = statements("").await;
    assert_eq!(count, few, "it grows with what there is");
    assert!((6..=12).contains(&count), "{count}");
    let read: u64 = totals(&many).into_iter().flatten().sum();
    assert!(read >= 10_000, "{read}");
    for table in TABLES {
        let then = format!("{} 04:00:00+00:00", today() - Days::new(10));
        world.database.execute(&format!("UPDATE {table} SET created_at = '{then}'")).await;
    }
    let (then, _) = statements(&format!("?as_of={}", today() - Days::new(1))).await;
    assert!(then <= 12, "{then}");
}

#[tokio::test]
async fn what_is_exported_is_signed_and_the_same_as_what_is_shown() {
    let world = World::county().await;
    let (object, _) = known(&world).await;
    let shown = world.get("justice", &format!("{object}/dossier")).await.expect(200);
    let signed = world.get("justice", &format!("{object}/dossier/export")).await.expect(200);
    assert_eq!(signed["dossier"], shown);

    // As a stranger verifies it: sorted keys, nothing between them, SHA-256, Ed25519.
    let proof = &signed["proof"];
    let digest = hex::encode(Sha256::digest(serde_json_canonicalizer::to_vec(&shown).unwrap()));
    let text = proof["signed"].as_str().unwrap();
    assert!(
        proof["sha256"] == digest.as_str()
            && text.contains(&digest)
            && text.contains(object.rsplit('/').next().unwrap())
    );
    let bytes = |name: &str| hex::decode(proof[name].as_str().unwrap()).unwrap();
    let key = UnparsedPublicKey::new(&ED25519, bytes("public_key"));
    key.verify(text.as_bytes(), &bytes("signature")).unwrap();
    assert!(key.verify(text.replace('a', "b").as_bytes(), &bytes("signature")).is_err());
    let published = world.anonymous(Method::GET, "/api/v1/public/log/checkpoint").send().await.expect(200);
    let own = published["key"].as_str().unwrap().splitn(3, '+').nth(2).unwrap();
    let own = base64::engine::general_purpose::STANDARD.decode(own).unwrap();
    assert_eq!(own[1..], bytes("public_key"), "everybody has the key from the log");

    let book = world.get("justice", &format!("{object}/dossier/xlsx")).await;
    assert_eq!(book.status, 200);
    assert!(book.header("content-disposition").ends_with(".xlsx\""));
    assert!(book.text.starts_with("PK"), "a workbook");
}

/// By its token an enterprise reads of itself, until it ends or is revoked; never how it is classed, nor who reported what.
#[tokio::test]
async fn an_enterprise_reads_what_it_may_know_of_itself() {
    let world = World::county().await;
    let (object, _) = known(&world).await;
    let grant = json!({ "purpose": "法定代表人现场申请", "days": 30 });
    let path = format!("{object}/statement-tokens");
    world.post(ADMIN, &path).json(&grant).send().await.expect_problem(403, "FORBIDDEN");
    let key = mingjian::kernel::ctx::new_id().to_string();
    let grant = || world.post("market.lead", &path).header("idempotency-key", &key).json(&grant);
    let given = grant().send().await.expect(201);
    assert_eq!(grant().send().await.expect(201), given, "an answer that was lost is given again");
    let id = given["id"].as_str().unwrap();
    world.assert_audit("statement-tokens", id, "CREATED", "market.lead").await;
    let read = async |token: &Value| {
        let call = world.anonymous(Method::POST, "/api/v1/public/enterprise-statement");
        call.json(&json!({ "token": token })).send().await
    };

    let told = read(&given["token"]).await.expect(200);
    assert_eq!((&told["name"], &told["visits_used"]), (&json!("旺苍县一企一档店"), &json!(1)));
    assert_eq!(told["visits"][0]["counts"], true);
    assert_eq!(told["deadlines"].as_array().unwrap().len(), 1, "the other waits for whoever decides on the case");
    assert_eq!((&told["results"], &told["documents"]), (&json!([]), &json!([])), "what is not public is not told");
    let text = told.to_string();
    assert!(!text.contains("class") && !text.contains("clue") && !text.contains("移送"), "{text}");
    read(&given["token"]).await.expect(200);
    let trail = world
        .get("auditor", &format!("/api/v1/audit/entries?resource_id={id}&action=STATEMENT_READ"))
        .await
        .expect(200);
    assert_eq!(trail["items"].as_array().unwrap().len(), 1, "once a day");
    world.assert_audit("statement-tokens", id, "STATEMENT_READ", "enterprise").await;

    assert_eq!(
        read(&json!("0".repeat(64))).await.expect_problem(422, "INVALID_BODY")["errors"][0]["code"],
        "NOT_VALID"
    );
    let listed = world.get("market.lead", "/api/v1/statement-tokens").await.expect(200)["items"][0].clone();
    assert!(listed["id"] == id && listed["token"].is_null(), "it is shown once");
    let revoke = world.post("market.lead", &format!("/api/v1/statement-tokens/{id}/revoke")).if_match(1).keyed();
    revoke.json(&json!({ "reason": "企业负责人变更" })).send().await.expect(200);
    world.assert_audit("statement-tokens", id, "REVOKED", "market.lead").await;
    read(&given["token"]).await.expect_problem(422, "INVALID_BODY");
}
