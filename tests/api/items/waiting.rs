//! Own systems compared item by item, and what waits for whom.

use super::{change, path_of};
use crate::harness::{World, id_of};
use serde_json::{Value, json};

#[tokio::test]
async fn an_own_system_is_compared_item_by_item() {
    let world = World::county().await;
    let query = format!("/api/v1/items?department_id={}&state=EFFECTIVE&limit=2", world.departments["51082103"]);
    let known = world.get("market.admin", &query).await.expect(200)["items"].as_array().unwrap().clone();
    let (same, renamed) = (&known[0], &known[1]);
    let basis = |item: &Value| item["content"]["legal_basis"].as_str().unwrap().to_owned();
    let (code, name) = (same["code"].as_str().unwrap(), same["name"].as_str().unwrap());
    let file = format!(
        "部门编码,系统名称,事项编码,事项名称,设定依据,行政类型,监管形式\n\
         51082103,市监系统,{code},{name},{},行政检查,现场检查\n\
         51082103,市监系统,OLD-1,{},{},行政检查,书面检查\n\
         51082103,市监系统,OLD-2,完全无关的事项名称,,,\n\
         51082105,市监系统,OLD-3,别的部门的事项,,,\n",
        basis(same),
        renamed["name"].as_str().unwrap(),
        basis(renamed),
    );
    let import = world.import("own-system-items", file.clone().into_bytes()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(3), &json!(1)), "not another department's");
    let rows = world.get("market.admin", "/api/v1/item-mappings?sort=code").await.expect(200)["items"].clone();
    let of = |code: &str| rows.as_array().unwrap().iter().find(|row| row["code"] == code).unwrap().clone();
    assert_eq!((&of(code)["state"], &of(code)["score"]), (&json!("SUGGESTED"), &json!(1_000)));
    assert_eq!((&of("OLD-1")["state"], &of("OLD-1")["score"]), (&json!("SUGGESTED"), &json!(999)));
    assert_eq!(of("OLD-2")["state"], "UNMATCHED");
    for known in [code, "OLD-1"] {
        let path = path_of("item-mappings", &of(known));
        world.act("market.admin", &path, "confirm", Some(json!({}))).await.expect(200);
        world.assert_audit("item-mappings", id_of(&path), "CONFIRMED", "market.admin").await;
    }
    let unmatched = path_of("item-mappings", &of("OLD-2"));
    world.act("market.admin", &unmatched, "confirm", Some(json!({}))).await.expect(422);
    world.act("market.admin", &unmatched, "reject", Some(json!({ "reason": "系统自设" }))).await.expect(200);
    let differing = world.get("market.admin", "/api/v1/item-mappings/differences").await.expect(200);
    assert_eq!(differing["page"]["total"], 1);
    let fields: Vec<_> =
        differing["items"][0]["differences"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, [json!("code"), json!("supervise_form")]);
    let accuracy = world.get("market.admin", "/api/v1/indicators/3.2").await.expect(200);
    assert_eq!((&accuracy["numerator"], &accuracy["denominator"]), (&json!(1), &json!(3)));
    let same_row = world.get("market.admin", "/api/v1/indicators/3").await.expect(200);
    assert_eq!(same_row, accuracy, "a row of two parts alone");
    let completion = world.get("market.admin", "/api/v1/indicators/3.1").await.expect(200);
    assert_eq!((&completion["numerator"], &completion["denominator"]), (&json!(3), &json!(3)), "beside it");
    let explained = world.get("market.admin", "/api/v1/indicators/CATALOGUE_ACCURACY/explain").await.expect(200);
    assert_eq!(explained["page"]["total"], 2);
    // The same file again changes nothing; a change of the unified item is compared again.
    let again = world.import("own-system-items", file.into_bytes()).await;
    assert_eq!((&again["rows_unchanged"], &again["rows_created"]), (&json!(3), &json!(0)));
    let item = path_of("items", same);
    world.act("market.admin", &item, "change", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["supervise_form"] = json!("非现场检查")).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    let accuracy = world.get("market.admin", "/api/v1/indicators/3.2").await.expect(200);
    assert_eq!((&accuracy["numerator"], &accuracy["denominator"]), (&json!(0), &json!(3)));
}

#[tokio::test]
async fn the_worklist_tells_each_what_waits_for_them() {
    let world = World::county().await;
    let count = async |who: &str, kind: &str| {
        let page = world.get(who, &format!("/api/v1/worklist?kind={kind}&total=exact")).await.expect(200);
        page["page"]["total"].as_i64().unwrap()
    };
    let to_claim = count("market.admin", "TO_CLAIM").await;
    assert!(to_claim > 0 && count("market.reviewer", "TO_CLAIM").await == 0);
    assert_eq!(count("market.officer", "TO_CLAIM").await + count("auditor", "TO_CLAIM").await, 0);
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.act("market.admin", &item, "claim", None).await.expect(200);
    assert_eq!(count("market.admin", "TO_CLAIM").await, to_claim - 1);
    world.act("market.admin", &item, "submit", None).await.expect(200);
    assert_eq!((count("market.reviewer", "TO_REVIEW").await, count("business", "TO_REVIEW").await), (1, 1));
    assert_eq!(count("agri.reviewer", "TO_REVIEW").await, 0, "another department's");
    let page = world.get("market.reviewer", "/api/v1/worklist?kind=TO_REVIEW").await.expect(200);
    let entry = &page["items"][0];
    assert_eq!((&entry["resource"], &entry["resource_id"]), (&json!("items"), &json!(id_of(&item))));
    let from = entry["created_at"].as_str().unwrap().parse().unwrap();
    let from = domain::kernel::clocks::calendar::local_date(from);
    let calendar = world.get("market.admin", &format!("/api/v1/calendar?from={from}&working_days=5")).await.expect(200);
    assert_eq!(entry["due_on"], calendar["due_on"], "five working days for a review");
    world.act("market.reviewer", &item, "return", Some(json!({ "reason": "请补充" }))).await.expect(200);
    assert_eq!((count("market.admin", "RETURNED").await, count("market.reviewer", "TO_REVIEW").await), (1, 0));
    let summary = world.get("market.admin", "/api/v1/worklist/summary").await.expect(200);
    let returned = summary["items"].as_array().unwrap().iter().find(|row| row["kind"] == "RETURNED").unwrap().clone();
    assert_eq!((&returned["count"], &returned["overdue"]), (&json!(1), &json!(0)));
    // Ordered by deadline, walked by cursor.
    let mut seen = Vec::new();
    let mut path = "/api/v1/worklist?limit=3".to_owned();
    loop {
        let page = world.get("market.admin", &path).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["due_on"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
        path = format!("/api/v1/worklist?limit=3&cursor={cursor}");
    }
    assert_eq!(json!(seen.len()), summary["total"]);
    assert!(seen.is_sorted(), "{seen:?}");
}
