//! Visits on every step of their way.

use super::{Seeds, path};
use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
const HEAD: &str = "market.head";

pub async fn add(seeds: &mut Seeds<'_>) {
    rules(seeds).await;
    let world = seeds.world;
    // Objects of their own: what was drawn before has been looked at as often as the lists allow, perhaps.
    let mut objects = Vec::new();
    for at in 0..25 {
        let body = json!({ "name": format!("旺苍县合同入企{at}号店"), "object_type": "1", "region_code": "510821" });
        objects.push(world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201)["id"].clone());
    }
    let reason = json!({ "reason": "合同测试" });
    let terms = World::visit_terms();

    for (at, (id, who, steps, body)) in [
        ("get_visit", ADMIN, 0, None),
        ("list_visit_history", ADMIN, 0, None),
        ("check_visit_budget", ADMIN, 0, None),
        ("get_visit_entry_code", ADMIN, 2, None),
        ("update_visit", ADMIN, 0, Some(terms.clone())),
        ("request_visit", ADMIN, 0, Some(json!({}))),
        ("return_visit", HEAD, 1, Some(reason.clone())),
        ("approve_visit", HEAD, 1, Some(json!({ "opinion": "同意" }))),
        ("notify_visit", ADMIN, 2, None),
        ("enter_visit", ADMIN, 3, Some(json!({}))),
        ("enter_visit_urgently", ADMIN, 0, Some(reason.clone())),
        ("leave_visit", ADMIN, 4, Some(json!({ "no_scan_reason": "企业现场无网络" }))),
        ("cancel_visit", ADMIN, 1, Some(reason.clone())),
        ("take_visit_off_site", ADMIN, 1, Some(reason.clone())),
    ]
    .into_iter()
    .enumerate()
    {
        let visit = world.daily_visit("market", &objects[at]).await;
        world.walk_visit("market", &visit, steps).await;
        by(seeds, who, id, Some(&visit), body).await;
    }

    for (at, id, body) in
        [(20, "approve_visit_late", json!({ "opinion": "同意" })), (24, "refuse_visit_late", reason.clone())]
    {
        let urgent = world.daily_visit("market", &objects[at]).await;
        world.act(ADMIN, &urgent, "enter-urgently", Some(reason.clone())).await.expect(200);
        by(seeds, HEAD, id, Some(&urgent), Some(body)).await;
    }

    let code = "51082103";
    let opening = json!({
        "object_id": objects[21], "officers": world.team(code).await,
        "item_ids": world.items_of(code).await.into_iter().take(1).collect::<Vec<_>>(),
    });
    by(seeds, ADMIN, "create_visit", None, Some(json!({ "opening": opening, "terms": terms }))).await;
    feedback(seeds, &objects[22], &objects[23]).await;
    offline(seeds, &objects[15], &objects[16]).await;
}

async fn by(seeds: &mut Seeds<'_>, who: &str, id: &str, resource: Option<&str>, body: Option<Value>) {
    let token = format!("Bearer {}", seeds.world.token(who));
    seeds.add_by(&token, json!({}), id, resource, body).await;
}

async fn rules(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let rule = |code: &str| {
        json!({
            "code": code, "name": "同一企业年度检查上限", "basis": "合同测试第五条", "kind": "ENTERPRISE_CAP", "amount": 200,
            "starts_on": crate::harness::today(),
        })
    };
    by(seeds, "justice", "create_visit_rule", None, Some(rule("SEED_NEW"))).await;
    for (id, code) in
        [("get_visit_rule", "SEED_1"), ("list_visit_rule_history", "SEED_2"), ("end_visit_rule", "SEED_3")]
    {
        let made = world.post("justice", "/api/v1/visit-rules").json(&rule(code)).send().await.expect(201);
        let ends = json!({ "ends_on": crate::harness::today(), "reason": "合同测试" });
        let body = (id == "end_visit_rule").then_some(ends);
        by(seeds, "justice", id, Some(&path("visit-rules", &made)), body).await;
    }
}

