//! Records of one phone: in any order, twice, refused, kept over an end of the server.

use super::{OFFICERS, Offline, path_of};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;

#[tokio::test]
async fn records_come_in_any_order_and_twice() {
    let county = Offline::county().await;
    let world = &county.world;
    let (enter, result, mut leave) =
        (county.record("ENTER", 10), county.result("未发现问题", 20), county.record("LEAVE", 30));
    // Finer than what is kept: it is the same record when it comes again.
    leave["at"] = json!(county.at(30) + Duration::microseconds(400));

    assert_eq!(county.states(0, &[&leave, &result]).await, ["WAITING", "WAITING"], "nobody has entered");
    let waits = world.get(OFFICERS[0], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE&total=exact").await.expect(200);
    assert_eq!(waits["page"]["total"], 2);
    let others = world.get(OFFICERS[1], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE&total=exact").await.expect(200);
    assert_eq!(others["page"]["total"], 0, "what one has sent is not another's to settle");

    // The entry is on the other phone: it sets all free.
    assert_eq!(county.states(1, &[&enter]).await, ["APPLIED"]);
    for (record, officer) in [(&enter, 1), (&result, 0), (&leave, 0)] {
        let now = county.state_of(record).await;
        assert_eq!(now["status"], "APPLIED", "{now}");
        assert_eq!(now["device_at"], now["happened_at"], "the clocks agree");
        assert!(now["arrived_at"].as_str() > now["device_at"].as_str());
        world.assert_audit("offline-records", now["id"].as_str().unwrap(), "RECEIVED", OFFICERS[officer]).await;
        world.assert_audit("offline-records", now["id"].as_str().unwrap(), "ADOPTED", OFFICERS[officer]).await;
    }
    let visit = world.get("market.admin", &county.visit).await.expect(200);
    assert_eq!((&visit["status"], &visit["entry_mode"]), (&json!("LEFT"), &json!("MAKE_UP")));
    assert_eq!((&visit["entered_at"], &visit["left_at"]), (&json!(county.at(10)), &json!(county.at(30))));
    let inspection = world.get("market.admin", &county.inspection).await.expect(200);
    assert_eq!((&inspection["status"], &inspection["summary"]), (&json!("ENTERED"), &json!("未发现问题")));
    assert_eq!(inspection["started_at"], json!(county.at(20)));
    let id = county.inspection.rsplit('/').next().unwrap();
    world.assert_audit("inspections", id, "RECORDED", OFFICERS[0]).await;
    let waits = world.get(OFFICERS[0], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE&total=exact").await.expect(200);
    assert_eq!(waits["page"]["total"], 0);

    // All of it again, in another order: the same answers, and nothing done.
    let trail = "/api/v1/audit/entries?limit=1&total=exact";
    let before = world.get("auditor", trail).await.expect(200)["page"]["total"].clone();
    assert_eq!(county.states(0, &[&result, &leave]).await, ["APPLIED", "APPLIED"]);
    assert_eq!(county.states(1, &[&enter]).await, ["APPLIED"]);
    assert_eq!(world.get("auditor", trail).await.expect(200)["page"]["total"], before);

    // An id stands for one record.
    let mut other = leave.clone();
    other["reason"] = json!("企业负责人不在");
    let path = format!("/api/v1/offline-passes/{}/records", county.passes[0]["id"].as_str().unwrap());
    let new = county.record("LEAVE", 40);
    let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [new, other] });
    let refused = world.post(OFFICERS[0], &path).json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/records/1/id"), &json!("ID_REUSED"))
    );
    world.get(OFFICERS[0], &path_of(&new)).await.expect_problem(404, "NOT_FOUND");

    // What another has done already is not done again.
    assert_eq!(
        county.states(0, &[&county.record("ENTER", 15), &county.record("LEAVE", 45)]).await,
        ["DUPLICATE", "DUPLICATE"]
    );
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_stays() {
    let county = Offline::county().await;
    let world = &county.world;
    let mut wrong = county.result("结果有误", 20);
    wrong["result"]["result_codes"] = json!(["1", "2"]);
    let sent = county.send(0, &[&county.record("ENTER", 10), &wrong]).await;
    let told = &sent["items"][1];
    assert_eq!((&told["status"], &told["problem"]["code"]), (&json!("REFUSED"), &json!("INVALID_BODY")));
    assert_eq!(told["problem"]["errors"][0]["pointer"], "/result_codes", "{told}");
    let inspection = world.get("market.admin", &county.inspection).await.expect(200);
    assert_eq!(inspection["status"], "PENDING", "the start was taken back with it");
    world.assert_audit("offline-records", wrong["id"].as_str().unwrap(), "SET_ASIDE", OFFICERS[0]).await;

    // Nothing of another pass, and nothing before it was taken.
    let mut stranger = county.record("LEAVE", 10);
    stranger["subject_id"] = json!(mingjian::kernel::ctx::random_id());
    let early = county.record("LEAVE", -3_600_000);
    let sent = county.send(0, &[&stranger, &early]).await;
    let codes: Vec<_> =
        (0..2).map(|at| (&sent["items"][at]["status"], &sent["items"][at]["problem"]["code"])).collect();
    assert_eq!(codes, [(&json!("REFUSED"), &json!("NOT_FOUND")), (&json!("REFUSED"), &json!("STATE_CONFLICT")),]);

    // What was refused when it came is not had by the other door.
    for record in [&stranger, &early] {
        let status = world.act(OFFICERS[0], &path_of(record), "apply", None).await.status;
        assert!(status == 409 || status == 404, "{status}");
        assert_eq!(county.state_of(record).await["status"], "REFUSED");
    }
    let own = county.record("LEAVE", 10);
    let mut taken = own.clone();
    taken["id"] = own["subject_id"].clone();
    let path = format!("/api/v1/offline-passes/{}/records", county.passes[0]["id"].as_str().unwrap());
    let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [taken] });
    let refused = world.post(OFFICERS[0], &path).json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "NOT_NEW");

    // A clock that is an hour fast is put right by when it sent.
    let mut leave = county.record("LEAVE", 60);
    leave["at"] = json!(county.at(60) + Duration::hours(1));
    let body = json!({ "sent_at": mingjian::kernel::ctx::now() + Duration::hours(1), "records": [leave] });
    let sent = world.post(OFFICERS[0], &path).json(&body).send().await.expect(200);
    let told = &sent["items"][0];
    assert_eq!(told["status"], "APPLIED", "{told}");
    assert_eq!(told["device_at"], leave["at"]);
    let off: DateTime<Utc> = serde_json::from_value(told["happened_at"].clone()).unwrap();
    assert!((off - county.at(60)).abs() < Duration::minutes(1), "{told}");
}

