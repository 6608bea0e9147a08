//! Who complained: sealed, told to whoever handles it for a purpose, in no list, export or trail, and forgotten when it is over.

use crate::harness::{World, id_of, run};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
const NAME: &str = "某甲乙丙";
const PHONE: &str = "13800001234";
const NUMBER: &str = "510821199001010013";

async fn named(world: &World) -> String {
    let object = world.some_object().await;
    let mut body = World::told("COMPLAINT", &object);
    // Hotlines write it into the words as well.
    body["content"] = json!(format!("来电人{NAME}，电话{PHONE}，反映退款问题。"));
    body["reporter"] = json!({ "name": NAME, "phone": PHONE, "id_number": NUMBER });
    world.registered(ADMIN, &body).await
}

async fn reveal(world: &World, who: &str, complaint: &str) -> crate::harness::Answer {
    let purpose = json!({ "purpose": "电话告知调解结果" });
    world.post(who, &format!("{complaint}/personal-data")).json(&purpose).send().await
}

#[tokio::test]
async fn who_complained_is_told_to_whoever_handles_it() {
    let world = World::county().await;
    let complaint = named(&world).await;
    world.walk_complaint(&complaint, "COMPLAINT", 4).await;
    for who in ["coordinator", "justice", "market.reviewer", "root", "auditor"] {
        reveal(&world, who, &complaint).await.expect_problem(403, "FORBIDDEN");
    }
    reveal(&world, "agri.admin", &complaint).await.expect_problem(404, "NOT_FOUND");
    let told = reveal(&world, ADMIN, &complaint).await.expect(200);
    assert_eq!((&told["name"], &told["phone"], &told["id_number"]), (&json!(NAME), &json!(PHONE), &json!(NUMBER)));
    world.assert_audit("complaints", id_of(&complaint), "PERSONAL_DATA_READ", ADMIN).await;

    // Nowhere else: not in what is shown, nor in the trail, nor in the database as it stands.
    let object = world.some_object().await;
    for (who, path) in [
        (ADMIN, complaint.clone()),
        (ADMIN, format!("{complaint}/history")),
        (ADMIN, "/api/v1/complaints?limit=200".to_owned()),
        ("auditor", "/api/v1/audit/entries?limit=200".to_owned()),
        ("justice", format!("/api/v1/objects/{}/dossier", object.as_str().unwrap())),
    ] {
        let text = world.get(who, &path).await.text;
        assert!(text.contains("COMPLAINT") || text.contains("complaints"), "{path} says something: {text}");
        assert!(![NAME, PHONE, NUMBER].iter().any(|secret| text.contains(secret)), "{path}");
    }
    for (table, bytes) in world.database.dump().await {
        let found =
            [NAME, PHONE, NUMBER].iter().find(|secret| bytes.windows(secret.len()).any(|at| at == secret.as_bytes()));
        assert_eq!(found, None, "{table}");
    }

    // Under another key it is the same.
    assert_eq!(run(&world.database, &["keys", "rotate-data"]).0, 0);
    assert_eq!(reveal(&world, ADMIN, &complaint).await.expect(200)["phone"], PHONE);
}

#[tokio::test]
async fn a_person_gets_what_is_known_of_them_and_is_forgotten_when_it_is_over() {
    let world = World::county().await;
    let complaint = named(&world).await;
    let person = json!({ "id_number": NUMBER, "purpose": "本人申请查阅" });
    let export = async || world.post("root", "/api/v1/personal-data/export").json(&person).send().await.expect(200);
    let of_complaint = |export: &Value| {
        let items = export["items"].as_array().unwrap().iter();
        items.filter(|item| item["resource"] == "complaints").map(|item| item["phone"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_complaint(&export().await), [json!(PHONE)]);
    world.assert_audit("complaints", id_of(&complaint), "PERSONAL_DATA_EXPORTED", "平台管理员").await;

    let erase = async || world.post("root", "/api/v1/personal-data/erase").json(&person).send().await;
    erase().await.expect_problem(409, "ERASURE_REFUSED");
    assert_eq!(reveal(&world, ADMIN, &complaint).await.expect(200)["name"], NAME);
    world.walk_complaint(&complaint, "COMPLAINT", 5).await;
    let erased = erase().await.expect(200);
    assert_eq!(erased["erased"][0]["resource"], "complaints", "{erased}");
    world.assert_audit("complaints", id_of(&complaint), "PERSONAL_DATA_ERASED", "平台管理员").await;
    assert_eq!(of_complaint(&export().await), Vec::<Value>::new());
    let told = reveal(&world, ADMIN, &complaint).await.expect(200);
    assert_eq!((&told["name"], &told["phone"]), (&json!(""), &Value::Null));
}
