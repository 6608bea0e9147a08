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
        let mut terms = World::visit_terms();
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
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn day(&mut self) -> Value {
        let (month, day) = (self.below(12), self.below(28));
        json!(next_year(1 + u32::try_from(month).unwrap(), 1 + u32::try_from(day).unwrap()))
    }
}

const SIDES: [&str; 3] = ["market", "agri", "emergency"];
const BY_ALL: usize = 3;
const BY_BODY: usize = 2;

/// A visit as the plainest model has it: who goes where, the lead first.
struct Reserved {
    enterprise: usize,
    sides: Vec<usize>,
    path: String,
    day: Value,
}

/// How often an enterprise is visited, by all and by a body.
fn count(model: &[Reserved], enterprise: usize, side: Option<usize>) -> usize {
    let of = |visit: &&Reserved| visit.enterprise == enterprise && side.is_none_or(|side| visit.sides.contains(&side));
    model.iter().filter(of).count()
}

/// A visit ends before it is made: its lead cancels it, or the head of its lead sends it back. Either frees all of it.
async fn undo(world: &World, dice: &mut Dice, model: &mut Vec<Reserved>) {
    if model.is_empty() {
        return;
    }
    let gone = model.swap_remove(dice.below(model.len()));
    let lead = SIDES[gone.sides[0]];
    let reason = json!({ "reason": "计划调整" });
    let (who, verb) =
        if dice.below(2) == 0 { (format!("{lead}.admin"), "cancel") } else { (format!("{lead}.head"), "return") };
    world.act(&who, &gone.path, verb, Some(reason)).await.expect(200);
}

/// A county's year against that model: requests, joint ones, cancellations and returns in any order, four at a time, over two
/// processes. No cap is passed at any moment, and when it is over the service has reserved what the model has. `VISIT_YEAR` makes the
/// year longer.
#[tokio::test]
async fn a_year_of_requests_passes_no_cap_and_loses_no_unit() {
    let requests: usize = std::env::var("VISIT_YEAR").map_or(120, |text| text.parse().unwrap());
    let world = World::county().await;
    rule(&world, "ALL", json!({ "amount": BY_ALL })).await;
    rule(&world, "BODY", json!({ "kind": "BODY_CAP", "amount": BY_BODY })).await;
    let second = Server::start(&world.database);
    let page = world.get("market.lead", "/api/v1/objects?object_type=1&sort=name&limit=200").await.expect(200);
    let objects: Vec<_> = page["items"].as_array().unwrap().iter().map(|object| object["id"].clone()).collect();
    let enterprises = objects.len().min(2 + requests / 20);
    let mut dice = Dice(7);
    let mut model: Vec<Reserved> = Vec::new();
    let (mut granted, mut joined, mut refused) = (0, 0, 0);

    for _ in 0..requests / 4 {
        let mut asked = Vec::new();
        for _ in 0..4 {
            if dice.below(4) == 0 {
                undo(&world, &mut dice, &mut model).await;
            }
            let (enterprise, side) = (dice.below(enterprises), dice.below(3));
            let free = |visit: &Reserved| visit.enterprise == enterprise && !visit.sides.contains(&side);
            let host = model.iter().position(free).filter(|_| dice.below(2) == 0);
            let day = host.map_or_else(|| dice.day(), |host| model[host].day.clone());
            let mut terms = World::visit_terms();
            (terms["window_from"], terms["window_to"]) = (day.clone(), day.clone());
            let draft = world.daily_visit_in(SIDES[side], &objects[enterprise], &terms).await;
            let Some(host) = host else {
                asked.push((enterprise, side, draft, day));
                continue;
            };

            let join = json!({ "join_id": model[host].path.rsplit('/').next().unwrap() });
            let answer = world.act(&format!("{}.admin", SIDES[side]), &draft, "request", Some(join)).await;
            if answer.status == 200 {
                joined += 1;
                model[host].sides.push(side);
            } else {
                answer.expect_problem(409, "BUDGET_REACHED");
                assert_eq!(count(&model, enterprise, Some(side)), BY_BODY, "joining takes nothing of the enterprise's");
            }
        }

        let calls = asked.iter().enumerate().map(|(at, (_, side, draft, _))| {
            let server = if at % 2 == 0 { &world.server } else { &second };
            let path = format!("{draft}/request");
            let call = world.request_at(server, Method::POST, &format!("{}.admin", SIDES[*side]), &path);
            call.if_match(1).keyed().json(&json!({ "apart_reason": "分别检查" })).send()
        });
        for (answer, (enterprise, side, path, day)) in join_all(calls).await.into_iter().zip(asked) {
            match answer.status {
                200 => {
                    granted += 1;
                    model.push(Reserved { enterprise, sides: vec![side], path, day });
                }
                409 => {
                    refused += 1;
                    answer.expect_problem(409, "BUDGET_REACHED");
                }
                other => panic!("{other}: {}", answer.text),
            }
        }
        for enterprise in 0..enterprises {
            assert!(
                (0..3).all(|side| count(&model, enterprise, Some(side)) <= BY_BODY),
                "a body's cap at {enterprise}"
            );
            assert!(count(&model, enterprise, None) <= BY_ALL, "the enterprise's cap at {enterprise}");
        }
    }

    assert!(granted > 10 && joined > 3 && refused > 10, "{granted} granted, {joined} joined, {refused} refused");
    let mut terms = World::visit_terms();
    (terms["window_from"], terms["window_to"]) = (json!(next_year(6, 1)), json!(next_year(6, 1)));
    for (enterprise, object) in objects.iter().enumerate().take(enterprises) {
        for (side, name) in SIDES.iter().enumerate() {
            let draft = world.daily_visit_in(name, object, &terms).await;
            let used = world.get(&format!("{name}.admin"), &format!("{draft}/budget")).await.expect(200);
            assert_eq!(used["used_by_department"], count(&model, enterprise, Some(side)), "{name} at {enterprise}");
            assert_eq!(used["used_by_all"], count(&model, enterprise, None), "all at {enterprise}");
        }
    }
}
