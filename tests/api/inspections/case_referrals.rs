//! 案件移送: a case and its measure name each other; whoever found it does not decide; nobody lets it rest.

use crate::harness::{World, id_of, today};
use chrono::Days;
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_case_and_its_measure_name_each_other() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "4" })).await;
    let done = Some(json!({ "note": "已移送" }));
    world.act(ADMIN, &measure, "complete", done).await.expect_problem(409, "STATE_CONFLICT");
    let neither = world.act(ADMIN, &measure, "refer", Some(json!({ "facts": "涉嫌违法" }))).await;
    assert_eq!(neither.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/department_id");

    let body = json!({ "department_id": world.departments["51082105"], "facts": "涉嫌使用禁用农药" });
    let referred = world.act(ADMIN, &measure, "refer", Some(body.clone())).await.expect(200);
    assert_eq!(referred["status"], "REFERRED");
    let referral = format!("/api/v1/case-referrals/{}", text(&referred["referral_id"]));
    let shown = world.get("agri.admin", &referral).await.expect(200);
    assert_eq!((shown["follow_up_id"].as_str().unwrap(), &shown["status"]), (id_of(&measure), &json!("REFERRED")));
    assert_eq!(shown["inspection_id"], id_of(&inspection));
    world.get("emergency.admin", &referral).await.expect_problem(404, "NOT_FOUND");
    let waiting = world.waiting("agri.admin", &referral).await;
    assert_eq!((&waiting[0]["kind"], &waiting[0]["due_on"]), (&json!("CASE_TO_FILE"), &shown["filing_due_on"]));
    assert!(world.waits(ADMIN, &measure).await.is_empty(), "whoever decides is waited for");
    world.assert_audit("follow-ups", id_of(&measure), "REFERRED", ADMIN).await;
    world.assert_audit("case-referrals", id_of(&referral), "CREATED", ADMIN).await;

    // Declined: whoever found it goes on, and refers it again.
    let reason = Some(json!({ "reason": "违法行为轻微并及时改正" }));
    world.act("agri.admin", &referral, "decline", reason).await.expect(200);
    world.assert_audit("case-referrals", id_of(&referral), "CASE_DECLINED", "agri.admin").await;
    let back = world.get(ADMIN, &measure).await.expect(200);
    assert_eq!((&back["status"], back["note"].as_str()), (&json!("OPEN"), Some("不予立案：违法行为轻微并及时改正")));
    assert_eq!(world.waits(ADMIN, &measure).await, ["FOLLOW_UP_DUE"]);
    // One that nobody takes as a case may end otherwise.
    assert!(back["allowed_actions"].as_array().unwrap().contains(&json!("COMPLETE")), "{back}");
    let again = world.act(ADMIN, &measure, "refer", Some(body.clone())).await.expect(200);
    let withdrawn = format!("/api/v1/case-referrals/{}", text(&again["referral_id"]));
    let reason = Some(json!({ "reason": "补充证据后再移送" }));
    world.act("agri.admin", &withdrawn, "withdraw", reason.clone()).await.expect_problem(403, "FORBIDDEN");
    world.act(ADMIN, &withdrawn, "withdraw", reason).await.expect(200);
    world.assert_audit("case-referrals", id_of(&withdrawn), "WITHDRAWN", ADMIN).await;
    let again = world.act(ADMIN, &measure, "refer", Some(body)).await.expect(200);
    let second = format!("/api/v1/case-referrals/{}", text(&again["referral_id"]));
    assert_ne!(second, referral);

    let tomorrow = json!({ "case_no": "旺农案〔2026〕3号", "filed_on": today() + Days::new(1) });
    let refused = world.act("agri.admin", &second, "file", Some(tomorrow)).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/filed_on");
    let file = Some(json!({ "case_no": "旺农案〔2026〕3号" }));
    world.act(ADMIN, &second, "file", file.clone()).await.expect_problem(403, "FORBIDDEN");
    let filed = world.act("agri.admin", &second, "file", file).await.expect(200);
    assert_eq!((&filed["status"], &filed["filed_on"]), (&json!("FILED"), &json!(today())));
    assert_eq!(world.waits("agri.admin", &second).await, ["CASE_TO_CLOSE"]);
    world.assert_audit("case-referrals", id_of(&second), "CASE_FILED", "agri.admin").await;
    let settled = world.get(ADMIN, &measure).await.expect(200);
    assert_eq!((&settled["status"], settled["note"].as_str()), (&json!("DONE"), Some("已立案：旺农案〔2026〕3号")));
    let close = Some(json!({ "outcome": "罚款 5000 元" }));
    world.act("agri.admin", &second, "close", close).await.expect(200);
    world.assert_audit("case-referrals", id_of(&second), "CLOSED", "agri.admin").await;
    assert!(world.waits("agri.admin", &second).await.is_empty());
}

/// Within one department, whoever found it does not decide; for a body outside, who sent it writes down what it decided.
#[tokio::test]
async fn whoever_found_it_does_not_file_the_case() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let own = world.referral(ADMIN, &inspection, "51082103").await;
    let file = Some(json!({ "case_no": "旺市监案〔2026〕17号" }));
    world.act(ADMIN, &own, "file", file.clone()).await.expect_problem(422, "SELF_REVIEW");
    assert!(world.waits(ADMIN, &own).await.is_empty(), "it waits for somebody else");
    assert_eq!(world.waits("market.reviewer", &own).await, ["CASE_TO_FILE"]);
    world.act("market.reviewer", &own, "file", file).await.expect(200);

    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "4" })).await;
    let outside = json!({ "receiver_name": "旺苍县公安局", "facts": "涉嫌生产、销售有毒、有害食品罪" });
    let referred = world.act(ADMIN, &measure, "refer", Some(outside)).await.expect(200);
    let referral = format!("/api/v1/case-referrals/{}", text(&referred["referral_id"]));
    assert_eq!(world.waits("market.reviewer", &referral).await, ["CASE_TO_FILE"]);
}

/// A referral that nobody decides on is told to the justice bureau.
#[tokio::test]
async fn a_referral_that_nobody_decides_on_does_not_rest() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let referral = world.referral(ADMIN, &inspection, "51082105").await;
    let then = today() - Days::new(1);
    let sql = format!("UPDATE worklist_entries SET due_on = '{then}' WHERE kind = 'CASE_TO_FILE'");
    world.database.execute(&sql).await;
    world.strike();
    let opened = world.get("justice", "/api/v1/supervision-cases?source=ALERT").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&opened["alert"], &opened["department_id"]),
        (&json!("REFERRAL_OVERDUE"), &json!(world.departments["51082105"]))
    );
    assert_eq!(opened["subjects"][0]["record_id"], id_of(&referral));
}
