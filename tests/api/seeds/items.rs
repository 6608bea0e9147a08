//! The catalogue, supervision items, implementation lists, clauses, mappings and the worklist.

use super::{Seeds, path};
use crate::items::row;
use reqwest::Method;
use serde_json::{Value, json};

const CLAIM: (&str, &str) = ("market.admin", "claim");
const SUBMIT: (&str, &str) = ("market.admin", "submit");
const APPROVE: (&str, &str) = ("market.reviewer", "approve");
const CHANGE: (&str, &str) = ("market.admin", "change");

pub async fn add(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let rows: String =
        (1..=40).map(|at| row(&format!("31990001{at:06}"), &format!("合同测试事项{at}"), "31", "行政检查")).collect();
    let demo = std::fs::read_to_string(crate::harness::repo_file("data/demo/catalogue.csv")).unwrap();
    world.import("catalogue", format!("{demo}{rows}").into_bytes()).await;
    catalogue(seeds).await;
    let mut fresh = world.to_claim("51082103", 40).await;
    items(seeds, &mut fresh).await;
    noticed(seeds, &mut fresh, &demo).await;
    lists(seeds, &mut fresh).await;
    clauses(seeds, &mut fresh).await;
    spot_checks(seeds, &mut fresh).await;
    mappings(seeds).await;
}

async fn walk(seeds: &Seeds<'_>, item: &str, way: &[(&str, &str)]) {
    for (who, verb) in way {
        let body = (*verb == "approve").then(|| json!({}));
        seeds.world.act(who, item, verb, body).await.expect(200);
    }
}

async fn catalogue(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let version = world.get("business", "/api/v1/catalogue-versions?limit=1").await.expect(200)["items"][0].clone();
    for id in ["get_catalogue_version", "list_catalogue_changes"] {
        seeds.add(id, Some(&path("catalogue-versions", &version)), None).await;
    }
    let item = world.get("business", "/api/v1/catalogue-items?limit=1").await.expect(200)["items"][0].clone();
    seeds.add("get_catalogue_item", Some(&path("catalogue-items", &item)), None).await;
}

async fn items(seeds: &mut Seeds<'_>, fresh: &mut Vec<String>) {
    let ways: [(&str, &[(&str, &str)]); 12] = [
        ("claim_item", &[]),
        ("decline_item", &[]),
        ("update_item", &[CLAIM]),
        ("check_item", &[CLAIM]),
        ("submit_item", &[CLAIM]),
        ("discard_item", &[CLAIM]),
        ("return_item", &[CLAIM, SUBMIT]),
        ("approve_item", &[CLAIM, SUBMIT]),
        ("get_item", &[CLAIM, SUBMIT, APPROVE]),
        ("change_item", &[CLAIM, SUBMIT, APPROVE]),
        ("cancel_item", &[CLAIM, SUBMIT, APPROVE]),
        ("list_item_versions", &[CLAIM, SUBMIT, APPROVE, CHANGE]),
    ];
    for (id, way) in ways {
        let item = fresh.pop().unwrap();
        walk(seeds, &item, way).await;
        let mut body = None;
        if id == "update_item" {
            body = Some(json!({ "content": seeds.world.get("market.admin", &item).await.expect(200)["content"] }));
        }
        seeds.add(id, Some(&item), body).await;
        if id == "list_item_versions" {
            seeds.add("list_item_history", Some(&item), None).await;
        }
    }
    let item = fresh.pop().unwrap();
    let entry = json!({ "id": item.rsplit('/').next().unwrap(), "version": 1 });
    let body = json!({ "action": "CLAIM", "mode": "PARTIAL", "items": [entry] });
    seeds.add("batch_items", None, Some(body)).await;
}

/// Two items that a later publication changes.
async fn noticed(seeds: &mut Seeds<'_>, fresh: &mut Vec<String>, demo: &str) {
    let mut rows = String::new();
    let mut told = Vec::new();
    for item in [fresh.pop().unwrap(), fresh.pop().unwrap()] {
        walk(seeds, &item, &[CLAIM, SUBMIT, APPROVE]).await;
        let code = seeds.world.get("business", &item).await.expect(200)["code"].as_str().unwrap().to_owned();
        told.push((item, code));
    }
    for at in 1..=40 {
        let code = format!("31990001{at:06}");
        let suffix = if told.iter().any(|(_, known)| *known == code) { "（修订）" } else { "" };
        rows += &row(&code, &format!("合同测试事项{at}{suffix}"), "31", "行政检查");
    }
    seeds.world.import("catalogue", format!("{demo}{rows}").into_bytes()).await;
    seeds.add("accept_upstream", Some(&told[0].0), None).await;
    seeds.add("object_upstream", Some(&told[1].0), None).await;
}

