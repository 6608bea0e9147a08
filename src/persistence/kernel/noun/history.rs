//! Earlier states: what a record was is kept when it changes, in the change's own transaction. A state holds until the next one
//! began; the record itself is the last. What is sealed is not kept.

use super::Noun;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::WriteTx;
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::kernel::clocks::calendar::start_of;
use domain::kernel::text::text;
use entity::kernel::history::{Column, Entity, Model};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, ValueType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, JoinType,
    ModelTrait, QueryFilter, QueryOrder, QueryTrait,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is kept of a state.
pub struct Past {
    /// The enterprise that the record is about.
    pub object_id: Option<Uuid>,
    pub content: serde_json::Result<Value>,
}

/// Keeps a state that is over.
pub fn keep<E: Noun>(tx: &WriteTx, before: &E::Model, version: i32) -> Result<()>
where
    E::Model: ModelTrait<Entity = E>,
{
    let Some(past) = E::past(before) else { return Ok(()) };
    let row = Model {
        resource: E::NAME.to_owned(),
        record_id: super::id_of::<E>(before),
        version,
        object_id: past.object_id,
        content: past.content?,
        since: moment(before.get(E::UPDATED_AT))?,
        until_at: tx.ctx().now,
    };

    // Nothing of the transaction reads it.
    let insert = Entity::insert(row.into_active_model().reset_all()).into_query();
    tx.insert_last(tx.conn().get_database_backend().build(&insert))
}

fn moment(value: sea_orm::Value) -> Result<DateTime<Utc>> {
    <DateTime<Utc> as ValueType>::try_from(value).map_err(|_| AppError::internal("a time that is none"))
}

/// The moment just after a day, in Asia/Shanghai: what was so until then was so at the day's end.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    start_of(day.checked_add_days(Days::new(1)).unwrap_or(day))
}

/// A record as it was at the end of a day: `current` where it has not changed since.
pub async fn at<E>(conn: &impl ConnectionTrait, current: E::Model, day: NaiveDate) -> Result<E::Model>
where
    E: Noun,
    E::Model: ModelTrait<Entity = E> + DeserializeOwned,
{
    let end = end_of(day);

    // Versions come one after the other, whatever the clocks of those who made them.
    let found = Entity::find()
        .filter(Column::Resource.eq(E::NAME))
        .filter(Column::RecordId.eq(super::id_of::<E>(&current)))
        .filter(Column::UntilAt.gte(end))
        .order_by_asc(Column::Version);
    let Some(state) = found.one(conn).await.or_app()? else {
        let is_known = moment(current.get(E::UPDATED_AT))? < end;
        return if is_known { Ok(current) } else { Err(unknown(day)) };
    };
    if state.since >= end {
        return Err(unknown(day));
    }
    serde_json::from_value(state.content).map_err(AppError::corrupt)
}

/// It was not there yet, or nobody kept what it was.
fn unknown(day: NaiveDate) -> AppError {
    AppError::not_found_because(text!(
        "{day} 该记录尚未入库，或当时的状态没有留存。",
        "On {day} there was no such record, or what it was then was not kept."
    ))
}

/// What the records of an enterprise were at the end of a day, where they have changed since: one statement.
pub async fn of_object(
    conn: &impl ConnectionTrait,
    object: Uuid,
    day: NaiveDate,
) -> Result<BTreeMap<(String, Uuid), Model>> {
    // The first version that ended later is the one that was.
    let (first, later) = (Alias::new("first"), Alias::new("later"));
    let own = Query::select()
        .columns([Column::Resource, Column::RecordId])
        .expr_as(Expr::col(Column::Version).min(), first.clone())
        .from(Entity)
        .and_where(Column::ObjectId.eq(object))
        .and_where(Column::UntilAt.gte(end_of(day)))
        .group_by_columns([Column::Resource, Column::RecordId])
        .take();

    let same = |column: Column| Expr::col((Entity, column)).equals((later.clone(), column));
    let number = Expr::col((Entity, Column::Version)).equals((later.clone(), first));
    let on = same(Column::Resource).and(same(Column::RecordId)).and(number);
    let states = Query::select()
        .column((Entity, Asterisk))
        .from(Entity)
        .join_subquery(JoinType::InnerJoin, own, later.clone(), on)
        .take();

    let rows = conn.query_all(&states).await.or_app()?;
    let states = rows.iter().map(|row| Model::from_query_result(row, "").or_app());
    states.map(|row| row.map(|row| ((row.resource.clone(), row.record_id), row))).collect()
}

/// Since when states are kept: what was before is not known.
pub async fn begun(conn: &impl ConnectionTrait) -> Result<DateTime<Utc>> {
    let applied = migration::applied_at(conn, "m0030_history").await.or_app()?;
    let applied = applied.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    applied.ok_or_else(|| AppError::internal("the step that keeps history was not applied"))
}
