//! What is held, looked into or owed stays.

use super::{ADMIN, line_of, lines, stored};
use crate::harness::{World, destroyed, id_of, photo, witness};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test]
async fn what_is_held_or_asked_for_is_not_destroyed() {
    let world = World::county().await;
    let mut files = Vec::new();
    for _ in 0..6 {
        files.push(world.void_inspection("market").await);
    }
    let content = photo(3);
    let begun = world.begun_inspection("market").await;
    let piece = world.kept(ADMIN, &begun, &World::captured(1, "PHOTO", &content), &content).await;
    let declared = world.declare(ADMIN, &begun, &World::captured(2, "PHOTO", b"never came")).await;
    world.make_void("market", &begun).await;

    // A department holds its own, the justice bureau everybody's.
    let hold = async |who: &str, subject: &str, record: &str, days: u64| {
        let day = crate::harness::today() + chrono::Days::new(days);
        let body =
            json!({ "subject": subject, "record_id": id_of(record), "reason": "企业申请行政复议", "review_on": day });
        world.post(who, "/api/v1/legal-holds").json(&body).send().await
    };
    let refused = hold(ADMIN, "INSPECTION", &files[0], 400).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/review_on");
    let refused = hold("agri.admin", "INSPECTION", &files[0], 400).await.expect_problem(422, "INVALID_BODY");
    let named: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(named, ["/record_id", "/review_on"], "each bad field");
    let refused = hold("agri.admin", "INSPECTION", &files[0], 30).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/record_id", "not theirs");
    let held = hold(ADMIN, "INSPECTION", &files[0], 30).await.expect(201);
    assert_eq!((&held["covers_all"], &held["allowed_actions"]), (&json!(false), &json!(["EXTEND", "RELEASE"])));
    let path = format!("/api/v1/legal-holds/{}", held["id"].as_str().unwrap());
    world.assert_audit("legal-holds", id_of(&path), "PLACED", ADMIN).await;
    let waiting = world.waiting(ADMIN, &path).await;
    assert_eq!((&waiting[0]["kind"], &waiting[0]["due_on"]), (&json!("HOLD_TO_REVIEW"), &held["review_on"]));
    world.get("agri.admin", &path).await.expect_problem(404, "NOT_FOUND");

    // Nothing of a held file is discarded; of another it is.
    hold("justice", "INSPECTION", &begun, 30).await.expect(201);
    let why = json!({ "reason": "未拍摄" });
    let refused = world.act(ADMIN, &declared, "discard", Some(why)).await.expect_problem(409, "RECORD_HELD");
    assert_eq!(refused["rule"]["code"], "FILES_ARE_HELD");
    assert_eq!(world.get(ADMIN, &declared).await.expect(200)["allowed_actions"], json!(["UPLOAD"]));

    world.age().await;
    let list = world.disposal_list("market").await;
    assert_eq!(world.get(ADMIN, &list).await.expect(200)["lines"], 6, "what waits for a file is not over");
    world.database.execute("DELETE FROM disposal_lines").await;
    world.database.execute("DELETE FROM disposal_lists").await;
    let id = world.database.id(id_of(&declared));
    world.database.execute(&format!("UPDATE evidence SET status = 'DISCARDED' WHERE id = {id}")).await;
    let list = world.disposal_list("market").await;
    assert_eq!(world.get(ADMIN, &list).await.expect(200)["lines"], 7);
    let refused = world.act(ADMIN, &list, "appraise", Some(destroyed())).await.expect_problem(409, "RECORD_HELD");
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");
    let ids = [&files[4], &files[0]].map(|file| line_of(&world, &list, file));
    let ids: Vec<_> = futures::future::join_all(ids).await.iter().map(|line| line["id"].clone()).collect();
    let two = json!({ "decision": "DESTROY", "reason": "保管期限届满", "line_ids": ids });
    let refused = world.act(ADMIN, &list, "appraise", Some(two)).await.expect_problem(409, "RECORD_HELD");
    assert_eq!(refused["errors"][0]["pointer"], "/line_ids/1");
    let keep = json!({
        "decision": "KEEP", "keep_years": 5, "reason": "已被保全", "line_ids": [line_of(&world, &list, &files[0]).await["id"]],
    });
    world.act(ADMIN, &list, "appraise", Some(keep)).await.expect(200);
    let release = json!({ "reason": "复议已审结" });
    let justice = world.get("justice", &format!("/api/v1/legal-holds?record_id={}", id_of(&begun))).await.expect(200);
    let theirs = format!("/api/v1/legal-holds/{}", justice["items"][0]["id"].as_str().unwrap());
    let refused = world.act(ADMIN, &theirs, "release", Some(release.clone())).await;
    refused.expect_problem(403, "FORBIDDEN");
    world.act("justice", &theirs, "release", Some(release)).await.expect(200);
    world.assert_audit("legal-holds", id_of(&theirs), "RELEASED", "justice").await;
    assert!(world.waits("justice", &theirs).await.is_empty());
    world.walk_list("market", &list, destroyed(), 3).await;

    // What comes up after the approval is seen all the same.
    hold("justice", "INSPECTION", &files[1], 30).await.expect(201);
    let case = json!({
        "department_id": world.departments["51082103"], "source": "OWN", "title": "检查程序", "facts": "正在核查",
        "subjects": [{ "kind": "INSPECTION", "record_id": id_of(&files[2]) }],
    });
    world.post("justice", "/api/v1/supervision-cases").json(&case).send().await.expect(201);
    let id = world.database.id(id_of(&files[3]));
    world
        .database
        .execute(&format!("UPDATE inspections SET updated_at = '2012-01-05 04:00:00+00:00' WHERE id = {id}"))
        .await;
    let id = world.database.id(id_of(&piece));
    world.database.execute(&format!("UPDATE evidence SET retain_until = '2200-01-01' WHERE id = {id}")).await;
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    world.strike();

    let mut told = BTreeMap::new();
    for line in lines(&world, &list).await {
        told.insert(
            line["record_id"].as_str().unwrap().to_owned(),
            (line["outcome"].clone(), line["obstacle"].clone()),
        );
    }
    let of = |path: &str| told[id_of(path)].clone();
    let not = |why: &str| (json!("NOT_DESTROYED"), json!(why));
    assert_eq!(of(&files[0]), (json!("KEPT"), Value::Null));
    assert_eq!(of(&files[1]), not("HELD"));
    assert_eq!(of(&files[2]), not("SUPERVISED"));
    assert_eq!(of(&files[3]), not("CHANGED"));
    assert_eq!(of(&begun), not("EVIDENCE_KEPT"));
    assert_eq!((of(&files[4]), of(&files[5])), ((json!("DESTROYED"), Value::Null), (json!("DESTROYED"), Value::Null)));
    for left in [&files[0], &files[1], &files[2], &files[3], &begun] {
        world.get(ADMIN, left).await.expect(200);
    }
    world.get(ADMIN, &files[4]).await.expect_problem(410, "RECORD_DESTROYED");

    // The next list has what was not destroyed, and not what is kept on.
    let next = world.disposal_list("market").await;
    let codes: Vec<_> = lines(&world, &next).await.iter().map(|line| line["record_id"].clone()).collect();
    assert_eq!(codes.len(), 4, "{codes:?}");
    assert!(!codes.contains(&json!(id_of(&files[0]))));
    world
        .act(ADMIN, &path, "extend", Some(json!({ "review_on": "2020-01-01", "reason": "仍在诉讼" })))
        .await
        .expect(422);
    let later = crate::harness::today() + chrono::Days::new(90);
    let longer = json!({ "review_on": later, "reason": "仍在诉讼" });
    world.act(ADMIN, &path, "extend", Some(longer)).await.expect(200);
    world.assert_audit("legal-holds", id_of(&path), "EXTENDED", ADMIN).await;
    assert_eq!(world.waiting(ADMIN, &path).await[0]["due_on"], later.to_string());
}

