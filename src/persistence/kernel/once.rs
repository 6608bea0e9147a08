//! Writes that are made once a key: the key, its answer and its effect commit together.

use super::change::Change;
use super::db::Db;
use super::idempotency::{self};
use super::tx::{WriteTx, repeated};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;

/// What a keyed write gave: a new effect, or the stored answer of the first one.
pub enum Keyed<T> {
    Fresh(T),
    Replayed(idempotency::StoredAnswer),
}

/// Like [`super::tx::write`], once a key: the key, its answer and its effect commit together.
pub async fn write_once<T>(
    db: &Db,
    ctx: &Ctx,
    key: &idempotency::Key,
    work: impl AsyncFn(&WriteTx) -> Result<Change<T>>,
    answer: impl Fn(&T) -> Result<idempotency::StoredAnswer>,
) -> Result<Keyed<T>> {
    repeated(async || {
        let tx = WriteTx::begin(db, ctx).await?;
        if let Some(stored) = idempotency::reserve(&tx, key).await? {
            return Ok(Keyed::Replayed(stored));
        }
        let change = work(&tx).await?;
        idempotency::store(&tx, key, &answer(&change.value)?).await?;
        tx.commit(change).await.map(Keyed::Fresh)
    })
    .await
}
