//! What a visit shows is what is accepted, in each state and for each role.

use crate::contract::allowed::{reason, walk};
use crate::harness::World;
use serde_json::json;

#[tokio::test]
async fn what_a_visit_shows_is_what_is_accepted() {
    let world = World::county().await;
    let object =
        world.get("market.lead", "/api/v1/objects?limit=1&sort=name").await.expect(200)["items"][0]["id"].clone();
    let agreed = || Some(json!({ "opinion": "同意" }));
    let verbs = [
        ("REQUEST", "request", Some(json!({}))),
        ("RETURN", "return", Some(reason())),
        ("APPROVE", "approve", agreed()),
        ("NOTIFY", "notify", None),
        ("ENTER", "enter", Some(json!({}))),
        ("ENTER_URGENTLY", "enter-urgently", Some(reason())),
        ("APPROVE_LATE", "approve-late", agreed()),
        ("REFUSE_LATE", "refuse-late", Some(reason())),
        ("LEAVE", "leave", Some(json!({ "no_scan_reason": "企业现场无网络" }))),
        ("CANCEL", "cancel", Some(reason())),
        ("TAKE_OFF_SITE", "take-off-site", Some(reason())),
    ];
    let planned = [
        ("market.admin", "REQUEST"),
        ("market.head", "RETURN"),
        ("market.admin", "REQUEST"),
        ("market.head", "APPROVE"),
        ("market.admin", "NOTIFY"),
        ("market.admin", "ENTER"),
        ("market.admin", "LEAVE"),
    ];
    let urgent = [("market.admin", "ENTER_URGENTLY"), ("market.admin", "LEAVE"), ("market.head", "APPROVE_LATE")];
    for way in [&planned[..], &urgent, &[("market.admin", "CANCEL")], &[("market.admin", "TAKE_OFF_SITE")]] {
        let visit = world.daily_visit("market", &object).await;
        walk(&world, &visit, &verbs, way).await;
    }
}
