//! Sealing and opening personal data with the deployment's data keys, and changing the key while others serve.

use crate::app::App;
use crate::kernel::ctx::now;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::{Cipher, DataKey, Place};
use crate::persistence::kernel::sealed::{self as store, keys as data_keys};
use chrono::Duration;
use entity::kernel::data_keys::Model;
use std::sync::Arc;

/// Seconds between two readings of the list of keys by a server's housekeeping: a new key seals everywhere by then.
pub const REFRESH_SECONDS: u32 = 5;
/// Seconds after which the list is read again where nobody keeps house, as on the command line.
const FRESH_SECONDS: i64 = 30;

/// Reads the keys; the first process to ask makes the first key. Not for use inside a transaction: it takes a
/// connection of its own.
pub async fn refresh(app: &App) -> Result<()> {
    let mut rows = data_keys::all(&app.db).await?;
    if rows.is_empty() {
        add_key(app).await?;
        rows = data_keys::all(&app.db).await?;
    }
    let unwrap = || -> Result<Vec<_>> {
        let secrets = app.secrets.keys();
        let keys = rows.iter().map(|row| {
            let cipher = Cipher::of(&row.algorithm)?;
            DataKey::unwrap(&row.id, cipher, &row.wrapped, &secrets.wrapping).map(Arc::new)
        });
        keys.collect()
    };
    let keys = if let Ok(keys) = unwrap() {
        keys
    } else {
        // Another process may have added to the secret file.
        app.secrets.reload()?;
        unwrap()?
    };
    app.vault.load(keys, rows.first().map_or("", |row| row.id.as_str()));

    Ok(())
}

async fn add_key(app: &App) -> Result<String> {
    let secrets = app.secrets.keys();
    let (key, wrapped) = DataKey::generate(app.settings.security.data_cipher, &secrets.wrapping)?;
    let row = Model { id: key.id.clone(), algorithm: key.cipher.code().to_owned(), wrapped, created_at: now() };
    data_keys::add(&app.db, row).await?;
    Ok(key.id)
}

/// Seals a value for its place.
pub async fn seal(app: &App, place: Place, plain: &str) -> Result<String> {
    seal_bytes(app, place, plain.as_bytes()).await
}

pub async fn seal_bytes(app: &App, place: Place, plain: &[u8]) -> Result<String> {
    ready(app).await?;
    app.vault.seal(place, plain)
}

/// Reads the keys again where that was some time ago, so that the vault can seal.
pub async fn ready(app: &App) -> Result<()> {
    if app.vault.is_fresh(now() - Duration::seconds(FRESH_SECONDS)) { Ok(()) } else { refresh(app).await }
}

/// Seals what is there.
pub async fn seal_some(app: &App, place: Place, plain: Option<&str>) -> Result<Option<String>> {
    match plain {
        Some(plain) => seal(app, place, plain).await.map(Some),
        None => Ok(None),
    }
}

pub async fn open(app: &App, place: Place, sealed: &str) -> Result<String> {
    String::from_utf8(open_bytes(app, place, sealed).await?).map_err(AppError::internal)
}

pub async fn open_bytes(app: &App, place: Place, sealed: &str) -> Result<Vec<u8>> {
    if !app.vault.knows(sealed) {
        refresh(app).await?;
    }
    app.vault.open(place, sealed)
}

pub async fn open_some(app: &App, place: Place, sealed: Option<&str>) -> Result<Option<String>> {
    match sealed {
        Some(sealed) => open(app, place, sealed).await.map(Some),
        None => Ok(None),
    }
}

/// What a rotation did.
pub struct Rotated {
    pub key: String,
    pub values: u64,
}

/// Makes a new data key and seals every value anew, row by row, while servers go on reading and writing.
/// Old keys stay, for what was backed up.
pub async fn rotate(app: &App, progress: impl Fn(u64)) -> Result<Rotated> {
    refresh(app).await?;
    let key = add_key(app).await?;
    refresh(app).await?;
    let mut values = 0;

    // The second round takes what others sealed with the old key before they read of the new one.
    for round in 0..2 {
        if round > 0 {
            tokio::time::sleep(std::time::Duration::from_secs(u64::from(REFRESH_SECONDS) + 2)).await;
        }
        for column in store::COLUMNS {
            while let Some(batch) = column.not_under(&app.db, &key).await? {
                check_newest(app, &key).await?;
                for (id, sealed) in batch {
                    let place = column.place(id);
                    let fresh = app.vault.seal(place, &open_bytes(app, place, &sealed).await?)?;
                    values += column.replace(&app.db, id, &sealed, &fresh).await?;
                    progress(values);
                }
            }
        }
    }

    Ok(Rotated { key, values })
}

/// Two rotations at once would undo each other for ever: the older one gives way.
async fn check_newest(app: &App, key: &str) -> Result<()> {
    let newest = data_keys::all(&app.db).await?.into_iter().next().map(|row| row.id);
    if newest.as_deref() == Some(key) {
        return Ok(());
    }
    Err(AppError::unavailable("another rotation has begun; it seals what this one has not"))
}