#[tokio::test]
async fn what_was_kept_before_a_server_ended_is_carried_out_when_it_is_sent_again() {
    let mut county = Offline::county().await;
    let enter = county.record("ENTER", 10);
    assert_eq!(county.states(0, &[&enter]).await, ["APPLIED"]);
    let result = county.result("断电之前", 20);
    assert_eq!(county.states(0, &[&result]).await, ["APPLIED"]);
    // As if the server had ended between keeping a record and carrying it out.
    let late = county.record("LEAVE", 30);
    let database = &county.world.database;
    database.execute("UPDATE visits SET status = 'NOTIFIED' WHERE status = 'ENTERED'").await;
    assert_eq!(county.states(0, &[&late]).await, ["WAITING"]);
    county.world.database.execute("UPDATE visits SET status = 'ENTERED' WHERE status = 'NOTIFIED'").await;
    county.world.restart();
    assert_eq!(county.states(0, &[&late]).await, ["APPLIED"], "sent again, it goes on");
    let visit = county.world.get("market.admin", &county.visit).await.expect(200);
    assert_eq!(visit["status"], "LEFT");
}

#[tokio::test]
async fn what_waits_goes_on_when_somebody_enters_online_and_what_came_back_is_the_officers_to_put_right() {
    let county = Offline::county().await;
    let world = &county.world;
    let result = county.result("未发现问题", 20);
    assert_eq!(county.states(0, &[&result]).await, ["WAITING"]);
    let refused = world.act(OFFICERS[0], &path_of(&result), "apply", None).await;
    refused.expect_problem(409, "STATE_CONFLICT");
    world.act("market.admin", &county.visit, "enter", Some(json!({}))).await.expect(200);
    let now = county.state_of(&result).await;
    // It happened before the entry that is on record: the day is the same, and so is the result.
    assert_eq!(now["status"], "APPLIED", "{now}");

    // A reviewer gives it back: the officer's next result is no conflict with themselves.
    world.act("market.admin", &county.inspection, "submit", None).await.expect(200);
    let reason = json!({ "reason": "请补充库房情况" });
    world.act("market.reviewer", &county.inspection, "return", Some(reason)).await.expect(200);
    assert_eq!(county.states(0, &[&county.result("更早写的", 15)]).await, ["OVERTAKEN"]);
    assert_eq!(county.states(0, &[&county.result("补充了库房情况", 30)]).await, ["APPLIED"]);
    let inspection = world.get("market.admin", &county.inspection).await.expect(200);
    assert_eq!((&inspection["status"], &inspection["summary"]), (&json!("ENTERED"), &json!("补充了库房情况")));

    // Another day's entry is not the same entry.
    let day = "UPDATE visits SET entered_at = '2026-01-05 02:00:00.000 +00:00', entered_on = '2026-01-05'";
    world.database.execute(day).await;
    assert_eq!(county.states(1, &[&county.record("ENTER", 40)]).await, ["CONFLICT"]);
}
