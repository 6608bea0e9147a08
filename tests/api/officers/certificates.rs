//! A certificate from its application to its end, and recusals that the records show.

use crate::harness::{PARTIES, World, run};
use reqwest::Method;
use serde_json::{Value, json};

async fn certificate(world: &World, officer: &str, id: &Value) -> Value {
    let person = world.get("justice", officer).await.expect(200);
    let found = person["certificates"].as_array().unwrap().iter().find(|one| one["id"] == *id);
    found.unwrap_or_else(|| panic!("{person}")).clone()
}

async fn act(world: &World, who: &str, certificate: &Value, verb: &str, body: Value) -> crate::harness::Answer {
    let path = format!("/api/v1/certificates/{}/{verb}", certificate["id"].as_str().unwrap());
    world.post(who, &path).if_match(certificate["version"].as_i64().unwrap()).keyed().json(&body).send().await
}

#[tokio::test]
async fn a_certificate_is_applied_for_issued_examined_lost_and_issued_again() {
    let world = World::county().await;
    let body = json!({ "name": "新执法员", "department_id": world.departments["51082103"], "phone": "13800001111" });
    let officer = world.post("market.admin", "/api/v1/personnel").json(&body).send().await.expect(201);
    assert_eq!(officer["phone_masked"], "138****1111");
    let path = format!("/api/v1/personnel/{}", officer["id"].as_str().unwrap());
    let apply = world.post("market.admin", &format!("{path}/certificates")).json(&json!({ "kind": "1" }));
    let applied = apply.send().await.expect(201);
    let id = applied["id"].clone();
    assert_eq!((&applied["status"], &applied["certificate_no"]), (&json!("APPLIED"), &Value::Null));
    let reason = json!({ "reason": "符合条件" });
    act(&world, "market.admin", &applied, "approve", reason.clone()).await.expect_problem(403, "FORBIDDEN");
    let issue = json!({ "certificate_no": "TEST-0001", "issued_on": "2026-11-01" });
    act(&world, "justice", &applied, "issue", issue.clone()).await.expect_problem(409, "STATE_CONFLICT");
    let approved = act(&world, "justice", &applied, "approve", reason.clone()).await.expect(200);
    let issued = act(&world, "justice", &approved, "issue", issue).await.expect(200);
    assert_eq!((&issued["status"], &issued["valid_until"]), (&json!("ACTIVE"), &json!("2032-10-31")));
    assert_eq!(issued["annual_exam_due_on"], "2027-11-01");
    world.assert_audit("certificates", id.as_str().unwrap(), "ISSUED", "justice").await;
    let exam = json!({ "passed": true, "examined_on": "2026-11-20", "remark": "合格" });
    let examined = act(&world, "justice", &issued, "examine", exam).await.expect(200);
    assert_eq!(examined["annual_exam_due_on"], "2027-11-22");
    // 20 November 2027 is a Saturday: the last day moves on to Monday.
    let suspended =
        act(&world, "justice", &examined, "suspend", json!({ "reason": "待查", "until": "2099-01-01" })).await;
    let suspended = suspended.expect(200);
    assert_eq!(suspended["suspended_until"], "2099-01-01");
    let resumed = act(&world, "justice", &suspended, "resume", reason.clone()).await.expect(200);
    let lost = act(&world, "market.admin", &resumed, "report-loss", json!({ "reason": "遗失" })).await.expect(200);
    let again = json!({ "certificate_no": "TEST-0002", "issued_on": "2026-11-24" });
    let fresh = act(&world, "justice", &lost, "reissue", again).await.expect(201);
    assert_eq!((&fresh["replaces_id"], &fresh["status"]), (&id, &json!("ACTIVE")));
    assert_eq!(certificate(&world, &path, &id).await["status"], "REISSUED");
    let failed = json!({ "passed": false, "examined_on": "2026-11-24", "remark": "不合格" });
    let withdrawn = act(&world, "justice", &fresh, "examine", failed).await.expect(200);
    assert_eq!(withdrawn["status"], "REVOKED");
    world.assert_audit("certificates", fresh["id"].as_str().unwrap(), "EXAMINED", "justice").await;
}

