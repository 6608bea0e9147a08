//! What arrived is looked at once, before anybody can read it: its content says what it is, a scanner may object, a photo gets a
//! small picture. Whoever checks holds it by a lease; what ends the process twice is refused.

use super::pictures::{Seen, is_worth_reading, look};
use super::{FOLDER, facts_of};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::{keep, write};
use crate::persistence::records::evidence as store;
use crate::service::records::files;
use chrono::{Days, Duration};
use domain::access::Decide;
use domain::oversight::audit::AuditAction;
use domain::records::evidence::{EvidenceAction, EvidenceFault, EvidenceKind, EvidenceStatus, check_media};
use entity::records::evidence::{Entity, Model};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// How often a process may end at a file before the file is held to be the cause.
const MOST_ATTEMPTS: i32 = 2;
/// Uploads that were left off, looked at in one round.
const ROUND: u64 = 200;

/// What a check found.
struct Found {
    media_type: &'static str,
    thumbnail: Option<Vec<u8>>,
}

/// Checks everything that waits; ends where nothing does.
pub async fn check_waiting(app: &App) -> Result<()> {
    while !app.is_stopping() {
        let Some(row) = store::to_check(&app.db, now()).await? else { return Ok(()) };
        let until = app.lease_until(now()) + scanning(app);
        if !store::take(&app.db, &row, until).await? {
            continue;
        }
        let verdict =
            if row.attempts >= MOST_ATTEMPTS { Ok(Err(EvidenceFault::CheckFailed)) } else { inspect(app, &row).await };
        match verdict {
            Ok(verdict) => settle(app, &row, verdict).await?,
            Err(error) => {
                // The store or the scanner does not answer: no fault of the file.
                store::give_back(&app.db, &row, until).await?;
                return Err(error);
            }
        }
    }
    Ok(())
}

/// How long the scanner may take.
fn scanning(app: &App) -> Duration {
    let files = &app.settings.files;
    Duration::seconds(if files.scanner.is_empty() { 0 } else { i64::from(files.scanner_seconds) })
}

async fn inspect(app: &App, row: &Model) -> Result<std::result::Result<Found, EvidenceFault>> {
    let mut chunks = store::chunks(&app.db, row.id, -1, i64::MAX).await?.into_iter();
    let Some(first) = chunks.next() else { return Err(AppError::corrupt("evidence without content")) };
    let head = files::read(app, &first.key).await?;
    let media = match check_media(content_type(&head), row.kind) {
        Ok(media) => media,
        Err(fault) => return Ok(Err(fault)),
    };
    if !is_clean(app, row).await? {
        return Ok(Err(EvidenceFault::Infected));
    }

    let size = usize::try_from(row.size_bytes).unwrap_or(usize::MAX);
    let whole = is_worth_reading(size);
    if media.kind != EvidenceKind::Photo {
        return Ok(Ok(Found { media_type: media.name, thumbnail: None }));
    }
    let mut bytes = head;
    if whole {
        for chunk in chunks {
            bytes.extend(files::read(app, &chunk.key).await?);
        }
    }
    let seen = tokio::task::spawn_blocking(move || look(&bytes, whole)).await;
    Ok(match seen {
        Ok(Seen::TooLarge) => Err(EvidenceFault::TooLarge),
        Ok(Seen::Small(picture)) => Ok(Found { media_type: media.name, thumbnail: Some(picture) }),
        // A decoder that gives up has seen a damaged picture; the file is what was captured all the same.
        Ok(Seen::Nothing) | Err(_) => Ok(Found { media_type: media.name, thumbnail: None }),
    })
}

/// What a file is by its first bytes. An OFD (GB/T 33190) is a ZIP that begins with its own entry.
fn content_type(head: &[u8]) -> Option<&'static str> {
    let found = infer::get(head)?.mime_type();
    let is_ofd = || head.windows(7).take(4096).any(|name| name.eq_ignore_ascii_case(b"OFD.xml"));
    if found == "application/zip" && is_ofd() { Some("application/ofd") } else { Some(found) }
}

/// Whether the scanner lets a file pass; without one, each does.
async fn is_clean(app: &App, row: &Model) -> Result<bool> {
    let Some((program, arguments)) = app.settings.files.scanner.split_first() else { return Ok(true) };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let child = child.map_err(|error| AppError::unavailable(format!("the scanner {program}: {error}")))?;
    let within = scanning(app).to_std().unwrap_or_default();
    let code = tokio::time::timeout(within, scan(app, row, child)).await;

    match code.map_err(|_| AppError::unavailable(format!("the scanner {program} took too long")))?? {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        code => Err(AppError::unavailable(format!("the scanner {program} ended with {code:?}"))),
    }
}

async fn scan(app: &App, row: &Model, mut child: Child) -> Result<Option<i32>> {
    if let Some(mut input) = child.stdin.take() {
        for chunk in store::chunks(&app.db, row.id, -1, i64::MAX).await? {
            // A scanner that has seen enough need not read to the end.
            if input.write_all(&files::read(app, &chunk.key).await?).await.is_err() {
                break;
            }
        }
    }
    Ok(child.wait().await.map_err(AppError::io)?.code())
}

/// Writes down what the check found.
async fn settle(app: &App, row: &Model, verdict: std::result::Result<Found, EvidenceFault>) -> Result<()> {
    let (media_type, thumbnail, fault) = match verdict {
        Ok(Found { media_type, thumbnail }) => (Some(media_type.to_owned()), thumbnail, None),
        Err(fault) => (None, None, Some(fault)),
    };
    let thumbnail = match thumbnail {
        Some(picture) => Some(files::keep(app, FOLDER, &picture).await?),
        None => None,
    };
    let action = if fault.is_none() { EvidenceAction::Accept } else { EvidenceAction::Refuse };
    let ctx = Ctx::system("evidence");

    write(&app.db, &ctx, async |tx| {
        lock_row::<Entity>(tx.conn(), row.id).await?;
        let found = find::<Entity>(tx.conn(), tx.ctx(), row.id).await?;
        if found.status != EvidenceStatus::Received {
            return Ok(Change::unmade(()));
        }
        let facts = facts_of(tx.conn(), &found).await?;
        let mut edit = tx.edit_along::<Entity>(found);
        edit.status = facts.decide(&tx.ctx().actor, action)?;
        edit.media_type.clone_from(&media_type);
        edit.thumbnail_key.clone_from(&thumbnail);
        edit.fault = fault;
        edit.lease_until = None;
        let audit = if fault.is_none() { AuditAction::FileAccepted } else { AuditAction::FileRefused };
        Ok(edit.save(audit, fault.map(|fault| fault.label().to_owned())).await?.map(|_| ()))
    })
    .await
}

/// Small change of the day: uploads that were left off give their space back, and files of processes that ended are removed.
pub async fn sweep(app: &App) -> Result<()> {
    let days = Days::new(u64::from(app.settings.rules.evidence_upload_days));
    let before = now().checked_sub_days(days).unwrap_or_else(now);
    for row in store::left_off(&app.db, before, ROUND).await? {
        let keys = keep(&app.db, async |tx| store::begin_anew(tx, row.id).await).await?;
        files::forget(app, keys).await;
    }

    files::remove_orphans(app, FOLDER, async |keys| store::referred(&app.db, keys).await).await?;
    Ok(())
}
