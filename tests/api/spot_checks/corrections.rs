//! A result that was wrong is put right: before it is public it is reopened, after that withdrawn and corrected, and what was
//! public stays known.

use crate::harness::{Answer, World};
use domain::kernel::clocks::calendar::local_date;
use mingjian::kernel::ctx::now;
use reqwest::Method;
use serde_json::{Value, json};

/// A drawn visit of market regulation that has begun, and a result of it by its code.
async fn begun(world: &World) -> (String, impl Fn(&str) -> Value + use<>) {
    let body = world.task_body("结果更正", &["51082103"]).await;
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let list = format!("/api/v1/inspections?task_id={}&limit=1", task.rsplit('/').next().unwrap());
    let page = world.get("market.admin", &list).await.expect(200);
    let visit = format!("/api/v1/inspections/{}", page["items"][0]["id"].as_str().unwrap());
    world.act("market.admin", &visit, "start", None).await.expect(200);

    let items = body["departments"][0]["item_ids"].clone();
    let result = move |code: &str| {
        let passed = if code == "1" { "1" } else { "2" };
        let point = |item: &Value| World::point(item, passed);
        let points: Vec<_> = items.as_array().unwrap().iter().map(point).collect();
        let today = local_date(now()).to_string();
        json!({ "inspected_on": today, "verify_ways": ["2"], "result_codes": [code], "points": points })
    };
    (visit, result)
}