async fn lists(seeds: &mut Seeds<'_>, fresh: &mut Vec<String>) {
    let world = seeds.world;
    for (id, steps) in [
        ("get_implementation_list", 0),
        ("update_implementation_list", 0),
        ("submit_implementation_list", 1),
        ("discard_implementation_list", 1),
        ("return_implementation_list", 2),
        ("approve_implementation_list", 2),
        ("change_implementation_list", 3),
    ] {
        let list = world.approve_item("market", &fresh.pop().unwrap()).await;
        if steps > 0 {
            world.fill_list("market.admin", &list, crate::harness::elements()).await;
        }
        walk(seeds, &list, &[SUBMIT, APPROVE][..usize::max(steps, 1) - 1]).await;
        seeds.add(id, Some(&list), None).await;
        if id == "change_implementation_list" {
            for id in
                ["check_implementation_list", "list_implementation_list_versions", "list_implementation_list_history"]
            {
                seeds.add(id, Some(&list), None).await;
            }
        }
    }
}

async fn clauses(seeds: &mut Seeds<'_>, fresh: &mut Vec<String>) {
    let world = seeds.world;
    let make = async |article: &str| {
        let body =
            json!({ "law": "合同测试条例", "article": article, "text": "应当检查。", "effective_on": "2020-01-01" });
        world.post("business", "/api/v1/legal-clauses").json(&body).send().await.expect(201)
    };
    let kept = path("legal-clauses", &make("第一条").await);
    for id in ["get_clause", "list_clause_dependents", "list_clause_history", "update_clause"] {
        seeds.add(id, Some(&kept), None).await;
    }
    seeds.add("repeal_clause", Some(&path("legal-clauses", &make("第二条").await)), None).await;
    let repealed = path("legal-clauses", &make("第四条").await);
    world.act("business", &repealed, "repeal", Some(json!({ "reason": "误录" }))).await.expect(200);
    seeds.add("reinstate_clause", Some(&repealed), None).await;
    // An item and a list that have lost their basis.
    let clause = make("第三条").await;
    let item = fresh.pop().unwrap();
    walk(seeds, &item, &[CLAIM]).await;
    let shown = world.get("market.admin", &item).await.expect(200);
    let mut content = shown["content"].clone();
    content["clause_ids"] = json!([clause["id"]]);
    let call = world.request(Method::PUT, "market.admin", &item).if_match(shown["version"].as_i64().unwrap());
    call.json(&json!({ "content": content })).send().await.expect(200);
    walk(seeds, &item, &[SUBMIT, APPROVE]).await;
    let approved: Value = world.get("market.admin", &item).await.expect(200);
    let list = format!("/api/v1/implementation-lists/{}", approved["implementation_list_id"].as_str().unwrap());
    let mut elements = crate::harness::elements();
    elements["check_points"][0]["clause_ids"] = json!([clause["id"]]);
    world.fill_list("market.admin", &list, elements).await;
    walk(seeds, &list, &[SUBMIT, APPROVE]).await;
    let reason = json!({ "reason": "条例已废止" });
    world.act("business", &path("legal-clauses", &clause), "repeal", Some(reason)).await.expect(200);
    seeds.add("decide_item_basis", Some(&item), None).await;
    seeds.add("decide_list_basis", Some(&list), None).await;
}

async fn spot_checks(seeds: &mut Seeds<'_>, fresh: &mut Vec<String>) {
    let world = seeds.world;
    let published = world.publish_item("market", &fresh.pop().unwrap()).await;
    seeds.add("retire_spot_check_item", Some(&published), None).await;
    let again = world.publish_item("market", &fresh.pop().unwrap()).await;
    world.act("market.lead", &again, "retire", Some(json!({ "reason": "合同测试" }))).await.expect(200);
    seeds.add("publish_spot_check_item", Some(&again), None).await;
}

async fn mappings(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let query = format!("/api/v1/items?department_id={}&state=EFFECTIVE&limit=1", world.departments["51082103"]);
    let item = world.get("business", &query).await.expect(200)["items"][0].clone();
    let (code, name) = (item["code"].as_str().unwrap(), item["name"].as_str().unwrap());
    let rows = (1..=4).map(|at| format!("51082103,合同系统{at},{code},{name}")).collect::<Vec<_>>().join("\n");
    world.import("own-system-items", format!("部门编码,系统名称,事项编码,事项名称\n{rows}\n").into_bytes()).await;
    let rows = world.get("business", "/api/v1/item-mappings?limit=4").await.expect(200)["items"].clone();
    let at = |index: usize| path("item-mappings", &rows[index]);
    world.act("market.admin", &at(3), "confirm", Some(json!({}))).await.expect(200);
    seeds.add("list_mapping_history", Some(&at(3)), None).await;
    for (index, id) in ["get_mapping", "confirm_mapping", "reject_mapping", "reopen_mapping"].into_iter().enumerate() {
        seeds.add(id, Some(&at(index)), None).await;
    }
}
