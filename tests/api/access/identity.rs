//! Real names: against the roll, against the register, and by hand.

use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

const ID_NUMBER: &str = "510821200002290040";

async fn claim(world: &World, who: &str, body: Value) -> Value {
    world.post(who, "/api/v1/me/identity").json(&body).send().await.expect(200)
}

#[tokio::test]
async fn a_name_is_verified_by_the_roll_or_the_field_is_named() {
    let world = World::county().await;
    let roll =
        format!("姓名,执法证号,身份证号,部门编码\n实名甲,ROLL-1,{ID_NUMBER},51082103\n实名乙,ROLL-2,,51082103\n");
    world.import("justice-roll", roll.into_bytes()).await;
    let good = json!({ "name": "实名甲", "id_number": ID_NUMBER, "certificate_no": "ROLL-1" });
    let wrong = json!({ "name": "实名丙", "id_number": "11010519491231002X", "certificate_no": "ROLL-1" });
    let told = claim(&world, "market.reviewer", wrong).await;
    assert_eq!(
        (&told["identity_state"], &told["identity_mismatches"]),
        (&json!("MISMATCH"), &json!(["name", "id_number"]))
    );
    assert_eq!(told["id_number_masked"], "1101************2X");
    let told = claim(&world, "market.reviewer", good.clone()).await;
    assert_eq!((&told["identity_state"], &told["identity_mismatches"]), (&json!("VERIFIED"), &json!([])));
    assert_eq!(claim(&world, "market.reviewer", good).await["identity_state"], "VERIFIED");
    // Guessing somebody's number by its answers ends after five.
    let guess = json!({ "name": "实名甲", "id_number": "11010519491231002X", "certificate_no": "ROLL-1" });
    let mut told = Vec::new();
    for _ in 0..7 {
        told.push(claim(&world, "market.admin", guess.clone()).await["identity_state"].clone());
    }
    assert_eq!(told.iter().filter(|state| **state == "MISMATCH").count(), 5, "{told:?}");
    assert_eq!(told[6], "PENDING");
    // The person is on the roll, the number is not: the number is what differs.
    let other = json!({ "name": "实名甲", "id_number": ID_NUMBER, "certificate_no": "ROLL-9" });
    let told = claim(&world, "agri.admin", other).await;
    assert_eq!(
        (&told["identity_state"], &told["identity_mismatches"]),
        (&json!("MISMATCH"), &json!(["certificate_no"]))
    );
    // A roll without the ID number proves nothing, and nor does nothing at all: people decide, with evidence.
    let told =
        claim(&world, "agri.reviewer", json!({ "name": "实名乙", "id_number": ID_NUMBER, "certificate_no": "ROLL-2" }))
            .await;
    assert_eq!(told["identity_state"], "PENDING");
    let told = claim(&world, "agri.admin", json!({ "name": "某某", "id_number": ID_NUMBER })).await;
    assert_eq!(told["identity_state"], "PENDING");
    let user = |name: &str| {
        let path = format!("/api/v1/users?username={name}");
        let world = &world;
        async move { world.get("root", &path).await.expect(200)["items"][0].clone() }
    };
    for (name, confirmed, state) in [("agri.reviewer", true, "VERIFIED"), ("agri.admin", false, "MISMATCH")] {
        let before = user(name).await;
        let path = format!("/api/v1/users/{}/verify-identity", before["id"].as_str().unwrap());
        let call = world.post("justice", &path).if_match(before["version"].as_i64().unwrap()).keyed();
        let done = call.json(&json!({ "confirmed": confirmed, "evidence": "核对原件" })).send().await.expect(200);
        assert_eq!(done["identity_state"], state);
        let entry = world.assert_audit("users", before["id"].as_str().unwrap(), "IDENTITY_DECIDED", "justice").await;
        assert_eq!(entry["reason"], "核对原件");
    }
    let call = world.request(Method::POST, "market.reviewer", "/api/v1/me/identity");
    let bad = call.json(&json!({ "name": "某", "id_number": "510821197802290036" })).send().await;
    assert_eq!(bad.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/id_number");
}

#[tokio::test]
async fn rows_ten_and_twelve_move_and_say_what_is_missing() {
    let mut world = World::county().await;
    let value = async |world: &World, row: &str| {
        let told = world.get("coordinator", &format!("/api/v1/indicators/{row}")).await.expect(200);
        (told["numerator"].as_i64().unwrap(), told["denominator"].as_i64().unwrap())
    };
    let before = value(&world, "10.1").await;
    assert_eq!(before.0, 0);
    let holders = world.get("coordinator", "/api/v1/indicators/10.1/explain?limit=200").await.expect(200);
    let department = world.departments["51082103"].as_str();
    let holders: Vec<_> =
        holders["items"].as_array().unwrap().iter().filter(|row| row["department_id"] == department).collect();
    let officer = format!("/api/v1/personnel/{}", holders[0]["id"].as_str().unwrap());
    let officer = world.get("justice", &officer).await.expect(200);
    let id = officer["id"].as_str().unwrap();
    let reveal = world.post("justice", &format!("/api/v1/personnel/{id}/personal-data"));
    let data = reveal.json(&json!({ "purpose": "测试" })).send().await.expect(200);
    world.make_user("the.officer", "OFFICER", "51082103", officer["id"].clone()).await;
    let missing = world.get("coordinator", "/api/v1/indicators/10.1/explain?limit=200").await.expect(200);
    let of = |id: &str| missing["items"].as_array().unwrap().iter().find(|row| row["id"] == id).cloned();
    assert_eq!(of(id).unwrap()["reason"], "实名未认证");
    let number = &officer["certificates"][0]["certificate_no"];
    let body = json!({ "name": officer["name"], "id_number": data["id_number"], "certificate_no": number });
    assert_eq!(claim(&world, "the.officer", body).await["identity_state"], "VERIFIED");
    assert_eq!(value(&world, "10.1").await, (1, before.1));
    // Everybody who was here this month, of everybody who may come.
    let (seen, accounts) = value(&world, "10.2").await;
    let idle = world.open_account("never.here", "REVIEWER", "51082103", Value::Null).await;
    assert_eq!(value(&world, "10.2").await, (seen, accounts + 1));
    let missing = world.get("coordinator", "/api/v1/indicators/10.2/explain?limit=200").await.expect(200);
    assert!(missing["items"].as_array().unwrap().iter().any(|row| idle.ends_with(row["id"].as_str().unwrap())));
    // The roll: one registered and equal, one registered and different, one missing.
    let roll = format!(
        "姓名,执法证号,部门编码\n{},{},51082103\n另一个名字,{},51082103\n没有登记,NOBODY-1,51082103\n",
        officer["name"].as_str().unwrap(),
        number.as_str().unwrap(),
        holders[1]["code"].as_str().unwrap(),
    );
    world.import("justice-roll", roll.into_bytes()).await;
    assert_eq!((value(&world, "12.1").await, value(&world, "12.2").await), ((2, 3), (1, 2)));
    let missing = world.get("coordinator", "/api/v1/indicators/12.1/explain").await.expect(200);
    assert_eq!((&missing["items"][0]["code"], missing["items"].as_array().unwrap().len()), (&json!("NOBODY-1"), 1));
}