async fn entered(world: &World, visit: &str, result: Value) {
    world.act("market.admin", visit, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", visit, "submit", None).await.expect(200);
}

async fn public(world: &World, visit: &str) -> Value {
    let id = visit.rsplit('/').next().unwrap();
    world.anonymous(Method::GET, &format!("/api/v1/public/inspections/{id}")).send().await.expect(200)
}

/// The row of the exchange that an approved result writes itself.
async fn own_row(world: &World, visit: &str) -> Value {
    let code = world.get("market.admin", visit).await.expect(200)["code"].as_str().unwrap().to_owned();
    let page = world.get("market.admin", &format!("/api/v1/behaviours?code={code}")).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    page["items"][0].clone()
}

async fn why(world: &World, who: &str, visit: &str, verb: &str, words: &str) -> Answer {
    world.act(who, visit, verb, Some(json!({ "reason": words }))).await
}

#[tokio::test]
async fn what_is_not_public_yet_is_reopened() {
    let world = World::county().await;
    let (visit, result) = begun(&world).await;
    let id = visit.rsplit('/').next().unwrap();
    entered(&world, &visit, result("1")).await;
    world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
    let first = own_row(&world, &visit).await;
    assert_eq!((&first["content"]["check_result"], &first["status"]), (&json!("01"), &json!("ACCEPTED")), "{first}");
    world.assert_audit("behaviours", first["id"].as_str().unwrap(), "CREATED", "market.reviewer").await;
    why(&world, "market.admin", &visit, "reopen", "代码录错").await.expect_problem(403, "FORBIDDEN");
    let reopened = why(&world, "market.reviewer", &visit, "reopen", "代码录错").await.expect(200);
    assert_eq!(
        (&reopened["status"], &own_row(&world, &visit).await["status"]),
        (&json!("RETURNED"), &json!("REMOVED"))
    );
    // It was made: it is put right, and not undone.
    let undo = Some(json!({ "cause": "CANNOT_BE_MADE", "reason": "无法实施" }));
    world.act("market.admin", &visit, "ask-void", undo).await.expect_problem(409, "STATE_CONFLICT");
    assert_eq!(reopened["opinion"], "代码录错");
    world.assert_audit("inspections", id, "REWORKED", "market.reviewer").await;
    let waits = world.get("market.admin", "/api/v1/worklist?kind=INSPECTION_TO_RECORD&limit=200").await.expect(200);
    assert!(waits["items"].as_array().unwrap().iter().any(|entry| entry["resource_id"] == id), "{waits}");

    // A rejected result is not the end either.
    entered(&world, &visit, result("A")).await;
    why(&world, "market.reviewer", &visit, "reject", "证据不足").await.expect(200);
    why(&world, "market.reviewer", &visit, "reopen", "补充证据").await.expect(200);
    entered(&world, &visit, result("5")).await;
    world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
    let second = own_row(&world, &visit).await;
    assert_eq!((&second["content"]["check_result"], &second["id"]), (&json!("02"), &first["id"]));
    // Gone while it was worked on, and there again.
    assert_eq!((&second["version"], &second["origin"]), (&json!(3), &json!("PLATFORM")));
    let mut foreign = World::row_with(World::check_row("x"), "D", "20T02:00", &[]);
    (foreign["cd_id"], foreign["cd_time"]) = (second["cd_id"].clone(), Value::Null);
    let refused = world.send_row("market.admin", &foreign).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "WRITTEN_BY_PLATFORM");
    let published = world.act("market.admin", &visit, "publish", None).await.expect(200);
    assert_eq!((&published["revision"], &published["earlier"]), (&json!(1), &json!([])));
    why(&world, "market.reviewer", &visit, "reopen", "已公示").await.expect_problem(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn what_was_public_is_corrected_and_leaves_its_tombstone() {
    let world = World::county().await;
    let (visit, result) = begun(&world).await;
    let id = visit.rsplit('/').next().unwrap();
    entered(&world, &visit, result("A")).await;
    world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
    let first = world.act("market.admin", &visit, "publish", None).await.expect(200);
    why(&world, "market.admin", &visit, "correct", "对象录错").await.expect_problem(409, "STATE_CONFLICT");
    why(&world, "market.admin", &visit, "withdraw", "结果录错").await.expect(200);
    let correcting = why(&world, "market.admin", &visit, "correct", "结果录错").await.expect(200);
    assert_eq!((&correcting["status"], &correcting["revision"]), (&json!("RETURNED"), &json!(2)));
    world.assert_audit("inspections", id, "CORRECTED", "market.admin").await;

    // Until the corrected result is published, everybody sees that the first was withdrawn, and why.
    entered(&world, &visit, result("1")).await;
    for _ in 0..2 {
        let seen = public(&world, &visit).await;
        assert_eq!((&seen["status"], &seen["results"]), (&json!("WITHDRAWN"), &json!([])));
        assert_eq!((&seen["withdrawn_reason"], &seen["published_at"]), (&json!("结果录错"), &first["published_at"]));
        let list = world.anonymous(Method::GET, "/api/v1/public/inspections?limit=200").send().await.expect(200);
        assert!(list["items"].as_array().unwrap().iter().any(|row| row["id"] == id && row["status"] == "WITHDRAWN"));
        if world.get("market.admin", &visit).await.expect(200)["status"] == "UNDER_REVIEW" {
            world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
        }
    }

    let second = world.act("market.admin", &visit, "publish", None).await.expect(200);
    assert_eq!((&second["revision"], &second["withdrawn_at"]), (&json!(2), &Value::Null));
    let seen = public(&world, &visit).await;
    assert_eq!((&seen["status"], &seen["results"][0]["code"]), (&json!("PUBLISHED"), &json!("1")));
    let earlier = &seen["earlier"][0];
    assert_eq!((&earlier["revision"], &earlier["withdrawn_reason"]), (&json!(1), &json!("结果录错")));
    assert_eq!(earlier["published_at"], first["published_at"]);
    assert_eq!(second["earlier"], seen["earlier"]);
}

/// A clue took its verdict from a result: the corrected result mends the verdict, as long as nothing was done about it.
#[tokio::test]
async fn a_corrected_result_mends_the_verdict_of_its_clue() {
    let world = World::county().await;
    let objects = world.get("market.lead", "/api/v1/objects?local_class=KEY&limit=1").await.expect(200);
    let clue = world.clue("coordinator", &objects["items"][0]["id"], Some("51082103")).await;
    world.walk_clue(&clue, 3).await;
    let items: Vec<_> = world.items_of("51082103").await.into_iter().take(1).collect();
    let open = json!({ "item_ids": items, "officers": world.team("51082103").await });
    world.act("market.admin", &clue, "open-inspection", Some(open)).await.expect(200);
    let list = format!("/api/v1/inspections?object_id={}", objects["items"][0]["id"].as_str().unwrap());
    let visit = world.get("market.admin", &list).await.expect(200)["items"][0]["id"].clone();
    let visit = format!("/api/v1/inspections/{}", visit.as_str().unwrap());
    world.act("market.admin", &visit, "start", None).await.expect(200);
    let result = |code: &str| {
        let point = World::point(&items[0], if code == "1" { "1" } else { "2" });
        let today = local_date(now()).to_string();
        json!({ "inspected_on": today, "verify_ways": ["2"], "result_codes": [code], "points": [point] })
    };

    entered(&world, &visit, result("1")).await;
    world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
    let cleared = world.get("market.admin", &clue).await.expect(200);
    assert_eq!(cleared["verdict"], "FALSE");
    why(&world, "market.reviewer", &visit, "reopen", "漏记不合格项").await.expect(200);
    entered(&world, &visit, result("5")).await;
    world.act("market.reviewer", &visit, "approve-result", Some(json!({}))).await.expect(200);
    let mended = world.get("market.admin", &clue).await.expect(200);
    assert_eq!((&mended["verdict"], &mended["status"]), (&json!("TRUE"), &cleared["status"]));
    world.assert_audit("risk-clues", clue.rsplit('/').next().unwrap(), "RESULT_RECEIVED", "market.reviewer").await;
}
