//! 抽取记录: the self-contained transcript, and re-running one that somebody sends.

use crate::kernel::error::{AppError, Result};
use crate::persistence::spot_checks::draws::Record;
use crate::persistence::spot_checks::{draws, tasks};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::spot_checks::draws::matching::{Team, Unavailable};
use domain::spot_checks::draws::pool::{Leaf, Recusal, RosterEntry};
use domain::spot_checks::draws::selection::Selected;
use domain::spot_checks::draws::transcript::{
    Matching, Opening, Outcome, Party, SignedTranscript, Transcript, VoidEpoch,
};
use domain::spot_checks::draws::verify::{Difference, verify_within};
use domain::spot_checks::draws::{Published, parse_digest};
use entity::spot_checks::commitments;
use entity::spot_checks::draws::Model;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A digest as it is stored.
pub(crate) fn digest(text: &str) -> Result<domain::spot_checks::draws::Digest> {
    parse_digest(text).ok_or_else(|| AppError::internal("stored digest is not one"))
}

/// What a transcript says from the freeze on, without its lists; enough for its terms.
pub(super) fn frozen(draw: &Model, commitments: &[commitments::Model], previous: Vec<Model>) -> Result<Transcript> {
    let parties = commitments.iter().filter(|made| made.epoch == draw.epoch).map(|made| {
        Ok(Party {
            commitment: digest(&made.commitment)?,
            committed_at: time(made.committed_at),
            party: made.department_id,
            revealed_at: made.revealed_at.map(time),
            secret: made.secret.clone(),
        })
    });
    let mut parties = parties.collect::<Result<Vec<_>>>()?;
    parties.sort_by_key(|party| party.party);
    let previous = previous.into_iter().map(|old| {
        Ok(VoidEpoch {
            draw: old.id,
            epoch: u32::try_from(old.epoch).map_err(AppError::internal)?,
            pool_root: digest(&old.pool_root)?,
            reason: old.void_reason.unwrap_or_default(),
        })
    });
    let mut transcript = Transcript {
        algorithm: draw.algorithm.clone(),
        draw: draw.id,
        eligibility: draw.eligibility.0.clone(),
        epoch: u32::try_from(draw.epoch).map_err(AppError::internal)?,
        frozen_at: time(draw.frozen_at),
        matching: None,
        officers_per_object: u32::try_from(draw.officers_per_object).map_err(AppError::internal)?,
        outcome: None,
        parties,
        pool: Vec::new(),
        pool_root: digest(&draw.pool_root)?,
        previous: previous.collect::<Result<_>>()?,
        recusal_root: digest(&draw.recusal_root)?,
        recusals: Vec::new(),
        roster: Vec::new(),
        roster_root: digest(&draw.roster_root)?,
        strata: draw.strata.0.clone(),
        task: draw.task_id,
        terms: [0; 32],
    };
    transcript.terms = transcript.terms_digest()?;

    Ok(transcript)
}

/// The transcript of a draw with the rows it is made of.
pub(super) async fn recorded(conn: &impl ConnectionTrait, draw: &Model) -> Result<(Transcript, Record)> {
    let record = draws::record(conn, draw.id, true).await?;
    let commitments = tasks::parts_of(conn, draw.task_id).await?.commitments;
    let mut transcript = frozen(draw, &commitments, draws::previous(conn, draw).await?)?;
    // What was published at the freeze, not what would be computed now.
    transcript.terms = digest(&draw.terms)?;
    let leaf = |row: &entity::spot_checks::draw_pool::Model| {
        Ok(Leaf { object_ref: digest(&row.object_ref)?, stratum: row.stratum.clone() })
    };
    transcript.pool = record.pool.iter().map(leaf).collect::<Result<_>>()?;
    transcript.roster = roster(&record);
    transcript.recusals = recusals(&record)?;
    transcript.outcome = outcome(draw, &record)?;
    transcript.matching = matching(draw, &record)?;

    Ok((transcript, record))
}

/// The transcript of a draw, and which objects stand behind the drawn references if `open`.
pub async fn transcript(conn: &impl ConnectionTrait, draw: &Model, open: bool) -> Result<(Transcript, Vec<Opening>)> {
    let (transcript, record) = recorded(conn, draw).await?;
    let mut openings = Vec::new();
    if open {
        let drawn: BTreeSet<_> = record.selections.iter().map(|row| row.object_id).collect();
        for row in record.pool.iter().filter(|row| drawn.contains(&row.object_id)) {
            let mut salt = [0; 16];
            hex::decode_to_slice(&row.salt, &mut salt).map_err(AppError::internal)?;
            openings.push(Opening { object: row.object_id, object_ref: digest(&row.object_ref)?, salt });
        }
    }
    Ok((transcript, openings))
}

