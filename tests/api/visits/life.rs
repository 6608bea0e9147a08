//! A visit from the request to its end, and the ways round it that are closed.

use super::budget::{object, window};
use crate::harness::{World, today};
use reqwest::Method;
use serde_json::{Value, json};

async fn kinds(world: &World, who: &str, record: &str) -> Vec<Value> {
    let id = record.rsplit('/').next().unwrap();
    let page = world.get(who, "/api/v1/worklist?limit=200").await.expect(200);
    let own = page["items"].as_array().unwrap().iter().filter(|entry| entry["resource_id"] == id);
    own.map(|entry| entry["kind"].clone()).collect()
}

/// A side's part of a visit, from start to publication; with a problem or without.
async fn publish(world: &World, side: &str, inspection: &str, problem: bool) {
    let (admin, reviewer) = (format!("{side}.admin"), format!("{side}.reviewer"));
    let shown = world.act(&admin, inspection, "start", None).await.expect(200);
    let task = world.get(&admin, &format!("/api/v1/tasks/{}", shown["task_id"].as_str().unwrap())).await.expect(200);
    let items = task["departments"][0]["items"].as_array().unwrap();
    let points: Vec<_> = items
        .iter()
        .map(|item| {
            let id = &item["spot_check_item_id"];
            World::point(id, if problem { "2" } else { "1" })
        })
        .collect();
    let result = json!({
        "inspected_on": today(), "verify_ways": ["1"], "result_codes": [if problem { "5" } else { "1" }], "points": points,
    });
    world.act(&admin, inspection, "record-result", Some(result)).await.expect(200);
    world.act(&admin, inspection, "submit", None).await.expect(200);
    world.act(&reviewer, inspection, "approve-result", Some(json!({}))).await.expect(200);
    world.act(&admin, inspection, "publish", None).await.expect(200);
}

fn inspections(visit: &Value) -> Vec<String> {
    let parts = visit["parts"].as_array().unwrap();
    let ids = parts.iter().flat_map(|part| part["inspection_ids"].as_array().unwrap());
    ids.map(|id| format!("/api/v1/inspections/{}", id.as_str().unwrap())).collect()
}

