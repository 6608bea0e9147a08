//! 抽取记录: the self-contained transcript, and re-running one that somebody sends.

use crate::domain::draws::matching::{Team, Unavailable};
use crate::domain::draws::parse_digest;
use crate::domain::draws::pool::{Leaf, Recusal, RosterEntry};
use crate::domain::draws::selection::Selected;
use crate::domain::draws::strata::Stratum;
use crate::domain::draws::transcript::{Matching, Opening, Outcome, Party, SignedTranscript, Transcript, VoidEpoch};
use crate::domain::draws::verify::{Difference, verify};
use crate::domain::refusal::Code;
use crate::error::{AppError, Result};
use crate::persistence::draws::Record;
use crate::persistence::{draws, tasks};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::draws::Model;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A digest as it is stored.
pub(super) fn digest(text: &str) -> Result<crate::domain::draws::Digest> {
    parse_digest(text).ok_or_else(|| AppError::internal("stored digest is not one"))
}

/// The transcript of a draw, and which objects stand behind the drawn references if `open`.
pub async fn transcript(conn: &impl ConnectionTrait, draw: &Model, open: bool) -> Result<(Transcript, Vec<Opening>)> {
    let record = draws::record(conn, draw.id, true).await?;
    let parties = tasks::parts_of(conn, draw.task_id).await?.commitments;
    let mut openings = Vec::new();
    if open {
        let drawn: BTreeSet<_> = record.selections.iter().map(|row| row.object_id).collect();
        for row in record.pool.iter().filter(|row| drawn.contains(&row.object_id)) {
            let mut salt = [0; 16];
            hex::decode_to_slice(&row.salt, &mut salt).map_err(AppError::internal)?;
            openings.push(Opening { object: row.object_id, object_ref: digest(&row.object_ref)?, salt });
        }
    }
    let previous = draws::previous(conn, draw).await?.into_iter().map(|old| {
        Ok(VoidEpoch {
            draw: old.id,
            epoch: u32::try_from(old.epoch).map_err(AppError::internal)?,
            pool_root: digest(&old.pool_root)?,
            reason: old.void_reason.unwrap_or_default(),
        })
    });
    let pool = record
        .pool
        .iter()
        .map(|row| Ok(Leaf { object_ref: digest(&row.object_ref)?, stratum: row.stratum.clone() }))
        .collect::<Result<Vec<_>>>()?;
    let parties = parties.into_iter().filter(|made| made.epoch == draw.epoch).map(|made| {
        Ok(Party {
            commitment: digest(&made.commitment)?,
            committed_at: time(made.committed_at),
            party: made.department_id,
            revealed_at: made.revealed_at.map(time),
            secret: made.secret,
        })
    });
    let strata: Vec<Stratum> = serde_json::from_value(draw.strata.clone())?;
    let transcript = Transcript {
        algorithm: draw.algorithm.clone(),
        draw: draw.id,
        epoch: u32::try_from(draw.epoch).map_err(AppError::internal)?,
        frozen_at: time(draw.frozen_at),
        matching: matching(draw, &record)?,
        officers_per_object: u32::try_from(draw.officers_per_object).map_err(AppError::internal)?,
        outcome: outcome(draw, &record)?,
        parties: parties.collect::<Result<_>>()?,
        pool,
        pool_root: digest(&draw.pool_root)?,
        previous: previous.collect::<Result<_>>()?,
        recusal_root: digest(&draw.recusal_root)?,
        recusals: record
            .recusals
            .iter()
            .map(|pair| Ok(Recusal { officer: pair.personnel_id, object_ref: digest(&pair.object_ref)? }))
            .collect::<Result<_>>()?,
        roster: record
            .roster
            .iter()
            .map(|entry| RosterEntry { department: entry.department_id, officer: entry.personnel_id })
            .collect(),
        roster_root: digest(&draw.roster_root)?,
        strata,
        task: draw.task_id,
    };
    Ok((transcript, openings))
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

/// Re-runs a transcript and compares it with the record this service published, where it knows the draw.
pub async fn verify_sent(conn: &impl ConnectionTrait, sent: &SignedTranscript) -> Result<(Vec<Difference>, bool)> {
    let copy = sent.clone();
    let mut differences = tokio::task::spawn_blocking(move || verify(&copy)).await.map_err(AppError::internal)?;
    let known = match draws::get_public(conn, sent.transcript.draw).await {
        Ok(draw) => Some(draw),
        Err(error) if error.code == Code::NotFound => None,
        Err(error) => return Err(error),
    };
    if let Some(draw) = &known {
        let published = transcript(conn, draw, false).await?.0.digest()?;
        if published != sent.digest {
            differences.push(Difference {
                pointer: "/digest".to_owned(),
                code: "DIFFERS_FROM_PUBLISHED",
                expected: hex::encode(published),
                found: hex::encode(sent.digest),
            });
        }
    }
    Ok((differences, known.is_some()))
}
