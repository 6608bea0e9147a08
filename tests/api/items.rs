//! Supervision items through HTTP: claimed, completed, reviewed, changed, compared; what is not effective is not used.

use crate::harness::{World, elements};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The headings of a published catalogue.
pub const HEADINGS: &str = "主项编码,主项名称,子项编码,子项名称,监管部门编码,监管对象,监管形式,行政类型,设定依据,监管方式,监管流程,\
    监管结果,监管层级,适用范围,操作状态\n";

/// A row of it.
pub fn row(code: &str, name: &str, duty: &str, kind: &str) -> String {
    let main = &code[..8];
    format!(
        "{main},主项{main},{code},{name},{duty},经营单位,现场检查,{kind},《测试法》第一条,双随机抽查,检查—处理,检查结果公示,县级,区县,在用\n"
    )
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn path_of(noun: &str, record: &Value) -> String {
    format!("/api/v1/{noun}/{}", record["id"].as_str().unwrap())
}

async fn change(world: &World, who: &str, item: &str, edit: impl Fn(&mut Value)) -> Value {
    let shown = world.get(who, item).await.expect(200);
    let mut content = shown["content"].clone();
    edit(&mut content);
    let call = world.request(Method::PUT, who, item).if_match(shown["version"].as_i64().unwrap());
    call.json(&json!({ "content": content })).send().await.expect(200)
}

#[tokio::test]
async fn an_item_is_claimed_completed_reviewed_changed_and_cancelled() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let claimed = world.act("market.admin", &item, "claim", None).await.expect(200);
    assert_eq!((&claimed["state"], &claimed["content_version"]), (&json!("CLAIMED_DRAFT"), &json!(1)));
    world.assert_audit("items", id(&item), "CLAIMED", "market.admin").await;
    // What is missing is named, and cannot be submitted.
    change(&world, "market.admin", &item, |content| content["supervise_flow"] = Value::Null).await;
    let check = world.get("market.admin", &format!("{item}/check")).await.expect(200);
    assert_eq!((&check["complete"], &check["problems"][0]["pointer"]), (&json!(false), &json!("/supervise_flow")));
    let refused = world.act("market.admin", &item, "submit", None).await.expect_problem(422, "ELEMENTS_INCOMPLETE");
    assert_eq!(refused["errors"][0]["pointer"], "/supervise_flow");
    change(&world, "market.admin", &item, |content| content["supervise_flow"] = json!("检查—处理—公示")).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let reason = json!({ "reason": "请核对监管对象" });
    let returned = world.act("market.reviewer", &item, "return", Some(reason)).await.expect(200);
    assert_eq!((&returned["state"], &returned["return_reason"]), (&json!("CLAIMED_DRAFT"), &json!("请核对监管对象")));
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let approved = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    assert_eq!((&approved["state"], &approved["approved_version"]), (&json!("EFFECTIVE"), &json!(1)));
    world.assert_audit("items", id(&item), "APPROVED", "market.reviewer").await;
    // The code comes from the catalogue.
    world.act("market.admin", &item, "change", None).await.expect(200);
    let shown = world.get("market.admin", &item).await.expect(200);
    let call = world.request(Method::PUT, "market.admin", &item).if_match(shown["version"].as_i64().unwrap());
    let body = json!({ "code": "99999999000001", "content": shown["content"] });
    call.json(&body).send().await.expect_problem(409, "CODE_IMMUTABLE");
    world.act("market.admin", &item, "discard", None).await.expect(200);
    // Cancelled, its list and its spot-check item go with it.
    let list = format!("/api/v1/implementation-lists/{}", approved["implementation_list_id"].as_str().unwrap());
    world.approve_list("market", &list).await;
    world.act("market.admin", &item, "cancel", Some(json!({ "reason": "依据已修订" }))).await.expect(200);
    let cancelled = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    assert_eq!(cancelled["state"], "CANCELLED");
    assert_eq!(world.get("market.admin", &list).await.expect(200)["state"], "RETIRED");
    let spots = world.get("market.lead", &format!("/api/v1/spot-check-items?item_id={}", id(&item))).await.expect(200);
    assert_eq!(spots["items"][0]["status"], "RETIRED");
    let history = world.get("market.admin", &format!("{item}/history?limit=200")).await.expect(200);
    let verbs: BTreeSet<_> =
        history["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
    for verb in
        ["IMPORTED", "CLAIMED", "UPDATED", "SUBMITTED", "RETURNED", "APPROVED", "CHANGED", "DISCARDED", "CANCELLED"]
    {
        assert!(verbs.contains(verb), "{verb}: {verbs:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_claimed_is_written_off_and_leaves_the_denominator() {
    let world = World::county().await;
    let rate = async || {
        let shown = world.get("market.admin", "/api/v1/indicators/1").await.expect(200);
        (shown["numerator"].as_i64().unwrap(), shown["denominator"].as_i64().unwrap())
    };
    let (claimed, due) = rate().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let statement = json!({ "statement": "该职能由市级行使，本县不承担。" });
    world.act("market.admin", &item, "decline", Some(statement)).await.expect(200);
    assert_eq!(rate().await, (claimed, due), "until it is approved it counts");
    let explained = world.get("market.admin", "/api/v1/indicators/1/explain?limit=200").await.expect(200);
    let missing = explained["items"].as_array().unwrap();
    assert_eq!(i64::try_from(missing.len()).unwrap(), due - claimed);
    let row = missing.iter().find(|row| row["id"] == id(&item)).unwrap();
    assert_eq!(row["reason"], "核销待审核");
    let done = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    assert_eq!(done["state"], "WRITTEN_OFF");
    assert_eq!(rate().await, (claimed, due - 1));
    world.assert_audit("items", id(&item), "DECLINED", "market.admin").await;
    // The county's figure is the sum of the departments'.
    let county = world.get("coordinator", "/api/v1/indicators/1").await.expect(200);
    let sum: i64 =
        county["departments"].as_array().unwrap().iter().map(|row| row["denominator"].as_i64().unwrap()).sum();
    assert_eq!(county["denominator"], sum);
}

#[tokio::test]
async fn versions_switch_at_midnight_and_the_past_is_answered() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.approve_item("market", &item).await;
    let today: chrono::NaiveDate = {
        let shown = world.get("market.admin", &item).await.expect(200);
        shown["effective_from"].as_str().unwrap().parse().unwrap()
    };
    let later = today + chrono::Days::new(10);
    world.act("market.admin", &item, "change", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["name"] = json!("改名后的事项")).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let yesterday = json!({ "effective_on": (today - chrono::Days::new(1)).to_string() });
    let refused = world.act("market.reviewer", &item, "approve", Some(yesterday)).await;
    refused.expect_problem(422, "EFFECTIVE_DATE_INVALID");
    let on = json!({ "effective_on": later.to_string() });
    world.act("market.reviewer", &item, "approve", Some(on)).await.expect(200);
    for offset in 0..15u64 {
        let day = today + chrono::Days::new(offset);
        let shown = world.get("market.admin", &format!("{item}?as_of={day}")).await.expect(200);
        let expected = if day < later { 1 } else { 2 };
        assert_eq!(shown["content_version"], expected, "{day}");
        assert_eq!(shown["content"]["name"] == "改名后的事项", expected == 2, "{day}");
    }
    let before = today - chrono::Days::new(1);
    world.get("market.admin", &format!("{item}?as_of={before}")).await.expect_problem(404, "NOT_FOUND");
    // The list of a day holds the versions of that day.
    for (day, version) in [(later - chrono::Days::new(1), 1), (later, 2)] {
        let page = world.get("market.admin", &format!("/api/v1/items?as_of={day}&limit=200")).await.expect(200);
        let rows = page["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == id(&item)).unwrap();
        assert_eq!(row["content_version"], version, "{day}");
    }
    let page = world.get("market.admin", &format!("/api/v1/items?as_of={before}")).await.expect(200);
    assert_eq!(page["page"]["total"], 0, "nothing was in force before the first approval");
    let versions = world.get("market.admin", &format!("{item}/versions")).await.expect(200);
    assert_eq!(versions["items"][0]["effective_from"], later.to_string());
    assert_eq!(versions["items"][1]["effective_to"], later.to_string());
}

#[tokio::test]
async fn a_batch_is_atomic_or_says_what_became_of_each() {
    let world = World::county().await;
    let items = world.to_claim("51082103", 3).await;
    let foreign = world.to_claim("51082105", 1).await.remove(0);
    let entry = |item: &str, version: i64| json!({ "id": id(item), "version": version });
    let send = async |mode: &str, entries: Vec<Value>| {
        let body = json!({ "action": "CLAIM", "mode": mode, "items": entries });
        world.post("market.admin", "/api/v1/items/batch").keyed().json(&body).send().await
    };
    let refused = send("ATOMIC", vec![entry(&items[0], 1), entry(&items[1], 7)]).await;
    let problem = refused.expect_problem(422, "BATCH_REFUSED");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/items/1"), &json!("STALE"))
    );
    assert_eq!(world.get("market.admin", &items[0]).await.expect(200)["state"], "TO_CLAIM", "nothing is half-done");
    let mixed = send("PARTIAL", vec![entry(&items[0], 1), entry(&items[1], 7), entry(&foreign, 1)]).await.expect(207);
    let statuses: Vec<_> = mixed["results"].as_array().unwrap().iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, [json!(200), json!(412), json!(404)]);
    assert_eq!((&mixed["succeeded"], &mixed["failed"]), (&json!(1), &json!(2)));
    world.assert_audit("items", id(&items[0]), "CLAIMED", "market.admin").await;
    let whole = send("ATOMIC", vec![entry(&items[1], 1), entry(&items[2], 1)]).await.expect(207);
    assert_eq!(whole["succeeded"], 2);
    let claimed = world.get("market.admin", &items[2]).await.expect(200);
    assert_eq!((&claimed["state"], &claimed["content_version"]), (&json!("CLAIMED_DRAFT"), &json!(1)));
    assert!(claimed["content"]["supervise_object"].is_string(), "the catalogue's content was taken over");
}

#[tokio::test]
async fn allowed_actions_are_what_the_server_accepts() {
    let world = World::county().await;
    let verbs = [
        ("CLAIM", "claim", Value::Null),
        ("DECLINE", "decline", json!({ "statement": "本县不承担此项职能。" })),
        ("SUBMIT", "submit", Value::Null),
        ("RETURN", "return", json!({ "reason": "请补充" })),
        ("APPROVE", "approve", json!({})),
        ("CHANGE", "change", Value::Null),
        ("CANCEL", "cancel", json!({ "reason": "不再设定" })),
        ("DISCARD", "discard", Value::Null),
        ("ACCEPT_UPSTREAM", "accept-upstream", Value::Null),
        ("OBJECT_UPSTREAM", "object-upstream", json!({ "reason": "与本地条例不符" })),
        ("DECIDE_BASIS", "decide-basis", json!({ "reason": "维持" })),
    ];
    let states: [&[(&str, &str)]; 8] = [
        &[],
        &[("market.admin", "decline")],
        &[("market.admin", "claim")],
        &[("market.admin", "claim"), ("market.admin", "submit")],
        &[("market.admin", "claim"), ("market.admin", "submit"), ("market.reviewer", "approve")],
        &[
            ("market.admin", "claim"),
            ("market.admin", "submit"),
            ("market.reviewer", "approve"),
            ("market.admin", "change"),
        ],
        &[
            ("market.admin", "claim"),
            ("market.admin", "submit"),
            ("market.reviewer", "approve"),
            ("market.admin", "change"),
            ("market.admin", "submit"),
        ],
        &[
            ("market.admin", "claim"),
            ("market.admin", "submit"),
            ("market.reviewer", "approve"),
            ("market.admin", "cancel"),
        ],
    ];
    let body_of = |verb: &str| {
        verbs.iter().find(|(_, known, _)| *known == verb).map(|(.., body)| body.clone()).filter(|body| !body.is_null())
    };
    // Enough items for every accepted action to have one of its own.
    let rows: String =
        (1..=90).map(|at| row(&format!("31990001{at:06}"), &format!("事项{at}"), "31", "行政检查")).collect();
    let demo = std::fs::read_to_string(crate::harness::repo_file("data/demo/catalogue.csv")).unwrap();
    world.import("catalogue", format!("{demo}{rows}").into_bytes()).await;
    let mut fresh = world.to_claim("51082103", 90).await;
    let mut accepted = BTreeMap::new();
    for way in states {
        let mut make = async || {
            let item = fresh.pop().unwrap();
            for (who, verb) in way {
                world.act(who, &item, verb, body_of(verb)).await.expect(200);
            }
            item
        };
        let shared = make().await;
        for who in ["root", "coordinator", "market.lead", "justice", "market.admin", "market.reviewer"] {
            let shown = world.get(who, &shared).await.expect(200);
            let allowed: Vec<_> = shown["allowed_actions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|code| code.as_str().unwrap().to_owned())
                .collect();
            for (code, verb, _) in &verbs {
                let claimed = allowed.iter().any(|known| known == code);
                let target = if claimed { make().await } else { shared.clone() };
                let answer = world.act(who, &target, verb, body_of(verb)).await;
                assert_eq!(answer.status == 200, claimed, "{who} {verb} in {}: {}", shown["state"], answer.text);
                if claimed {
                    *accepted.entry(who).or_insert(0) += 1;
                }
            }
        }
    }
    assert_eq!(accepted.keys().copied().collect::<Vec<_>>(), ["market.admin", "market.reviewer", "root"]);
    assert!(accepted["market.admin"] >= 8 && accepted["market.reviewer"] >= 8, "{accepted:?}");
    // Other departments do not see it.
    world.get("agri.admin", &fresh[0]).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn only_what_is_effective_and_published_is_drawn_and_inspected() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let spot = world.publish_item("market", &item).await;
    let mut body = world.task_body("规则测试", &["51082103"]).await;
    body["departments"][0]["item_ids"] = json!([id(&spot)]);
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let task = world.ready_to_draw(&body, &parties).await;
    // An item in use is not cancelled without a successor.
    let cancel = json!({ "reason": "不再设定" });
    let refused = world.act("market.admin", &item, "cancel", Some(cancel)).await.expect_problem(409, "ITEM_IN_USE");
    assert_eq!(refused["rule"]["code"], "NO_CANCELLING_IN_USE");
    // Taken off the published list before the draw, the draw refuses it and says under which rule.
    world.act("market.lead", &spot, "retire", Some(json!({ "reason": "清单调整" }))).await.expect(200);
    let refused = world.act("market.lead", &task, "draw", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["rule"]["code"], "ONLY_EFFECTIVE_ITEMS");
    assert_eq!(refused["errors"][0]["code"], "NOT_PUBLISHED");
    let create = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
    create.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    world.act("market.lead", &spot, "publish", None).await.expect(200);
    world.act("market.lead", &task, "draw", None).await.expect(200);
    world.act("market.lead", &task, "match", None).await.expect(200);
    let shown = world.get("market.lead", &task).await.expect(200);
    assert_eq!(shown["departments"][0]["items"][0]["list_version"], 1, "the task keeps the version it used: {shown}");
    // And again when the visit starts.
    let query = format!("/api/v1/inspections?task_id={}&limit=1", id(&task));
    let inspection = path_of("inspections", &world.get("market.admin", &query).await.expect(200)["items"][0]);
    world.act("market.lead", &spot, "retire", Some(json!({ "reason": "清单调整" }))).await.expect(200);
    let refused = world.act("market.admin", &inspection, "start", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["rule"]["code"], "ONLY_EFFECTIVE_ITEMS");
    world.act("market.lead", &spot, "publish", None).await.expect(200);
    world.act("market.admin", &inspection, "start", None).await.expect(200);
    // With a successor in force the item may go, and open tasks go on.
    let successor = world.to_claim("51082103", 1).await.remove(0);
    world.publish_item("market", &successor).await;
    let cancel = json!({ "reason": "并入承接事项", "successor_id": id(&successor) });
    world.act("market.admin", &item, "cancel", Some(cancel)).await.expect(200);
    world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    let query = format!("/api/v1/inspections?task_id={}&status=PENDING&limit=1", id(&task));
    let next = world.get("market.admin", &query).await.expect(200);
    let next = path_of("inspections", &next["items"][0]);
    world.act("market.admin", &next, "start", None).await.expect(200);
}

#[tokio::test]
async fn a_repealed_clause_freezes_what_stands_on_it() {
    let world = World::county().await;
    let clause = json!({ "law": "测试条例", "article": "第三条", "text": "应当检查。", "effective_on": "2020-01-01" });
    let clause = world.post("root", "/api/v1/legal-clauses").json(&clause).send().await.expect(201);
    let path = path_of("legal-clauses", &clause);
    world.assert_audit("legal-clauses", id(&path), "CREATED", "平台管理员").await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.act("market.admin", &item, "claim", None).await.expect(200);
    let unknown = json!({ "content": { "clause_ids": ["01930000-0000-7000-8000-000000000000"] } });
    let call = world.request(Method::PUT, "market.admin", &item).if_match(2).json(&unknown);
    assert_eq!(call.send().await.expect(422)["errors"][0]["pointer"], "/content/clause_ids/0");
    change(&world, "market.admin", &item, |content| content["clause_ids"] = json!([clause["id"]])).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    let approved = world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    let list = format!("/api/v1/implementation-lists/{}", approved["implementation_list_id"].as_str().unwrap());
    let mut body = elements();
    body["check_points"][0]["clause_ids"] = json!([clause["id"]]);
    world.fill_list("market.admin", &list, body).await;
    world.act("market.admin", &list, "submit", None).await.expect(200);
    world.act("market.reviewer", &list, "approve", Some(json!({}))).await.expect(200);
    let elsewhere = world.get("agri.admin", &format!("{path}/dependents")).await.expect(200);
    assert_eq!((&elsewhere["items"], &elsewhere["total"]), (&json!([]), &json!(2)), "counted, not shown");
    let dependents = world.get("market.admin", &format!("{path}/dependents")).await.expect(200);
    let mut pointers: Vec<_> =
        dependents["items"].as_array().unwrap().iter().map(|row| row["pointer"].clone()).collect();
    pointers.sort_by_key(ToString::to_string);
    assert_eq!(pointers, [json!("/check_points/0/clause_ids/0"), json!("/clause_ids/0")]);
    let repeal = json!({ "reason": "条例已废止" });
    world.act("root", &path, "repeal", Some(repeal.clone())).await.expect(200);
    world.act("root", &path, "repeal", Some(repeal)).await.expect_problem(409, "STATE_CONFLICT");
    let frozen = world.get("market.reviewer", &item).await.expect(200);
    assert!(frozen["basis_lost_on"].is_string());
    assert!(frozen["allowed_actions"].as_array().unwrap().contains(&json!("DECIDE_BASIS")));
    assert!(world.get("market.admin", &list).await.expect(200)["basis_lost_on"].is_string());
    let query = format!("/api/v1/spot-check-items?item_id={}", id(&item));
    let spot = path_of("spot-check-items", &world.get("market.lead", &query).await.expect(200)["items"][0]);
    let refused = world.act("market.lead", &spot, "publish", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["errors"][0]["code"], "BASIS_LOST");
    let waiting = world.get("market.reviewer", "/api/v1/worklist?kind=BASIS_LOST").await.expect(200);
    assert_eq!(waiting["page"]["total"], 2);
    // A repeal by mistake is taken back, and with it what it froze; then it is repealed for good.
    let mistaken = json!({ "reason": "误录" });
    world.act("root", &path, "reinstate", Some(mistaken)).await.expect(200);
    assert_eq!(world.get("market.admin", &item).await.expect(200)["basis_lost_on"], Value::Null);
    assert_eq!(world.get("market.admin", &list).await.expect(200)["basis_lost_on"], Value::Null);
    world.assert_audit("items", id(&item), "RESUMED", "平台管理员").await;
    world.act("root", &path, "repeal", Some(json!({ "reason": "条例已废止" }))).await.expect(200);
    let reason = json!({ "reason": "新条例第五条承接，维持" });
    world.act("market.reviewer", &item, "decide-basis", Some(reason.clone())).await.expect(200);
    world.act("market.reviewer", &list, "decide-basis", Some(reason)).await.expect(200);
    world.act("market.lead", &spot, "publish", None).await.expect(200);
    world.assert_audit("items", id(&item), "SUSPENDED", "平台管理员").await;
    world.assert_audit("items", id(&item), "DECIDED", "market.reviewer").await;
}

#[tokio::test]
async fn a_law_to_come_is_prepared_and_a_known_end_is_noted() {
    let world = World::county().await;
    let today = mingjian::domain::clocks::calendar::local_date(mingjian::ctx::now());
    let (begins, ends) = (today + chrono::Days::new(30), today + chrono::Days::new(60));
    let body =
        json!({ "law": "未来条例", "article": "第一条", "text": "应当检查。", "effective_on": begins.to_string() });
    let clause = world.post("root", "/api/v1/legal-clauses").json(&body).send().await.expect(201);
    let item = world.to_claim("51082103", 1).await.remove(0);
    world.act("market.admin", &item, "claim", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["clause_ids"] = json!([clause["id"]])).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    // In force today it cannot be; from the law's day on it can.
    let refused = world.act("market.reviewer", &item, "approve", Some(json!({}))).await;
    assert_eq!(refused.expect_problem(422, "ELEMENTS_INCOMPLETE")["errors"][0]["pointer"], "/clause_ids/0");
    let repeal = json!({ "reason": "定期施行的条例", "repealed_on": ends.to_string() });
    world.act("root", &path_of("legal-clauses", &clause), "repeal", Some(repeal)).await.expect(200);
    let on = json!({ "effective_on": begins.to_string() });
    let approved = world.act("market.reviewer", &item, "approve", Some(on)).await.expect(200);
    assert_eq!((&approved["effective_from"], &approved["basis_lost_on"]), (&json!(begins), &json!(ends)));
    let waiting = world.get("market.reviewer", "/api/v1/worklist?kind=BASIS_LOST").await.expect(200);
    assert_eq!(waiting["items"][0]["resource_id"], id(&item));
}

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
        world.assert_audit("item-mappings", id(&path), "CONFIRMED", "market.admin").await;
    }
    let unmatched = path_of("item-mappings", &of("OLD-2"));
    world.act("market.admin", &unmatched, "confirm", Some(json!({}))).await.expect(422);
    world.act("market.admin", &unmatched, "reject", Some(json!({ "reason": "系统自设" }))).await.expect(200);
    let differing = world.get("market.admin", "/api/v1/item-mappings/differences").await.expect(200);
    assert_eq!(differing["page"]["total"], 1);
    let fields: Vec<_> =
        differing["items"][0]["differences"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, [json!("code"), json!("supervise_form")]);
    let accuracy = world.get("market.admin", "/api/v1/indicators/3").await.expect(200);
    assert_eq!((&accuracy["numerator"], &accuracy["denominator"]), (&json!(1), &json!(3)));
    let explained = world.get("market.admin", "/api/v1/indicators/3/explain").await.expect(200);
    assert_eq!(explained["page"]["total"], 2);
    // The same file again changes nothing; a change of the unified item is compared again.
    let again = world.import("own-system-items", file.into_bytes()).await;
    assert_eq!((&again["rows_unchanged"], &again["rows_created"]), (&json!(3), &json!(0)));
    let item = path_of("items", same);
    world.act("market.admin", &item, "change", None).await.expect(200);
    change(&world, "market.admin", &item, |content| content["supervise_form"] = json!("非现场检查")).await;
    world.act("market.admin", &item, "submit", None).await.expect(200);
    world.act("market.reviewer", &item, "approve", Some(json!({}))).await.expect(200);
    let accuracy = world.get("market.admin", "/api/v1/indicators/3").await.expect(200);
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
    assert_eq!((count("market.reviewer", "TO_REVIEW").await, count("root", "TO_REVIEW").await), (1, 1));
    assert_eq!(count("agri.reviewer", "TO_REVIEW").await, 0, "another department's");
    let page = world.get("market.reviewer", "/api/v1/worklist?kind=TO_REVIEW").await.expect(200);
    let entry = &page["items"][0];
    assert_eq!((&entry["resource"], &entry["resource_id"]), (&json!("items"), &json!(id(&item))));
    let from = entry["created_at"].as_str().unwrap().parse().unwrap();
    let from = mingjian::domain::clocks::calendar::local_date(from);
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

#[tokio::test]
async fn two_reviewers_and_two_claimers_have_one_winner() {
    let mut world = World::county().await;
    world.make_user("market.second", "REVIEWER", "51082103", Value::Null).await;
    world.make_user("market.other", "DEPARTMENT_ADMIN", "51082103", Value::Null).await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let tally = |answers: Vec<crate::harness::Answer>| {
        let mut counts = BTreeMap::new();
        for answer in answers {
            *counts.entry(answer.status).or_insert(0) += 1;
        }
        counts
    };
    let claims = (0..16).map(|at| {
        let who = if at % 2 == 0 { "market.admin" } else { "market.other" };
        world.post(who, &format!("{item}/claim")).if_match(1).keyed().send()
    });
    assert_eq!(tally(join_all(claims).await), BTreeMap::from([(200, 1), (412, 15)]));
    let versions = world.get("market.admin", &format!("{item}/versions")).await.expect(200);
    assert_eq!(versions["items"].as_array().unwrap().len(), 1, "one draft, not sixteen");
    let submitted = world.act("market.admin", &item, "submit", None).await.expect(200);
    let version = submitted["version"].as_i64().unwrap();
    let reviews = (0..16).map(|at| {
        let (who, verb, body) = if at % 2 == 0 {
            ("market.reviewer", "approve", json!({}))
        } else {
            ("market.second", "return", json!({ "reason": "请补充" }))
        };
        world.post(who, &format!("{item}/{verb}")).if_match(version).keyed().json(&body).send()
    });
    assert_eq!(tally(join_all(reviews).await), BTreeMap::from([(200, 1), (412, 15)]));
    let after = world.get("market.admin", &item).await.expect(200);
    assert_eq!(after["version"], version + 1);
    let (state, content) = (after["state"].as_str().unwrap(), after["content_state"].as_str().unwrap());
    assert!([("EFFECTIVE", "APPROVED"), ("CLAIMED_DRAFT", "DRAFT")].contains(&(state, content)), "{state} {content}");
}
