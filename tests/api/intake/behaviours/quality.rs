//! What is wrong is said when it is written: the same by every way in, mended by a change, counted in its batch.

use crate::harness::{World, rules_of};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
const REVIEWER: &str = "market.reviewer";

/// §19's scenario: 1,000 rows of which 30 are wrong, 20 of them mended: 99.00 %, and 97.00 % at first.
#[tokio::test]
async fn a_thousand_rows_of_which_thirty_are_wrong() {
    let world = World::county().await;
    let row = |at: usize, wrong: bool| {
        let mut row = World::check_row(&format!("JC-{at:04}"));
        row["cd_batch"] = json!("2026101200001");
        if wrong { World::row_with(row, "I", "13T02:00", &[("check_form", "07")]) } else { row }
    };
    let rows: Vec<_> = (0..1_000).map(|at| row(at, at < 30)).collect();
    let sent = world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);
    let items = sent["items"].as_array().unwrap();
    let wrong: Vec<_> = items.iter().filter(|item| item["status"] == "QUARANTINED").collect();
    assert_eq!((items.len(), wrong.len()), (1_000, 30));
    let finding = &wrong[0]["findings"][0];
    assert_eq!((&finding["rule"], &finding["field"]), (&json!("NOT_IN_CODE_TABLE"), &json!("check_form")));
    assert!(finding["message_zh"].as_str().unwrap().contains("检查形式“07”不在值域范围内"), "{finding}");
    let shown = |batch: &Value| {
        ["rows", "errors", "accuracy_bp", "first_accuracy_bp"].map(|name| batch[name].as_i64().unwrap())
    };
    let batch = world.batch_of(ADMIN, "2026101200001").await;
    assert_eq!(shown(&batch), [1_000, 30, 9_700, 9_700]);
    let id = batch["id"].as_str().unwrap().to_owned();
    world.assert_audit("behaviour-batches", &id, "COUNTED", ADMIN).await;
    let entry = format!("/api/v1/behaviour-batches/{id}");
    assert_eq!(world.waits(ADMIN, &entry).await, ["BEHAVIOURS_TO_CORRECT"], "one entry for all of them");

    let mended: Vec<_> = (0..20).map(|at| World::row_with(row(at, false), "U", "20T02:00", &[])).collect();
    let sent = world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": mended })).send().await.expect(207);
    assert!(sent["items"].as_array().unwrap().iter().all(|item| item["status"] == "ACCEPTED"), "{sent}");
    assert_eq!(shown(&world.batch_of(ADMIN, "2026101200001").await), [1_000, 10, 9_900, 9_700]);
    let left = world.get(ADMIN, "/api/v1/behaviours?status=QUARANTINED&limit=200").await.expect(200);
    assert_eq!(left["items"].as_array().unwrap().len(), 10);

    // The same again changes nothing.
    let rows: Vec<_> = (0..1_000).map(|at| row(at, at < 30)).collect();
    let again = world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);
    let kept = again["items"].as_array().unwrap().iter().filter(|item| item["effect"] == "KEPT").count();
    assert_eq!(kept, 20, "what was mended stays mended");
    assert_eq!(shown(&world.batch_of(ADMIN, "2026101200001").await), [1_000, 10, 9_900, 9_700]);
    let mended: Vec<_> = (20..30).map(|at| World::row_with(row(at, false), "U", "20T02:00", &[])).collect();
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": mended })).send().await.expect(207);
    assert!(world.waits(ADMIN, &entry).await.is_empty());
}