/// Three departments at one door: one visit, three results, each approved by its own head.
#[tokio::test]
async fn three_departments_go_once_and_publish_three_results() {
    let world = World::county().await;
    let enterprise = object(&world, 0).await;
    let sides = ["market", "agri", "emergency"];
    let visit = world.daily_visit("market", &enterprise).await;
    let id = visit.rsplit('/').next().unwrap().to_owned();
    world.assert_audit("visits", &id, "CREATED", "market.admin").await;
    assert_eq!(kinds(&world, "market.admin", &visit).await, ["VISIT_TO_REQUEST"]);
    world.act("market.admin", &visit, "request", Some(json!({}))).await.expect(200);
    world.assert_audit("visits", &id, "SUBMITTED", "market.admin").await;
    for side in &sides[1..] {
        let draft = world.daily_visit(side, &enterprise).await;
        let join = json!({ "join_id": id });
        world.act(&format!("{side}.admin"), &draft, "request", Some(join)).await.expect(200);
    }

    for side in sides {
        let head = format!("{side}.head");
        assert_eq!(kinds(&world, &head, &visit).await, ["VISIT_TO_APPROVE"], "{side}");
        world.act(&head, &visit, "approve", Some(json!({ "opinion": "同意" }))).await.expect(200);
        world.assert_audit("visits", &id, "APPROVED", &head).await;
        assert_eq!(kinds(&world, &head, &visit).await, Vec::<Value>::new(), "{side} has approved");
    }
    let shown = world.get("market.admin", &visit).await.expect(200);
    assert_eq!(shown["status"], "APPROVED");
    assert_eq!(kinds(&world, "market.admin", &visit).await, ["VISIT_TO_NOTIFY"]);
    world.act("market.admin", &visit, "enter", Some(json!({}))).await.expect_problem(409, "STATE_CONFLICT");
    world.act("market.admin", &visit, "notify", None).await.expect(200);
    world.assert_audit("visits", &id, "SERVED", "market.admin").await;
    assert_eq!(kinds(&world, "market.admin", &visit).await, ["VISIT_TO_ENTER"]);

    // Nobody was there yet, so nobody saw anything there.
    let paths = inspections(&shown);
    world.act("market.admin", &paths[0], "start", None).await.expect(200);
    let early = json!({
        "inspected_on": today(), "verify_ways": ["1"], "result_codes": ["6"],
        "points": [{ "spot_check_item_id": id, "result": "3" }],
    });
    let refused = world.act("market.admin", &paths[0], "record-result", Some(early)).await;
    let refused = refused.expect_problem(409, "VISIT_REQUIRED");
    assert_eq!(refused["rule"]["code"], "VISITS_ARE_APPROVED");

    let entered = world.act("agri.admin", &visit, "enter", Some(json!({}))).await.expect(200);
    assert_eq!((&entered["status"], &entered["alerts"]), (&json!("ENTERED"), &json!([])));
    world.assert_audit("visits", &id, "ENTERED", "agri.admin").await;
    assert_eq!(kinds(&world, "market.admin", &visit).await, ["VISIT_TO_LEAVE"]);
    let refused = world.act("market.admin", &visit, "leave", Some(json!({}))).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/no_scan_reason");
    let why = json!({ "no_scan_reason": "企业现场无网络" });
    let left = world.act("market.admin", &visit, "leave", Some(why)).await.expect(200);
    assert_eq!((&left["status"], &left["entry_mode"]), (&json!("LEFT"), &json!("MAKE_UP")));
    world.assert_audit("visits", &id, "LEFT_SITE", "market.admin").await;

    // Three results; the last one closes the visit.
    let by_side: Vec<_> = sides
        .iter()
        .map(|side| {
            let code = match *side {
                "market" => "51082103",
                "agri" => "51082105",
                _ => "51082106",
            };
            let department = json!(world.departments[code]);
            let part =
                shown["parts"].as_array().unwrap().iter().find(|part| part["department_id"] == department).unwrap();
            (*side, format!("/api/v1/inspections/{}", part["inspection_ids"][0].as_str().unwrap()))
        })
        .collect();
    // Market regulation has begun already.
    for (side, inspection) in &by_side[1..] {
        publish(&world, side, inspection, *side == "agri").await;
        assert_eq!(world.get("market.admin", &visit).await.expect(200)["status"], "LEFT");
    }
    let void = json!({ "cause": "DUPLICATE", "reason": "与上次检查重复" });
    world.act("market.admin", &by_side[0].1, "ask-void", Some(void.clone())).await.expect(200);
    world.act("market.reviewer", &by_side[0].1, "void", Some(void)).await.expect(200);
    let closed = world.get("market.admin", &visit).await.expect(200);
    assert_eq!((&closed["status"], &closed["found_problems"]), (&json!("CLOSED"), &json!(true)));
    world.assert_audit("visits", &id, "CLOSED", "market.reviewer").await;
    // The public sees the results of one visit as one.
    let list = format!("/api/v1/public/inspections?visit_id={id}");
    let public = world.anonymous(Method::GET, &list).send().await.expect(200);
    let seen: Vec<_> = public["items"].as_array().unwrap().iter().map(|row| row["department_id"].clone()).collect();
    assert_eq!(seen.len(), 2, "{public}");
    assert!(
        seen.contains(&json!(world.departments["51082105"])) && seen.contains(&json!(world.departments["51082106"]))
    );

    let figures = world.get("coordinator", "/api/v1/visit-figures").await.expect(200);
    let county = &figures["items"][0];
    assert_eq!((&county["department_id"], &county["visits"]), (&Value::Null, &json!(1)), "{figures}");
    assert_eq!((&county["joint_rate_bp"], &county["scan_rate_bp"]), (&json!(10_000), &json!(0)));
    assert_eq!((&county["problem_rate_bp"], &county["unapproved"]), (&json!(10_000), &json!(0)));
    let own = world.get("agri.head", "/api/v1/visit-figures").await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "a body sees its own: {own}");
}

