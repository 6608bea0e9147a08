//! 抽取记录: the self-contained transcript, and re-running one that somebody sends.

pub(crate) mod acts;
pub(crate) mod fairness;
mod opening;
mod progress;
mod verification;

pub use fairness::{Fairness, fairness};
pub use opening::{OpenPool, OwnBody, Ticket, open_pool, prove, prove_own};
pub use progress::{Progress, Replacement, progress};
pub use verification::{Verification, verify_sent};

use crate::kernel::error::{AppError, Result};
use crate::persistence::spot_checks::draws::Record;
use crate::persistence::spot_checks::{draws, tasks};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::spot_checks::draws::chance::ChanceValue;
use domain::spot_checks::draws::matching::{Team, Unavailable};
use domain::spot_checks::draws::pool::{Leaf, Officer, Recusal, RosterEntry};
use domain::spot_checks::draws::receipt::{Countersignature, Receipt, Receipted};
use domain::spot_checks::draws::selection::Selected;
use domain::spot_checks::draws::transcript::{
    Ended, Matching, OfficerOpening, Opening, Outcome, Party, Transcript, VoidEpoch,
};
use domain::spot_checks::draws::{Algorithm, DrawStatus, parse_digest};
use entity::spot_checks::commitments;
use entity::spot_checks::draw_roster;
use entity::spot_checks::draws::Model;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A time as records spell it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The algorithm by which a draw is made.
pub(crate) fn algorithm(draw: &Model) -> Result<Algorithm> {
    Algorithm::of(&draw.algorithm).ok_or_else(|| AppError::corrupt("the algorithm of a draw"))
}

/// What the receipt of a draw is over.
pub(crate) fn receipted<'a>(draw: &Model, frozen_at: &'a str) -> Result<Receipted<'a>> {
    let epoch = u32::try_from(draw.epoch).map_err(AppError::internal)?;
    Ok(Receipted { task: draw.task_id, epoch, draw: draw.id, terms: digest(&draw.terms)?, frozen_at })
}

/// A digest as it is stored.
pub(crate) fn digest(text: &str) -> Result<domain::spot_checks::draws::Digest> {
    parse_digest(text).ok_or_else(|| AppError::internal("stored digest is not one"))
}

