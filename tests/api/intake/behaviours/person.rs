//! A row about a person: name and number are sealed, masked where they are shown, and read for a purpose.

use crate::harness::World;
use serde_json::json;

const ADMIN: &str = "market.admin";
const NAME: &str = "某丁戊己";
const NUMBER: &str = "510821199001010013";

#[tokio::test]
async fn what_a_row_says_of_a_person_is_sealed() {
    let world = World::county().await;
    let columns = [
        ("administrative_cp_na", "01"),
        ("administrative_cp_ce_type", "111"),
        ("administrative_cp_ui_code", NUMBER),
        ("administrative_cp", NAME),
        ("supervise_object", NAME),
    ];
    let row = World::row_with(World::check_row("JC-P"), "I", "13T02:00", &columns);
    let sent = world.send_row(ADMIN, &row).await.expect(200);
    assert_eq!(sent["status"], "ACCEPTED", "{sent}");
    let id = sent["behaviour_id"].as_str().unwrap();
    let path = format!("/api/v1/behaviours/{id}");
    let seen = world.get(ADMIN, &path).await.expect(200);
    let content = &seen["content"];
    assert_eq!(
        (&content["administrative_cp"], &content["administrative_cp_ui_code"]),
        (&json!("某***"), &json!("***"))
    );
    assert_eq!(content["supervise_object"], "某***");
    for (table, bytes) in world.database.dump().await {
        let found = [NAME, NUMBER].iter().find(|secret| bytes.windows(secret.len()).any(|at| at == secret.as_bytes()));
        assert_eq!(found, None, "{table}");
    }

    // The same again is the same, sealed or not.
    assert_eq!(world.send_row(ADMIN, &row).await.expect(200)["effect"], "UNCHANGED");
    let purpose = json!({ "purpose": "核对处罚相对人" });
    let reveal = async |who: &str| world.post(who, &format!("{path}/personal-data")).json(&purpose).send().await;
    reveal("coordinator").await.expect_problem(403, "FORBIDDEN");
    reveal("agri.admin").await.expect_problem(404, "NOT_FOUND");
    let told = reveal(ADMIN).await.expect(200);
    assert_eq!((&told["name"], &told["id_number"]), (&json!(NAME), &json!(NUMBER)));
    world.assert_audit("behaviours", id, "PERSONAL_DATA_READ", ADMIN).await;

    let person = json!({ "id_number": NUMBER, "purpose": "本人申请查阅" });
    let export = world.post("root", "/api/v1/personal-data/export").json(&person).send().await.expect(200);
    assert!(export["items"].as_array().unwrap().iter().any(|item| item["resource"] == "behaviours"), "{export}");
    let erase = world.post("root", "/api/v1/personal-data/erase").json(&person).send().await;
    erase.expect_problem(409, "ERASURE_REFUSED");
}

/// A row that is wrong may say one thing and mean another: a person's number is sealed wherever it stands.
#[tokio::test]
async fn a_row_that_is_wrong_tells_no_more_of_a_person() {
    let world = World::county().await;
    let rows = [
        // An enterprise by its nature, with its owner's number.
        ("JC-Q1", vec![("administrative_cp_ui_code", NUMBER), ("administrative_cp", NAME)]),
        // A column that slipped, and a label for its code.
        (
            "JC-Q2",
            vec![("administrative_cp_na", "公民"), ("administrative_cp_ce_type", NUMBER), ("administrative_cp", NAME)],
        ),
        // Where names stand in words, and where a person lives.
        (
            "JC-Q3",
            vec![
                ("administrative_cp_na", "01"),
                ("administrative_cp_ce_type", "111"),
                ("administrative_cp_ui_code", NUMBER),
                ("administrative_cp", NAME),
                ("check_action_name", "对某丁戊己的检查"),
                ("address_registered", "东河镇某路 1 号"),
            ],
        ),
    ];
    for (key, columns) in rows {
        let row = World::row_with(World::check_row(key), "I", "13T02:00", &columns);
        let sent = world.send_row(ADMIN, &row).await;
        sent.expect(200);
        assert!(!sent.text.contains(NUMBER), "{}", sent.text);
        let late = World::row_with(row, "U", "12T02:00", &[]);
        world.send_row(ADMIN, &late).await.expect(200);
    }
    for (table, bytes) in world.database.dump().await {
        let found = [NAME, NUMBER, "东河镇某路 1 号"];
        let found = found.iter().find(|secret| bytes.windows(secret.len()).any(|at| at == secret.as_bytes()));
        assert_eq!(found, None, "{table}");
    }
}

