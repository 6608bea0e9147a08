//! 合作系统, their use, and what must not come twice.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::clients::ClientStatus;
use entity::access::clients::{Column, Entity, Model};
use entity::access::{client_usage, used_nonces};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Select, Set};
use uuid::Uuid;

noun!(access::clients, "clients", |_| scoped(), |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "clients",
    id: Column::Id,
    default_sort: "name",
    fields: &[
        Field::new("name", Column::Name, Kind::Text, "名称").sortable(),
        Field::new("status", Column::Status, Kind::Code(ClientStatus::CODES), "状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

/// Administrators see all.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    find(conn, id).await?.ok_or_else(AppError::not_found)
}

pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()
}

/// What a client did since a day, the newest first.
pub async fn usage(conn: &impl ConnectionTrait, id: Uuid, since: NaiveDate) -> Result<Vec<client_usage::Model>> {
    use sea_orm::QueryOrder;
    client_usage::Entity::find()
        .filter(client_usage::Column::ClientId.eq(id))
        .filter(client_usage::Column::Day.gte(since))
        .order_by_desc(client_usage::Column::Day)
        .order_by_asc(client_usage::Column::Operation)
        .all(conn)
        .await
        .or_app()
}

/// Adds to what a client did on a day.
pub async fn count(conn: &impl ConnectionTrait, row: client_usage::Model, now: DateTime<Utc>) -> Result<()> {
    use client_usage::Column as Usage;
    let add = |column: Usage, value: i64| (column, Expr::col((client_usage::Entity, column)).add(value));
    let conflict = OnConflict::columns([Usage::ClientId, Usage::Day, Usage::Operation])
        .values([add(Usage::Requests, row.requests), add(Usage::Refused, row.refused)])
        .to_owned();
    let client = row.client_id;
    let row: client_usage::ActiveModel = row.into();
    client_usage::Entity::insert(row.reset_all()).on_conflict(conflict).exec_without_returning(conn).await.or_app()?;
    let touch = Entity::update_many().col_expr(Column::LastUsedAt, Expr::value(now)).filter(Column::Id.eq(client));
    touch.exec(conn).await.or_app()?;
    Ok(())
}

/// Remembers a nonce until it is of no use any more; false where it came before.
pub async fn remember(
    conn: &impl ConnectionTrait,
    scope: &str,
    nonce: &str,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let row = used_nonces::ActiveModel {
        scope: Set(scope.to_owned()),
        nonce: Set(nonce.to_owned()),
        expires_at: Set(expires_at),
    };
    let conflict =
        OnConflict::columns([used_nonces::Column::Scope, used_nonces::Column::Nonce]).do_nothing().to_owned();
    let inserted =
        used_nonces::Entity::insert(row).on_conflict(conflict).exec_without_returning(conn).await.or_app()?;

    Ok(inserted > 0)
}

/// Forgets nonces that are refused by their time anyway.
pub async fn forget_nonces(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
    used_nonces::Entity::delete_many().filter(used_nonces::Column::ExpiresAt.lt(now)).exec(conn).await.or_app()?;
    Ok(())
}
