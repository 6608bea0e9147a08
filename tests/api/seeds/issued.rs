//! Issued tasks on every step of their way.

use super::Seeds;
use serde_json::json;

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = world.issued_body("SEED-RECEIVE").await;
    seeds.add("receive_issued_task", None, Some(body)).await;
    let reason = json!({ "reason": "合同测试" });
    for (at, (id, steps)) in [
        ("get_issued_task", 2),
        ("list_issued_task_history", 0),
        ("update_issued_task", 0),
        ("sign_issued_task", 0),
        ("issue_issued_task", 1),
        ("return_issued_task", 4),
        ("check_issued_task", 4),
        ("report_issued_task", 5),
        ("acknowledge_issued_task", 6),
        ("rework_issued_task", 6),
        ("reopen_issued_task", 7),
    ]
    .into_iter()
    .enumerate()
    {
        let code = format!("SEED-{at}");
        let task = world.issued(&code, steps.min(6)).await;
        if steps == 7 {
            world.act("coordinator", &task, "rework", Some(reason.clone())).await.expect(200);
        }
        let body = match id {
            "update_issued_task" => Some(world.issued_body(&code).await),
            "issue_issued_task" => Some(json!({ "parts": [{ "department_id": world.departments["51082103"] }] })),
            "return_issued_task" | "rework_issued_task" => Some(reason.clone()),
            "check_issued_task" => Some(json!({ "uninspected_reason": "企业已注销" })),
            "report_issued_task" => Some(json!({ "report_no": "旺市监报〔2026〕8号" })),
            _ => None,
        };
        seeds.add(id, Some(&task), body).await;
    }
    for (at, (id, steps)) in [
        ("get_issued_part", 2),
        ("list_issued_part_history", 2),
        ("sign_issued_part", 2),
        ("inspect_issued_part", 3),
        ("submit_issued_part", 3),
    ]
    .into_iter()
    .enumerate()
    {
        let task = world.issued(&format!("SEED-PART-{at}"), steps).await;
        let part = world.issued_part(&task).await;
        let body = match id {
            "inspect_issued_part" => Some(world.inspect_issued().await),
            "submit_issued_part" => Some(json!({
                "summary": "已检查 1 户，未发现问题",
                "feedback": [{
                    "kind": "PENALTY", "code": "旺市监处罚〔2026〕3号", "object_name": "某企业", "on": "2026-11-02",
                    "content": "警告",
                }],
            })),
            _ => None,
        };
        seeds.add(id, Some(&part), body).await;
    }
}
