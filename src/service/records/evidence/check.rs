//! What arrived is looked at once, before anybody can read it: its content says what it is, a scanner may object, a photo gets a
//! small picture. Whoever checks holds it by a lease; what ends the process twice is refused.

use super::pictures::{Seen, is_worth_reading, look};
use super::upload::{judge, remove};
use super::{FOLDER, facts_of};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::write;
use crate::persistence::records::evidence as store;
use crate::service::records::files;
use chrono::{Days, Duration};
use domain::access::Decide;
use domain::kernel::refusal::Code;
use domain::oversight::audit::AuditAction;
use domain::records::evidence::{EvidenceAction, EvidenceFault, EvidenceKind, EvidenceStatus, check_media};
use entity::records::evidence::{Entity, Model};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// How often a process may end at a file before the file is held to be the cause.
const MOST_ATTEMPTS: i32 = 5;
/// How much of a file says what it is.
const HEAD: usize = 64 * 1024;
/// Uploads that were left off, looked at in one round.
const ROUND: u64 = 200;

/// What a check found.
struct Found {
    media_type: &'static str,
    thumbnail: Option<Vec<u8>>,
}

/// Checks everything that waits; ends where nothing does.
pub async fn check_waiting(app: &App) -> Result<()> {
    while let Some(row) = store::unjudged(&app.db).await? {
        match judge(app, &Ctx::system("evidence"), row.id).await {
            Err(error) if error.code != Code::DigestMismatch => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    while !app.is_stopping() {
        let Some(row) = store::to_check(&app.db, now()).await? else { return Ok(()) };
        let until = app.lease_until(now()) + scanning(app);
        if !store::take(&app.db, &row, until).await? {
            continue;
        }
        let verdict =
            if row.attempts >= MOST_ATTEMPTS { Ok(Err(EvidenceFault::CheckFailed)) } else { inspect(app, &row).await };
        let settled = match verdict {
            Ok(verdict) => settle(app, &row, verdict).await,
            Err(error) => Err(error),
        };
        if let Err(error) = settled {
            // What does not answer now is no fault of the file; anything else is, in the end.
            if error.code == Code::Unavailable {
                store::give_back(&app.db, &row, until).await?;
            }
            return Err(error);
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
    let mut bytes = Vec::new();
    // The first piece may be a few bytes, where the line broke.
    while bytes.len() < HEAD {
        let Some(chunk) = chunks.next() else { break };
        bytes.extend(files::read(app, &chunk.key).await?);
    }
    let media = match check_media(content_type(&bytes), row.kind) {
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

/// What a file is by its first bytes, where the library does not say it as devices write it: 3GP by its brand, Opus in its OGG, and
/// the ZIPs that are papers by the names of their entries (OFD: GB/T 33190).
fn content_type(head: &[u8]) -> Option<&'static str> {
    let names = |name: &[u8]| head.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name));
    if head.get(4..11) == Some(b"ftyp3gp") {
        return Some("video/3gpp");
    }

    match infer::get(head)?.mime_type() {
        "application/zip" if names(b"OFD.xml") => Some("application/ofd"),
        "application/zip" if names(b"word/") => Some(WORD),
        "application/zip" if names(b"xl/") => Some(EXCEL),
        "audio/opus" => Some("audio/ogg"),
        found => Some(found),
    }
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

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

    // A scanner that answers nothing of use has a fault, or the file has: it is asked a few times.
    match code.map_err(|_| AppError::internal(format!("the scanner {program} took too long")))?? {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        code => Err(AppError::internal(format!("the scanner {program} ended with {code:?}"))),
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

/// Uploads that were left off, and what was discarded, give their space back; files of processes that ended are removed.
pub async fn sweep(app: &App) -> Result<()> {
    let days = Days::new(u64::from(app.settings.rules.evidence_upload_days));
    let before = now().checked_sub_days(days).unwrap_or_else(now);
    for row in store::not_needed_any_more(&app.db, before, ROUND).await? {
        if store::begin_removal(&app.db, row.id, before).await? {
            remove(app, row.id).await?;
        }
    }

    files::remove_orphans(app, FOLDER, async |keys| store::referred(&app.db, keys).await).await?;
    Ok(())
}
