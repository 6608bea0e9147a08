//! What the database counts of clues is what the domain says of each of them.

use super::clues::{MARKET, object};
use crate::harness::World;
use chrono::{DateTime, Duration, Utc};
use domain::oversight::indicators::risks::{ClueFacts, clue_timeliness};
use entity::risks::risk_clues::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Database, EntityTrait, QueryFilter};

#[tokio::test]
async fn the_count_of_clues_is_the_domains() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    for steps in [0, 0, 1, 3, 6, 6, 7, 7] {
        let clue = world.clue("coordinator", &object, MARKET).await;
        world.walk_clue(&clue, steps).await;
    }
    // Clocks as they may stand: late or not, with or without a deadline, fed back before the clock began anew.
    let conn = Database::connect(&world.database.url).await.unwrap();
    let clues = Entity::find().all(&conn).await.unwrap();
    let now = mingjian::kernel::ctx::now();
    for (at, clue) in clues.iter().enumerate() {
        let hours = Duration::hours(if at % 2 == 0 { -3 } else { 3 });
        let due: Option<DateTime<Utc>> = (at % 3 != 0).then_some(now + hours);
        let clock_from = if at % 4 == 3 { now } else { clue.clock_from };
        let update = Entity::update_many()
            .col_expr(Column::SignDueAt, Expr::value(now + hours))
            .col_expr(Column::FeedBackDueAt, Expr::value(due))
            .col_expr(Column::ClockFrom, Expr::value(clock_from))
            .col_expr(Column::FedBackLate, Expr::value(at % 5 == 4))
            .filter(Column::Id.eq(clue.id));
        update.exec(&conn).await.unwrap();
    }

    let clues = Entity::find().all(&conn).await.unwrap();
    let facts: Vec<ClueFacts> = clues
        .into_iter()
        .map(|clue| ClueFacts {
            id: clue.id,
            sign_due_at: clue.sign_due_at,
            signed_at: clue.signed_at,
            signed_late: clue.signed_late,
            feed_back_due_at: clue.feed_back_due_at,
            fed_back_at: clue.fed_back_at.filter(|at| *at >= clue.clock_from),
            fed_back_late: clue.fed_back_late,
        })
        .collect();
    let sets = clue_timeliness(&facts, mingjian::kernel::ctx::now());
    let (expected, missing) = (sets.ratio(), sets.missing);
    let counted = world.get("coordinator", "/api/v1/indicators/8").await.expect(200);
    let said = (counted["numerator"].as_u64().unwrap(), counted["denominator"].as_u64().unwrap());
    assert_eq!(said, (expected.numerator, expected.denominator), "{counted}");
    assert!(expected.numerator > 0 && expected.denominator > expected.numerator, "both kinds are there: {expected:?}");

    let mut explained = Vec::new();
    let mut path = "/api/v1/indicators/8/explain?limit=2".to_owned();
    loop {
        let page = world.get("coordinator", &path).await.expect(200);
        explained.extend(page["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        assert_eq!(page["page"]["total"].as_u64().unwrap(), missing.len() as u64, "{page}");
        let Some(next) = page["page"]["next_cursor"].as_str() else { break };
        path = format!("/api/v1/indicators/8/explain?limit=2&cursor={next}");
    }
    let wanted: Vec<_> = missing.keys().map(ToString::to_string).collect();
    assert_eq!(explained, wanted);
}
