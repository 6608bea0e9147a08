//! Files at rest: sealed for their place, so that whoever keeps the store reads nothing and changes nothing unseen.

use crate::app::App;
use crate::kernel::ctx::{new_id, now};
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::kernel::sealed::keys as data_keys;
use crate::service::kernel::sealed;
use chrono::{DateTime, Days, Utc};
use domain::kernel::clocks::calendar::local_date;
use std::collections::HashSet;
use uuid::Uuid;

/// Hours after which a file that no record refers to is an orphan of a process that ended.
const ORPHAN_HOURS: i64 = 20;
/// Days of which the orphans are looked for: a server that stood still for a week finds its own.
const ORPHAN_DAYS: u64 = 8;

const fn place(id: Uuid) -> Place {
    Place { table: "files", column: "content", id }
}

/// Keeps bytes in a folder of the store; the record that refers to the key is written afterwards.
pub async fn keep(app: &App, folder: &str, plain: &[u8]) -> Result<String> {
    let id = new_id();
    let key = format!("{folder}/{}/{}", local_date(now()), id.simple());
    sealed::ready(app).await?;
    app.files.put(&key, app.vault.seal_file(place(id), plain)?).await?;
    Ok(key)
}

/// The bytes of a key: what was changed in the store is an error, never another content.
pub async fn read(app: &App, key: &str) -> Result<Vec<u8>> {
    let name = key.rsplit('/').next().unwrap_or_default();
    let id = Uuid::try_parse(name).map_err(|_| AppError::corrupt(format!("the file key {key:?}")))?;
    let stored = app.files.get(key).await?;
    if !app.vault.knows_file(&stored) {
        sealed::refresh(app).await?;
    }
    app.vault.open_file(place(id), &stored).map_err(|_| AppError::corrupt(format!("the file {key}")))
}

/// Removes files; what cannot be removed now is an orphan, and is found later.
pub async fn forget(app: &App, keys: impl IntoIterator<Item = String>) {
    for key in keys {
        if let Err(error) = app.files.delete(&key).await {
            tracing::warn!(%error, key, "a file was not removed");
        }
    }
}

/// Whether the store belongs to this database: what another one refers to is no orphan. The first to come marks it.
async fn is_own(app: &App) -> Result<bool> {
    const MARK: &str = "deployment";
    let keys = data_keys::all(&app.db).await?;
    let own = keys.last().map(|key| key.id.clone()).unwrap_or_default();
    match app.files.find(MARK).await? {
        Some(mark) => Ok(mark == own.as_bytes()),
        None => app.files.put(MARK, own.into_bytes()).await.map(|()| true),
    }
}

/// Removes what processes that ended left behind in a folder: files that no record refers to. `referred` says which of some keys
/// are in use.
pub async fn remove_orphans(
    app: &App,
    folder: &str,
    referred: impl AsyncFn(&[String]) -> Result<HashSet<String>>,
) -> Result<u64> {
    let (now, mut removed) = (now(), 0);
    let before: DateTime<Utc> = now - chrono::Duration::hours(ORPHAN_HOURS);
    if !is_own(app).await? {
        tracing::warn!("the file store is another database's: nothing is removed from it");
        return Ok(0);
    }
    app.files.remove_halves(folder, before.into()).map_err(AppError::io)?;

    for ago in 0..ORPHAN_DAYS {
        let Some(day) = local_date(now).checked_sub_days(Days::new(ago)) else { continue };
        let keys = app.files.written_before(folder, day, before).await?;
        for batch in keys.chunks(500) {
            let used = referred(batch).await?;
            for key in batch.iter().filter(|key| !used.contains(*key)) {
                app.files.delete(key).await?;
                removed += 1;
            }
        }
    }

    Ok(removed)
}
