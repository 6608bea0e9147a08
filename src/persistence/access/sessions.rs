//! 登录会话 and their refresh tokens.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use chrono::{DateTime, Utc};
use entity::access::refresh_tokens as tokens;
use entity::access::sessions::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select};
use uuid::Uuid;

pub const LISTING: Listing<Entity> = Listing {
    name: "sessions",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("created_at", Column::CreatedAt, Kind::Time, "登录时间").sortable(),
        Field::new("revoked_at", Column::RevokedAt, Kind::Time, "结束时间").nullable(),
    ],
};

/// The sessions of one account.
pub fn of(user: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user))
}

pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find().filter(Column::Id.eq(id)).one(conn).await.or_app()
}

/// Sessions of an account that have not ended.
pub async fn living(conn: &impl ConnectionTrait, user: Uuid, now: DateTime<Utc>) -> Result<Vec<Model>> {
    of(user).filter(Column::RevokedAt.is_null()).filter(Column::EndsAt.gt(now)).all(conn).await.or_app()
}

pub async fn used(conn: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let update = Entity::update_many().col_expr(Column::LastUsedAt, Expr::value(now)).filter(Column::Id.eq(id));
    update.exec(conn).await.or_app()?;
    Ok(())
}

/// Forgets sessions that ended a month ago, with their tokens.
pub async fn purge(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
    let month_ago = now - chrono::Duration::days(30);
    let old = sea_orm::QueryTrait::into_query(
        Entity::find().select_only().column(Column::Id).filter(Column::EndsAt.lt(month_ago)),
    );
    tokens::Entity::delete_many().filter(tokens::Column::SessionId.in_subquery(old)).exec(conn).await.or_app()?;
    Entity::delete_many().filter(Column::EndsAt.lt(month_ago)).exec(conn).await.or_app()?;
    Ok(())
}

/// Ends a session: its refresh tokens go with it.
pub async fn revoke(conn: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    end(conn, Column::Id, tokens::Column::SessionId, id, now).await
}

/// Ends every session of a user.
pub async fn revoke_all(conn: &impl ConnectionTrait, user: Uuid, now: DateTime<Utc>) -> Result<()> {
    end(conn, Column::UserId, tokens::Column::UserId, user, now).await
}

async fn end(
    conn: &impl ConnectionTrait,
    session: Column,
    token: tokens::Column,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(session.eq(id))
        .filter(Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .or_app()?;
    tokens::Entity::update_many()
        .col_expr(tokens::Column::RevokedAt, Expr::value(now))
        .filter(token.eq(id))
        .filter(tokens::Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .or_app()?;

    Ok(())
}

pub async fn refresh_token(conn: &impl ConnectionTrait, digest: &str) -> Result<Option<tokens::Model>> {
    tokens::Entity::find().filter(tokens::Column::TokenDigest.eq(digest)).one(conn).await.or_app()
}

/// Marks a refresh token used; false where somebody else used it first.
pub async fn use_refresh_token(conn: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let done = tokens::Entity::update_many()
        .col_expr(tokens::Column::UsedAt, Expr::value(now))
        .filter(tokens::Column::Id.eq(id))
        .filter(tokens::Column::UsedAt.is_null())
        .filter(tokens::Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .or_app()?;
    Ok(done.rows_affected == 1)
}
