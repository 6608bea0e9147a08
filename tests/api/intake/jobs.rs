//! Long work tells how far it is, to those who ask and to those who listen, and stops when it is told to.

use crate::harness::World;
use reqwest::Method;
use serde_json::json;
use std::fmt::Write;

#[tokio::test]
async fn progress_is_streamed_to_the_end() {
    let world = World::county().await;
    let version = world.model("REPEAT-FAILURE", "STREAM", 1).await;
    let period = json!({ "from": "2026-01-01", "to": "2026-04-30" });
    let job = world.act("market.lead", &version, "backtest", Some(period)).await.expect(202);
    let path = format!("/api/v1/jobs/{}/events", job["id"].as_str().unwrap());
    let answer = world.get("market.lead", &path).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/event-stream"));
    let events: Vec<_> = answer.text.split("\n\n").filter(|event| !event.trim().is_empty()).collect();
    let last = events.last().unwrap();
    assert!(last.contains("event: end"), "{}", answer.text);
    let data: serde_json::Value =
        serde_json::from_str(last.lines().find_map(|line| line.strip_prefix("data: ")).unwrap()).unwrap();
    assert_eq!((&data["status"], &data["kind"]), (&json!("SUCCEEDED"), &json!("BACKTEST")));
    assert_eq!(data["progress"]["done"], data["progress"]["total"]);
    world.get("agri.admin", &path).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_job_that_runs_is_stopped_and_what_is_done_stays() {
    let world = World::bare().await;
    let mut rows = "企业名称,统一社会信用代码,注册地址\n".to_owned();
    for n in 0..30_000 {
        let _ = writeln!(rows, "旺苍县取消测试第{n}号店,,旺苍县东河镇{n}号");
    }
    let path = "/api/v1/imports?dataset=objects&filename=many.csv";
    let job = world.post("market.lead", path).raw("text/csv", rows.into_bytes()).send().await.expect(202);
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    loop {
        let job = world.get("market.lead", &path).await.expect(200);
        if job["progress"]["done"].as_i64().unwrap() > 0 {
            assert_eq!(job["status"], "RUNNING");
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let call = world.request(Method::POST, "market.lead", &format!("{path}/cancel")).if_match(1).keyed();
    let asked = call.send().await.expect(200);
    assert_eq!(asked["cancel_requested"], true);
    let done = world.wait_for("market.lead", &job).await;
    assert_eq!(done["status"], "CANCELLED");
    world.assert_audit("jobs", job["id"].as_str().unwrap(), "CANCELLED", "market.lead").await;
    let import = format!("/api/v1/imports/{}", job["import_id"].as_str().unwrap());
    let import = world.get("market.lead", &import).await.expect(200);
    let kept = import["rows_created"].as_i64().unwrap();
    assert!(kept > 0 && kept < 30_000, "{kept}");
    let objects = world.get("market.lead", "/api/v1/objects?total=exact&limit=1").await.expect(200);
    assert_eq!(objects["page"]["total"], kept);
    // Once more changes nothing.
    let again = world.act("market.lead", &path, "cancel", None).await.expect(200);
    assert_eq!(again["status"], "CANCELLED");
}
