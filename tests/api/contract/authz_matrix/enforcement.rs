//! The matrix's records of visits, and of what the justice bureau looks into.

use super::records::{Pair, text};
use crate::harness::{World, id_of};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;

pub(super) async fn object_of(world: &World, inspection: &str) -> String {
    text(&world.get("market.lead", &format!("/api/v1/inspections/{inspection}")).await.expect(200)["object_id"])
}

/// A case that came of each side's inspection, and one of how each side enforces, of which it was sent something.
pub(super) async fn supervision(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    let pair = &records["inspections"];
    for (admin, code, inspection) in [("market.admin", "51082103", &pair.own), ("agri.admin", "51082105", &pair.other)]
    {
        let referral = world.referral(admin, &format!("/api/v1/inspections/{inspection}"), code).await;
        let case = world.supervision_case(code).await;
        world.act("justice", &case, "investigate", None).await.expect(200);
        world.act("justice", &case, "issue-notice", Some(json!({ "requirements": "自查整改" }))).await.expect(200);
        found.push([&referral, &case].map(|path| id_of(path).to_owned()));
    }
    let path = format!("/api/v1/objects/{}/statement-tokens", object_of(world, &pair.own).await);
    let body = json!({ "purpose": "矩阵", "days": 1 });
    let token = text(&world.post("market.lead", &path).json(&body).send().await.expect(201)["id"]);
    records.insert("statement-tokens", Pair::new(token.clone(), token));
    archives(world, records).await;
    complaints(world, records).await;
    behaviours(world, records).await;
    data_sets(world, records).await;
    insert(records, ["case-referrals", "supervision-cases"], found.try_into().unwrap());
}

/// What was made of each side, noun by noun.
fn insert<const N: usize>(
    records: &mut BTreeMap<&'static str, Pair>,
    nouns: [&'static str; N],
    [own, other]: [[String; N]; 2],
) {
    for ((noun, own), other) in nouns.into_iter().zip(own).zip(other) {
        records.insert(noun, Pair::new(own, other));
    }
}

/// A list of what is due of each side, and a hold on it.
async fn archives(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    for side in ["market", "agri"] {
        let inspection = world.void_inspection(side).await;
        world.age().await;
        let list = world.disposal_list(side).await;
        let later = crate::harness::today() + chrono::Days::new(30);
        let hold = json!({
            "subject": "INSPECTION", "record_id": id_of(&inspection), "reason": "矩阵测试", "review_on": later,
        });
        let hold = world.post(&format!("{side}.admin"), "/api/v1/legal-holds").json(&hold).send().await.expect(201);
        found.push([id_of(&list).to_owned(), text(&hold["id"])]);
    }
    insert(records, ["disposal-lists", "legal-holds"], found.try_into().unwrap());
}

/// A row that limits visits, and what an enterprise said of one.
pub(super) async fn visits(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let rule = json!({
        "code": "MATRIX", "name": "矩阵测试规则", "basis": "测试", "kind": "BODY_CAP", "amount": 100,
        "starts_on": crate::harness::today(),
    });
    let rule = text(&world.post("justice", "/api/v1/visit-rules").json(&rule).send().await.expect(201)["id"]);
    records.insert("visit-rules", Pair::new(rule.clone(), rule));
    let object =
        world.get("market.lead", "/api/v1/objects?limit=1&sort=name").await.expect(200)["items"][0]["id"].clone();
    let visit = world.daily_visit("market", &object).await;
    world.walk_visit("market", &visit, 4).await;
    let code = world.get("market.admin", &format!("{visit}/entry-code")).await.expect(200)["code"].clone();
    let scan = world.anonymous(Method::POST, "/api/v1/public/visits/scan").json(&json!({ "code": code }));
    let token = scan.send().await.expect(200)["feedback_token"].clone();
    let said =
        world.anonymous(Method::POST, "/api/v1/public/visit-feedback").json(&json!({ "token": token, "score": 4 }));
    said.send().await.expect(200);
    let said = text(&world.get("justice", "/api/v1/visit-feedback").await.expect(200)["items"][0]["id"]);
    records.insert("visit-feedback", Pair::new(said.clone(), said));
}

/// What the partner's hotline sent to market regulation, and what agriculture received itself.
async fn complaints(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let body = json!({
        "kind": "ENQUIRY", "channel": "HOTLINE", "ticket": "ENQUIRY", "title": "矩阵测试", "content": "矩阵测试内容",
        "is_anonymous": true, "department_id": world.departments["51082103"],
    });
    let sent = world.registered("partner", &body).await;
    let received = world.complaint("agri", "REPORT").await;
    records.insert("complaints", Pair::new(id_of(&sent).to_owned(), id_of(&received).to_owned()));
}

/// A row of each side.
async fn behaviours(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    for admin in ["market.admin", "agri.admin"] {
        let sent = world.send_row(admin, &World::check_row("MATRIX")).await.expect(200);
        let page = world.get(admin, "/api/v1/behaviour-batches").await.expect(200);
        found.push([&sent["behaviour_id"], &page["items"][0]["id"]].map(text));
    }
    insert(records, ["behaviours", "behaviour-batches"], found.try_into().unwrap());
}

/// Of each role that may sign a set of its own, and one of agriculture's.
async fn data_sets(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut mine = BTreeMap::new();
    for (duty, code, content) in [
        ("business", "51082102", "ITEMS"),
        ("coordinator", "51082101", "IMPLEMENTATION_LISTS"),
        ("market.lead", "51082103", "OBJECTS"),
        ("justice", "51082104", "OFFICERS"),
        ("market.admin", "51082103", "CHECKS"),
        ("market.reviewer", "51082103", "PENALTIES"),
        ("market.head", "51082103", "COERCIONS"),
        ("agri.admin", "51082105", "OTHER_BEHAVIOURS"),
    ] {
        let set = world.data_set(content).await;
        let body = world.data_set_body("WEEKLY", code, duty).await;
        world.describe(&set, &body).await.expect(200);
        mine.insert(duty, id_of(&set).to_owned());
    }
    let other = mine["agri.admin"].clone();
    records.insert("data-sets", Pair { mine: mine.clone(), ..Pair::new(mine["market.admin"].clone(), other) });
}