/// A department's hold on an enterprise reaches the departments below; what was stored of a held file stays in pieces too.
#[tokio::test]
async fn a_hold_reaches_below_and_keeps_what_is_stored() {
    let mut world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let object = world.get(ADMIN, &inspection).await.expect(200)["object_id"].clone();
    let content = photo(5);
    let given_up = world.declare(ADMIN, &inspection, &World::captured(1, "PHOTO", &content)).await;
    world.send_bytes(ADMIN, &given_up, 0, content[..1000].to_vec()).await.expect(204);
    let why = json!({ "reason": "重复拍摄" });
    world.act(ADMIN, &given_up, "discard", Some(why.clone())).await.expect(200);
    let another = world.declare(ADMIN, &inspection, &World::captured(2, "PHOTO", b"never came")).await;
    let body = json!({
        "code": "51082198", "name": "城区市场监管所", "short_name": "城区所", "kind": "DEPARTMENT", "region_code": "510821",
        "parent_id": world.departments["51082103"],
    });
    let below = world.post("root", "/api/v1/departments").json(&body).send().await.expect(201)["id"].clone();
    let below = world.database.id(below.as_str().unwrap());

    let review_on = crate::harness::today() + chrono::Days::new(30);
    let hold =
        json!({ "subject": "OBJECT", "record_id": object, "reason": "企业申请行政复议", "review_on": review_on });
    let held = world.post(ADMIN, "/api/v1/legal-holds").json(&hold).send().await.expect(201);
    world.database.execute(&format!("UPDATE inspections SET department_id = {below}")).await;
    world.database.execute(&format!("UPDATE evidence SET department_id = {below}")).await;
    world.act(ADMIN, &another, "discard", Some(why)).await.expect_problem(409, "RECORD_HELD");

    // A server that starts gives back what nobody needs.
    let there = stored(&world);
    assert_eq!(there, 1);
    world.restart();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(stored(&world), there, "it is held");
    let path = format!("/api/v1/legal-holds/{}", held["id"].as_str().unwrap());
    world.act(ADMIN, &path, "release", Some(json!({ "reason": "复议已审结" }))).await.expect(200);
    world.restart();
    for _ in 0..200 {
        if stored(&world) == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("what was discarded is still there");
}
