//! What a complaint shows is what is accepted, state by state and role by role.

use crate::contract::allowed::{reason, walk};
use crate::harness::{World, id_of};
use serde_json::json;

#[tokio::test]
async fn what_a_complaint_shows_is_what_is_accepted() {
    let world = World::county().await;
    let object = world.some_object().await;
    let master = world.complaint("market", "COMPLAINT").await;
    let record = world.registered("coordinator", &World::told("COMPLAINT", &object)).await;
    let market = json!({ "department_id": world.departments["51082103"] });
    let verbs = [
        ("DISPATCH", "dispatch", Some(market)),
        ("SEND_BACK", "send-back", Some(reason())),
        ("REQUEST_MATERIALS", "request-materials", Some(json!({ "materials": "购物小票" }))),
        ("SUPPLY", "supply", None),
        ("ACCEPT", "accept", None),
        ("REFUSE", "refuse", Some(json!({ "ground": "ABUSE", "reason": "恶意投诉" }))),
        ("BEGIN", "begin", None),
        ("SUSPEND", "suspend", Some(reason())),
        ("RESUME", "resume", None),
        ("EXTEND", "extend", Some(json!({ "working_days": 3, "reason": "需协查" }))),
        ("RAISE_CLUE", "raise-clue", Some(json!({ "domain": "80", "level": "BLUE" }))),
        ("CONCLUDE", "conclude", Some(World::conclusion("COMPLAINT"))),
        ("NOTIFY", "notify", Some(json!({ "told": "电话告知" }))),
        ("CLOSE", "close", None),
        ("TRANSFER", "transfer", Some(json!({ "to": "利州区", "reason": "不在本县" }))),
        ("MERGE", "merge", Some(json!({ "master_id": id_of(&master), "reason": "同一事项" }))),
    ];

    let way = [
        ("coordinator", "DISPATCH"),
        ("market.admin", "SEND_BACK"),
        ("coordinator", "DISPATCH"),
        ("market.admin", "REQUEST_MATERIALS"),
        ("market.admin", "SUPPLY"),
        ("market.admin", "RAISE_CLUE"),
        ("market.admin", "ACCEPT"),
        ("market.admin", "BEGIN"),
        ("market.admin", "SUSPEND"),
        ("market.admin", "RESUME"),
        ("market.admin", "CONCLUDE"),
        ("market.admin", "NOTIFY"),
        ("market.admin", "CLOSE"),
    ];
    walk(&world, &record, &verbs, &way).await;
}
