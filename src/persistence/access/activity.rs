//! 活跃记录: one row an account and day, so that nobody has to read the log to count who was there.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use chrono::NaiveDate;
use entity::access::user_activity::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

/// Somebody was there on a day; the second time costs one look.
pub async fn seen(conn: &impl ConnectionTrait, user: Uuid, day: NaiveDate) -> Result<()> {
    let known = Entity::find().filter(Column::UserId.eq(user)).filter(Column::Day.eq(day)).one(conn).await.or_app()?;
    if known.is_some() {
        return Ok(());
    }
    let conflict = OnConflict::columns([Column::UserId, Column::Day]).do_nothing().to_owned();
    let row = ActiveModel { user_id: Set(user), day: Set(day) };
    Entity::insert(row).on_conflict(conflict).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Accounts seen from one day up to another.
pub async fn active_between(conn: &impl ConnectionTrait, from: NaiveDate, until: NaiveDate) -> Result<Vec<Uuid>> {
    Entity::find()
        .select_only()
        .column(Column::UserId)
        .distinct()
        .filter(Column::Day.gte(from))
        .filter(Column::Day.lte(until))
        .into_tuple()
        .all(conn)
        .await
        .or_app()
}
