//! What a draw's chances are computed from, and the figures of each draw.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use chrono::{DateTime, Utc};
use domain::spot_checks::draws::DrawStatus;
use entity::register::objects;
use entity::spot_checks::{draw_figures, draw_pool, draw_teams, draws};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An object of a pool, as far as it is told apart in public.
#[derive(FromQueryResult)]
pub struct Grouped {
    pub object_id: Uuid,
    pub stratum: String,
    pub township_code: Option<String>,
    pub object_type: String,
    pub registered_capital_fen: Option<i64>,
}

/// The pool of a draw by township, type and size.
pub async fn grouped(conn: &impl ConnectionTrait, draw: Uuid) -> Result<Vec<Grouped>> {
    let object = |column| (objects::Entity, column);
    let query = Query::select()
        .column((draw_pool::Entity, draw_pool::Column::ObjectId))
        .column((draw_pool::Entity, draw_pool::Column::Stratum))
        .column(object(objects::Column::TownshipCode))
        .column(object(objects::Column::ObjectType))
        .column(object(objects::Column::RegisteredCapitalFen))
        .from(draw_pool::Entity)
        .inner_join(
            objects::Entity,
            Expr::col(object(objects::Column::Id)).equals((draw_pool::Entity, draw_pool::Column::ObjectId)),
        )
        .and_where(Expr::col((draw_pool::Entity, draw_pool::Column::DrawId)).eq(draw))
        .to_owned();
    let rows = conn.query_all(&query).await.or_app()?;
    rows.iter().map(|row| Grouped::from_query_result(row, "").or_app()).collect()
}

/// Who was drawn for some objects in earlier draws.
pub async fn earlier_visits(
    conn: &impl ConnectionTrait,
    draw: Uuid,
    objects: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, BTreeSet<Uuid>>> {
    use draw_teams::Column as Teams;
    let mut visits: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for part in objects.chunks(500) {
        let earlier =
            draw_teams::Entity::find().filter(Teams::ObjectId.is_in(part.to_vec())).filter(Teams::DrawId.ne(draw));
        for row in earlier.all(conn).await.or_app()? {
            visits.entry(row.object_id).or_default().insert(row.personnel_id);
        }
    }
    Ok(visits)
}

/// Draws of a period that stand.
fn of_period(from: DateTime<Utc>, to: DateTime<Utc>) -> sea_orm::Select<draws::Entity> {
    draws::Entity::find()
        .filter(draws::Column::Status.eq(DrawStatus::Matched))
        .filter(draws::Column::DrawnAt.gte(from))
        .filter(draws::Column::DrawnAt.lt(to))
}

/// The figures of the draws of a period, and how many draws there are.
pub async fn figures(
    conn: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<(u64, Vec<draw_figures::Model>)> {
    let ids = of_period(from, to).select_only().column(draws::Column::Id);
    let figures =
        draw_figures::Entity::find().filter(draw_figures::Column::DrawId.in_subquery(QueryTrait::into_query(ids)));
    let figures = figures.all(conn).await.or_app()?;
    // Draws of before figures were kept have none.
    let draws: BTreeSet<_> = figures.iter().map(|figure| figure.draw_id).collect();
    Ok((draws.len() as u64, figures))
}

/// Draws of a period that were given up after they were drawn.
pub async fn given_up(conn: &impl ConnectionTrait, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<u64> {
    let void = draws::Entity::find()
        .filter(draws::Column::Status.eq(DrawStatus::Void))
        .filter(draws::Column::DrawnAt.gte(from))
        .filter(draws::Column::DrawnAt.lt(to));
    void.count(conn).await.or_app()
}
