//! What the lists and the law say binds every task alike: which classes are drawn from, how many, how often, by whom.

use crate::harness::{World, elements};
use domain::spot_checks::draws::verify::verify;
use reqwest::Method;
use serde_json::{Value, json};

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

/// An item of market regulation whose list says something of its own.
async fn item(world: &World, at: usize, change: impl FnOnce(&mut Value)) -> Value {
    let item = world.to_claim("51082103", at + 1).await.remove(at);
    let list = world.approve_item("market", &item).await;
    let mut elements = elements();
    change(&mut elements);
    world.fill_list("market.admin", &list, elements).await;
    world.act("market.admin", &list, "submit", None).await.expect(200);
    world.act("market.reviewer", &list, "approve", Some(json!({}))).await.expect(200);
    let query = format!("/api/v1/spot-check-items?item_id={}", item.rsplit('/').next().unwrap());
    let spot = world.get("market.lead", &query).await.expect(200)["items"][0]["id"].clone();
    let path = format!("/api/v1/spot-check-items/{}", spot.as_str().unwrap());
    world.act("market.lead", &path, "publish", None).await.expect(200);
    spot
}

#[tokio::test]
async fn risky_classes_are_always_drawn_and_others_left_out_with_a_reason() {
    let world = World::county().await;
    let mut body = world.task_body("分层", &["51082103"]).await;
    let all = body["strata"].clone();
    for left in [json!(all.as_array().unwrap()[..3]), json!([all[3]]), json!(all.as_array().unwrap()[..2])] {
        body["strata"] = left;
        body["left_out_reason"] = json!("不抽这一类");
        let refused = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
        let refused = refused.expect_problem(422, "CLASS_LEFT_OUT");
        assert_eq!(refused["rule"]["code"], "RISKY_CLASSES_ARE_DRAWN");
    }

    body["strata"] = json!([all[2], all[3]]);
    body.as_object_mut().unwrap().remove("left_out_reason");
    world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "CLASS_LEFT_OUT");
    body["left_out_reason"] = json!("本次只查有风险的企业");
    body["excess_reason"] = json!("对象较少");
    let task = world.ready_to_draw(&body, &PARTIES).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let (draw, record) = world.draw_record(&task).await;
    let left_out = &draw["conditions"]["left_out"];
    assert_eq!(left_out["reason"], "本次只查有风险的企业");
    assert_eq!(verify(&record), [], "the sum stands in the terms");
    let count = async |classes: &str| {
        let query = format!("/api/v1/objects?{classes}&registration_status=ACTIVE&limit=1&total=exact");
        world.get("market.lead", &query).await.expect(200)["page"]["total"].as_u64().unwrap()
    };
    let others = count("local_class=TRUSTWORTHY").await
        + count("local_class=GENERAL").await
        + count("local_class=UNCLASSIFIED").await;
    assert_eq!(left_out["objects"], others);

    // That classes are left out would tell what those are whose results name the task.
    let id = task.rsplit('/').next().unwrap();
    let visits = world.get("market.admin", &format!("/api/v1/inspections?task_id={id}&limit=1")).await.expect(200);
    let visit = format!("/api/v1/inspections/{}", visits["items"][0]["id"].as_str().unwrap());
    world.act("market.admin", &visit, "start", None).await.expect(200);
    let items = body["departments"][0]["item_ids"].as_array().unwrap();
    let points: Vec<_> = items.iter().map(|item| World::point(item, "1")).collect();
    let today = domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now());
    let result = json!({ "inspected_on": today, "verify_ways": ["2"], "result_codes": ["1"], "points": points });
    world.act("market.admin", &visit, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", &visit, "submit", None).await.expect(200);
    world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
    world.act("market.admin", &visit, "publish", None).await.expect(200);
    let public = visit.replace("/api/v1", "/api/v1/public");
    assert_eq!(world.anonymous(Method::GET, &public).send().await.expect(200)["task_id"], Value::Null);
}

#[tokio::test]
async fn an_untargeted_task_has_no_conditions() {
    let world = World::county().await;
    let mut body = world.task_body("不定向", &["51082103"]).await;
    body["spot_type"] = json!("UNTARGETED");
    for (filter, pointer) in [
        (json!({ "tags": ["餐饮服务"] }), "/pool_filter/tags"),
        (json!({ "industry_prefixes": ["H62"] }), "/pool_filter/industry_prefixes"),
    ] {
        body["pool_filter"] = filter;
        let refused = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
        assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], pointer);
    }
    body["pool_filter"] = json!({ "township_codes": ["510821100"], "object_types": ["1"] });
    world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
}