/// What a transcript says from the freeze on, without its lists; enough for its terms.
pub(super) fn frozen(draw: &Model, commitments: &[commitments::Model], previous: Vec<Model>) -> Result<Transcript> {
    let algorithm = algorithm(draw)?;
    let newer = algorithm == Algorithm::Three;
    let parties = commitments.iter().filter(|made| made.epoch == draw.epoch).map(|made| {
        Ok(Party {
            commitment: digest(&made.commitment)?,
            committed_at: time(made.committed_at),
            party: made.department_id,
            revealed_at: made.revealed_at.map(time),
            secret: made.secret.clone(),
            who: made.who.as_ref().map(|who| who.0.clone()).filter(|_| newer),
        })
    });
    let mut parties = parties.collect::<Result<Vec<_>>>()?;
    parties.sort_by_key(|party| party.party);
    let previous = previous.into_iter().map(|old| {
        Ok(VoidEpoch {
            draw: old.id,
            ended: newer.then(|| ended(&old, commitments)),
            epoch: u32::try_from(old.epoch).map_err(AppError::internal)?,
            pool_root: digest(&old.pool_root)?,
            reason: old.void_reason.unwrap_or_default(),
        })
    });
    let mut transcript = Transcript {
        algorithm,
        conditions: draw.conditions.as_ref().map(|conditions| conditions.0.clone()),
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
        receipt: receipt(draw, commitments)?,
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

/// How an epoch ended; of one that was void before causes were kept, as far as its row tells.
fn ended(old: &Model, commitments: &[commitments::Model]) -> Ended {
    let revealed = commitments.iter().filter(|made| made.epoch == old.epoch && made.secret.is_some()).count();
    let revealed = u32::try_from(revealed).unwrap_or(u32::MAX);
    let stage = match (old.drawn_at, old.matched_at) {
        (None, _) => DrawStatus::Frozen,
        (Some(_), None) => DrawStatus::Drawn,
        (Some(_), Some(_)) => DrawStatus::Matched,
    };
    old.ended.as_ref().map_or(Ended { cause: None, revealed, stage }, |ended| ended.0.clone())
}

/// The signatures of a draw's terms; a draw that has none is of an earlier version.
fn receipt(draw: &Model, commitments: &[commitments::Model]) -> Result<Option<Receipt>> {
    let Some((key, signature)) = draw.receipt_key.as_ref().zip(draw.receipt_signature.as_ref()) else {
        return Ok(None);
    };
    let signed = commitments.iter().filter(|made| made.epoch == draw.epoch);
    let signed = signed.filter_map(|made| Some((made.department_id, made.signature.as_ref()?)));
    let signatures = signed.map(|(party, signature)| Ok(Countersignature { party, signature: bytes(signature)? }));
    let mut signatures = signatures.collect::<Result<Vec<_>>>()?;
    signatures.sort_by_key(|signed| signed.party);

    Ok(Some(Receipt { key: digest(key)?, signature: bytes(signature)?, signatures }))
}

/// A salt or a signature as it is stored.
fn bytes<const N: usize>(text: &str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(AppError::corrupt)?;
    Ok(bytes)
}

/// The transcript of a draw with the rows it is made of.
pub(super) async fn recorded(conn: &impl ConnectionTrait, draw: &Model) -> Result<(Transcript, Record)> {
    let record = draws::record(conn, draw.id).await?;
    let commitments = tasks::parts_of(conn, draw.task_id).await?.commitments;
    let mut transcript = frozen(draw, &commitments, draws::previous(conn, draw).await?)?;
    // What was published at the freeze, not what would be computed now.
    transcript.terms = digest(&draw.terms)?;
    let leaf = |row: &entity::spot_checks::draw_pool::Model| {
        Ok(Leaf { object_ref: digest(&row.object_ref)?, stratum: row.stratum.clone() })
    };
    transcript.pool = record.pool.iter().map(leaf).collect::<Result<_>>()?;
    transcript.roster = roster(&record)?;
    transcript.recusals = recusals(&record)?;
    transcript.outcome = outcome(draw, &record)?;
    transcript.matching = matching(draw, &record)?;

    Ok((transcript, record))
}

/// A transcript, and what stands behind its references, for those who may know.
pub struct OpenTranscript {
    pub transcript: Transcript,
    pub openings: Vec<Opening>,
    pub officers: Vec<OfficerOpening>,
}

/// The transcript of a draw, and which objects stand behind the drawn references if `open`.
pub async fn transcript(conn: &impl ConnectionTrait, draw: &Model, open: bool) -> Result<OpenTranscript> {
    let (transcript, record) = recorded(conn, draw).await?;
    let (mut openings, mut officers) = (Vec::new(), Vec::new());
    if open {
        let drawn: BTreeSet<_> = record.selections.iter().map(|row| row.object_id).collect();
        for row in record.pool.iter().filter(|row| drawn.contains(&row.object_id)) {
            let (object_ref, salt) = (digest(&row.object_ref)?, bytes(&row.salt)?);
            openings.push(Opening { object: row.object_id, object_ref, salt });
        }
        for row in &record.roster {
            let Some((officer_ref, salt)) = row.officer_ref.as_ref().zip(row.salt.as_ref()) else { continue };
            let (officer_ref, salt) = (digest(officer_ref)?, bytes(salt)?);
            officers.push(OfficerOpening { person: row.personnel_id, officer_ref, salt });
        }
        officers.sort_by_key(|opening| opening.officer_ref);
    }

    Ok(OpenTranscript { transcript, openings, officers })
}

/// What the record calls an officer.
fn named(row: &draw_roster::Model) -> Result<Officer> {
    Ok(match &row.officer_ref {
        None => Officer::Id(row.personnel_id),
        Some(reference) => Officer::Ref(digest(reference)?),
    })
}

/// The officers behind the names of the roster.
pub(crate) fn people(roster: &[draw_roster::Model]) -> Result<BTreeMap<Officer, Uuid>> {
    roster.iter().map(|row| Ok((named(row)?, row.personnel_id))).collect()
}

/// The names of the roster's officers.
fn names(record: &Record) -> Result<BTreeMap<Uuid, Officer>> {
    record.roster.iter().map(|row| Ok((row.personnel_id, named(row)?))).collect()
}

fn name_of(names: &BTreeMap<Uuid, Officer>, person: Uuid) -> Result<Officer> {
    names.get(&person).copied().ok_or_else(|| AppError::corrupt("an officer who is not on the roster of the draw"))
}

/// The frozen roster, ascending.
fn roster(record: &Record) -> Result<Vec<RosterEntry>> {
    let entry = |row: &draw_roster::Model| Ok(RosterEntry { department: row.department_id, officer: named(row)? });
    let mut roster = record.roster.iter().map(entry).collect::<Result<Vec<_>>>()?;
    roster.sort();
    Ok(roster)
}

/// The frozen recusals, ascending.
fn recusals(record: &Record) -> Result<Vec<Recusal>> {
    let names = names(record)?;
    let pair = |row: &entity::spot_checks::draw_recusals::Model| {
        Ok(Recusal { officer: name_of(&names, row.personnel_id)?, object_ref: digest(&row.object_ref)? })
    };
    let mut recusals = record.recusals.iter().map(pair).collect::<Result<Vec<_>>>()?;
    recusals.sort();
    Ok(recusals)
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
    let (chance, selected) = (chance_value(draw)?, selected.collect::<Result<_>>()?);
    Ok(Some(Outcome { chance, drawn_at: time(drawn_at), seed: digest(seed)?, selected }))
}

/// The public value that a draw is made with, once the parties have said it.
pub(crate) fn chance_value(draw: &Model) -> Result<Option<ChanceValue>> {
    let settled = draw.chance.as_ref().and_then(|said| Some((said.value.as_ref()?, said.signature.as_ref()?)));
    settled.map(|(value, signature)| Ok(ChanceValue { signature: bytes(signature)?, value: value.clone() })).transpose()
}

/// Teams in the order of the match: departments ascending, objects as drawn.
fn matching(draw: &Model, record: &Record) -> Result<Option<Matching>> {
    let (Some(matched_at), Some(outcome)) = (draw.matched_at, outcome(draw, record)?) else { return Ok(None) };
    let names = names(record)?;
    let mut stored: BTreeMap<(Uuid, Uuid), Vec<(Officer, bool)>> = BTreeMap::new();
    for row in &record.teams {
        let member = (name_of(&names, row.personnel_id)?, row.is_leader);
        stored.entry((row.department_id, row.object_id)).or_default().push(member);
    }
    let objects: BTreeMap<_, _> =
        record.selections.iter().map(|row| (row.object_ref.as_str(), row.object_id)).collect();
    let departments: BTreeSet<_> = record.roster.iter().map(|entry| entry.department_id).collect();
    let mut teams = Vec::new();

    for department in departments {
        for drawn in &outcome.selected {
            let object = objects.get(hex::encode(drawn.object_ref).as_str()).copied().unwrap_or_default();
            let members = stored.remove(&(department, object)).unwrap_or_default();
            let leader = members.iter().find(|(_, leads)| *leads).map(|(officer, _)| *officer);
            let leader = leader.ok_or_else(|| AppError::corrupt("a team without a leader"))?;
            let mut officers: Vec<_> = members.into_iter().map(|(officer, _)| officer).collect();
            officers.sort_unstable();
            teams.push(Team { department, leader, officers, object_ref: drawn.object_ref });
        }
    }

    Ok(Some(Matching { matched_at: time(matched_at), teams, unavailable: unavailable(draw, record)? }))
}

/// Officers of a roster of `mingjian-draw/2` who could not be sent on the day of the match.
fn unavailable(draw: &Model, record: &Record) -> Result<Option<Vec<Unavailable>>> {
    if algorithm(draw)? == Algorithm::Three {
        return Ok(None);
    }
    let away = record.roster.iter().filter_map(|row| Some((row.personnel_id, row.unavailable_reason.clone()?)));
    let mut away: Vec<_> = away.map(|(id, reason)| Unavailable { officer: Officer::Id(id), reason }).collect();
    away.sort();

    Ok(Some(away))
}
