//! 证据: registered with its digest, sent in pieces, checked, kept, read by a link.

mod bucket;
mod content;
mod hostile;
mod kills;
mod uploads;

use crate::harness::World;
use crate::harness::photo;
use serde_json::json;

/// §25: photo 3 of 5 never arrives.
#[tokio::test]
async fn the_third_of_five_photos_is_a_finding_when_the_result_is_handed_in() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let photos: Vec<_> = (1..=5).map(photo).collect();
    let mut paths = Vec::new();
    for (seq, content) in (1..).zip(&photos) {
        paths.push(world.declare("market.admin", &inspection, &World::captured(seq, "PHOTO", content)).await);
    }
    for at in [0, 1, 3, 4] {
        world.send_bytes("market.admin", &paths[at], 0, photos[at].clone()).await.expect(204);
        assert_eq!(world.checked("market.admin", &paths[at]).await["status"], "KEPT");
    }
    let waits = async || {
        let list = world.get("market.admin", "/api/v1/worklist?kind=EVIDENCE_TO_UPLOAD").await.expect(200);
        list["items"].as_array().unwrap().iter().map(|entry| entry["title"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(waits().await, [json!("IMG_0003")]);

    let item = world.items_of("51082103").await.remove(0);
    let result = json!({
        "inspected_on": crate::harness::today(), "verify_ways": ["1"], "result_codes": ["1"],
        "points": [World::point(&item, "1")], "evidence_count": 6,
    });
    world.act("market.admin", &inspection, "record-result", Some(result)).await.expect(200);
    let handed_in = world.act("market.admin", &inspection, "submit", None).await.expect(200);
    let gaps = json!([{ "seq": 3, "status": "DECLARED" }, { "seq": 6, "status": null }]);
    assert_eq!(handed_in["evidence_gaps"], gaps);
    let id = inspection.rsplit('/').next().unwrap();
    let line = world.assert_audit("inspection-evidence", id, "SUBMITTED", "market.admin").await;
    assert_eq!((&line["after"]["finding"], &line["after"]["missing"]), (&json!("EVIDENCE_GAP"), &gaps));
    assert_eq!(
        world.get("market.reviewer", &inspection).await.expect(200)["evidence_gaps"],
        gaps,
        "its reviewer reads it"
    );

    // It comes after all; the other one was never taken, and is explained.
    world.send_bytes("market.admin", &paths[2], 0, photos[2].clone()).await.expect(204);
    world.checked("market.admin", &paths[2]).await;
    let sixth = world.declare("market.admin", &inspection, &World::captured(6, "PHOTO", b"never taken")).await;
    let reason = json!({ "reason": "误报序号，未拍摄" });
    let discarded = world.act("market.admin", &sixth, "discard", Some(reason.clone())).await.expect(200);
    assert_eq!((&discarded["status"], &discarded["discarded_reason"]), (&json!("DISCARDED"), &reason["reason"]));
    world.assert_audit("evidence", sixth.rsplit('/').next().unwrap(), "VOIDED", "market.admin").await;
    assert_eq!(world.get("market.reviewer", &inspection).await.expect(200)["evidence_gaps"], json!([]));
    assert!(waits().await.is_empty());

    // What was approved stands on what was there.
    world.act("market.reviewer", &inspection, "approve-result", Some(json!({}))).await.expect(200);
    let late =
        world.post("market.admin", &format!("{inspection}/evidence")).json(&World::captured(7, "PHOTO", b"late"));
    late.send().await.expect_problem(409, "STATE_CONFLICT");
    world.act("market.admin", &paths[0], "discard", Some(reason)).await.expect_problem(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn evidence_is_registered_once_and_by_whoever_makes_the_inspection() {
    let mut world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let content = photo(1);
    let mut body = World::captured(1, "PHOTO", &content);
    body["position"] = json!({ "longitude": 106.28963, "latitude": 32.23104, "accuracy_m": 8.0 });
    body["device"] = json!("执法终端-07");
    let path = world.declare("market.admin", &inspection, &body).await;
    let id = path.rsplit('/').next().unwrap();
    world.assert_audit("evidence", id, "CREATED", "market.admin").await;
    let one = world.get("market.admin", &path).await.expect(200);
    assert_eq!(one["position"], body["position"]);
    assert_eq!(one["allowed_actions"], json!(["UPLOAD", "DISCARD"]));

    // A device sends its list again; another file under the same number is another matter.
    assert_eq!(world.declare("market.admin", &inspection, &body).await, path);
    let other = World::captured(1, "PHOTO", &photo(2));
    let again = world.post("market.admin", &format!("{inspection}/evidence")).json(&other).send().await;
    again.expect_problem(409, "DUPLICATE");

    // Each bad field is named.
    let mut bad = World::captured(2, "PHOTO", &content);
    bad["size_bytes"] = json!(3_000_000_000_i64);
    bad["captured_at"] = json!("2020-01-01T00:00:00Z");
    bad["check_number"] = json!(1);
    let refused = world.post("market.admin", &format!("{inspection}/evidence")).json(&bad).send().await;
    let errors = refused.expect_problem(422, "INVALID_BODY")["errors"].clone();
    let named: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(named, ["/size_bytes", "/captured_at", "/spot_check_item_id"]);
    bad["spot_check_item_id"] = json!(mingjian::kernel::ctx::random_id());
    let refused = world.post("market.admin", &format!("{inspection}/evidence")).json(&bad).send().await;
    let named = refused.expect_problem(422, "INVALID_BODY")["errors"][2].clone();
    assert_eq!(named["pointer"], "/spot_check_item_id");

    // An officer of the team has a hand in it, one of elsewhere does not know of it.
    let team = world.get("market.admin", &inspection).await.expect(200)["officers"].clone();
    world.make_user("of.the.team", "OFFICER", "51082103", team[0]["personnel_id"].clone()).await;
    let sent = world.send_bytes("of.the.team", &path, 0, content.clone()).await;
    sent.expect(204);
    assert_eq!(world.checked("of.the.team", &path).await["allowed_actions"], json!(["OPEN"]));
    world.get("emergency.admin", &path).await.expect_problem(404, "NOT_FOUND");
    world.send_bytes("emergency.admin", &path, 0, content).await.expect_problem(404, "NOT_FOUND");
    let theirs = world.post("emergency.admin", &format!("{inspection}/evidence")).json(&other).send().await;
    theirs.expect_problem(404, "NOT_FOUND");
    world.get("justice", &path).await.expect(200);
    world.send_bytes("justice", &path, 0, Vec::new()).await.expect_problem(403, "FORBIDDEN");
}
