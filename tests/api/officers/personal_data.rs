//! A thousand made-up people: what is written nowhere, what is shown to whom, and what is given back and erased.

use crate::harness::{World, run};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

const PEOPLE: usize = 334;

/// A number with the right check character, of a birth date in 1990.
fn id_number(at: usize) -> String {
    let digits = format!("5108211990{:02}{:02}{:03}", 1 + at % 12, 1 + at / 12 % 28, at / 336 + 100 + at % 7 * 100);
    let sum = digits.bytes().fold(0, |sum, digit| (sum + usize::from(digit - b'0')) * 2 % 11);
    format!("{digits}{}", char::from(b"10X98765432"[sum]))
}

fn phone(at: usize) -> String {
    format!("1398{:07}", 1_000_003 + at * 7)
}

fn address(at: usize) -> String {
    format!("旺苍县保密镇隐私路{}号", 100_000 + at * 3)
}

/// Every seeded value.
fn values() -> Vec<String> {
    (0..PEOPLE).flat_map(|at| [id_number(at), phone(at), address(at)]).collect()
}

/// How each kind of value begins.
const BEGINNINGS: [&str; 3] = ["5108211990", "1398", "旺苍县保密镇隐私路"];

fn scan(name: &str, bytes: &[u8], found: &mut Vec<String>) {
    let values: BTreeSet<Vec<u8>> = values().into_iter().map(String::into_bytes).collect();
    let lengths: BTreeSet<usize> = values.iter().map(Vec::len).collect();
    for at in 0..bytes.len() {
        if BEGINNINGS.iter().any(|beginning| bytes[at..].starts_with(beginning.as_bytes())) {
            for length in lengths.iter().filter(|length| at + **length <= bytes.len()) {
                let candidate = &bytes[at..at + length];
                if values.contains(candidate) {
                    found.push(format!("{name}: {}", String::from_utf8_lossy(candidate)));
                }
            }
        }
    }
}