/// More than the published ceiling is drawn only where somebody else agrees to the reason.
#[tokio::test]
async fn the_ceiling_binds_temporary_tasks() {
    let world = World::county().await;
    let mut body = world.task_body("比例", &["51082103"]).await;
    for stratum in body["strata"].as_array_mut().unwrap() {
        stratum["rate_bp"] = json!(3_000);
    }
    let make = async |body: &Value| {
        let task = world.post("market.lead", "/api/v1/tasks").json(body).send().await.expect(201);
        let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
        world.commit(&path, 1, &PARTIES).await;
        path
    };
    let task = make(&body).await;
    let refused = world.act("market.lead", &task, "freeze", None).await.expect_problem(422, "RATIO_ABOVE_CEILING");
    assert!(refused["detail"].as_str().unwrap().contains("10%"), "{refused}");
    world.act("market.reviewer", &task, "approve-excess", None).await.expect_problem(409, "STATE_CONFLICT");

    body["excess_reason"] = json!("开展食品安全集中整治");
    let task = make(&body).await;
    let id = task.rsplit('/').next().unwrap();
    world.act("market.lead", &task, "freeze", None).await.expect_problem(422, "RATIO_ABOVE_CEILING");
    let waits = world.get("market.reviewer", "/api/v1/worklist?kind=EXCESS_TO_APPROVE").await.expect(200);
    assert_eq!(waits["items"][0]["resource_id"], id);
    let own = world.get("market.lead", "/api/v1/worklist?kind=EXCESS_TO_APPROVE").await.expect(200);
    assert_eq!(own["items"], json!([]), "whoever asked does not approve");
    world.act("market.admin", &task, "approve-excess", None).await.expect_problem(403, "FORBIDDEN");
    world.act("market.lead", &task, "approve-excess", None).await.expect_problem(422, "SELF_REVIEW");
    world.act("market.reviewer", &task, "approve-excess", None).await.expect(200);
    world.assert_audit("tasks", id, "EXCESS_APPROVED", "market.reviewer").await;
    let waits = world.get("market.reviewer", "/api/v1/worklist?kind=EXCESS_TO_APPROVE").await.expect(200);
    assert_eq!(waits["items"], json!([]));
    world.act("market.lead", &task, "freeze", None).await.expect(200);
}

