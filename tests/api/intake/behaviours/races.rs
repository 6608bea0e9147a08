//! The same row many times at once, and several changes of one row: what is known in the end hangs on the envelopes alone.

use crate::harness::World;
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

#[tokio::test]
async fn a_row_that_comes_many_times_at_once_is_one() {
    let world = World::county().await;
    let row = World::check_row("JC-R");
    let answers = futures::future::join_all((0..16).map(|_| world.send_row(ADMIN, &row))).await;
    let effects: Vec<Value> = answers.iter().map(|answer| answer.expect(200)["effect"].clone()).collect();
    assert_eq!(effects.iter().filter(|effect| **effect == "CREATED").count(), 1, "{effects:?}");
    let batch = world.get(ADMIN, "/api/v1/behaviour-batches").await.expect(200)["items"][0].clone();
    assert_eq!((&batch["rows"], &batch["errors"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn changes_that_meet_leave_the_newest() {
    let world = World::county().await;
    world.send_row(ADMIN, &World::check_row("JC-N")).await.expect(200);
    let codes = ["01", "02", "99"];
    let changes: Vec<_> = (0..12)
        .map(|at| {
            let hour = format!("15T{at:02}:00");
            // Every third is wrong.
            let form = if at % 3 == 2 { "07" } else { codes[at % 2] };
            World::row_with(World::check_row("JC-N"), "U", &hour, &[("check_form", form)])
        })
        .collect();
    let answers = futures::future::join_all(changes.iter().map(|row| world.send_row(ADMIN, row))).await;
    for answer in &answers {
        answer.expect(200);
    }
    let row = world.get(ADMIN, "/api/v1/behaviours?code=JC-N").await.expect(200)["items"][0].clone();
    assert_eq!((&row["content"]["check_form"], &row["status"]), (&json!("07"), &json!("QUARANTINED")));
    let batch = world.get(ADMIN, "/api/v1/behaviour-batches").await.expect(200)["items"][0].clone();
    assert_eq!((&batch["rows"], &batch["errors"], &batch["first_errors"]), (&json!(1), &json!(1), &json!(1)));
}
