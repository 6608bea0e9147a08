//! Three complaints about one object within thirty days are what a model warns of; one that was merged is the same matter.

use crate::harness::{World, id_of};
use serde_json::json;

const ADMIN: &str = "market.admin";

#[tokio::test]
async fn three_matters_in_thirty_days_are_a_warning() {
    let world = World::county().await;
    world.model("COMPLAINT-BURST", "COMPLAINT-BURST", 5).await;
    let object = world.some_object().await;
    let first = world.complaint("market", "REPORT").await;
    world.complaint("market", "COMPLAINT").await;
    let same = world.complaint("market", "REPORT").await;
    let into = json!({ "master_id": id_of(&first), "reason": "同一事项" });
    world.try_on(ADMIN, &same, "merge", into).await.expect(200);
    assert_eq!(world.run_models("market.lead", false).await["raised"], 0, "two matters");

    // Long ago is not within thirty days.
    let mut old = World::told("REPORT", &object);
    old["received_at"] = json!("2026-01-05T02:00:00Z");
    world.registered(ADMIN, &old).await;
    assert_eq!(world.run_models("market.lead", false).await["raised"], 0);
    world.complaint("market", "REPORT").await;
    assert_eq!(world.run_models("market.lead", false).await["raised"], 1);
    let path = format!("/api/v1/risk-clues?source=MODEL&object_id={}", object.as_str().unwrap());
    let clue = world.get("coordinator", &path).await.expect(200)["items"][0].clone();
    assert_eq!(clue["level"], "YELLOW", "{clue}");
    assert!(clue["content"].as_str().unwrap().contains("三十日内收到三件以上投诉举报"), "{clue}");
}
