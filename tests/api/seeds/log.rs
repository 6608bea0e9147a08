//! The transparency log: a checkpoint, who cosigns it, and the proof of a line.

use super::Seeds;
use crate::harness::Witness;
use serde_json::json;

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let checkpoint = world.post("justice", "/api/v1/audit/checkpoints").send().await.expect(201);
    let path = format!("/api/v1/audit/checkpoints/{}", checkpoint["id"].as_str().unwrap());
    let body = Witness::new().cosigns(checkpoint["note"].as_str().unwrap());
    seeds.add("cosign_checkpoint", Some(&path), Some(body)).await;

    // A line of before the checkpoint has its place.
    let lines = "/api/v1/audit/entries?resource=departments&sort=at&limit=1";
    let line = world.get("auditor", lines).await.expect(200)["items"][0]["id"].clone();
    seeds.add("prove_audit_entry", None, None).await;
    seeds.with_query("prove_audit_entry", json!({ "entry_id": line }));
}
