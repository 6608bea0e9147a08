//! What names libraries: draws, and the tasks that they are made for.

use super::{PARTIES, count, library, members, of_tag, patch, tagged};
use crate::harness::World;
use domain::spot_checks::draws::verify::verify;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_draw_names_the_editions_that_it_was_made_from() {
    let world = World::county().await;
    let (objects, objects_path) = library(&world, &of_tag("餐饮服务")).await;
    let market = &world.departments["51082103"];
    let officers = json!({ "name": "市场监管执法检查人员名录库", "kind": "OFFICERS", "department_id": market,
                           "officer_filter": { "qualifications": ["食品"] } });
    let (officers, officers_path) = library(&world, &officers).await;
    let (_, qualified) = members(&world, &officers_path, "").await;
    let all = count(&world, &format!("personnel?department_id={market}")).await;
    assert!(qualified.len() >= 2 && (qualified.len() as u64) < all, "{} of {all}", qualified.len());

    let mut body = world.task_body("按名录库抽取", &["51082103"]).await;
    body["object_library_id"] = objects["id"].clone();
    body["departments"][0]["officer_library_id"] = officers["id"].clone();
    body["exclude_months"] = json!(0);
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(task["departments"][0]["officer_library_id"], officers["id"]);

    // A task waits for it: it stays, and says so beforehand.
    let waited = world.get("market.lead", &objects_path).await.expect(200);
    assert!(!waited["allowed_actions"].as_array().unwrap().contains(&json!("RETIRE")), "{waited}");
    let reason = json!({ "reason": "不再使用" });
    let refused = world.act("market.lead", &objects_path, "retire", Some(reason.clone())).await;
    let refused = refused.expect_problem(409, "STILL_REFERENCED");
    assert!(refused["detail"].as_str().unwrap().contains(task["code"].as_str().unwrap()), "{refused}");

    // What the register lost meanwhile is not drawn: the freeze looks the library up and names what it found.
    let preview = world.get("market.lead", &format!("{path}/pool")).await.expect(200);
    let population = |preview: &Value| {
        preview["strata"].as_array().unwrap().iter().map(|one| one["population"].as_u64().unwrap()).sum::<u64>()
    };
    let before = population(&preview);
    patch(&world, &tagged(&world, "餐饮服务", 0).await, json!({ "registration_status": "REVOKED" })).await;
    // From the first commitment on, what is drawn from stands.
    world.commit(&path, 1, &PARTIES).await;
    let version = world.get("market.lead", &objects_path).await.expect(200)["version"].as_i64().unwrap();
    let call = world.request(Method::PUT, "market.lead", &objects_path).if_match(version).keyed();
    let refused = call.json(&of_tag("食品经营")).send().await.expect_problem(409, "STILL_REFERENCED");
    assert!(refused["detail"].as_str().unwrap().contains(task["code"].as_str().unwrap()), "{refused}");
    world.act("market.lead", &path, "freeze", None).await.expect(200);
    let looked = world.assert_audit("libraries", objects["id"].as_str().unwrap(), "REFRESHED", "market.lead").await;
    assert_eq!(looked["after"]["edition"], 2);
    world.reveal(&path, 1, &PARTIES).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    // As everybody reads it.
    let (draw, record) = world.draw_record(&path).await;
    assert_eq!(verify(&record), []);
    let named = &draw["conditions"]["libraries"];
    let told: Vec<_> = named.as_array().unwrap().iter().map(|one| (&one["code"], &one["edition"])).collect();
    assert_eq!(told, [(&objects["code"], &json!(2)), (&officers["code"], &json!(1))]);
    let (digest, kept) = members(&world, &objects_path, "?edition=2").await;
    assert_eq!(named[0]["digest"], digest.as_str());
    assert_eq!(record.transcript.pool.len() as u64, before - 1);
    assert_eq!(record.transcript.roster.len(), qualified.len());
    let drawn =
        world.get("market.lead", &format!("/api/v1/inspections?task_id={}", task["id"].as_str().unwrap())).await;
    for visit in drawn.expect(200)["items"].as_array().unwrap() {
        assert!(kept.contains(&visit["object_id"].as_str().unwrap().to_owned()), "{visit}");
        let team = visit["officers"].as_array().unwrap();
        assert!(
            team.iter().all(|one| qualified.contains(&one["personnel_id"].as_str().unwrap().to_owned())),
            "{visit}"
        );
    }

    // Drawn from, it may go; a task names one in use only.
    world.act("market.lead", &objects_path, "retire", Some(reason)).await.expect(200);
    world.assert_audit("libraries", objects["id"].as_str().unwrap(), "DISABLED", "market.lead").await;
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/object_library_id");
    world.act("market.lead", &objects_path, "restore", None).await.expect(200);
    world.assert_audit("libraries", objects["id"].as_str().unwrap(), "ACTIVATED", "market.lead").await;
}

