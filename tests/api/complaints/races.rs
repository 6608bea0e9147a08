//! What several do to complaints at once has one winner; and one matter is counted once.

use crate::harness::{World, id_of};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

async fn facts(world: &World, object: &Value) -> i64 {
    use sea_orm::{ColumnTrait, Database, EntityTrait, PaginatorTrait, QueryFilter};
    let conn = Database::connect(&world.database.url).await.unwrap();
    let id: uuid::Uuid = object.as_str().unwrap().parse().unwrap();
    let of = entity::risks::risk_facts::Entity::find()
        .filter(entity::risks::risk_facts::Column::ObjectId.eq(id))
        .filter(entity::risks::risk_facts::Column::Kind.eq("COMPLAINT"));
    of.count(&conn).await.unwrap().try_into().unwrap()
}

fn into(master: &str) -> Value {
    json!({ "master_id": id_of(master), "reason": "同一事项" })
}

#[tokio::test]
async fn one_matter_is_one_fact_for_the_models() {
    let world = World::county().await;
    let object = world.some_object().await;
    let first = world.complaint("market", "REPORT").await;
    let second = world.complaint("market", "REPORT").await;
    world.complaint("market", "ENQUIRY").await;
    assert_eq!(facts(&world, &object).await, 2, "who asks something has not complained");
    let merged = world.try_on(ADMIN, &second, "merge", into(&first)).await.expect(200);
    assert_eq!((&merged["status"], &merged["terms"]), (&json!("MERGED"), &json!([])));
    assert_eq!(world.get(ADMIN, &first).await.expect(200)["merged"], json!([merged["code"]]));
    assert_eq!(facts(&world, &object).await, 1);
    world.assert_audit("complaints", id_of(&second), "MERGED", ADMIN).await;

    let complaint = world.complaint("market", "COMPLAINT").await;
    for other in [&second, &complaint] {
        let third = world.complaint("market", "REPORT").await;
        let wrong = world.try_on(ADMIN, &third, "merge", into(other)).await.expect_problem(422, "INVALID_BODY");
        assert_eq!(wrong["errors"][0]["code"], "NOT_THE_SAME_MATTER", "{other}");
    }
    // Whoever gave a name is told, so it does not go where nobody is; what others went into stays.
    let mut nameless = World::told("REPORT", &object);
    (nameless["is_anonymous"], nameless["reporter"]) = (json!(true), Value::Null);
    let nameless = world.registered(ADMIN, &nameless).await;
    let named = world.complaint("market", "REPORT").await;
    for (one, other, code) in [(&named, &nameless, "NOBODY_TO_TELL"), (&first, &named, "IS_A_MASTER")] {
        let wrong = world.try_on(ADMIN, one, "merge", into(other)).await.expect_problem(422, "INVALID_BODY");
        assert_eq!(wrong["errors"][0]["code"], code);
    }
    world.try_on(ADMIN, &nameless, "merge", into(&named)).await.expect(200);
    let wrong = world.try_on(ADMIN, &first, "merge", into(&first)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(wrong["errors"][0]["code"], "NOT_THE_SAME_MATTER");
}

#[tokio::test]
async fn of_two_merged_into_each_other_one_is() {
    let world = World::county().await;
    for _ in 0..8 {
        let one = world.complaint("market", "REPORT").await;
        let other = world.complaint("market", "REPORT").await;
        let answers = tokio::join!(
            world.try_on(ADMIN, &one, "merge", into(&other)),
            world.try_on(ADMIN, &other, "merge", into(&one))
        );
        let mut statuses = [answers.0.status, answers.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", answers.0.text, answers.1.text);
    }
}

#[tokio::test]
async fn extending_and_concluding_have_one_winner() {
    let world = World::county().await;
    for _ in 0..8 {
        let report = world.complaint("market", "REPORT").await;
        world.walk_complaint(&report, "REPORT", 2).await;
        let version = world.get(ADMIN, &report).await.expect(200)["version"].as_i64().unwrap();
        let send = async |who: &str, verb: &str, body: Value| {
            world.post(who, &format!("{report}/{verb}")).if_match(version).keyed().json(&body).send().await.status
        };
        let extended = send("market.reviewer", "extend", json!({ "working_days": 5, "reason": "需协查" }));
        let mut statuses =
            <[u16; 2]>::from(tokio::join!(extended, send(ADMIN, "conclude", World::conclusion("REPORT"))));
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

#[tokio::test]
async fn a_number_that_comes_many_times_at_once_is_one_complaint() {
    let world = World::county().await;
    let object = world.some_object().await;
    let mut body = World::told("REPORT", &object);
    body["source_no"] = json!("LX-2026-0001");
    let send = async || world.post(ADMIN, "/api/v1/complaints").json(&body).send().await;
    let answers = futures::future::join_all((0..16).map(|_| send())).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.expect_problem(409, "DUPLICATE");
    }
}