/// The frozen roster.
pub(super) fn roster(record: &Record) -> Vec<RosterEntry> {
    let entry = |row: &entity::spot_checks::draw_roster::Model| RosterEntry {
        department: row.department_id,
        officer: row.personnel_id,
    };
    record.roster.iter().map(entry).collect()
}

/// The frozen recusals.
pub(super) fn recusals(record: &Record) -> Result<Vec<Recusal>> {
    let pair = |row: &entity::spot_checks::draw_recusals::Model| {
        Ok(Recusal { officer: row.personnel_id, object_ref: digest(&row.object_ref)? })
    };
    record.recusals.iter().map(pair).collect()
}

fn outcome(draw: &Model, record: &Record) -> Result<Option<Outcome>> {
    let (Some(seed), Some(drawn_at)) = (&draw.seed, draw.drawn_at) else { return Ok(None) };
    let selected = record.selections.iter().map(|row| {
        Ok(Selected {
            object_ref: digest(&row.object_ref)?,
            stratum: row.stratum.clone(),
            ticket: digest(&row.ticket)?,
        })
    });
    Ok(Some(Outcome { drawn_at: time(drawn_at), seed: digest(seed)?, selected: selected.collect::<Result<_>>()? }))
}

/// Teams in the order of the match: departments ascending, objects as drawn.
fn matching(draw: &Model, record: &Record) -> Result<Option<Matching>> {
    let (Some(matched_at), Some(outcome)) = (draw.matched_at, outcome(draw, record)?) else { return Ok(None) };
    let mut unavailable: Vec<_> = record
        .roster
        .iter()
        .filter_map(|entry| {
            let reason = entry.unavailable_reason.clone()?;
            Some(Unavailable { officer: entry.personnel_id, reason })
        })
        .collect();
    unavailable.sort();
    let mut stored: BTreeMap<(Uuid, Uuid), Vec<(Uuid, bool)>> = BTreeMap::new();
    for row in &record.teams {
        stored.entry((row.department_id, row.object_id)).or_default().push((row.personnel_id, row.is_leader));
    }
    let objects: BTreeMap<_, _> =
        record.selections.iter().map(|row| (row.object_ref.as_str(), row.object_id)).collect();
    let departments: BTreeSet<_> = record.roster.iter().map(|entry| entry.department_id).collect();
    let mut teams = Vec::new();

    for department in departments {
        for drawn in &outcome.selected {
            let object = objects.get(hex::encode(drawn.object_ref).as_str()).copied().unwrap_or_default();
            let members = stored.remove(&(department, object)).unwrap_or_default();
            let leader = members.iter().find(|(_, leads)| *leads).map(|(officer, _)| *officer).unwrap_or_default();
            let officers = members.into_iter().map(|(officer, _)| officer).collect();
            teams.push(Team { department, leader, officers, object_ref: drawn.object_ref });
        }
    }

    Ok(Some(Matching { matched_at: time(matched_at), teams, unavailable }))
}

/// What re-running a transcript that somebody sent has shown.
pub struct Verification {
    /// Whether it is consistent in itself.
    pub consistent: bool,
    pub published: Published,
    pub differences: Vec<Difference>,
    /// The draw that this service published of the same task and epoch.
    pub draw: Option<Model>,
}

/// Tickets of officers that are computed for anybody who asks: a third of a second of work; who has more re-runs it himself.
const TICKETS: usize = 400_000;

/// Re-runs a transcript and compares it with the record this service published, where it knows the draw. A copy taken at
/// an earlier stage is compared with that stage.
pub async fn verify_sent(conn: &impl ConnectionTrait, sent: SignedTranscript) -> Result<Verification> {
    let rerun = move || (verify_within(&sent, TICKETS), sent);
    let (mut differences, sent) = tokio::task::spawn_blocking(rerun).await.map_err(AppError::internal)?;
    let SignedTranscript { digest: stated, transcript: sent, .. } = sent;
    let consistent = differences.is_empty();
    let draw = draws::of_epoch(conn, sent.task, i32::try_from(sent.epoch).unwrap_or(0)).await?;

    let published = match &draw {
        Some(draw) => {
            let expected = transcript(conn, draw, false).await?.0.as_of(&sent).digest()?;
            let same = expected == stated && expected == sent.digest()?;
            if !same {
                differences.push(Difference {
                    pointer: "/digest".to_owned(),
                    code: "DIFFERS_FROM_PUBLISHED",
                    expected: hex::encode(expected),
                    found: hex::encode(stated),
                });
            }
            if same { Published::Yes } else { Published::No }
        }
        None => match draws::epochs_of(conn, sent.task).await? {
            0 => Published::UnknownTask,
            epochs => {
                differences.push(Difference {
                    pointer: "/transcript/epoch".to_owned(),
                    code: "NO_SUCH_EPOCH",
                    expected: format!("1..{epochs}"),
                    found: sent.epoch.to_string(),
                });
                Published::No
            }
        },
    };

    Ok(Verification { consistent, published, differences, draw })
}