#[tokio::test]
async fn the_calendar_ends_what_is_over() {
    let world = World::county().await;
    let department = &world.departments["51082103"];
    let query = format!("/api/v1/personnel?department_id={department}&limit=1");
    let officer = world.get("justice", &query).await.expect(200)["items"][0]["id"].clone();
    let path = format!("/api/v1/personnel/{}", officer.as_str().unwrap());
    let body =
        json!({ "certificate_no": "OVER-1", "kind": "1", "issued_on": "2020-01-01", "valid_until": "2025-12-31" });
    let over = world.post("justice", &format!("{path}/certificates")).json(&body).send().await.expect(201);
    assert_eq!(over["status"], "ACTIVE");
    // The command does at once what the server does every hour.
    let (code, out, error) = run(&world.database, &["calendar"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("certificates ended or resumed"), "{out}");
    assert_eq!(certificate(&world, &path, &over["id"]).await["status"], "EXPIRED");
    world.assert_audit("certificates", over["id"].as_str().unwrap(), "EXPIRED", "calendar").await;
}

#[tokio::test]
async fn an_officer_whose_certificate_lapses_between_draw_and_visit_is_replaced_in_a_new_epoch() {
    let world = World::county().await;
    let body = world.task_body("失效测试", &["51082103", "51082106"]).await;
    let task = world.ready_to_draw(&body, &PARTIES).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let id = task.rsplit('/').next().unwrap();
    let list = format!("/api/v1/inspections?task_id={id}&limit=1&department_id={}", world.departments["51082103"]);
    let inspection = world.get("market.admin", &list).await.expect(200)["items"][0].clone();
    let officer = inspection["officers"][0]["personnel_id"].as_str().unwrap().to_owned();
    let person = world.get("justice", &format!("/api/v1/personnel/{officer}")).await.expect(200);
    let exam = json!({ "passed": false, "examined_on": "2026-11-24", "remark": "年审不合格" });
    act(&world, "justice", &person["certificates"][0], "examine", exam).await.expect(200);
    let path = format!("/api/v1/inspections/{}", inspection["id"].as_str().unwrap());
    let problem = world.act("market.admin", &path, "start", None).await.expect_problem(422, "CERTIFICATE_INVALID");
    assert_eq!(problem["rule"]["code"], "VALID_CERTIFICATE");
    world.redraw(&task, "ROSTER_WRONG", "执法人员证件失效，更换人员").await;
    world.commit(&task, 2, &PARTIES).await;
    world.act("market.lead", &task, "freeze", None).await.expect(200);
    world.reveal(&task, 2, &PARTIES).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let all = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=200&status[ne]=VOID")).await;
    let all = all.expect(200);
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    let epochs: std::collections::BTreeSet<_> =
        draws["items"].as_array().unwrap().iter().map(|draw| draw["epoch"].as_i64().unwrap()).collect();
    assert_eq!(epochs, std::collections::BTreeSet::from([1, 2]), "the old epoch stays");
    let newest = draws["items"].as_array().unwrap().iter().find(|draw| draw["epoch"] == 2).unwrap();
    for inspection in all["items"].as_array().unwrap().iter().filter(|one| one["draw_id"] == newest["id"]) {
        let officers = inspection["officers"].as_array().unwrap();
        assert!(officers.iter().all(|one| one["personnel_id"] != json!(officer)), "{inspection}");
    }
}

#[tokio::test]
async fn who_lives_at_an_objects_address_is_recused() {
    let mut world = World::county().await;
    let address = "四川省广元市旺苍县东河镇新华街１２８号";
    let object = json!({
        "name": "同址商行", "object_type": "1", "region_code": "510821", "registered_address": "四川省 广元市旺苍县东河镇新华街128号",
    });
    let object = world.post("market.lead", "/api/v1/objects").json(&object).send().await.expect(201);
    let body = json!({ "name": "同址人员", "department_id": world.departments["51082103"], "address": address });
    let officer = world.post("market.admin", "/api/v1/personnel").json(&body).send().await.expect(201);
    let path = format!("/api/v1/personnel/{}", officer["id"].as_str().unwrap());
    let found = world.get("market.admin", &format!("{path}/recusals")).await.expect(200);
    // How many, not which: the object's address would tell the officer's.
    assert_eq!((&found["by_address"], &found["computed"]), (&json!(1), &json!([])), "{found}");
    assert!(object["id"].is_string());
    assert!(!world.get("market.admin", &path).await.text.contains("新华街"), "the address is not shown");
    // What the officer declares counts as well, once.
    world.make_user("same.address", "OFFICER", "51082103", officer["id"].clone()).await;
    let other = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0]["id"].clone();
    let declare =
        || world.post("same.address", "/api/v1/me/recusals").json(&json!({ "object_id": other, "reason": "近亲属" }));
    let declared = declare().send().await.expect(201);
    assert_eq!(declared["kind"], "DECLARED");
    world.assert_audit("recusals", declared["id"].as_str().unwrap(), "CREATED", "same.address").await;
    declare().send().await.expect_problem(409, "RECUSAL_EXISTS");
    let call = world.request(Method::POST, "market.reviewer", "/api/v1/me/recusals");
    call.json(&json!({ "object_id": other, "reason": "近亲属" })).send().await.expect_problem(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_department_reports_its_own_officers_and_issues_nothing() {
    let world = World::county().await;
    let query = format!("/api/v1/personnel?department_id={}&limit=1", world.departments["51082105"]);
    let officer = world.get("justice", &query).await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/personnel/{}", officer["id"].as_str().unwrap());
    let reveal = world.post("justice", &format!("{path}/personal-data")).json(&json!({ "purpose": "测试" }));
    let number = reveal.send().await.expect(200)["id_number"].as_str().unwrap().to_owned();
    // Another department's officer, named by the ID number under a new certificate; and a new officer of the own one.
    let file = format!(
        "姓名,部门编码,身份证号,执法证号,有效期至\n冒名,51082103,{number},TAKEN-1,2031-12-31\n新报,51082103,,REPORT-1,2031-12-31\n"
    );
    let import = world.import_as("market.admin", "personnel", file.into_bytes()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(1), &json!(1)), "{import}");
    assert_eq!(world.get("justice", &path).await.expect(200)["name"], officer["name"]);
    let reported = world.get("market.admin", "/api/v1/personnel?name=新报").await.expect(200)["items"][0].clone();
    assert_eq!(reported["certificates"][0]["status"], "APPLIED", "the justice bureau issues");
    // Nor is somebody else put behind a certificate that is in force.
    let own = format!("/api/v1/personnel?department_id={}&limit=50", world.departments["51082103"]);
    let own = world.get("market.admin", &own).await.expect(200);
    let holds = |one: &&Value| one["certificates"].as_array().unwrap().iter().any(|held| held["status"] == "ACTIVE");
    let own = own["items"].as_array().unwrap().iter().find(holds).unwrap().clone();
    let path = format!("/api/v1/personnel/{}", own["id"].as_str().unwrap());
    let rename = |who: &str| {
        let call = world.request(Method::PATCH, who, &path).if_match(own["version"].as_i64().unwrap());
        call.json(&json!({ "name": "另一个人" }))
    };
    rename("market.admin").send().await.expect_problem(422, "INVALID_BODY");
    rename("justice").send().await.expect(200);
}
