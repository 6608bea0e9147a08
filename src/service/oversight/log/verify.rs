//! Reads a whole database again and says what is not as it was logged: a line that differs, is missing, stands elsewhere, or
//! was never logged; a tile, a checkpoint or a log that does not fit them.

use super::key::{self, cosigned_by, verifies};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::oversight::{audit, log as store};
use domain::kernel::merkle::{self, Digest, TILE, Tiles, root_of};
use domain::kernel::refusal::Code;
use domain::oversight::log::note::{Checkpoint, VerifierKey};
use entity::oversight::audit_entries;
use uuid::Uuid;

/// The first thing that is not as it was logged.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// A line says something else than what was logged.
    Altered { place: u64, entry: Uuid },
    /// A line that was logged is not there.
    Missing { place: u64, entry: Uuid },
    /// A line cannot be read: what is stored is nothing that this service writes.
    Unreadable { place: u64 },
    /// A place has no line, a line has the place of another, or it stands outside the log.
    Misplaced { place: i64 },
    /// A line that nobody logged.
    Unlogged { entry: Uuid },
    /// What a line said was taken out, and no line says that its record was destroyed.
    Emptied { entry: Uuid },
    /// A tile is not what its leaves give.
    Tile { level: u32, number: u64 },
    /// A checkpoint has another root than the log, or is of a larger log.
    Checkpoint { size: u64 },
    /// A checkpoint's note is not signed by the log's key, or a cosignature not by its witness.
    Signature { size: u64 },
    /// A checkpoint that the trail tells of is not there.
    Lost { checkpoint: Uuid },
    /// There is no log.
    NoLog,
}

/// What was read.
#[derive(Debug)]
pub struct Verdict {
    pub lines: u64,
    pub waiting: u64,
    pub checkpoints: u64,
    pub root: Digest,
    pub difference: Option<Difference>,
}

/// Reads everything again. `witnessed` are notes of checkpoints that somebody kept elsewhere.
pub async fn verify(app: &App, witnessed: &[Checkpoint]) -> Result<Verdict> {
    let mut read = Read { tiles: Tiles::default(), size: 0 };
    let mut verdict = Verdict { lines: 0, waiting: 0, checkpoints: 0, root: [0; 32], difference: None };
    verdict.difference = first_difference(app, witnessed, &mut read, &mut verdict).await?;
    verdict.root = root_of(&mut read.tiles, read.size).unwrap_or_default();
    verdict.lines = read.size;
    Ok(verdict)
}

/// The tree as the lines themselves give it.
struct Read {
    tiles: Tiles,
    size: u64,
}

async fn first_difference(
    app: &App,
    witnessed: &[Checkpoint],
    read: &mut Read,
    verdict: &mut Verdict,
) -> Result<Option<Difference>> {
    // Servers may write on meanwhile: what is behind this size is not looked at, what is asked at once is one statement.
    let Some(size) = store::size(&app.db).await? else { return Ok(Some(Difference::NoLog)) };
    while read.size < size {
        if let Some(difference) = next_tile(app, read, size).await? {
            return Ok(Some(difference));
        }
    }
    if let Some(difference) = upper_tiles(app, read).await? {
        return Ok(Some(difference));
    }

    let astray = [store::outside(&app.db).await?, store::waits_again(&app.db).await?];
    if let Some(place) = astray.into_iter().flatten().next() {
        return Ok(Some(Difference::Misplaced { place }));
    }
    for (waiting, line) in store::waiting_lines(&app.db).await? {
        verdict.waiting += 1;
        let entry = waiting.entry_id;
        match line {
            _ if !store::is_own(&app.db, &waiting) => return Ok(Some(Difference::Unlogged { entry })),
            None => return Ok(Some(Difference::Missing { place: size, entry })),
            Some(line) if !says(&line, &waiting.salt, &waiting.leaf) => {
                return Ok(Some(Difference::Altered { place: size, entry }));
            }
            Some(line) => {
                if let Some(entry) = audit::emptied_without_leave(&app.db, &[&line]).await? {
                    return Ok(Some(Difference::Emptied { entry }));
                }
            }
        }
    }
    if let Some(line) = store::unlogged(&app.db).await? {
        return Ok(Some(Difference::Unlogged { entry: line.id }));
    }

    checkpoints(app, witnessed, read, verdict).await
}

/// Whether a line gives a hash.
fn says(line: &audit_entries::Model, salt: &str, leaf: &str) -> bool {
    store::leaf_of(line, salt).is_ok_and(|hash| hex::encode(hash) == leaf)
}

