//! What evidence and documents show is what is accepted, by whom and when.

use crate::contract::allowed::{reason, walk};
use crate::harness::World;
use serde_json::json;

#[tokio::test]
async fn what_evidence_and_a_document_show_is_what_is_accepted() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let evidence = world.declare("market.admin", &inspection, &World::captured(1, "PHOTO", b"never sent")).await;
    let verbs = [("DISCARD", "discard", Some(reason()))];
    walk(&world, &evidence, &verbs, &[("market.admin", "DISCARD")]).await;

    let inputs = json!({ "contact": "王强，0839-4200000" });
    let document = world.draft("market.admin", &inspection, "INSPECTION_NOTICE", inputs.clone()).await;
    let now = mingjian::kernel::ctx::now() + chrono::Duration::seconds(-1);
    let refusal = json!({ "to": "张三", "at": now, "witnesses": ["李四"], "note": "拒绝签收" });
    let verbs = |at| {
        [
            ("ISSUE", "issue", None),
            ("SERVE", "serve", Some(json!({ "way": "DIRECT", "to": "张三", "at": at }))),
            ("RECORD_REFUSAL", "record-refusal", Some(refusal.clone())),
            ("VOID", "void", Some(reason())),
            ("DISCARD", "discard", Some(reason())),
        ]
    };
    walk(&world, &document, &verbs(now), &[("market.admin", "ISSUE")]).await;
    let served = verbs(mingjian::kernel::ctx::now());
    walk(&world, &document, &served, &[("market.admin", "SERVE"), ("market.head", "VOID")]).await;

    let draft = world.draft("market.admin", &inspection, "SITE_RECORD", json!({})).await;
    walk(&world, &draft, &served, &[("market.admin", "DISCARD")]).await;
}
