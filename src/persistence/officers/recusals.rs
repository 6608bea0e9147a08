//! 回避: declared pairs, and pairs that the records show.

use crate::kernel::error::Result;
use crate::persistence::inspections::follow_ups::led_to_a_case;
use crate::persistence::kernel::errors::AppResult;
use chrono::NaiveDate;
use entity::inspections::{follow_ups, inspection_officers, inspections};
use entity::officers::personnel;
use entity::officers::recusals::{Column, Entity, Model};
use entity::register::objects;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub async fn declared(conn: &impl ConnectionTrait, officers: Vec<Uuid>) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::PersonnelId.is_in(officers)).order_by_asc(Column::Id);
    rows.all(conn).await.or_app()
}

async fn pairs(conn: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<(Uuid, Uuid)>> {
    let rows = conn.query_all(query).await.or_app()?;
    let rows = rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
    rows.collect::<std::result::Result<_, sea_orm::DbErr>>().or_app()
}

/// Officers who live where an object is registered, by the keyed digests of the two addresses.
pub async fn same_address(conn: &impl ConnectionTrait, officers: Vec<Uuid>) -> Result<Vec<(Uuid, Uuid)>> {
    let query = Query::select()
        .column((personnel::Entity, personnel::Column::Id))
        .column((objects::Entity, objects::Column::Id))
        .from(personnel::Entity)
        .inner_join(
            objects::Entity,
            Expr::col((objects::Entity, objects::Column::AddressDigest))
                .equals((personnel::Entity, personnel::Column::AddressDigest)),
        )
        .and_where(Expr::col((personnel::Entity, personnel::Column::Id)).is_in(officers))
        .to_owned();
    pairs(conn, &query).await
}

/// Visits of officers since a day, one row a visit.
fn visits(officers: Vec<Uuid>, since: NaiveDate) -> SelectStatement {
    Query::select()
        .column((inspection_officers::Entity, inspection_officers::Column::PersonnelId))
        .column((inspections::Entity, inspections::Column::ObjectId))
        .from(inspection_officers::Entity)
        .inner_join(
            inspections::Entity,
            Expr::col((inspections::Entity, inspections::Column::Id))
                .equals((inspection_officers::Entity, inspection_officers::Column::InspectionId)),
        )
        .and_where(Expr::col((inspection_officers::Entity, inspection_officers::Column::PersonnelId)).is_in(officers))
        .and_where(Expr::col((inspections::Entity, inspections::Column::InspectedOn)).gte(since))
        .to_owned()
}

/// Officers who were at an object so many times since a day.
pub async fn frequent_visits(
    conn: &impl ConnectionTrait,
    officers: Vec<Uuid>,
    since: NaiveDate,
    times: u32,
) -> Result<Vec<(Uuid, Uuid)>> {
    let query = visits(officers, since)
        .group_by_col((inspection_officers::Entity, inspection_officers::Column::PersonnelId))
        .group_by_col((inspections::Entity, inspections::Column::ObjectId))
        .and_having(Expr::col((inspections::Entity, inspections::Column::Id)).count().gte(times))
        .to_owned();
    pairs(conn, &query).await
}

/// Officers whose inspection of an object led to a case.
pub async fn handled_cases(
    conn: &impl ConnectionTrait,
    officers: Vec<Uuid>,
    since: NaiveDate,
) -> Result<Vec<(Uuid, Uuid)>> {
    let query = visits(officers, since)
        .distinct()
        .inner_join(
            follow_ups::Entity,
            Expr::col((follow_ups::Entity, follow_ups::Column::InspectionId))
                .equals((inspections::Entity, inspections::Column::Id)),
        )
        .cond_where(led_to_a_case())
        .to_owned();
    pairs(conn, &query).await
}
