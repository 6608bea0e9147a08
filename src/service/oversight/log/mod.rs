//! 存证日志: lines of the trail get their places, checkpoints are signed and cosigned, proofs are computed from tiles.

mod key;
mod verify;
mod witness;

pub use key::{sign, verifier_key};
pub use verify::{Difference, Verdict, known_checkpoint, verify};
pub use witness::{CosignBody, cosign};

use crate::app::App;
use crate::kernel::ctx::{new_id, now};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::{WriteTx, keep};
use crate::persistence::oversight::log as store;
use chrono::Duration;
use domain::kernel::merkle::{self, Digest, TILE};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use domain::oversight::audit::AuditAction;
use domain::oversight::log::note::Checkpoint;
use entity::oversight::audit_entries::Model as Line;
use entity::oversight::log::checkpoints;
use uuid::Uuid;

/// Takes up what was written before there was a log, and begins it; several processes may.
pub async fn begin(app: &App) -> Result<()> {
    if store::size(&app.db).await?.is_some() {
        return Ok(());
    }
    store::found(&app.db).await?;
    let mut after = Some(Uuid::nil());
    while let Some(known) = after {
        after = keep(&app.db, async |tx| store::take_up(&app.db, tx, known).await).await?;
    }
    Ok(())
}

/// Gives every line that waits its place; signs a checkpoint each hour in which the log grew.
pub async fn seal(app: &App) -> Result<()> {
    while store::waits(&app.db).await? {
        if keep(&app.db, async |tx| store::append(&app.db, tx).await).await? == 0 {
            break;
        }
    }

    let size = store::size(&app.db).await?.unwrap_or_default();
    let newest = store::newest_checkpoint(&app.db).await?;
    let due = newest.as_ref().is_none_or(|newest| {
        now() - newest.created_at >= Duration::hours(1) && u64::try_from(newest.size).is_ok_and(|known| known < size)
    });
    if due && size > 0 {
        sign_checkpoint(app).await?;
    }

    Ok(())
}

/// Signs how large the log is now, and keeps it.
async fn sign_checkpoint(app: &App) -> Result<()> {
    let (checkpoint, note) = current(app).await?;
    store::keep_checkpoint(&app.db, new_id(), checkpoint.size, &checkpoint.root, note, now()).await
}

/// The same on somebody's behalf; where the log has not grown, the checkpoint that is there.
pub async fn sign_now(app: &App, tx: &WriteTx) -> Result<Change<checkpoints::Model>> {
    let (checkpoint, note) = current(app).await?;
    store::keep_checkpoint(tx.conn(), new_id(), checkpoint.size, &checkpoint.root, note, tx.ctx().now).await?;
    let kept = store::checkpoint_of(tx.conn(), checkpoint.size).await?.ok_or_else(AppError::not_found)?;
    let event = Event::new(AuditAction::Created, "log-checkpoints", kept.id).after(&kept);

    Ok(Change::new(kept, event))
}

/// The hashes of some lines, from a place on.
pub async fn leaves(app: &App, place: u64, count: u64) -> Result<Vec<Digest>> {
    let size = store::size(&app.db).await?.unwrap_or_default();
    let end = size.min(place.saturating_add(count));
    if place >= end {
        return Ok(Vec::new());
    }
    let mut tiles = store::tiles_from(&app.db, (0, place / TILE), 2).await?;
    let found = (place..end).map(|at| merkle::Subtrees::of(&mut tiles, at, 0)).collect::<Option<_>>();
    found.ok_or_else(|| AppError::corrupt("a tile of the log is missing"))
}

/// The log as it is now, as a signed note.
pub async fn current(app: &App) -> Result<(Checkpoint, String)> {
    let size = store::size(&app.db).await?.unwrap_or_default();
    let root = root(app, size).await?;
    let checkpoint = Checkpoint { origin: key::origin(app), size, root };
    let note = key::signed(app, &checkpoint)?;
    Ok((checkpoint, note))
}

async fn root(app: &App, size: u64) -> Result<Digest> {
    store::of_tree(&app.db, |asked| merkle::root_of(asked, size), |tiles| merkle::root_of(tiles, size)).await
}

/// That a line stands in the log: its place, its hash, the path to the root of a size.
pub struct Inclusion {
    pub place: u64,
    pub leaf: Digest,
    pub size: u64,
    pub path: Vec<Digest>,
}

/// The proof for a line of the trail, in a log of a size or of today's, with the line and its salt.
pub async fn prove_entry(app: &App, entry: Uuid, size: Option<u64>) -> Result<(Inclusion, Line, String)> {
    let line = store::line(&app.db, entry).await?.ok_or_else(AppError::not_found)?;
    let Some((place, salt)) = store::place_of(&app.db, entry).await? else {
        return Err(AppError::not_found());
    };
    Ok((prove(app, place, size).await?, line, salt))
}

/// The proof for what stands at a place.
pub async fn prove(app: &App, place: u64, size: Option<u64>) -> Result<Inclusion> {
    let size = within(app, size).await?;
    if place >= size {
        let detail = text!("该位置在此规模的日志之外。", "The place is outside a log of this size.");
        return Err(out_of_range("place", detail));
    }
    let whole = |trees: &mut dyn FnMut(u64, u32) -> Option<Digest>| {
        let mut trees = Through(trees);
        use merkle::Subtrees as _;
        Some((trees.of(place, 0)?, merkle::inclusion(&mut trees, place, size)?))
    };
    let (leaf, path) = store::of_tree(
        &app.db,
        |asked| whole(&mut |start, height| merkle::Subtrees::of(asked, start, height)),
        |tiles| whole(&mut |start, height| merkle::Subtrees::of(tiles, start, height)),
    )
    .await?;

    Ok(Inclusion { place, leaf, size, path })
}

/// One computation for what asks and for what has.
struct Through<'a>(&'a mut dyn FnMut(u64, u32) -> Option<Digest>);

impl merkle::Subtrees for Through<'_> {
    fn of(&mut self, start: u64, height: u32) -> Option<Digest> {
        (self.0)(start, height)
    }
}

/// That the log of one size begins with the log of a smaller one.
pub struct Consistency {
    pub old: u64,
    pub new: u64,
    pub proof: Vec<Digest>,
}

pub async fn prove_growth(app: &App, old: u64, new: Option<u64>) -> Result<Consistency> {
    let new = within(app, new).await?;
    if old == 0 || old > new {
        let detail = text!("起始规模应在 1 至 {new} 之间。", "The first size must be from 1 to {new}.");
        return Err(out_of_range("from", detail));
    }
    let proof = store::of_tree(
        &app.db,
        |asked| merkle::consistency(asked, old, new),
        |tiles| merkle::consistency(tiles, old, new),
    );

    Ok(Consistency { old, new, proof: proof.await? })
}

/// A size that the log has had; today's where none is named.
async fn within(app: &App, size: Option<u64>) -> Result<u64> {
    let today = store::size(&app.db).await?.unwrap_or_default();
    match size {
        None => Ok(today),
        Some(size) if size <= today => Ok(size),
        Some(_) => {
            let detail = text!("日志目前只有 {today} 行。", "The log has {today} lines only.");
            Err(out_of_range("size", detail))
        }
    }
}

/// The log has never been so large, or nothing stands there yet.
fn out_of_range(name: &'static str, detail: Text) -> AppError {
    let error = FieldError::new(name, "OUT_OF_RANGE", detail.clone());
    AppError::new(Code::NotFound, detail).with_errors(vec![error])
}
