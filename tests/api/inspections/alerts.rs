//! 执法监督预警: what is noticed of visits opens a case, and what comes up meanwhile joins it.

use super::supervision::{object, path};
use crate::harness::{World, id_of, today};
use chrono::Days;
use reqwest::Method;
use serde_json::{Value, json};

const JUSTICE: &str = "justice";
const ADMIN: &str = "market.admin";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn cases(world: &World) -> Vec<Value> {
    let page = world.get(JUSTICE, "/api/v1/supervision-cases?sort=created_at").await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// Nobody scanned, at two enterprises: one case, while nothing has been sent; the next is a step further.
#[tokio::test]
async fn alerts_of_visits_open_a_case_and_join_it() {
    let world = World::county().await;
    let mut visits = Vec::new();
    for at in 0..4 {
        let visit = world.daily_visit("market", &object(&world, &format!("旺苍县未扫码{at}号店")).await).await;
        world.walk_visit("market", &visit, 4).await;
        visits.push(visit);
    }
    assert!(cases(&world).await.is_empty());
    let leave = async |visit: &str| {
        let left =
            world.act(ADMIN, visit, "leave", Some(json!({ "no_scan_reason": "企业不愿扫码" }))).await.expect(200);
        assert_eq!(left["alerts"], json!(["NO_SCAN"]));
    };
    leave(&visits[0]).await;
    leave(&visits[1]).await;
    let opened = cases(&world).await;
    assert_eq!(opened.len(), 1, "they are of one kind and one department: {opened:?}");
    let first = &opened[0];
    assert_eq!(
        (&first["source"], &first["alert"], &first["measure"]),
        (&json!("ALERT"), &json!("NO_SCAN"), &json!("RECTIFY"))
    );
    let about: Vec<_> = first["subjects"].as_array().unwrap().iter().map(|row| text(&row["record_id"])).collect();
    assert_eq!(about, [id_of(&visits[0]), id_of(&visits[1])]);
    world.assert_audit("supervision-cases", id_of(&path(first)), "CREATED", ADMIN).await;
    world.assert_audit("supervision-cases", id_of(&path(first)), "UPDATED", ADMIN).await;
    let found =
        world.get(JUSTICE, &format!("/api/v1/supervision-cases?record_id={}", id_of(&visits[1]))).await.expect(200);
    assert_eq!(found["items"][0]["id"], first["id"]);

    world.walk_case(&path(first), 2).await;
    leave(&visits[2]).await;
    let opened = cases(&world).await;
    assert_eq!((opened.len(), &opened[1]["measure"]), (2, &json!("TALK")), "what was sent is closed to more");
    let second = path(&opened[1]);
    world.walk_case(&second, 4).await;
    let conclusion = Some(json!({ "conclusion": "办结" }));
    world.act(JUSTICE, &second, "close", conclusion.clone()).await.expect_problem(409, "STATE_CONFLICT");
    let talked = world.act(JUSTICE, &second, "escalate", Some(json!({ "note": "约谈负责人" }))).await.expect(200);
    assert_eq!(talked["measure"], "TALK", "what was due is written down, and is no step further");
    world.act(JUSTICE, &second, "close", conclusion).await.expect(200);
    leave(&visits[3]).await;
    assert_eq!(cases(&world).await[2]["measure"], "REPORT");
}

/// Two visits of a day, an entry nobody approves: alerts as well.
#[tokio::test]
async fn too_many_visits_and_an_unapproved_entry_are_looked_into() {
    let world = World::county().await;
    let enterprise = object(&world, "旺苍县多次入企店").await;
    let urgent = |reason: &str| Some(json!({ "reason": reason }));
    for _ in 0..2 {
        let visit = world.daily_visit("market", &enterprise).await;
        world.act(ADMIN, &visit, "enter-urgently", urgent("群众举报即时险情")).await.expect(200);
    }
    let opened = cases(&world).await;
    assert_eq!((opened.len(), &opened[0]["alert"]), (1, &json!("OVER_DAILY")));

    let visit = world.daily_visit("market", &object(&world, "旺苍县未批准店").await).await;
    world.act(ADMIN, &visit, "enter-urgently", urgent("即时险情")).await.expect(200);
    world.act("market.head", &visit, "refuse-late", urgent("并无险情")).await.expect(200);
    let opened = cases(&world).await;
    assert_eq!((opened.len(), &opened[1]["alert"]), (2, &json!("UNAPPROVED_ENTRY")));

    // Nobody decides on the entries of before within a day: they join it, each once.
    let then = today() - Days::new(1);
    let sql = format!("UPDATE worklist_entries SET due_on = '{then}' WHERE kind = 'VISIT_TO_APPROVE_LATE'");
    world.database.execute(&sql).await;
    for _ in 0..2 {
        world.strike();
    }
    let opened = cases(&world).await;
    assert_eq!((opened.len(), opened[1]["subjects"].as_array().unwrap().len()), (2, 3));
}

/// Sixteen visits left at once over two processes, nobody scanned: one case that names each of them.
#[tokio::test]
async fn alerts_that_come_at_once_are_one_case() {
    let world = World::county().await;
    let other = crate::harness::Server::start(&world.database);
    let mut visits = Vec::new();
    for at in 0..16 {
        let visit = world.daily_visit("market", &object(&world, &format!("旺苍县同时{at}号店")).await).await;
        world.walk_visit("market", &visit, 4).await;
        let version = world.get(ADMIN, &visit).await.expect(200)["version"].as_i64().unwrap();
        visits.push((visit, version));
    }
    let calls = visits.iter().enumerate().map(|(at, (visit, version))| {
        let server = if at % 2 == 0 { &world.server } else { &other };
        let call = world.request_at(server, Method::POST, ADMIN, &format!("{visit}/leave"));
        call.if_match(*version).keyed().json(&json!({ "no_scan_reason": "企业不愿扫码" })).send()
    });
    for answer in futures::future::join_all(calls).await {
        answer.expect(200);
    }
    let opened = cases(&world).await;
    assert_eq!((opened.len(), opened[0]["subjects"].as_array().unwrap().len()), (1, 16));
}
