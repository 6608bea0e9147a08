//! Evidence and documents on every step of their way.

use super::Seeds;
use crate::harness::World;
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    // An object of its own: others have been looked at as often as the lists allow, perhaps.
    let body = json!({ "name": "旺苍县合同取证店", "object_type": "1", "region_code": "510821" });
    let object = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201);
    let inspection = world.begun_inspection_at("market", &object["id"]).await;
    evidence(seeds, &inspection).await;
    documents(seeds, &inspection).await;
    dossiers(seeds, &object["id"]).await;
    archives(seeds).await;
}

async fn archives(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = json!({ "name": "旺苍县合同归档店", "object_type": "1", "region_code": "510821" });
    let object = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201)["id"].clone();
    let later = crate::harness::today() + chrono::Days::new(30);
    let hold = json!({ "subject": "OBJECT", "record_id": object, "reason": "合同测试", "review_on": later });
    seeds.add("place_legal_hold", None, Some(hold.clone())).await;
    for (id, body) in [
        ("get_legal_hold", None),
        ("list_legal_hold_history", None),
        ("extend_legal_hold", Some(json!({ "review_on": later, "reason": "合同测试" }))),
        ("release_legal_hold", Some(json!({ "reason": "合同测试" }))),
    ] {
        let made = world.post(ADMIN, "/api/v1/legal-holds").json(&hold).send().await.expect(201);
        let path = format!("/api/v1/legal-holds/{}", made["id"].as_str().unwrap());
        seeds.add(id, Some(&path), body).await;
    }

    let over = json!({ "decision": "HAND_OVER", "reason": "合同测试" });
    let receipt = json!({
        "receiver": "旺苍县档案馆", "receipt_no": "旺档接〔2026〕12号", "handed_over_on": crate::harness::today(),
    });
    for (id, steps, decision, body) in [
        ("get_disposal_list", 0, &over, None),
        ("list_disposal_lines", 0, &over, None),
        ("list_disposal_list_history", 1, &over, None),
        ("appraise_disposal_list", 0, &over, None),
        ("submit_disposal_list", 1, &over, None),
        ("return_disposal_list", 2, &over, Some(json!({ "reason": "合同测试" }))),
        ("approve_disposal_list", 2, &over, None),
        ("open_disposal_package", 3, &over, None),
        ("hand_over_disposal_list", 3, &over, Some(receipt)),
        (
            "carry_out_disposal_list",
            3,
            &json!({ "decision": "KEEP", "keep_years": 10, "reason": "合同测试" }),
            Some(crate::harness::witness()),
        ),
    ] {
        // Held, and so not said to be destroyed.
        let inspection = world.begun_inspection_at("market", &object).await;
        world.make_void("market", &inspection).await;
        world.age().await;
        let list = world.disposal_list("market").await;
        world.walk_list("market", &list, decision.clone(), steps).await;
        seeds.add(id, Some(&list), body).await;
    }
}

async fn dossiers(seeds: &mut Seeds<'_>, object: &Value) {
    let world = seeds.world;
    let path = format!("/api/v1/objects/{}", object.as_str().unwrap());
    let lead = format!("Bearer {}", world.token("market.lead"));
    for id in ["get_dossier", "export_dossier", "export_dossier_xlsx"] {
        seeds.add_by(&lead, json!({}), id, Some(&path), None).await;
    }
    let body = json!({ "purpose": "企业申请", "days": 30 });
    seeds.add("grant_statement_token", Some(&path), Some(body.clone())).await;
    let grant = async || {
        let call = world.post("market.lead", &format!("{path}/statement-tokens"));
        call.json(&body).send().await.expect(201)
    };
    let given = grant().await;
    seeds.add("read_enterprise_statement", None, Some(json!({ "token": given["token"] }))).await;
    let token = format!("/api/v1/statement-tokens/{}", grant().await["id"].as_str().unwrap());
    seeds.add("revoke_statement_token", Some(&token), Some(json!({ "reason": "合同测试", "_version": 1 }))).await;
}

async fn evidence(seeds: &mut Seeds<'_>, inspection: &str) {
    let world = seeds.world;
    let paper = "%PDF-1.4 合同测试";
    let mut paths = Vec::new();
    for seq in 1..=4 {
        let body = World::captured(seq, "DOCUMENT", paper.as_bytes());
        paths.push(world.declare(ADMIN, inspection, &body).await);
    }
    let [kept, waiting, sent, given_up] = <[_; 4]>::try_from(paths).unwrap();
    world.send_bytes(ADMIN, &kept, 0, paper.as_bytes().to_vec()).await.expect(204);
    world.checked(ADMIN, &kept).await;

    let captured = World::captured(5, "DOCUMENT", paper.as_bytes());
    seeds.add("declare_evidence", Some(inspection), Some(captured)).await;
    seeds.add("get_evidence", Some(&kept), None).await;
    seeds.add("list_evidence_history", Some(&kept), None).await;
    seeds.add("create_evidence_link", Some(&kept), Some(json!({ "variant": "ORIGINAL" }))).await;
    seeds.add("get_evidence_upload", Some(&waiting), None).await;
    seeds.add("send_evidence_bytes", Some(&sent), Some(json!(paper))).await;
    seeds.add("discard_evidence", Some(&given_up), Some(json!({ "reason": "合同测试" }))).await;
    let link = world.link(ADMIN, &kept, "ORIGINAL").await;
    seeds.add("read_linked_file", None, None).await;
    seeds.in_path("read_linked_file", "token", link.rsplit('/').next().unwrap());
}

async fn documents(seeds: &mut Seeds<'_>, inspection: &str) {
    let world = seeds.world;
    let inputs = json!({ "materials": "营业执照", "contact": "王强，0839-4200000" });
    let mut drafts = Vec::new();
    for _ in 0..11 {
        drafts.push(world.draft(ADMIN, inspection, "INSPECTION_NOTICE", inputs.clone()).await);
    }
    let mut issued = None;
    for draft in &drafts[5..] {
        issued = Some(world.act(ADMIN, draft, "issue", None).await.expect(200));
    }
    let now = mingjian::kernel::ctx::now();
    let reason = json!({ "reason": "合同测试" });

    let body = json!({ "kind": "INSPECTION_NOTICE", "inputs": inputs });
    seeds.add("create_document", Some(inspection), Some(body)).await;
    for (at, id, body) in [
        (0, "update_document", Some(json!({ "inputs": inputs }))),
        (1, "preview_document", None),
        (2, "issue_document", None),
        (3, "discard_document", Some(reason.clone())),
        (4, "list_document_history", None),
        (5, "get_document", None),
        (6, "create_document_link", Some(json!({ "format": "PDF" }))),
        (7, "serve_document", Some(json!({ "way": "DIRECT", "to": "经营者", "at": now }))),
        (
            8,
            "record_document_refusal",
            Some(json!({ "to": "经营者", "at": now, "witnesses": ["李四"], "note": "拒绝签收" })),
        ),
        (9, "void_document", Some(reason)),
    ] {
        seeds.add(id, Some(&drafts[at]), body).await;
    }
    seeds.add("verify_document", None, None).await;
    let issued = issued.unwrap();
    seeds.in_path("verify_document", "code", issued["verify_url"].as_str().unwrap().rsplit('/').next().unwrap());
}
