//! 账户 and their sessions.

use super::errors::AppResult;
use super::list::{Field, Kind, Listing};
use super::noun::noun;
use crate::domain::access::Role;
use crate::domain::users::UserStatus;
use crate::error::{AppError, Result};
use chrono::{DateTime, Utc};
use entity::refresh_tokens;
use entity::users::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

noun!(users, "users");

pub const LISTING: Listing<Entity> = Listing {
    name: "users",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("username", Column::Username, Kind::Text, "用户名").sortable(),
        Field::new("role", Column::Role, Kind::Code(Role::CODES), "角色"),
        Field::new("status", Column::Status, Kind::Code(UserStatus::CODES), "账户状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

/// Only the platform's administrators hold the permission, and they see all.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()
}

pub async fn by_username(conn: &impl ConnectionTrait, username: &str) -> Result<Option<Model>> {
    scoped().filter(Column::Username.eq(username)).one(conn).await.or_app()
}

/// Makes others who change this account wait until this transaction ends.
pub async fn lock(conn: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    super::tx::lock_row::<Entity>(conn, id).await
}

pub async fn refresh_token(conn: &impl ConnectionTrait, digest: &str) -> Result<Option<refresh_tokens::Model>> {
    let found = refresh_tokens::Entity::find().filter(refresh_tokens::Column::TokenDigest.eq(digest)).one(conn).await;
    found.or_app()
}

/// Marks a refresh token used; false where somebody else used it first.
pub async fn use_refresh_token(conn: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let done = refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::UsedAt, Expr::value(now))
        .filter(refresh_tokens::Column::Id.eq(id))
        .filter(refresh_tokens::Column::UsedAt.is_null())
        .filter(refresh_tokens::Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .or_app()?;
    Ok(done.rows_affected == 1)
}

/// Ends a log-in: every token of its family.
pub async fn revoke_family(conn: &impl ConnectionTrait, family: Uuid, now: DateTime<Utc>) -> Result<()> {
    revoke(conn, refresh_tokens::Column::FamilyId, family, now).await
}

/// Ends every log-in of a user.
pub async fn revoke_all(conn: &impl ConnectionTrait, user: Uuid, now: DateTime<Utc>) -> Result<()> {
    revoke(conn, refresh_tokens::Column::UserId, user, now).await
}

async fn revoke(
    conn: &impl ConnectionTrait,
    column: refresh_tokens::Column,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::RevokedAt, Expr::value(now))
        .filter(column.eq(id))
        .filter(refresh_tokens::Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .or_app()?;
    Ok(())
}
