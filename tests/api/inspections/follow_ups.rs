//! 后续处置: with a deadline, looked at again on a visit, told on when nobody does it.

use crate::contract::allowed::walk;
use crate::harness::{World, id_of, today};
use chrono::Days;
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

#[tokio::test]
async fn a_measure_has_a_deadline_and_one_extension_by_somebody_else() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let yesterday = today() - Days::new(1);
    let path = format!("{inspection}/follow-ups");
    let past = world.post(ADMIN, &path).json(&json!({ "measure": "3", "due_on": yesterday })).send().await;
    assert_eq!(past.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/due_on");

    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    let shown = world.get(ADMIN, &measure).await.expect(200);
    assert!(
        shown["due_on"].as_str().unwrap() > today().to_string().as_str(),
        "a measure without a day has the usual one"
    );
    let waiting = world.waiting(ADMIN, &measure).await;
    assert_eq!((&waiting[0]["kind"], &waiting[0]["due_on"]), (&json!("FOLLOW_UP_DUE"), &shown["due_on"]));
    world.assert_audit("follow-ups", id_of(&measure), "CREATED", ADMIN).await;

    let more = |days: u32| Some(json!({ "days": days, "reason": "设备改造需停产" }));
    world.act(ADMIN, &measure, "extend", more(5)).await.expect_problem(403, "FORBIDDEN");
    let much = world.act("market.reviewer", &measure, "extend", more(31)).await;
    assert_eq!(much.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "OUT_OF_RANGE");
    let extended = world.act("market.reviewer", &measure, "extend", more(5)).await.expect(200);
    let due: chrono::NaiveDate = text(&shown["due_on"]).parse().unwrap();
    assert_eq!(extended["due_on"], json!(due + Days::new(5)));
    assert_eq!(world.waiting(ADMIN, &measure).await[0]["due_on"], extended["due_on"]);
    world.act("market.reviewer", &measure, "extend", more(5)).await.expect_problem(409, "EXTENSION_USED");
    world.assert_audit("follow-ups", id_of(&measure), "EXTENDED", "market.reviewer").await;

    let done = world.act(ADMIN, &measure, "complete", Some(json!({ "note": "已改正" }))).await.expect(200);
    assert_eq!((&done["status"], &done["done_on"]), (&json!("DONE"), &json!(today())));
    assert!(world.waits(ADMIN, &measure).await.is_empty());
    world.assert_audit("follow-ups", id_of(&measure), "FINISHED", ADMIN).await;
    let of_inspection = world.get(ADMIN, &inspection).await.expect(200);
    assert_eq!(of_inspection["follow_ups"][0]["status"], "DONE", "the inspection says so too");
    world.get("agri.admin", &measure).await.expect_problem(404, "NOT_FOUND");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn recheck_body(world: &World) -> Value {
    let terms = World::visit_terms();
    json!({
        "officers": world.team("51082103").await, "on_site_reason": "须现场核对",
        "window_from": terms["window_from"], "window_to": terms["window_to"],
    })
}

#[tokio::test]
async fn whether_it_was_put_right_is_looked_at_on_a_visit() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    let mut wrong = recheck_body(&world).await;
    wrong["window_from"] = json!(today() - Days::new(1));
    let refused = world.act(ADMIN, &measure, "recheck", Some(wrong)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/window_from", "in this body's own words");

    let asked = world.act(ADMIN, &measure, "recheck", Some(recheck_body(&world).await)).await.expect(200);
    assert_eq!((&asked["status"], &asked["recheck_status"]), (&json!("OPEN"), &json!("PENDING")));
    world.assert_audit("follow-ups", id_of(&measure), "RECHECK_OPENED", ADMIN).await;
    let visit = format!("/api/v1/visits/{}", text(&asked["recheck_visit_id"]));
    let drafted = world.get(ADMIN, &visit).await.expect(200);
    assert_eq!((&drafted["status"], &drafted["parts"][0]["ground"]), (&json!("DRAFT"), &json!("RECHECK")));
    assert_eq!(drafted["object_id"], world.get(ADMIN, &inspection).await.expect(200)["object_id"]);

    // Nobody says that it is put right before somebody has looked, and nobody asks twice.
    let done = Some(json!({ "note": "已改正" }));
    world.act(ADMIN, &measure, "complete", done.clone()).await.expect_problem(409, "STATE_CONFLICT");
    let again = Some(recheck_body(&world).await);
    world.act(ADMIN, &measure, "recheck", again).await.expect_problem(409, "STATE_CONFLICT");
    world.walk_visit("market", &visit, 4).await;
    let approved = world.get(ADMIN, &visit).await.expect(200);
    assert_eq!(approved["parts"][0]["counts"], false, "a re-check takes nothing of the enterprise's budget");

    let recheck = format!("/api/v1/inspections/{}", text(&asked["recheck_inspection_id"]));
    world.act(ADMIN, &recheck, "start", None).await.expect(200);
    let items = drafted_items(&world, &recheck).await;
    let points: Vec<_> = items.iter().map(|item| World::point(item, "1")).collect();
    let result = json!({ "inspected_on": today(), "verify_ways": ["1"], "result_codes": ["1"], "points": points });
    world.act(ADMIN, &recheck, "record-result", Some(result)).await.expect(200);
    world.act(ADMIN, &recheck, "submit", None).await.expect(200);
    world.act(ADMIN, &measure, "complete", done.clone()).await.expect_problem(409, "STATE_CONFLICT");
    world.act("market.reviewer", &recheck, "approve-result", Some(json!({}))).await.expect(200);
    let finished = world.act(ADMIN, &measure, "complete", done).await.expect(200);
    assert_eq!(finished["recheck_status"], "APPROVED");
}

/// The items of an inspection.
async fn drafted_items(world: &World, inspection: &str) -> Vec<Value> {
    let asked = world.get(ADMIN, &format!("{inspection}/check-points")).await.expect(200);
    asked["items"].as_array().unwrap().iter().map(|item| item["spot_check_item_id"].clone()).collect()
}

#[tokio::test]
async fn what_a_measure_and_a_referral_show_is_what_is_accepted() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    let referral = json!({ "department_id": world.departments["51082103"], "facts": "涉嫌违法" });
    let verbs = [
        ("COMPLETE", "complete", Some(json!({ "note": "已改正" }))),
        ("RECHECK", "recheck", Some(recheck_body(&world).await)),
        ("REFER", "refer", Some(referral)),
        ("EXTEND", "extend", Some(json!({ "days": 3, "reason": "企业申请" }))),
    ];
    walk(&world, &measure, &verbs, &[("market.reviewer", "EXTEND"), (ADMIN, "RECHECK")]).await;
    let other = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    walk(&world, &other, &verbs, &[(ADMIN, "REFER")]).await;

    let referral = world.get(ADMIN, &other).await.expect(200)["referral_id"].clone();
    let referral = format!("/api/v1/case-referrals/{}", text(&referral));
    let verbs = [
        ("FILE", "file", Some(json!({ "case_no": "旺市监案〔2026〕17号" }))),
        ("DECLINE", "decline", Some(json!({ "reason": "不构成违法" }))),
        ("WITHDRAW", "withdraw", Some(json!({ "reason": "本部门自行处理" }))),
        ("CLOSE", "close", Some(json!({ "outcome": "警告" }))),
    ];
    walk(&world, &referral, &verbs, &[("market.reviewer", "FILE"), ("market.reviewer", "CLOSE")]).await;
}

