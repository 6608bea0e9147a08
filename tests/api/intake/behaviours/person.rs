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
