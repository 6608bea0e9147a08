//! Log-ins, officers, certificates, trainings and personal data.

use super::{Seeds, path};
use crate::harness::PASSWORD;
use reqwest::Method;
use serde_json::{Value, json};

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let log_in = json!({ "username": "agri.admin", "password": PASSWORD });
    seeds.add("create_token", None, Some(log_in.clone())).await;
    for id in ["refresh_token", "log_out"] {
        let tokens = world.anonymous(Method::POST, "/api/v1/auth/token").json(&log_in).send().await.expect(200);
        seeds.add(id, None, Some(json!({ "refresh_token": tokens["refresh_token"] }))).await;
    }
    let query = format!("/api/v1/personnel?department_id={}&limit=10", world.departments["51082107"]);
    let officers = world.get("justice", &query).await.expect(200)["items"].as_array().unwrap().clone();
    let body = json!({ "name": "合同测试", "department_id": world.departments["51082107"] });
    let newcomer = world.post("justice", "/api/v1/personnel").json(&body).send().await.expect(201);
    seeds.add("update_personnel", Some(&path("personnel", &newcomer)), None).await;
    seeds.add("create_personnel", None, Some(body)).await;
    let officer = path("personnel", &officers[0]);
    for id in [
        "get_personnel",
        "list_personnel_history",
        "list_recusals",
        "create_certificate",
        "list_personnel_trainings",
        "reveal_personnel",
    ] {
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
    let query = format!("/api/v1/personnel?department_id={}&limit=10", world.departments["51082108"]);
    let others = world.get("justice", &query).await.expect(200)["items"].as_array().unwrap().clone();
    let certificate = |at: usize| path("certificates", &others[at]["certificates"][0]);
    let examined = json!({ "passed": true, "examined_on": "2026-11-20", "remark": "合格" });
    seeds.add("examine_certificate", Some(&certificate(0)), Some(with_version(examined, 1))).await;
    seeds.add("report_certificate_loss", Some(&certificate(1)), reason(1)).await;
    let call = world.post("justice", &format!("{}/report-loss", certificate(2))).if_match(1).keyed();
    call.json(&json!({ "reason": "合同测试" })).send().await.expect(200);
    let issue = |number: &str| json!({ "certificate_no": number, "issued_on": "2026-11-20" });
    seeds.add("reissue_certificate", Some(&certificate(2)), Some(with_version(issue("CONTRACT-1"), 2))).await;
    applications(seeds).await;
    trainings(seeds).await;
}

fn with_version(mut body: Value, version: i64) -> Value {
    body["_version"] = json!(version);
    body
}

/// Certificates that a department applied for.
async fn applications(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let query = format!("/api/v1/personnel?department_id={}&limit=1", world.departments["51082103"]);
    let officer = path("personnel", &world.get("justice", &query).await.expect(200)["items"][0]);
    let apply = async || {
        let call = world.post("market.admin", &format!("{officer}/certificates")).json(&json!({ "kind": "1" }));
        path("certificates", &call.send().await.expect(201))
    };
    let reason = |version: i64| Some(json!({ "reason": "合同测试", "_version": version }));
    seeds.add("approve_certificate", Some(&apply().await), reason(1)).await;
    seeds.add("reject_certificate", Some(&apply().await), reason(1)).await;
    let approved = apply().await;
    let call = world.post("justice", &format!("{approved}/approve")).if_match(1).keyed();
    call.json(&json!({ "reason": "合同测试" })).send().await.expect(200);
    seeds.add("get_certificate", Some(&approved), None).await;
    let issue = json!({ "certificate_no": "CONTRACT-2", "issued_on": "2026-11-20" });
    seeds.add("issue_certificate", Some(&approved), Some(with_version(issue, 2))).await;
}

/// Trainings, the roll, and what else belongs to people.
async fn trainings(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = json!({
        "title": "合同培训", "kind": "ANNUAL", "held_on": "2026-10-15", "hours": 8, "department_id": world.departments["51082104"],
    });
    seeds.add("create_training", None, Some(body.clone())).await;
    let training = path("trainings", &world.post("justice", "/api/v1/trainings").json(&body).send().await.expect(201));
    let officer = world.get("justice", "/api/v1/personnel?limit=1").await.expect(200)["items"][0]["id"].clone();
    let attended = json!({ "attendances": [{ "personnel_id": officer, "score": 90, "passed": true }] });
    world.post("justice", &format!("{training}/attendances")).json(&attended).send().await.expect(200);
    seeds.add("get_training", Some(&training), None).await;
    seeds.add("list_training_history", Some(&training), None).await;
    seeds.add("record_attendances", Some(&training), Some(attended)).await;
    let roll = world.import("justice-roll", "姓名,执法证号\n合同,CONTRACT-9\n".as_bytes().to_vec()).await;
    for id in ["get_roll", "list_roll_differences"] {
        seeds.add(id, Some(&path("rolls", &roll)), None).await;
    }
    let person = json!({
        "name": "合同自然人", "object_type": "2", "cert_type": "111", "cert_no": "510821200002290040", "region_code": "510821",
        "registered_address": "旺苍县东河镇新华街1号",
    });
    let person = world.post("market.lead", "/api/v1/objects").json(&person).send().await.expect(201);
    seeds.add("reveal_object", Some(&path("objects", &person)), None).await;
    let who = json!({ "id_number": "510821200002290040", "purpose": "本人申请" });
    seeds.add("export_personal_data", None, Some(who)).await;
    let who = json!({ "id_number": "11010519491231002X", "purpose": "本人申请" });
    seeds.add("erase_personal_data", None, Some(who)).await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0]["id"].clone();
    let recusal = json!({ "object_id": object, "reason": "近亲属任职" });
    let query = format!("/api/v1/personnel?department_id={}&limit=1", world.departments["51082110"]);
    let officer = world.get("justice", &query).await.expect(200)["items"][0]["id"].clone();
    world.open_account("contract.officer", "OFFICER", "51082110", officer).await;
    let tokens = world.tokens_of("contract.officer", crate::harness::PASSWORD).await;
    let own = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    seeds.add_by(&own, json!({}), "declare_recusal", None, Some(recusal)).await;
}
