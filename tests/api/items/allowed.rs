//! `allowed_actions` is what the server accepts, for every role and state.

use super::row;
use crate::harness::{World, elements};
use serde_json::{Value, json};
use std::collections::BTreeMap;

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
        for who in ["business", "coordinator", "market.lead", "justice", "market.admin", "market.reviewer"] {
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
    assert_eq!(accepted.keys().copied().collect::<Vec<_>>(), ["business", "market.admin", "market.reviewer"]);
    assert!(accepted["market.admin"] >= 8 && accepted["market.reviewer"] >= 8, "{accepted:?}");
    // Other departments do not see it.
    world.get("agri.admin", &fresh[0]).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_lists_allowed_actions_are_what_the_server_accepts() {
    let world = World::county().await;
    let verbs = [
        ("SUBMIT", "submit", Value::Null),
        ("RETURN", "return", json!({ "reason": "请补充" })),
        ("APPROVE", "approve", json!({})),
        ("CHANGE", "change", Value::Null),
        ("DISCARD", "discard", Value::Null),
        ("DECIDE_BASIS", "decide-basis", json!({ "reason": "维持" })),
    ];
    let body_of = |verb: &str| {
        verbs.iter().find(|(_, known, _)| *known == verb).map(|(.., body)| body.clone()).filter(|body| !body.is_null())
    };
    let submit = ("market.admin", "submit");
    let (approve, change) = (("market.reviewer", "approve"), ("market.admin", "change"));
    let states: [(bool, &[(&str, &str)]); 6] = [
        (false, &[]),
        (true, &[]),
        (true, &[submit]),
        (true, &[submit, approve]),
        (true, &[submit, approve, change]),
        (true, &[submit, approve, change, submit]),
    ];
    let rows: String =
        (1..=30).map(|at| row(&format!("31990001{at:06}"), &format!("事项{at}"), "31", "行政检查")).collect();
    let demo = std::fs::read_to_string(crate::harness::repo_file("data/demo/catalogue.csv")).unwrap();
    world.import("catalogue", format!("{demo}{rows}").into_bytes()).await;
    let mut fresh = world.to_claim("51082103", 30).await;
    let mut accepted = 0;
    for (filled, way) in states {
        let mut make = async || {
            let list = world.approve_item("market", &fresh.pop().unwrap()).await;
            if filled {
                world.fill_list("market.admin", &list, elements()).await;
            }
            for (who, verb) in way {
                world.act(who, &list, verb, body_of(verb)).await.expect(200);
            }
            list
        };
        let shared = make().await;
        for who in ["business", "coordinator", "market.lead", "market.admin", "market.reviewer"] {
            let shown = world.get(who, &shared).await.expect(200);
            for (code, verb, _) in &verbs {
                let claimed = shown["allowed_actions"].as_array().unwrap().contains(&json!(code));
                let target = if claimed { make().await } else { shared.clone() };
                let answer = world.act(who, &target, verb, body_of(verb)).await;
                assert_eq!(answer.status == 200, claimed, "{who} {verb} in {}: {}", shown["state"], answer.text);
                accepted += usize::from(claimed);
            }
        }
    }
    assert!(accepted >= 12, "{accepted}");
}
