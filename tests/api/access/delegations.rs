//! One account acts for another for a while, under its own name.

use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

async fn id_of(world: &World, name: &str) -> Value {
    world.get("root", &format!("/api/v1/users?username={name}")).await.expect(200)["items"][0]["id"].clone()
}

async fn delegate(world: &World, from: &str, to: &str) -> crate::harness::Answer {
    let now = mingjian::kernel::ctx::now();
    let body = json!({
        "to_user_id": id_of(world, to).await, "starts_at": now, "ends_at": now + chrono::Duration::days(3), "reason": "外出培训",
    });
    world.post(from, "/api/v1/me/delegations").json(&body).send().await
}

#[tokio::test]
async fn a_delegate_acts_in_the_principals_reach_and_both_are_written_down() {
    let mut world = World::county().await;
    let made = delegate(&world, "agri.reviewer", "market.admin").await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    world.assert_audit("delegations", &id, "DELEGATED", "agri.reviewer").await;
    let path = format!("/api/v1/me/delegations/{id}/token");
    world.post("market.reviewer", &path).send().await.expect_problem(404, "NOT_FOUND");
    let token = world.post("market.admin", &path).send().await.expect(200);
    world.assert_audit("delegations", &id, "DELEGATION_USED", "market.admin").await;
    world.keep_token("deputy", &token);
    let me = world.get("deputy", "/api/v1/me/permissions").await.expect(200);
    assert_eq!((&me["role"], &me["department_id"]), (&json!("REVIEWER"), &json!(world.departments["51082105"])));
    let officers = world.get("deputy", "/api/v1/personnel?limit=200").await.expect(200);
    let departments: std::collections::BTreeSet<_> =
        officers["items"].as_array().unwrap().iter().map(|one| one["department_id"].as_str().unwrap()).collect();
    assert!(departments.contains(world.departments["51082105"].as_str()), "the principal's department");
    assert!(!departments.contains(world.departments["51082103"].as_str()), "not the deputy's own");
    world.get("deputy", "/api/v1/audit/entries").await.expect_problem(403, "FORBIDDEN");
    let item = world.to_claim("51082105", 1).await.remove(0);
    world.act("agri.admin", &item, "claim", None).await.expect(200);
    world.act("agri.admin", &item, "submit", None).await.expect(200);
    world.act("deputy", &item, "approve", Some(json!({}))).await.expect(200);
    let item_id = item.rsplit('/').next().unwrap();
    let entry = world.assert_audit("items", item_id, "APPROVED", "market.admin").await;
    assert_eq!(entry["on_behalf_of"], id_of(&world, "agri.reviewer").await);
    // Its end is an end at once.
    let call = world.post("agri.reviewer", &format!("/api/v1/me/delegations/{id}/revoke")).if_match(1).keyed();
    call.send().await.expect(200);
    world.get("deputy", "/api/v1/me/permissions").await.expect_problem(401, "UNAUTHENTICATED");
    world.post("market.admin", &path).send().await.expect_problem(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn duties_are_not_joined_by_delegation() {
    let mut world = World::bare().await;
    world.make_user("second.security", "SECURITY_ADMIN", "51082102", Value::Null).await;
    for (from, to) in
        [("security", "agri.admin"), ("auditor", "market.admin"), ("root", "security"), ("agri.admin", "root")]
    {
        delegate(&world, from, to).await.expect_problem(409, "DUTIES_MEET");
    }
    delegate(&world, "market.officer", "market.admin").await.expect_problem(409, "DELEGATION_INVALID");
    let given = delegate(&world, "security", "second.security").await.expect(201);
    delegate(&world, "agri.admin", "agri.admin").await.expect_problem(422, "INVALID_BODY");
    // No delegation of a delegation, and one can be ended from above.
    let path = format!("/api/v1/me/delegations/{}/token", given["id"].as_str().unwrap());
    let token = world.post("second.security", &path).send().await.expect(200);
    let token = token["access_token"].as_str().unwrap();
    let now = mingjian::kernel::ctx::now();
    let body = json!({ "to_user_id": id_of(&world, "root").await, "starts_at": now, "ends_at": now + chrono::Duration::days(1), "reason": "再委托" });
    let call = world.with_token(Method::POST, token, "/api/v1/me/delegations").json(&body);
    call.send().await.expect_problem(422, "INVALID_BODY");
    let path = format!("/api/v1/delegations/{}/revoke", given["id"].as_str().unwrap());
    world.post("security", &path).if_match(1).keyed().send().await.expect(200);
    world.with_token(Method::GET, token, "/api/v1/users").send().await.expect_problem(401, "UNAUTHENTICATED");
}
