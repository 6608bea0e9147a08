//! The last unit of a budget has one taker, and a year of requests passes no cap and loses no unit.

use super::budget::{next_year, object, rule};
use crate::harness::{Server, World};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Thirty-two requests over two processes; the enterprise may be visited once.
#[tokio::test]
async fn of_thirty_two_who_ask_for_the_last_unit_one_gets_it() {
    let world = World::county().await;
    rule(&world, "CAP", json!({ "amount": 1 })).await;
    let second = Server::start(&world.database);
    let enterprise = object(&world, 0).await;
    let mut drafts = Vec::new();
    for at in 0..32 {
        // Days that lie apart, so that nobody is offered to join.
        let mut terms = World::visit_terms("DAILY");
        let day = json!(next_year(1 + at % 12, 1 + at / 12));
        (terms["window_from"], terms["window_to"]) = (day.clone(), day);
        drafts.push(world.daily_visit_in("market", &enterprise, &terms).await);
    }
    let asks = drafts.iter().enumerate().map(|(at, draft)| {
        let server = if at % 2 == 0 { &world.server } else { &second };
        let call = world.request_at(server, Method::POST, "market.admin", &format!("{draft}/request"));
        call.if_match(1).keyed().json(&json!({})).send()
    });
    let mut tally: BTreeMap<u16, usize> = BTreeMap::new();
    for answer in join_all(asks).await {
        *tally.entry(answer.status).or_default() += 1;
    }
    assert_eq!(tally, BTreeMap::from([(200, 1), (409, 31)]));
    let reserved = world.get("market.admin", "/api/v1/visits?status=REQUESTED&limit=200").await.expect(200);
    let reserved: Vec<&Value> = reserved["items"].as_array().unwrap().iter().collect();
    assert_eq!(reserved.len(), 1);
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A county's year against the plainest model: requests and cancellations in any order, four at a time, over two processes. No
/// cap is passed at any moment, and when it is over the service has reserved what the model has. `VISIT_YEAR` makes the year longer.
#[tokio::test]
async fn a_year_of_requests_passes_no_cap_and_loses_no_unit() {
    const BY_ALL: i64 = 3;
    const BY_BODY: i64 = 2;
    let requests: usize = std::env::var("VISIT_YEAR").map_or(120, |text| text.parse().unwrap());
    let world = World::county().await;
    rule(&world, "ALL", json!({ "amount": BY_ALL })).await;
    rule(&world, "BODY", json!({ "kind": "BODY_CAP", "amount": BY_BODY })).await;
    let second = Server::start(&world.database);
    let page = world.get("market.lead", "/api/v1/objects?object_type=1&sort=name&limit=200").await.expect(200);
    let objects: Vec<_> = page["items"].as_array().unwrap().iter().map(|object| object["id"].clone()).collect();
    let enterprises = objects.len().min(2 + requests / 20);
    let sides = ["market", "agri", "emergency"];
    let mut dice = Dice(7);
    // What is reserved, by the model: enterprise and body → visits.
    let mut model: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let (mut granted, mut refused) = (0, 0);

    for _ in 0..requests / 4 {
        let mut asked = Vec::new();
        for at in 0..4 {
            let (enterprise, side) = (dice.below(enterprises as u64) as usize, dice.below(3) as usize);
            if dice.below(4) == 0
                && let Some(visit) = model.get_mut(&(enterprise, side)).and_then(Vec::pop)
            {
                let reason = json!({ "reason": "计划调整" });
                world.act(&format!("{}.admin", sides[side]), &visit, "cancel", Some(reason)).await.expect(200);
            }
            let mut terms = World::visit_terms("DAILY");
            let day = json!(next_year(1 + dice.below(12) as u32, 1 + dice.below(28) as u32));
            (terms["window_from"], terms["window_to"]) = (day.clone(), day);
            let draft = world.daily_visit_in(sides[side], &objects[enterprise], &terms).await;
            asked.push((enterprise, side, draft, at % 2 == 0));
        }

        let calls = asked.iter().map(|(_, side, draft, first)| {
            let server = if *first { &world.server } else { &second };
            let path = format!("{draft}/request");
            let call = world.request_at(server, Method::POST, &format!("{}.admin", sides[*side]), &path);
            call.if_match(1).keyed().json(&json!({ "apart_reason": "分别检查" })).send()
        });
        for (answer, (enterprise, side, draft, _)) in join_all(calls).await.into_iter().zip(asked) {
            match answer.status {
                200 => {
                    granted += 1;
                    model.entry((enterprise, side)).or_default().push(draft);
                }
                409 => {
                    refused += 1;
                    answer.expect_problem(409, "BUDGET_REACHED");
                }
                other => panic!("{other}: {}", answer.text),
            }
        }
        for enterprise in 0..enterprises {
            let own = |side: usize| model.get(&(enterprise, side)).map_or(0, Vec::len) as i64;
            assert!((0..3).all(|side| own(side) <= BY_BODY), "a body's cap at {enterprise}");
            assert!((0..3).map(own).sum::<i64>() <= BY_ALL, "the enterprise's cap at {enterprise}");
        }
    }

    assert!(granted > 10 && refused > 10, "{granted} granted, {refused} refused");
    for (enterprise, object) in objects.iter().enumerate().take(enterprises) {
        for (side, name) in sides.iter().enumerate() {
            let draft = world.daily_visit(name, object).await;
            let mut terms = World::visit_terms("DAILY");
            (terms["window_from"], terms["window_to"]) = (json!(next_year(6, 1)), json!(next_year(6, 1)));
            let change = world.request(Method::PUT, &format!("{name}.admin"), &draft).if_match(1).json(&terms);
            change.send().await.expect(200);
            let used = world.get(&format!("{name}.admin"), &format!("{draft}/budget")).await.expect(200);
            let own = |side: usize| model.get(&(enterprise, side)).map_or(0, Vec::len);
            assert_eq!(used["used_by_department"], own(side), "{name} at {enterprise}");
            assert_eq!(used["used_by_all"], (0..3).map(own).sum::<usize>(), "all at {enterprise}");
        }
    }
}
