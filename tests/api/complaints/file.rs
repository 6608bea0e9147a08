//! Tickets of the hotline in a file: each once, the person's data in no finding, what was said first stays.

use crate::harness::World;
use serde_json::{Value, json};

const HEAD: &str = "工单编号,工单类别,标题,内容,派单日期,被反映主体,部门编码,反映人姓名,反映人电话,是否匿名";

fn file(rows: &[&str]) -> Vec<u8> {
    format!("{HEAD}\n{}\n", rows.join("\n")).into_bytes()
}

async fn counts(world: &World, rows: &[&str]) -> [i64; 3] {
    let import = world.import_as("coordinator", "complaints", file(rows)).await;
    ["rows_created", "rows_unchanged", "rows_rejected"].map(|name| import[name].as_i64().unwrap())
}

#[tokio::test]
async fn tickets_of_a_file_are_registered_once() {
    let world = World::county().await;
    let rows = [
        "GY202611300001,举报,某餐馆无证,东河镇某餐馆没有证,2026-11-23,旺苍县某餐馆,51082103,测试某甲,13800004321,否",
        "GY202611300002,咨询,办证材料,需要什么材料,2026-11-23,,,,,是",
        "GY202611300003,投诉,退款,不退款,2026-11-23,旺苍县某店,51089999,测试某乙,13800004322,否",
        "GY202611300004,表扬,谢谢,谢谢,2026-11-23,,,,,",
    ];
    assert_eq!(counts(&world, &rows).await, [2, 0, 2]);
    assert_eq!(counts(&world, &rows).await, [0, 2, 2], "the same file again");
    let page = world.get("coordinator", "/api/v1/complaints?channel=HOTLINE&sort=code").await.expect(200);
    let told: Vec<_> = page["items"].as_array().unwrap().iter().map(|one| one["ticket"].clone()).collect();
    assert_eq!(told, [json!("COMPLAINT"), json!("ENQUIRY")]);
    let first = &page["items"][0];
    assert_eq!((&first["source_no"], &first["due_on"]), (&json!("GY202611300001"), &json!("2026-12-14")));
    let complaint = format!("/api/v1/complaints/{}", first["id"].as_str().unwrap());
    let purpose = json!({ "purpose": "电话核实" });
    let who = world.post("market.admin", &format!("{complaint}/personal-data")).json(&purpose).send().await.expect(200);
    assert_eq!(who["phone"], "13800004321");

    // Other words under a known number change nothing, and are told of.
    let again = rows[0].replace("没有证", "有证而过期");
    let import = world.import_as("coordinator", "complaints", file(&[&again])).await;
    let findings =
        world.get("coordinator", &format!("/api/v1/imports/{}/findings", import["id"].as_str().unwrap())).await;
    assert_eq!(findings.expect(200)["items"][0]["rule"], "KNOWN_DIFFERS");
    let kept = world.get("coordinator", &complaint).await.expect(200);
    assert_eq!((&kept["content"], &kept["version"]), (&json!("东河镇某餐馆没有证"), &json!(1)));
}

#[tokio::test]
async fn no_finding_tells_who_complained() {
    let world = World::county().await;
    let name = "=测试某丙".to_owned() + &"长".repeat(60);
    let row = format!("GY202611300009,举报,某店,某店无证,2026-11-23,某店,,{name},1,是");
    let import = world.import_as("coordinator", "complaints", file(&[&row])).await;
    let path = format!("/api/v1/imports/{}/findings?limit=200", import["id"].as_str().unwrap());
    let findings = world.get("coordinator", &path).await.expect(200);
    assert!(findings["items"].as_array().unwrap().iter().any(|one| one["field"] == "反映人姓名"), "{findings}");
    assert!(!findings.to_string().contains("测试某丙"), "{findings}");

    // A department's own file would be everybody's: the county office sends it.
    let upload = world.post("market.admin", "/api/v1/imports?dataset=complaints").raw("text/csv", file(&[&row]));
    let refused = upload.send().await;
    assert!(matches!(refused.status, 403), "{} {}", refused.status, Value::String(refused.text));
}
