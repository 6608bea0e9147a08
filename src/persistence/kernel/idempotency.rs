//! Idempotency keys: the answer is stored in the transaction of its effect and replayed for 72 hours.

use super::errors::AppResult;
use super::tx::WriteTx;
use crate::kernel::error::{Again, AppError, Result};
use crate::kernel::seeded;
use chrono::{DateTime, Duration, Utc};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use entity::kernel::idempotency_keys::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, Set};
use uuid::Uuid;

/// How long an answer is kept.
pub fn expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    now - Duration::hours(72)
}

/// A key as sent, and the digest of the request it came with.
#[derive(Clone, Debug)]
pub struct Key {
    pub principal: Uuid,
    pub key: String,
    pub fingerprint: String,
}

/// The answer to replay.
#[derive(Clone, Debug)]
pub struct StoredAnswer {
    pub status: u16,
    pub body: String,
    pub etag: Option<String>,
    pub location: Option<String>,
}

/// Takes the key, or finds what it was answered. A second holder waits here until the first is done.
pub async fn reserve(tx: &WriteTx, key: &Key) -> Result<Option<StoredAnswer>> {
    let now = tx.ctx().now;
    let row = ActiveModel {
        principal: Set(key.principal),
        key: Set(key.key.clone()),
        fingerprint: Set(key.fingerprint.clone()),
        created_at: Set(now),
        status: NotSet,
        body: NotSet,
        etag: NotSet,
        location: NotSet,
    };
    let on_conflict = OnConflict::new().do_nothing().to_owned();
    let taken = Entity::insert(row).on_conflict(on_conflict).exec_without_returning(tx.conn()).await.or_app();
    let taken = taken.map_err(|error| if error.again == Again::Conflict { in_progress() } else { error })?;
    if taken == 1 || seeded::bug("idempotency") {
        return Ok(None);
    }
    let stored = Entity::find_by_id((key.principal, key.key.clone())).one(tx.conn()).await.or_app()?;

    match stored {
        Some(stored) if stored.created_at >= expiry(now) => replay(key, stored).map(Some),
        Some(_) | None => {
            Entity::delete_by_id((key.principal, key.key.clone())).exec(tx.conn()).await.or_app()?;
            Box::pin(reserve(tx, key)).await
        }
    }
}

fn replay(key: &Key, stored: Model) -> Result<StoredAnswer> {
    if stored.fingerprint != key.fingerprint {
        return Err(AppError::new(
            Code::IdempotencyKeyReused,
            text!("该幂等键已用于另一请求，请更换。", "This key was used for another request; use a new one."),
        ));
    }
    match (stored.status, stored.body) {
        (Some(status), Some(body)) => Ok(StoredAnswer {
            status: u16::try_from(status).unwrap_or(200),
            body,
            etag: stored.etag,
            location: stored.location,
        }),
        _ => Err(in_progress()),
    }
}

fn in_progress() -> AppError {
    AppError::new(
        Code::RequestInProgress,
        text!("相同请求正在处理，请稍候。", "The same request is being carried out; try again shortly."),
    )
    .retry_after(1)
}

/// Keeps the answer beside its effect.
pub async fn store(tx: &WriteTx, key: &Key, answer: &StoredAnswer) -> Result<()> {
    let row = ActiveModel {
        status: Set(Some(i32::from(answer.status))),
        body: Set(Some(answer.body.clone())),
        etag: Set(answer.etag.clone()),
        location: Set(answer.location.clone()),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(Column::Principal.eq(key.principal))
        .filter(Column::Key.eq(key.key.clone()))
        .exec(tx.conn())
        .await
        .or_app()?;

    Ok(())
}

/// Forgets what is older than 72 hours.
pub async fn purge(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let done = Entity::delete_many().filter(Column::CreatedAt.lt(expiry(now))).exec(conn).await.or_app()?;
    Ok(done.rows_affected)
}
