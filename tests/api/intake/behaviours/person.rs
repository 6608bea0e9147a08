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
