//! Who wins when two are at one clue.

use super::clues::{MARKET, object};
use crate::harness::{World, id_of};
use futures::future::{join, join_all};
use serde_json::{Value, json};

/// Two steps on one version at the same time: one is taken, the other finds the clue changed.
async fn one_wins(world: &World, clue: &str, left: (&str, &str, Value), right: (&str, &str, Value)) {
    let version = world.get("coordinator", clue).await.expect(200)["version"].as_i64().unwrap();
    let send = |(who, verb, body): (&str, &str, Value)| {
        let call = world.post(who, &format!("{clue}/{verb}")).if_match(version).keyed();
        if body.is_null() { call.send() } else { call.json(&body).send() }
    };
    let (one, two) = join(send(left), send(right)).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(statuses == [200, 412] || statuses == [200, 404], "{statuses:?} {} {}", one.text, two.text);
    let after = world.get("coordinator", clue).await.expect(200);
    assert_eq!(after["version"], version + 1, "one step was taken");
}

#[tokio::test]
async fn of_two_departments_one_signs() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    for _ in 0..8 {
        let clue = world.clue("coordinator", &object, None).await;
        one_wins(&world, &clue, ("market.admin", "sign", Value::Null), ("agri.admin", "sign", Value::Null)).await;
        let signed = world.get("coordinator", &clue).await.expect(200);
        let department = signed["department_id"].as_str().unwrap();
        assert!([&world.departments["51082103"], &world.departments["51082105"]].iter().any(|own| *own == department));
    }
}

#[tokio::test]
async fn merging_and_assigning_have_one_winner() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let officer = json!({ "user_id": world.user_id("market.officer").await });
    for _ in 0..8 {
        let master = world.clue("coordinator", &object, MARKET).await;
        let clue = world.clue("coordinator", &object, MARKET).await;
        world.walk_clue(&clue, 1).await;
        let merge = json!({ "master_id": id_of(&master), "reason": "同一问题" });
        one_wins(&world, &clue, ("coordinator", "merge", merge), ("market.admin", "assign", officer.clone())).await;
    }
}

#[tokio::test]
async fn closing_and_reworking_have_one_winner() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    for _ in 0..8 {
        let clue = world.clue("coordinator", &object, MARKET).await;
        world.walk_clue(&clue, 7).await;
        let reason = json!({ "reason": "补充材料" });
        one_wins(&world, &clue, ("coordinator", "close", Value::Null), ("market.reviewer", "rework", reason)).await;
    }
}

#[tokio::test]
async fn thirty_two_different_clues_get_thirty_two_codes_in_a_row() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let sent = (0..32).map(|at| {
        let body = json!({
            "name": format!("第{at}条"), "domain": "80", "level": "ORANGE", "source": "MANUAL", "object_id": object,
            "content": "群众反映其经营异常。",
        });
        world.post("coordinator", "/api/v1/risk-clues").json(&body).send()
    });
    let answers = join_all(sent).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 201).map(|answer| &answer.text).collect();
    assert!(refused.is_empty(), "nobody takes another's number: {refused:?}");

    let mut codes: Vec<_> = answers.iter().map(|answer| answer.json()["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    let serials: Vec<u32> = codes.iter().map(|code| code[code.len() - 6..].parse().unwrap()).collect();
    assert!(serials.windows(2).all(|pair| pair[1] == pair[0] + 1), "none is left out: {serials:?}");
}
