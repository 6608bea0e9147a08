//! Whether the time of an answer tells who exists. Printed with its statistics; not asserted, since machines are noisy.
//!
//! `cargo test --release --test api timing -- --ignored --nocapture`

use crate::harness::World;
use reqwest::Method;
use serde_json::json;
use std::time::Instant;

const ROUNDS: usize = 1_000;

/// The chance that a sample of `a` is above one of `b`: 0.5 where nothing can be told.
fn area(a: &[f64], b: &[f64]) -> f64 {
    let above: f64 = a
        .iter()
        .map(|x| {
            b.iter()
                .map(|y| {
                    if x > y {
                        1.0
                    } else if x < y {
                        0.0
                    } else {
                        0.5
                    }
                })
                .sum::<f64>()
        })
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    let pairs = (a.len() * b.len()) as f64;
    above / pairs
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "its statistics are what it is for")]
#[ignore = "a measurement"]
async fn the_time_of_an_answer_does_not_tell_who_exists() {
    let world = World::bare_with(&[("MINGJIAN__SECURITY__LOCKOUT_ATTEMPTS", "1000000")]).await;
    for (what, path) in [("log-in", "/api/v1/auth/token"), ("reset", "/api/v1/auth/reset-requests")] {
        let body = |name: &str| match what {
            "log-in" => json!({ "username": name, "password": "not the password" }),
            _ => json!({ "username": name }),
        };
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS * 2 {
            let (name, times) = if round % 2 == 0 { ("agri.admin", &mut known) } else { ("nobody.here", &mut unknown) };
            let call = world.anonymous(Method::POST, path).json(&body(name));
            let start = Instant::now();
            let answer = call.send().await;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            assert!(answer.status == 401 || answer.status == 204);
        }
        let area = area(&known, &unknown);
        println!(
            "{what}: n = {ROUNDS} each, median {:.2} ms known, {:.2} ms unknown, AUC {area:.3} (goal 0.45–0.55)",
            median(&mut known),
            median(&mut unknown)
        );
    }
}