#[tokio::test]
async fn an_urgent_entry_is_approved_afterwards_and_takes_nothing_of_the_budget() {
    let world = World::county().await;
    super::budget::rule(&world, "CAP", json!({ "kind": "BODY_CAP", "amount": 1 })).await;
    let enterprise = object(&world, 0).await;
    let visit = world.daily_visit("market", &enterprise).await;
    let id = visit.rsplit('/').next().unwrap().to_owned();
    let reason = json!({ "reason": "群众反映正在销毁证据" });
    let entered = world.act("market.admin", &visit, "enter-urgently", Some(reason)).await.expect(200);
    assert_eq!((&entered["urgent"], &entered["parts"][0]["ground"]), (&json!(true), &json!("URGENT")));
    assert_eq!(entered["budget_year"], Value::Null);
    world.assert_audit("visits", &id, "ENTERED", "market.admin").await;
    let waiting = kinds(&world, "market.head", &visit).await;
    assert_eq!(waiting, ["VISIT_TO_APPROVE_LATE"]);

    publish(&world, "market", &inspections(&entered)[0], false).await;
    let why = json!({ "no_scan_reason": "企业负责人拒绝扫码" });
    let left = world.act("market.admin", &visit, "leave", Some(why)).await.expect(200);
    assert_eq!(left["status"], "LEFT", "it waits for its approval");
    world.act("market.admin", &visit, "approve-late", Some(json!({}))).await.expect_problem(403, "FORBIDDEN");
    let closed =
        world.act("market.head", &visit, "approve-late", Some(json!({ "opinion": "情况属实" }))).await.expect(200);
    assert_eq!((&closed["status"], &closed["found_problems"]), (&json!("CLOSED"), &json!(false)));
    world.assert_audit("visits", &id, "LATE_APPROVED", "market.head").await;

    // The one of the year is still there, and a second visit of the day is noticed.
    let next = world.daily_visit("market", &enterprise).await;
    world.walk_visit("market", &next, 4).await;
    let shown = world.get("market.admin", &next).await.expect(200);
    assert_eq!((&shown["status"], &shown["alerts"]), (&json!("ENTERED"), &json!(["OVER_DAILY"])));
}

#[tokio::test]
async fn an_entry_is_made_up_for_within_its_days_and_its_window() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, 0).await).await;
    world.walk_visit("market", &visit, 3).await;
    let pointers = async |body: Value| {
        let refused = world.act("market.admin", &visit, "enter", Some(body)).await.expect_problem(422, "INVALID_BODY");
        refused["errors"][0]["pointer"].clone()
    };
    let ago = |days: i64| json!((mingjian::kernel::ctx::now() - chrono::Duration::days(days)).to_rfc3339());
    assert_eq!(pointers(json!({ "entered_at": ago(11), "make_up_reason": "无网络" })).await, "/entered_at");
    assert_eq!(pointers(json!({ "entered_at": ago(-1), "make_up_reason": "无网络" })).await, "/entered_at");
    assert_eq!(
        pointers(json!({ "entered_at": ago(2), "make_up_reason": "无网络" })).await,
        "/entered_at",
        "before its window"
    );
    let now = mingjian::kernel::ctx::now().to_rfc3339();
    assert_eq!(pointers(json!({ "entered_at": now })).await, "/make_up_reason");
    let body = json!({ "entered_at": now, "make_up_reason": "山区无网络" });
    let entered = world.act("market.admin", &visit, "enter", Some(body)).await.expect(200);
    assert_eq!((&entered["entry_mode"], &entered["make_up_reason"]), (&json!("MAKE_UP"), &json!("山区无网络")));
}

