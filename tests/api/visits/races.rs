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
