//! Conditions that mean harm are refused when they are saved, over HTTP too.

#[path = "hostile_conditions.rs"]
mod list;

use crate::harness::World;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[tokio::test]
async fn hostile_conditions_are_refused_and_nothing_is_kept() {
    let world = World::bare().await;
    let mut body = world.model_body("REPEAT-FAILURE", "HOSTILE").await;
    let mut tried = 0;
    for (what, condition) in list::hostile() {
        body["content"]["conditions"] =
            json!([{ "when": condition.replace('a', "failed"), "weight": 60, "because": "测试" }]);
        let answer = world.post("market.lead", "/api/v1/risk-models").json(&body).send().await;
        let problem = answer.json();
        match problem["code"].as_str().unwrap() {
            "CONDITION_REFUSED" | "INVALID_BODY" => {
                assert_eq!(answer.status, 422, "{what}");
                assert_eq!(problem["errors"][0]["pointer"], "/content/conditions/0/when", "{what}: {problem}");
            }
            "MALFORMED_REQUEST" => assert_eq!(answer.status, 400, "{what}"),
            other => panic!("{what}: {other} {problem}"),
        }
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");
    let models = world.get("market.lead", "/api/v1/risk-models").await.expect(200);
    assert_eq!(models["page"]["total"], 0, "nothing was kept");
}

/// How long another request takes while hostile conditions arrive, against a quiet moment. Printed, not asserted.
///
/// `cargo test --release --test api hostile_conditions_slow -- --ignored --nocapture`
#[tokio::test]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "it prints what it measures")]
async fn hostile_conditions_slow_nobody_down() {
    let world = Arc::new(World::bare().await);
    let mut body = world.model_body("REPEAT-FAILURE", "HOSTILE").await;
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let measure = async |running: &AtomicBool| {
        let mut times = Vec::new();
        while running.load(Ordering::Relaxed) || times.len() < 200 {
            let begun = Instant::now();
            world.get("market.lead", "/api/v1/me").await.expect(200);
            times.push(begun.elapsed());
        }
        median(times)
    };
    let quiet = measure(&AtomicBool::new(false)).await;
    let mut worst = 0.0f64;
    for (what, condition) in list::hostile() {
        body["content"]["conditions"] =
            json!([{ "when": condition.replace('a', "failed"), "weight": 60, "because": "测试" }]);
        let running = AtomicBool::new(true);
        let attack = async {
            for _ in 0..50 {
                world.post("market.lead", "/api/v1/risk-models").json(&body).send().await;
            }
            running.store(false, Ordering::Relaxed);
        };
        let ((), busy) = tokio::join!(attack, measure(&running));
        let ratio = busy.as_secs_f64() / quiet.as_secs_f64();
        worst = worst.max(ratio);
        println!("{ratio:5.2}  {what}");
    }
    println!("quiet median {quiet:?}; worst ratio {worst:.2}");
}