#[tokio::test]
async fn a_task_names_libraries_of_its_kind_and_its_departments() {
    let world = World::county().await;
    let (objects, _) = library(&world, &of_tag("餐饮服务")).await;
    let emergency = json!({ "name": "应急执法检查人员名录库", "kind": "OFFICERS",
                            "department_id": world.departments["51082106"], "officer_filter": {} });
    let (officers, path) = library(&world, &emergency).await;
    let mut body = world.task_body("名录库不符", &["51082103"]).await;
    body["spot_type"] = json!("UNTARGETED");
    body["object_library_id"] = objects["id"].clone();
    body["departments"][0]["officer_library_id"] = officers["id"].clone();
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    let told: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|error| (&error["pointer"], &error["code"])).collect();
    assert_eq!(
        told,
        [
            (&json!("/object_library_id"), &json!("TARGETED")),
            (&json!("/departments/0/officer_library_id"), &json!("NOT_OF_DEPARTMENT")),
        ]
    );
    body["spot_type"] = json!("TARGETED");
    body["object_library_id"] = officers["id"].clone();
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert!(refused.to_string().contains("NO_SUCH_RECORD"), "officers are no objects: {refused}");

    // Another department reads libraries of objects, and keeps none of them.
    let theirs = format!("/api/v1/libraries/{}", objects["id"].as_str().unwrap());
    let seen = world.get("emergency.admin", &theirs).await.expect(200);
    assert_eq!(seen["allowed_actions"], json!([]));
    world.act("emergency.admin", &theirs, "refresh", None).await.expect_problem(403, "FORBIDDEN");
    // Its own it keeps; whose certificate does not hold is not in it.
    let own = world.get("emergency.admin", &path).await.expect(200);
    assert!(own["allowed_actions"].as_array().unwrap().contains(&json!("UPDATE")));
    let list = format!("/api/v1/personnel?library_id={}&limit=1", own["id"].as_str().unwrap());
    let first = world.get("justice", &list).await.expect(200)["items"][0].clone();
    let certificate = &first["certificates"][0];
    let suspend = format!("/api/v1/certificates/{}/suspend", certificate["id"].as_str().unwrap());
    let call = world.post("justice", &suspend).if_match(certificate["version"].as_i64().unwrap()).keyed();
    call.json(&json!({ "reason": "年度考核未通过" })).send().await.expect(200);
    let fewer = world.act("emergency.admin", &path, "refresh", None).await.expect(200);
    assert_eq!(fewer["members"].as_i64().unwrap(), own["members"].as_i64().unwrap() - 1);

    // One that became a filter since it was named stops an untargeted task before anybody commits.
    let (wide, wide_path) =
        library(&world, &json!({ "name": "全县名录库", "kind": "OBJECTS", "pool_filter": {} })).await;
    body["spot_type"] = json!("UNTARGETED");
    body["object_library_id"] = wide["id"].clone();
    body["departments"][0].as_object_mut().unwrap().remove("officer_library_id");
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    let call = world.request(Method::PUT, "market.lead", &wide_path).if_match(1).keyed();
    call.json(&of_tag("餐饮服务")).send().await.expect(200);
    let commitment = json!({ "commitment": "ab".repeat(32) });
    let refused = world.act("market.lead", &path, "commit", Some(commitment)).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "TARGETED");

    for (change, pointer) in [
        (json!({ "officer_filter": {} }), "/officer_filter"),
        (json!({ "pool_filter": null }), "/pool_filter"),
        (json!({ "tag_rules": [{ "tag": "别的标签", "scope_words": ["餐饮"] }] }), "/tag_rules"),
        (json!({ "tag_rules": [{ "tag": "餐饮服务" }] }), "/tag_rules"),
    ] {
        let mut body = of_tag("餐饮服务");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = world.post("market.lead", "/api/v1/libraries").json(&body).send().await;
        let refused = refused.expect_problem(422, "INVALID_BODY");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}