/// Reads the lines of one tile: each against its hash, and its hash against its place.
async fn next_tile(app: &App, read: &mut Read, size: u64) -> Result<Option<Difference>> {
    let first = read.size;
    let count = TILE.min(size - first);
    let place = (0, first / TILE);
    let stored = readable(store::tiles_from(&app.db, place, 1).await)?.unwrap_or_default();
    let Some(hashes) = stored.0.get(&place).filter(|hashes| hashes.len() as u64 >= count) else {
        return Ok(Some(Difference::Tile { level: 0, number: place.1 }));
    };

    let Some(lines) = readable(store::lines_from(&app.db, first, count).await)? else {
        return unreadable(app, first, count).await;
    };
    let mut leaves = Vec::with_capacity(hashes.len());
    for (expected, (leaf, line)) in (first..).zip(&lines) {
        if u64::try_from(leaf.place) != Ok(expected) {
            return Ok(Some(Difference::Misplaced { place: signed(expected) }));
        }
        let entry = leaf.entry_id;
        let Some(line) = line else { return Ok(Some(Difference::Missing { place: expected, entry })) };
        let Ok(hash) = store::leaf_of(line, &leaf.salt) else {
            return Ok(Some(Difference::Altered { place: expected, entry }));
        };
        let logged = hashes[usize::try_from(expected - first).unwrap_or_default()];
        if hash != logged {
            // The hash of another place tells a line that was moved from one that was changed.
            let moved = hashes.contains(&hash);
            let difference = Difference::Altered { place: expected, entry };
            return Ok(Some(if moved { Difference::Misplaced { place: signed(expected) } } else { difference }));
        }
        leaves.push(hash);
    }
    let read_lines: Vec<_> = lines.iter().filter_map(|(_, line)| line.as_ref()).collect();
    if let Some(entry) = audit::emptied_without_leave(&app.db, &read_lines).await? {
        return Ok(Some(Difference::Emptied { entry }));
    }
    if leaves.len() as u64 != count {
        return Ok(Some(Difference::Misplaced { place: signed(first + leaves.len() as u64) }));
    }

    let edge = merkle::edge(read.size).into_iter();
    let edge = Tiles(edge.filter_map(|place| Some((place, read.tiles.0.get(&place)?.clone()))).collect());
    read.tiles.0.extend(merkle::append(edge, read.size, &leaves).0);
    read.size += count;
    Ok(None)
}

fn signed(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// `None` where what is stored cannot be read.
fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.code == Code::DataCorrupt => Ok(None),
        Err(error) => Err(error),
    }
}

/// The first line that cannot be read, among some.
async fn unreadable(app: &App, first: u64, count: u64) -> Result<Option<Difference>> {
    for place in first..first + count {
        if readable(store::lines_from(&app.db, place, 1).await)?.is_none() {
            return Ok(Some(Difference::Unreadable { place }));
        }
    }
    Ok(Some(Difference::Unreadable { place: first }))
}

/// The tiles above the leaves, against what the leaves give.
async fn upper_tiles(app: &App, read: &Read) -> Result<Option<Difference>> {
    for (place, hashes) in read.tiles.0.iter().filter(|((level, _), _)| *level > 0) {
        let stored = readable(store::tiles_from(&app.db, *place, 1).await)?.unwrap_or_default();
        // Whole tiles that came meanwhile stand behind those that were read.
        if !stored.0.get(place).is_some_and(|stored| stored.starts_with(hashes)) {
            return Ok(Some(Difference::Tile { level: place.0, number: place.1 }));
        }
    }
    Ok(None)
}

/// Every checkpoint that was kept, here and elsewhere, against the log as it was read.
async fn checkpoints(
    app: &App,
    witnessed: &[Checkpoint],
    read: &mut Read,
    verdict: &mut Verdict,
) -> Result<Option<Difference>> {
    let own = key::verifier_key(app)?;
    let witnesses: Vec<_> =
        app.settings.transparency.witnesses.iter().filter_map(|key| VerifierKey::parse(key)).collect();
    if let Some(checkpoint) = store::lost(&app.db).await? {
        return Ok(Some(Difference::Lost { checkpoint }));
    }
    for stored in store::checkpoints(&app.db).await? {
        let size = u64::try_from(stored.size).unwrap_or_default();
        let Some(checkpoint) = signed_by(&own, &stored.note).filter(|read| read.size == size) else {
            return Ok(Some(Difference::Signature { size }));
        };
        for line in store::cosignatures_of(&app.db, vec![stored.id]).await? {
            let known = witnesses.iter().find(|key| key.name == line.witness);
            if known.is_some_and(|key| !cosigned_by(key, &checkpoint, &line.line)) {
                return Ok(Some(Difference::Signature { size }));
            }
        }
        // A larger log than was read may have come meanwhile.
        let came = size > read.size && store::size(&app.db).await?.is_some_and(|now| size <= now);
        if !came && (hex::encode(checkpoint.root) != stored.root || !holds(read, &checkpoint)) {
            return Ok(Some(Difference::Checkpoint { size }));
        }
        verdict.checkpoints += 1;
    }

    for checkpoint in witnessed {
        if !holds(read, checkpoint) {
            return Ok(Some(Difference::Checkpoint { size: checkpoint.size }));
        }
        verdict.checkpoints += 1;
    }
    Ok(None)
}

fn holds(read: &mut Read, checkpoint: &Checkpoint) -> bool {
    checkpoint.size <= read.size && root_of(&mut read.tiles, checkpoint.size) == Some(checkpoint.root)
}

/// The checkpoint of a note that somebody kept, where this log signed it.
pub fn known_checkpoint(app: &App, note: &str) -> Result<Option<Checkpoint>> {
    Ok(signed_by(&key::verifier_key(app)?, note))
}

fn signed_by(own: &VerifierKey, note: &str) -> Option<Checkpoint> {
    let (checkpoint, lines) = Checkpoint::parse(note)?;
    let mut signatures = lines.iter().filter_map(|line| own.signature(line));
    let signed = signatures.any(|signature| verifies(own, &checkpoint.body(), &signature));
    (signed && checkpoint.origin == own.name).then_some(checkpoint)
}
