//! Accounts, officers and certificates.

use super::{Seeds, path};
use crate::harness::PASSWORD;
use reqwest::Method;
use serde_json::json;

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let log_in = json!({ "username": "agri.admin", "password": PASSWORD });
    seeds.add("create_token", None, Some(log_in.clone())).await;
    for id in ["refresh_token", "log_out"] {
        let tokens = world.anonymous(Method::POST, "/api/v1/auth/token").json(&log_in).send().await.expect(200);
        seeds.add(id, None, Some(json!({ "refresh_token": tokens["refresh_token"] }))).await;
    }
    let user = |name: &str| json!({ "username": name, "display_name": name, "password": PASSWORD, "role": "REVIEWER", "department_id": world.departments["51082107"] });
    seeds.add("create_user", None, Some(user("contract.one"))).await;
    let active = world.post("root", "/api/v1/users").json(&user("contract.two")).send().await.expect(201);
    seeds.add("get_user", Some(&path("users", &active)), None).await;
    seeds.add("disable_user", Some(&path("users", &active)), None).await;
    let disabled = world.post("root", "/api/v1/users").json(&user("contract.three")).send().await.expect(201);
    world.act("root", &path("users", &disabled), "disable", None).await.expect(200);
    seeds.add("activate_user", Some(&path("users", &disabled)), None).await;
    let query = format!("/api/v1/personnel?department_id={}&limit=10", world.departments["51082107"]);
    let officers = world.get("justice", &query).await.expect(200)["items"].as_array().unwrap().clone();
    let body = json!({ "name": "合同测试", "department_id": world.departments["51082107"] });
    let newcomer = world.post("justice", "/api/v1/personnel").json(&body).send().await.expect(201);
    seeds.add("update_personnel", Some(&path("personnel", &newcomer)), None).await;
    seeds.add("create_personnel", None, Some(body)).await;
    let officer = path("personnel", &officers[0]);
    for id in ["get_personnel", "list_personnel_history", "list_recusals", "create_certificate"] {
        seeds.add(id, Some(&officer), None).await;
    }
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0]["id"].clone();
    seeds.add("create_recusal", Some(&officer), Some(json!({ "object_id": object, "reason": "近亲属任职" }))).await;
    let certificate = |at: usize| path("certificates", &officers[at]["certificates"][0]);
    let reason = |version: i64| Some(json!({ "reason": "合同测试", "_version": version }));
    seeds.add("suspend_certificate", Some(&certificate(0)), reason(1)).await;
    seeds.add("revoke_certificate", Some(&certificate(1)), reason(1)).await;
    seeds.add("cancel_certificate", Some(&certificate(2)), reason(1)).await;
    let call = world.post("justice", &format!("{}/suspend", certificate(3))).if_match(1).keyed();
    call.json(&json!({ "reason": "合同测试" })).send().await.expect(200);
    seeds.add("resume_certificate", Some(&certificate(3)), reason(2)).await;
}