#[tokio::test]
async fn what_is_returned_cancelled_or_looked_at_from_afar_gives_its_budget_back() {
    let world = World::county().await;
    super::budget::rule(&world, "CAP", json!({ "amount": 1 })).await;
    let enterprise = object(&world, 0).await;
    let visit = world.daily_visit("market", &enterprise).await;
    let reason = Some(json!({ "reason": "时间不合适" }));
    for (who, verb, audit, status) in [
        ("market.head", "return", "RETURNED", "DRAFT"),
        ("market.admin", "take-off-site", "TAKEN_OFF_SITE", "OFF_SITE"),
    ] {
        world.act("market.admin", &visit, "request", Some(json!({}))).await.expect(200);
        let after = world.act(who, &visit, verb, reason.clone()).await.expect(200);
        assert_eq!((&after["status"], &after["budget_year"]), (&json!(status), &Value::Null));
        world.assert_audit("visits", visit.rsplit('/').next().unwrap(), audit, who).await;
    }

    // The inspections are free for another visit, and void ones take the visit with them.
    let inspection = world.get("market.admin", "/api/v1/inspections?limit=1").await.expect(200)["items"][0].clone();
    assert_eq!(inspection["visit_id"], Value::Null);
    let body = json!({ "inspection_ids": [inspection["id"]], "terms": World::visit_terms() });
    let again = world.post("market.admin", "/api/v1/visits").json(&body).send().await.expect(201);
    let again = format!("/api/v1/visits/{}", again["id"].as_str().unwrap());
    let refused = world.post("market.admin", "/api/v1/visits").json(&body).send().await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "IN_USE");
    world.act("market.admin", &again, "request", Some(json!({}))).await.expect(200);
    let path = format!("/api/v1/inspections/{}", inspection["id"].as_str().unwrap());
    let void = json!({ "cause": "DUPLICATE", "reason": "与上次检查重复" });
    world.act("market.admin", &path, "ask-void", Some(void.clone())).await.expect(200);
    world.act("market.reviewer", &path, "void", Some(void)).await.expect(200);
    let over = world.get("market.admin", &again).await.expect(200);
    assert_eq!((&over["status"], &over["budget_year"]), (&json!("CANCELLED"), &Value::Null));
}

#[tokio::test]
async fn an_officer_asks_for_visits_of_their_own_only() {
    let mut world = World::county().await;
    let team = world.team("51082103").await;
    world.make_user("field.officer", "OFFICER", "51082103", team[0]["personnel_id"].clone()).await;
    let enterprise = object(&world, 0).await;
    let items: Vec<_> = world.items_of("51082103").await.into_iter().take(1).collect();
    let body = |officers: &Value| {
        let opening = json!({ "object_id": enterprise, "item_ids": items, "officers": officers });
        json!({ "opening": opening, "terms": World::visit_terms() })
    };
    let made = world.post("field.officer", "/api/v1/visits").json(&body(&team)).send().await.expect(201);
    let visit = format!("/api/v1/visits/{}", made["id"].as_str().unwrap());
    world.act("field.officer", &visit, "request", Some(json!({}))).await.expect(200);
    assert_eq!(kinds(&world, "market.head", &visit).await, ["VISIT_TO_APPROVE"]);
    world.act("field.officer", &visit, "approve", Some(json!({}))).await.expect_problem(403, "FORBIDDEN");

    let others: Vec<_> = world
        .get(
            "justice",
            &format!("/api/v1/personnel?department_id={}&limit=20&sort=name", world.departments["51082103"]),
        )
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    let apart: Vec<_> = others.iter().filter(|id| **id != team[0]["personnel_id"]).take(2).collect();
    let apart = json!([
        { "personnel_id": apart[0], "is_leader": true }, { "personnel_id": apart[1], "is_leader": false },
    ]);
    let refused = world.post("field.officer", "/api/v1/visits").json(&body(&apart)).send().await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/opening/officers");
}

#[tokio::test]
async fn every_bad_field_of_a_visit_is_named() {
    let world = World::county().await;
    let terms = window((6, 26), (6, 22));
    let body = json!({ "inspection_ids": ["01930000-0000-7000-8000-000000000005"], "terms": terms });
    let refused = world.post("market.admin", "/api/v1/visits").json(&body).send().await;
    let refused = refused.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/terms/window_to"], "{refused}");
    let body = json!({ "terms": World::visit_terms() });
    let refused = world.post("market.admin", "/api/v1/visits").json(&body).send().await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/inspection_ids");
}