/// A mask that comes back opens nothing, whatever the row says of itself by now; one that stands for nothing is an error.
#[tokio::test]
async fn a_mask_opens_nothing() {
    let world = World::county().await;
    let person = [
        ("administrative_cp_na", "01"),
        ("administrative_cp_ce_type", "111"),
        ("administrative_cp_ui_code", NUMBER),
        ("administrative_cp", NAME),
        ("supervise_object", NAME),
        ("address_registered", "东河镇某街1号"),
    ];
    let row = World::row_with(World::check_row("JC-K"), "I", "13T02:00", &person);
    let sent = world.send_row(ADMIN, &row).await.expect(200);
    let path = format!("/api/v1/behaviours/{}", sent["behaviour_id"].as_str().unwrap());
    let shown = world.get(ADMIN, &path).await.expect(200)["content"].clone();
    let mut changed = row.clone();
    changed["content"] = shown;
    let nature = [
        ("administrative_cp_na", "02"),
        ("administrative_cp_ce_type", "001"),
        ("administrative_cp_ui_code", "91510821MAR0501184"),
    ];
    let changed = World::row_with(changed, "U", "14T02:00", &nature);
    world.send_row(ADMIN, &changed).await.expect(200);
    let seen = world.get(ADMIN, &path).await.expect(200);
    assert_eq!(
        (&seen["content"]["administrative_cp"], &seen["content"]["address_registered"]),
        (&json!("某***"), &json!("***"))
    );
    // Late, it is kept as history, and says no more.
    world.send_row(ADMIN, &World::row_with(changed, "U", "13T12:00", &[("check_form", "02")])).await.expect(200);
    for (table, bytes) in world.database.dump().await {
        let found = [NAME, NUMBER, "某街1号"].iter().find(|it| bytes.windows(it.len()).any(|at| at == it.as_bytes()));
        assert_eq!(found, None, "{table}");
    }

    let masked = World::row_with(World::check_row("JC-L"), "I", "13T02:00", &[("administrative_cp", "某***")]);
    let sent = world.send_row(ADMIN, &masked).await.expect(200);
    assert_eq!(sent["status"], "QUARANTINED");
    assert_eq!(sent["findings"][0]["rule"], "MASKED", "{sent}");
}

/// What a file says of a person is in none of its findings, however its cells were damaged.
#[tokio::test]
async fn findings_of_a_file_tell_nobody() {
    let world = World::county().await;
    let lines = format!(
        "{{\"check_action_code\":\"JC-N1\",\"administrative_cp_na\":\"01\",\"administrative_cp_ui_code\":{NUMBER}}}\n\
         {{\"check_action_code\":\"JC-N2\",\"administrative_cp_na\":\"01\",\"administrative_cp\":\"某丁&#25098;己\"}}\n"
    );
    let import = world.import_as(ADMIN, "checks", lines.into_bytes()).await;
    assert!(import["findings_count"].as_i64() > Some(2), "{import}");
    let path = format!("/api/v1/imports/{}/findings?limit=200", import["id"].as_str().unwrap());
    let findings = world.get(ADMIN, &path).await.expect(200);
    let rules = crate::harness::rules_of(&serde_json::json!({ "findings": findings["items"] }));
    assert!(
        ["DIGITS_LOST", "CHARACTER_REFERENCE"].iter().all(|rule| rules.iter().any(|found| found == rule)),
        "{rules:?}"
    );
    let text = findings.to_string();
    assert!(!text.contains(NAME) && !text.contains(NUMBER) && !text.contains("&#25098;"), "{text}");
}