#[test]
fn the_scan_finds_what_is_there() {
    let mut found = Vec::new();
    let text = format!("x{}y{}z{}", id_number(3), phone(4), address(5));
    scan("seeded", text.as_bytes(), &mut found);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[tokio::test]
async fn of_a_thousand_personal_values_none_is_written_in_plain() {
    let log = std::env::temp_dir().join(format!("mingjian-log-{}", mingjian::kernel::ctx::new_id()));
    let world = World::bare_with(&[
        ("MINGJIAN__LOG__FILTER", "debug,sqlx=debug"),
        ("MINGJIAN_TEST_LOG", log.to_str().unwrap()),
    ])
    .await;
    let mut file = "姓名,部门编码,身份证号,联系电话,住址,执法证号,有效期至\n".to_owned();
    for at in 0..PEOPLE {
        let _ =
            writeln!(file, "某人{at},51082103,{},{},{},SEED-{at},2031-12-31", id_number(at), phone(at), address(at));
    }
    // A row whose number is wrong, and one that is refused, are not told by their values either.
    let _ = writeln!(file, "错号,51082103,{},,,SEED-X1,2031-12-31", id_number(0).replace("1990", "1991"));
    let import = world.import("personnel", file.into_bytes()).await;
    assert_eq!(import["rows_created"], json!(PEOPLE + 1), "{import}");
    let answers = visit(&world, import["id"].as_str().unwrap()).await;
    assert_eq!(values().len(), 1_002);
    let mut found = Vec::new();
    scan("answers", answers.as_bytes(), &mut found);
    for (name, bytes) in world.database.dump().await {
        scan(&name, &bytes, &mut found);
    }
    let log_bytes = std::fs::read(&log).unwrap_or_default();
    assert!(!log_bytes.is_empty(), "the log was kept");
    scan("log", &log_bytes, &mut found);
    let _ = std::fs::remove_file(log);
    assert!(found.is_empty(), "{} plaintext hits: {:?}", found.len(), &found[..found.len().min(5)]);
}

/// What everybody can be told about these people, failures and metrics included.
async fn visit(world: &World, import: &str) -> String {
    let mut answers = String::new();
    for (who, path) in [
        ("justice", "/api/v1/personnel?limit=200".to_owned()),
        ("justice", "/api/v1/personnel?limit=200&page=2".to_owned()),
        ("market.admin", "/api/v1/personnel?limit=200".to_owned()),
        ("auditor", "/api/v1/audit/entries?limit=200".to_owned()),
        ("auditor", "/api/v1/audit/entries?resource=personnel&limit=200&page=2".to_owned()),
        ("justice", format!("/api/v1/imports/{import}/findings?limit=200")),
        ("coordinator", "/api/v1/indicators/10.1/explain?limit=200".to_owned()),
        ("root", "/metrics".to_owned()),
    ] {
        answers.push_str(&world.get(who, &path).await.text);
    }
    let officer = world.get("justice", "/api/v1/personnel?name=某人1&limit=1").await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/personnel/{}", officer["id"].as_str().unwrap());
    answers.push_str(&world.get("justice", &format!("{path}/history")).await.text);
    // The same number again, and bad bodies that carry the values.
    let again = json!({ "name": "重复", "department_id": world.departments["51082103"], "id_number": id_number(1) });
    answers.push_str(&world.post("justice", "/api/v1/personnel").json(&again).send().await.text);
    let bad = json!({ "name": "", "department_id": world.departments["51082103"], "phone": phone(1), "address": address(1), "sex": "7" });
    answers.push_str(&world.post("justice", "/api/v1/personnel").json(&bad).send().await.text);
    // Read in full under a key: the answer is not kept.
    let reveal = || world.post("justice", &format!("{path}/personal-data")).header("idempotency-key", "reveal-1");
    let body = json!({ "purpose": "测试" });
    assert_eq!(reveal().json(&body).send().await.expect(200)["phone"], json!(phone(1)));
    reveal().json(&body).send().await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let claim = json!({ "name": "某人2", "id_number": id_number(2), "certificate_no": "SEED-2" });
    answers.push_str(&world.post("market.officer", "/api/v1/me/identity").json(&claim).send().await.text);
    answers
}

#[tokio::test]
async fn full_values_are_read_for_a_purpose_by_those_who_may_and_written_down() {
    let world = World::bare().await;
    let body = json!({
        "name": "可查阅", "department_id": world.departments["51082103"], "id_number": id_number(5), "phone": phone(5), "address": address(5),
    });
    let officer = world.post("justice", "/api/v1/personnel").json(&body).send().await.expect(201);
    assert_eq!(officer["id_number_masked"], format!("5108************{}", &id_number(5)[16..]));
    let id = officer["id"].as_str().unwrap();
    let path = format!("/api/v1/personnel/{id}/personal-data");
    let reveal = |who: &str| world.post(who, &path).json(&json!({ "purpose": "核对年审" }));
    reveal("agri.admin").send().await.expect_problem(404, "NOT_FOUND");
    reveal("market.reviewer").send().await.expect_problem(403, "FORBIDDEN");
    let told = reveal("market.admin").send().await.expect(200);
    assert_eq!((&told["id_number"], &told["address"]), (&json!(id_number(5)), &json!(address(5))));
    let entry = world.assert_audit("personnel", id, "PERSONAL_DATA_READ", "market.admin").await;
    assert_eq!(entry["reason"], "核对年审");
    world.post("market.admin", &path).json(&json!({})).send().await.expect_problem(422, "INVALID_BODY");
    // What the platform holds of the person, for the person; and erased once the duty to keep it is over.
    let who = json!({ "id_number": id_number(5), "purpose": "本人申请" });
    let call = |verb: &str| world.post("root", &format!("/api/v1/personal-data/{verb}")).json(&who);
    let export = call("export").send().await.expect(200);
    assert_eq!(
        (&export["items"][0]["resource"], &export["items"][0]["phone"]),
        (&json!("personnel"), &json!(phone(5)))
    );
    world.assert_audit("personnel", id, "PERSONAL_DATA_EXPORTED", "平台管理员").await;
    let refused = call("erase").send().await.expect_problem(409, "ERASURE_REFUSED");
    assert_eq!(refused["rule"]["code"], "RECORDS_ARE_KEPT");
    let patch = world.request(Method::PATCH, "justice", &format!("/api/v1/personnel/{id}")).if_match(1);
    patch.json(&json!({ "status": "INACTIVE" })).send().await.expect(200);
    let erased = call("erase").send().await.expect(200);
    assert_eq!(erased["erased"], json!([{ "resource": "personnel", "id": id }]));
    let after = world.get("justice", &format!("/api/v1/personnel/{id}")).await.expect(200);
    assert_eq!(
        (&after["id_number_masked"], &after["phone_masked"], &after["name"]),
        (&Value::Null, &Value::Null, &json!("可查阅"))
    );
    assert_eq!(call("export").send().await.expect(200)["items"], json!([]));
    world.assert_audit("personnel", id, "PERSONAL_DATA_ERASED", "平台管理员").await;
}

#[tokio::test]
async fn sm4_is_an_option_and_old_values_stay_readable() {
    let mut world = World::bare().await;
    let body = json!({ "name": "换算法", "department_id": world.departments["51082103"], "phone": phone(9) });
    let officer = world.post("justice", "/api/v1/personnel").json(&body).send().await.expect(201);
    let path = format!("/api/v1/personnel/{}/personal-data", officer["id"].as_str().unwrap());
    let mut command = crate::harness::command(&world.database, &["keys", "rotate-data"]);
    let done = command.env("MINGJIAN__SECURITY__DATA_CIPHER", "sm4-gcm").output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && text.contains("1 values sealed anew"), "{text}");
    let told = world.post("justice", &path).json(&json!({ "purpose": "测试" })).send().await.expect(200);
    assert_eq!(told["phone"], json!(phone(9)));
    let (code, _, error) = run(&world.database, &["keys", "rotate-secret"]);
    assert_eq!(code, 0, "{error}");
    world.restart();
    let told = world.post("justice", &path).json(&json!({ "purpose": "测试" })).send().await.expect(200);
    assert_eq!(told["phone"], json!(phone(9)), "the old secret still unwraps");
}