/// One by one or together, a row has the same findings; a fix that is offered mends it.
#[tokio::test]
async fn every_way_in_answers_alike_and_a_fix_mends() {
    let world = World::county().await;
    let faults: [(&str, &str); 8] = [
        ("check_form", "日常检查"),
        ("check_date", "2026/10/12"),
        ("area_number", "510822"),
        ("administrative_cp_ui_code", "91510821MAR0501185"),
        ("supervise_item_implement_code", "31000001999999"),
        ("check_personnel", "张三"),
        ("check_personnel_code", "510821999999,510821999998"),
        ("no_such_column", "x"),
    ];
    let rows = |prefix: &str| -> Vec<Value> {
        let row = |(at, fault)| World::row_with(World::check_row(&format!("{prefix}-{at}")), "I", "13T02:00", &[fault]);
        faults.into_iter().enumerate().map(row).collect()
    };
    let body = json!({ "rows": rows("P") });
    let together = world.post(ADMIN, "/api/v1/behaviours/batch").json(&body).send().await.expect(207);
    for (at, row) in rows("E").iter().enumerate() {
        let alone = world.send_row(ADMIN, row).await.expect(200);
        assert_eq!(alone["findings"], together["items"][at]["findings"], "{}", faults[at].0);
        let errors = alone["findings"].as_array().unwrap().iter().filter(|one| one["severity"] == "ERROR").count();
        assert_eq!(errors, usize::from(faults[at].0 != "no_such_column"), "{alone}");

        let fix = alone["findings"].as_array().unwrap().iter().find_map(|one| one["fix"].as_array().cloned());
        assert_eq!(fix.is_some(), at < 2, "{alone}");
        let Some(fix) = fix else { continue };
        let column = fix[0]["path"].as_str().unwrap().trim_start_matches('/').to_owned();
        let value = fix[0]["value"].as_str().unwrap().to_owned();
        let mended = World::row_with(row.clone(), "U", "14T02:00", &[(column.as_str(), value.as_str())]);
        assert_eq!(world.send_row(ADMIN, &mended).await.expect(200)["status"], "ACCEPTED");
    }

    // Another record's code is taken, until that record is gone.
    let mut twin = World::check_row("T-1");
    world.send_row(ADMIN, &twin).await.expect(200);
    twin["cd_id"] = json!("T-2");
    let taken = world.send_row(ADMIN, &twin).await.expect(200);
    assert!(rules_of(&taken).contains(&"CODE_TAKEN".to_owned()), "{taken}");
    world.send_row(ADMIN, &World::row_with(World::check_row("T-1"), "D", "20T02:00", &[])).await.expect(200);
    // The same row again is looked at again.
    let free = world.send_row(ADMIN, &twin).await.expect(200);
    assert_eq!((&free["status"], &free["effect"]), (&json!("ACCEPTED"), &json!("UPDATED")), "{free}");

    let rules = world.get(ADMIN, "/api/v1/quality-rules").await.expect(200);
    assert!(rules["items"].as_array().unwrap().len() >= 30 && rules["version"].is_string());
}

/// What does not count is decided by somebody else, with a reason, and stays decided.
#[tokio::test]
async fn a_finding_is_set_aside_by_whoever_did_not_send_the_row() {
    let world = World::county().await;
    let row = World::row_with(World::check_row("JC-8"), "I", "13T02:00", &[("area_number", "510822")]);
    let sent = world.send_row(ADMIN, &row).await.expect(200);
    let id = sent["behaviour_id"].as_str().unwrap();
    let path = format!("/api/v1/behaviours/{id}");
    let body = json!({ "rule": "AREA_FOREIGN", "field": "area_number", "reason": "飞地，由本县管辖" });
    world.act(ADMIN, &path, "override-finding", Some(body.clone())).await.expect_problem(403, "FORBIDDEN");
    let done = world.act(REVIEWER, &path, "override-finding", Some(body.clone())).await.expect(200);
    assert_eq!((&done["status"], &done["errors"], &done["was_wrong"]), (&json!("ACCEPTED"), &json!(0), &json!(true)));
    world.assert_audit("behaviours", id, "FINDING_OVERRIDDEN", REVIEWER).await;
    world.act(REVIEWER, &path, "override-finding", Some(body)).await.expect_problem(409, "STATE_CONFLICT");
    let batch = world.batch_of(ADMIN, done["cd_batch"].as_str().unwrap()).await;
    assert_eq!((&batch["errors"], &batch["first_errors"]), (&json!(0), &json!(1)));

    let changed = World::row_with(row, "U", "14T02:00", &[("check_form", "02")]);
    assert_eq!(world.send_row(ADMIN, &changed).await.expect(200)["status"], "ACCEPTED");
    let seen = world.get(ADMIN, &path).await.expect(200);
    let of = |rule: &str| seen["findings"].as_array().unwrap().iter().find(|one| one["rule"] == rule).unwrap().clone();
    assert_eq!(
        (&of("AREA_FOREIGN")["state"], &of("AREA_FOREIGN")["reason"]),
        (&json!("OVERRIDDEN"), &json!("飞地，由本县管辖"))
    );
}
