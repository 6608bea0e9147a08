//! 委托.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use chrono::{DateTime, Utc};
use entity::access::delegations::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select};
use uuid::Uuid;

noun!(access::delegations, "delegations");

pub const LISTING: Listing<Entity> = Listing {
    name: "delegations",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("from_user_id", Column::FromUserId, Kind::Id, "委托人"),
        Field::new("to_user_id", Column::ToUserId, Kind::Id, "受托人"),
        Field::new("starts_at", Column::StartsAt, Kind::Time, "开始"),
        Field::new("ends_at", Column::EndsAt, Kind::Time, "结束"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

/// The security administrator sees all.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

/// What somebody gave, or was given.
pub fn of(user: Uuid) -> Select<Entity> {
    scoped().filter(Condition::any().add(Column::FromUserId.eq(user)).add(Column::ToUserId.eq(user)))
}

pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()
}

/// Delegations from or to an account that are not over.
pub async fn living(conn: &impl ConnectionTrait, user: Uuid, now: DateTime<Utc>) -> Result<Vec<Model>> {
    of(user).filter(Column::RevokedAt.is_null()).filter(Column::EndsAt.gt(now)).all(conn).await.or_app()
}

/// Who acts for an account at a time.
pub async fn delegates_of(conn: &impl ConnectionTrait, user: Uuid, at: DateTime<Utc>) -> Result<Vec<Uuid>> {
    Entity::find()
        .select_only()
        .column(Column::ToUserId)
        .filter(Column::FromUserId.eq(user))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::StartsAt.lte(at))
        .filter(Column::EndsAt.gt(at))
        .into_tuple()
        .all(conn)
        .await
        .or_app()
}
