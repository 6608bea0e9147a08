//! §20 of the rules of the trade at the API: when each term ends, why, how it is extended, and who is told when it is over.

use crate::harness::{World, id_of};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
const REVIEWER: &str = "market.reviewer";

fn received(kind: &str, at: &str, object: &Value) -> Value {
    let mut body = World::told(kind, object);
    body["received_at"] = json!(at);
    body
}

#[tokio::test]
async fn terms_end_as_the_calendar_says_and_say_why() {
    let world = World::county().await;
    let object = world.some_object().await;
    // Monday 28 September: a week of holidays, and a Saturday that works.
    let complaint = world.registered(ADMIN, &received("COMPLAINT", "2026-09-28T02:00:00Z", &object)).await;
    assert_eq!(world.get(ADMIN, &complaint).await.expect(200)["due_on"], "2026-10-13");
    let deadlines = world.get(ADMIN, &format!("{complaint}/deadlines")).await.expect(200)["items"].clone();
    assert_eq!((&deadlines[0]["clock"], &deadlines[0]["due_on"]), (&json!("ACCEPT"), &json!("2026-10-13")));
    assert!(deadlines[0]["explanation_zh"].to_string().contains("2026-10-13"), "{deadlines}");

    // Late: it goes on, and what was late is written down.
    let late = world.act(ADMIN, &complaint, "accept", None).await.expect(200);
    let term = &late["terms"][0];
    assert_eq!((&term["due_on"], &term["is_late"]), (&json!("2026-10-13"), &json!(true)));
    assert_eq!(late["clock"], "MEDIATE");

    let report = world.registered(ADMIN, &received("REPORT", "2026-11-02T02:00:00Z", &object)).await;
    assert_eq!(world.get(ADMIN, &report).await.expect(200)["due_on"], "2026-11-23");

    // The hotline's clock runs beside the law's, and whichever ends first is the day.
    let mut ticket = received("REPORT", "2026-11-02T02:00:00Z", &object);
    ticket["channel"] = json!("HOTLINE");
    ticket["ticket"] = json!("COMPLAINT");
    let ticket = world.registered(ADMIN, &ticket).await;
    let deadlines = world.get(ADMIN, &format!("{ticket}/deadlines")).await.expect(200)["items"].clone();
    let clocks: Vec<_> = deadlines.as_array().unwrap().iter().map(|one| one["clock"].as_str().unwrap()).collect();
    assert_eq!(clocks, ["VERIFY", "ANSWER"]);
}

#[tokio::test]
async fn more_time_is_somebody_elses_to_give_once() {
    let world = World::county().await;
    let report = world.complaint("market", "REPORT").await;
    let before = world.get(ADMIN, &report).await.expect(200);
    let asked = |days: u32| json!({ "working_days": days, "reason": "需外地协查" });
    world.try_on(ADMIN, &report, "extend", asked(15)).await.expect_problem(403, "FORBIDDEN");
    let much = world.try_on(REVIEWER, &report, "extend", asked(16)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(much["errors"][0]["pointer"], "/working_days");
    let longer = world.try_on(REVIEWER, &report, "extend", asked(15)).await.expect(200);
    assert!(longer["due_on"].as_str() > before["due_on"].as_str(), "{longer}");
    world.assert_audit("complaints", id_of(&report), "EXTENDED", REVIEWER).await;
    world.try_on(REVIEWER, &report, "extend", asked(1)).await.expect_problem(409, "EXTENSION_USED");

    // Mediation ends; nobody extends it.
    let complaint = world.complaint("market", "COMPLAINT").await;
    world.walk_complaint(&complaint, "COMPLAINT", 2).await;
    world.try_on(REVIEWER, &complaint, "extend", asked(1)).await.expect_problem(409, "STATE_CONFLICT");
    let enquiry = world.complaint("market", "ENQUIRY").await;
    let much = world.try_on(REVIEWER, &enquiry, "extend", asked(4)).await;
    much.expect_problem(422, "INVALID_BODY");
    world.try_on(REVIEWER, &enquiry, "extend", asked(3)).await.expect(200);
}

#[tokio::test]
async fn the_county_office_is_told_of_what_is_late() {
    let world = World::county().await;
    let object = world.some_object().await;
    let report = world.registered(ADMIN, &received("REPORT", "2026-01-05T02:00:00Z", &object)).await;
    let seen = world.get(ADMIN, &report).await.expect(200);
    assert!(seen["is_overdue"] == true && !seen["allowed_actions"].to_string().contains("EXTEND"));
    world.strike();
    assert_eq!(world.waits("coordinator", &report).await, ["COMPLAINT_OVERDUE"]);
    assert_eq!(world.waits(ADMIN, &report).await, ["COMPLAINT_TO_DECIDE"]);
    world.assert_audit("complaints", id_of(&report), "ESCALATED", "escalation").await;
    let told = world.get(ADMIN, &report).await.expect(200);
    assert!(told["escalated_at"].is_string());
    world.strike();
    assert_eq!(world.get(ADMIN, &report).await.expect(200)["version"], told["version"], "once");

    // Accepted, it waits for something else, and is late with that; to begin with it is not to have done it.
    let accepted = world.act(ADMIN, &report, "accept", None).await.expect(200);
    assert_eq!(accepted["escalated_at"], Value::Null);
    assert!(world.waits("coordinator", &report).await.is_empty());
    world.strike();
    assert_eq!(world.waits("coordinator", &report).await, ["COMPLAINT_OVERDUE"]);
    world.act(ADMIN, &report, "begin", None).await.expect(200);
    world.strike();
    assert_eq!(world.waits("coordinator", &report).await, ["COMPLAINT_OVERDUE"]);
    let done = world.try_on(ADMIN, &report, "conclude", World::conclusion("REPORT")).await.expect(200);
    assert_eq!((&done["escalated_at"], &done["terms"][0]["is_late"]), (&Value::Null, &json!(true)));
    assert!(world.waits("coordinator", &report).await.is_empty());
}
