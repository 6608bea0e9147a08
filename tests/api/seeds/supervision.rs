//! Measures, referrals and cases of supervision on every step of their way.

use super::Seeds;
use crate::harness::World;
use serde_json::json;

const ADMIN: &str = "market.admin";

pub async fn add(seeds: &mut Seeds<'_>) {
    measures(seeds).await;
    cases(seeds).await;
}

async fn measures(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = json!({ "name": "旺苍县合同复查店", "object_type": "1", "region_code": "510821" });
    let object = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201);
    let inspection = world.begun_inspection_at("market", &object["id"]).await;
    let mut terms = World::visit_terms();
    let fields = ["on_site_reason", "window_from", "window_to"].map(|name| (name.to_owned(), terms[name].take()));
    let mut recheck = serde_json::Value::Object(fields.into_iter().collect());
    recheck["officers"] = world.team("51082103").await;

    for (id, body) in [
        ("get_follow_up", None),
        ("list_follow_up_history", None),
        ("recheck_follow_up", Some(recheck)),
        ("refer_follow_up", Some(json!({ "receiver_name": "旺苍县公安局", "facts": "涉嫌犯罪" }))),
        ("extend_follow_up", Some(json!({ "days": 5, "reason": "企业申请延期" }))),
    ] {
        let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
        seeds.add(id, Some(&measure), body).await;
    }
    for (id, body) in [
        ("get_case_referral", None),
        ("list_case_referral_history", None),
        ("file_case_referral", Some(json!({ "case_no": "旺市监案〔2026〕17号" }))),
        ("withdraw_case_referral", Some(json!({ "reason": "本部门自行处理" }))),
        ("decline_case_referral", Some(json!({ "reason": "违法行为轻微并及时改正" }))),
        ("close_case_referral", None),
    ] {
        let referral = world.referral(ADMIN, &inspection, "51082103").await;
        if id == "close_case_referral" {
            let file = Some(json!({ "case_no": "旺市监案〔2026〕18号" }));
            world.act("market.reviewer", &referral, "file", file).await.expect(200);
        }
        seeds.add(id, Some(&referral), body).await;
    }
}

async fn cases(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = json!({
        "department_id": world.departments["51082103"], "source": "OWN", "title": "检查未出示证件", "facts": "执法监督检查发现。",
    });
    seeds.add("create_supervision_case", None, Some(body)).await;

    for (id, steps) in [
        ("get_supervision_case", 2),
        ("list_supervision_case_history", 1),
        ("update_supervision_case", 1),
        ("investigate_supervision_case", 0),
        ("issue_supervision_notice", 1),
        ("issue_supervision_opinion", 1),
        ("issue_supervision_decision", 1),
        ("extend_supervision_case", 2),
        ("reply_supervision_case", 2),
        ("reject_supervision_reply", 3),
        ("verify_supervision_reply", 3),
        ("escalate_supervision_case", 2),
        ("close_supervision_case", 4),
        ("dismiss_supervision_case", 0),
    ] {
        let case = world.supervision_case("51082103").await;
        world.walk_case(&case, steps).await;
        if id == "escalate_supervision_case" {
            let step = |who, verb, body| world.act(who, &case, verb, Some(body));
            step(ADMIN, "reply", json!({ "reply": "已整改" })).await.expect(200);
            step("justice", "reject", json!({ "opinion": "未见整改材料" })).await.expect(200);
        }
        seeds.add(id, Some(&case), None).await;
    }
}