/// Its officers have it in their own list, by what it is called; it ends with a void inspection.
#[tokio::test]
async fn an_officer_sees_what_follows_from_their_inspection() {
    let mut world = World::county().await;
    let team = world.team("51082103").await;
    world.make_user("field.officer", "OFFICER", "51082103", team[0]["personnel_id"].clone()).await;
    let inspection = world.begun_inspection("market").await;
    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3", "detail": "标签不合规" })).await;
    let page = world.get("field.officer", "/api/v1/worklist?kind=FOLLOW_UP_DUE").await.expect(200);
    assert_eq!(page["items"][0]["title"], "责令改正 标签不合规");
    assert_eq!(world.waits("field.officer", &measure).await, ["FOLLOW_UP_DUE"]);

    let asked = json!({ "cause": "CANNOT_BE_MADE", "reason": "企业停业装修" });
    world.act(ADMIN, &inspection, "ask-void", Some(asked.clone())).await.expect(200);
    world.act("market.reviewer", &inspection, "void", Some(asked)).await.expect(200);
    let dropped = world.get(ADMIN, &measure).await.expect(200);
    assert_eq!((&dropped["status"], &dropped["allowed_actions"]), (&json!("DROPPED"), &json!([])));
    world.assert_audit("follow-ups", id_of(&measure), "CANCELLED", "market.reviewer").await;
    assert!(world.waits("field.officer", &measure).await.is_empty());
}

/// First the reviewer, then the justice bureau; each once.
#[tokio::test]
async fn what_nobody_does_is_told_to_the_reviewer_and_then_to_the_justice_bureau() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    world.strike();
    assert!(world.waits("market.reviewer", &measure).await.is_empty(), "in time, nobody is told");

    world.late(&measure, "FOLLOW_UP_DUE").await;
    let shown = world.get(ADMIN, &measure).await.expect(200);
    assert!(shown["escalated_at"].is_string() && shown["is_overdue"] == true, "{shown}");
    assert_eq!(world.waits(ADMIN, &measure).await, ["FOLLOW_UP_DUE"], "it still waits for whoever has it");
    let told = world.waiting("market.reviewer", &measure).await;
    assert_eq!((told.len(), &told[0]["kind"]), (1, &json!("FOLLOW_UP_OVERDUE")));
    assert!(text(&told[0]["due_on"]) > today().to_string(), "the reviewer has a time of their own: {}", told[0]);
    world.assert_audit("follow-ups", id_of(&measure), "ESCALATED", "escalation").await;
    let version = shown["version"].clone();
    world.strike();
    assert_eq!(world.get(ADMIN, &measure).await.expect(200)["version"], version, "told once");
    let cases = "/api/v1/supervision-cases?source=ALERT";
    assert_eq!(world.get("justice", cases).await.expect(200)["items"], json!([]));

    world.late(&measure, "FOLLOW_UP_OVERDUE").await;
    let opened = world.get("justice", cases).await.expect(200)["items"][0].clone();
    assert_eq!((&opened["alert"], &opened["status"]), (&json!("FOLLOW_UP_OVERDUE"), &json!("OPEN")));
    assert_eq!(opened["subjects"][0]["record_id"], id_of(&measure));
    let case = format!("/api/v1/supervision-cases/{}", text(&opened["id"]));
    assert_eq!(world.waits("justice", &case).await, ["SUPERVISION_TO_BEGIN"]);
    world.strike();
    assert_eq!(world.get("justice", cases).await.expect(200)["items"].as_array().unwrap().len(), 1);

    // What is late is not extended any more, and its officers see it in their own list.
    let more = Some(json!({ "days": 3, "reason": "企业申请" }));
    world.act("market.reviewer", &measure, "extend", more).await.expect_problem(409, "STATE_CONFLICT");

    // Done in the end: nobody is waited for.
    world.act(ADMIN, &measure, "complete", Some(json!({ "note": "已改正" }))).await.expect(200);
    assert!(world.waits("market.reviewer", &measure).await.is_empty());
}