/// A scan, a complaint, and a token that is not used yet.
async fn feedback(seeds: &mut Seeds<'_>, one: &Value, other: &Value) {
    let world = seeds.world;
    let mut tokens = Vec::new();
    for object in [one, other] {
        let visit = world.daily_visit("market", object).await;
        world.walk_visit("market", &visit, 4).await;
        let code = world.get(ADMIN, &format!("{visit}/entry-code")).await.expect(200)["code"].clone();
        seeds.add("scan_entry_code", None, Some(json!({ "code": code }))).await;
        let scanned = world.anonymous(reqwest::Method::POST, "/api/v1/public/visits/scan");
        let receipt = scanned.json(&json!({ "code": code })).send().await.expect(200);
        tokens.push(receipt["feedback_token"].clone());
    }
    let said = json!({ "token": tokens[0], "score": 1, "complaint": "检查人员要求赞助" });
    world.anonymous(reqwest::Method::POST, "/api/v1/public/visit-feedback").json(&said).send().await.expect(200);
    seeds.add("give_visit_feedback", None, Some(json!({ "token": tokens[1], "score": 5 }))).await;

    let list = world.get("justice", "/api/v1/visit-feedback").await.expect(200);
    let complaint = path("visit-feedback", &list["items"][0]);
    by(seeds, "justice", "get_visit_feedback", Some(&complaint), None).await;
    by(seeds, "justice", "handle_visit_feedback", Some(&complaint), Some(json!({ "answer": "已核实" }))).await;
}

/// What an officer takes along, sends, applies afterwards and gives up.
async fn offline(seeds: &mut Seeds<'_>, one: &Value, other: &Value) {
    let world = seeds.world;
    let visit = world.daily_visit("market", one).await;
    world.walk_visit("market", &visit, 3).await;
    let made = world.get(ADMIN, &visit).await.expect(200);
    let inspection = made["parts"][0]["inspection_ids"][0].clone();
    let leader = world.team("51082103").await[0]["personnel_id"].clone();
    world.open_account("offline.officer", "OFFICER", "51082103", leader).await;
    let token = world.tokens_of("offline.officer", crate::harness::PASSWORD).await["access_token"].clone();
    let token = token.as_str().unwrap();
    let officer = format!("Bearer {token}");
    let device = json!({ "device": "执法终端 03" });
    let take = async || {
        let taken = world.with_token(Method::POST, token, "/api/v1/offline-passes").json(&device).send().await;
        path("offline-passes", &taken.expect(201))
    };
    let pass = take().await;
    for id in ["get_offline_pass", "list_offline_pass_history"] {
        seeds.add_by(&officer, json!({}), id, Some(&pass), None).await;
    }
    let lost = take().await;
    let reason = json!({ "reason": "终端遗失" });
    seeds.add_by(&officer, json!({}), "revoke_offline_pass", Some(&lost), Some(reason.clone())).await;

    let result = json!({
        "inspected_on": crate::harness::today(), "verify_ways": ["1"], "result_codes": ["1"],
        "points": [World::point(&world.items_of("51082103").await[0], "1")], "summary": "未发现问题",
    });
    let record = |action: &str, subject: &Value, result: Option<&Value>| {
        json!({
            "id": mingjian::kernel::ctx::random_id(), "action": action, "subject_id": subject,
            "at": mingjian::kernel::ctx::now(), "result": result,
        })
    };
    world.act(ADMIN, &visit, "enter", Some(json!({}))).await.expect(200);
    let known = format!("/api/v1/inspections/{}", inspection.as_str().unwrap());
    world.act(ADMIN, &known, "start", None).await.expect(200);
    world.act(ADMIN, &known, "record-result", Some(result.clone())).await.expect(200);
    // Somebody has recorded a result: others are somebody's to settle.
    let another = |summary: &str| {
        let mut other = result.clone();
        other["summary"] = json!(summary);
        record("RECORD_RESULT", &inspection, Some(&other))
    };
    let waits = [another("查看了库房"), another("查看了后厨")];
    let sent = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": waits });
    let to = format!("{pass}/records");
    world.with_token(Method::POST, token, &to).json(&sent).send().await.expect(200);
    let (first, second) = (path("offline-records", &waits[0]), path("offline-records", &waits[1]));
    for id in ["get_offline_record", "list_offline_record_history"] {
        seeds.add_by(&officer, json!({}), id, Some(&first), None).await;
    }
    seeds.add_by(&officer, json!({}), "apply_offline_record", Some(&first), None).await;
    seeds.add_by(&officer, json!({}), "discard_offline_record", Some(&second), Some(reason)).await;

    // One that can be entered, when it is sent.
    let visit = world.daily_visit("market", other).await;
    world.walk_visit("market", &visit, 3).await;
    let pass = take().await;
    let subject = json!(visit.rsplit('/').next().unwrap());
    let sent = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [record("ENTER", &subject, None)] });
    seeds.add_by(&officer, json!({}), "send_offline_records", Some(&pass), Some(sent)).await;
    for id in ["list_offline_passes", "list_offline_records"] {
        seeds.add_by(&officer, json!({}), id, None, None).await;
    }
    seeds.add_by(&officer, json!({}), "take_offline_pass", None, Some(device)).await;
}