/// An item capped at once a year is inspected once, whatever the task is called; a ground that the law names exempts.
#[tokio::test]
async fn the_maximum_of_the_year_binds_every_way_to_an_inspection() {
    let world = World::county().await;
    let capped = item(&world, 0, |elements| elements["max_per_year"] = json!(1)).await;
    let mut body = world.task_body("频次", &["51082103"]).await;
    body["departments"][0]["item_ids"] = json!([capped]);
    body["exclude_months"] = json!(0);
    let draw = async || {
        let task = world.ready_to_draw(&body, &PARTIES).await;
        world.act("market.lead", &task, "draw", None).await.expect(200);
        let id = task.rsplit('/').next().unwrap();
        let visits =
            world.get("market.admin", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
        (world.draw_record(&task).await.0, visits["items"].as_array().unwrap().clone())
    };
    let (_, first) = draw().await;
    // What was drawn is not drawn again this year, begun or not.
    let (second, again) = draw().await;
    assert_eq!(second["eligibility"]["excluded_by_frequency"], first.len());
    assert!(again.iter().all(|visit| first.iter().all(|drawn| drawn["object_id"] != visit["object_id"])));

    let path = |visit: &Value| format!("/api/v1/inspections/{}", visit["id"].as_str().unwrap());
    world.act("market.admin", &path(&first[0]), "start", None).await.expect(200);
    let clue = world.clue("coordinator", &first[0]["object_id"], Some("51082103")).await;
    world.walk_clue(&clue, 3).await;
    let mut open = json!({ "item_ids": [capped], "officers": world.team("51082103").await });
    let refused = world.act("market.admin", &clue, "open-inspection", Some(open.clone())).await;
    let refused = refused.expect_problem(409, "FREQUENCY_REACHED");
    assert_eq!(refused["rule"]["code"], "LIST_BINDS");
    open["exempt_ground"] = json!("COMPLAINT");
    world.act("market.admin", &clue, "open-inspection", Some(open.clone())).await.expect(200);
    let opened = format!("/api/v1/inspections?object_id={}", first[0]["object_id"].as_str().unwrap());
    let opened = world.get("market.admin", &opened).await.expect(200);
    let opened = opened["items"].as_array().unwrap().iter().find(|visit| visit["draw_id"].is_null()).unwrap().clone();
    assert_eq!(opened["exempt_ground"], "COMPLAINT");
    world.act("market.admin", &path(&opened), "start", None).await.expect(200);

    // A visit on such a ground does not count, and a drawn visit is not displaced by one of a clue.
    let clue = world.clue("coordinator", &first[1]["object_id"], Some("51082103")).await;
    world.walk_clue(&clue, 3).await;
    open.as_object_mut().unwrap().remove("exempt_ground");
    let refused = world.act("market.admin", &clue, "open-inspection", Some(open.clone())).await;
    refused.expect_problem(409, "FREQUENCY_REACHED");
    open["exempt_ground"] = json!("RECHECK");
    world.act("market.admin", &clue, "open-inspection", Some(open)).await.expect(200);
    let list = format!("/api/v1/inspections?object_id={}", first[1]["object_id"].as_str().unwrap());
    let list = world.get("market.admin", &list).await.expect(200);
    let own = list["items"].as_array().unwrap().iter().find(|visit| visit["draw_id"].is_null()).unwrap().clone();
    world.act("market.admin", &path(&own), "start", None).await.expect(200);
    // Had it no ground, the drawn one would not begin.
    world.database.execute("UPDATE inspections SET exempt_ground = NULL").await;
    world.act("market.admin", &path(&first[1]), "start", None).await.expect_problem(409, "FREQUENCY_REACHED");
    world.database.execute("UPDATE inspections SET exempt_ground = 'RECHECK' WHERE draw_id IS NULL").await;
    world.act("market.admin", &path(&first[1]), "start", None).await.expect(200);
}

/// Whoever lacks the qualification that a list asks for is not on the roster, and not sent for a clue.
#[tokio::test]
async fn officers_have_the_qualifications_that_lists_ask_for() {
    let world = World::county().await;
    let special = item(&world, 0, |elements| {
        elements["qualification_required"] = json!(true);
        elements["qualification"] = json!("特种设备检验");
    })
    .await;
    let mut body = world.task_body("资格", &["51082103"]).await;
    body["departments"][0]["item_ids"] = json!([special]);
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let task = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    world.commit(&task, 1, &PARTIES).await;
    world.act("market.lead", &task, "freeze", None).await.expect_problem(422, "TOO_FEW_OFFICERS");

    let list = format!("/api/v1/personnel?department_id={}&status=ACTIVE&limit=50", world.departments["51082103"]);
    let officers = world.get("market.admin", &list).await.expect(200)["items"].as_array().unwrap().clone();
    let team = world.team("51082103").await;
    let mut qualified = Vec::new();
    for officer in officers
        .iter()
        .filter(|officer| team.as_array().unwrap().iter().all(|own| own["personnel_id"] != officer["id"]))
        .take(3)
    {
        let path = format!("/api/v1/personnel/{}", officer["id"].as_str().unwrap());
        let change = world.request(Method::PATCH, "market.admin", &path).if_match(officer["version"].as_i64().unwrap());
        change.json(&json!({ "qualifications": ["食品", "特种设备检验"] })).send().await.expect(200);
        qualified.push(officer["id"].clone());
    }
    world.act("market.lead", &task, "freeze", None).await.expect(200);
    world.reveal(&task, 1, &PARTIES).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let id = task.rsplit('/').next().unwrap();
    let visits = world.get("market.admin", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
    for visit in visits["items"].as_array().unwrap() {
        let officers = visit["officers"].as_array().unwrap();
        assert!(officers.iter().all(|officer| qualified.contains(&officer["personnel_id"])), "{visit}");
    }

    let clue = world.clue("coordinator", &visits["items"][0]["object_id"], Some("51082103")).await;
    world.walk_clue(&clue, 3).await;
    let open = json!({ "item_ids": [special], "officers": team, "exempt_ground": "COMPLAINT" });
    let refused = world.act("market.admin", &clue, "open-inspection", Some(open)).await;
    let refused = refused.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&refused["errors"][0]["code"], &refused["errors"][0]["pointer"]),
        (&json!("NOT_QUALIFIED"), &json!("/officers/0/personnel_id"))
    );
}
