//! Drawing objects and officers in one step: the seed from all secrets, then the smallest tickets of each stratum and the teams.

use super::visits::open_inspections;
use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::draws::Record;
use crate::persistence::spot_checks::tasks::Parts;
use crate::persistence::spot_checks::{draws, tasks};
use crate::service::oversight::log::verifier_key;
use crate::service::spot_checks::draws::{acts, chance_value, digest, fairness, people, recorded, time};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::TWO_OFFICERS;
use domain::kernel::signature::verifies;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::chance::ChanceValue;
use domain::spot_checks::draws::commitment::seed;
use domain::spot_checks::draws::matching::{Team, TooFew, match_officers};
use domain::spot_checks::draws::selection::{Selected, select};
use domain::spot_checks::draws::transcript::{Matching, Outcome, Transcript};
use domain::spot_checks::draws::verify::verify_frozen;
use domain::spot_checks::draws::{Algorithm, Digest, DrawAction, DrawStatus, apply as apply_draw};
use domain::spot_checks::tasks::TaskAction;
use entity::spot_checks::draw_selections;
use entity::spot_checks::draws::Model as Draw;
use entity::spot_checks::tasks::{Entity, Model};
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn draw(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let status = decision_facts(app, tx.ctx().now, &before, &parts).decide(&tx.ctx().actor, TaskAction::Draw)?;
    super::check_items(tx, &parts).await?;
    // The task first: whoever comes second is told that it has changed, and reads no draw that is drawn already.
    let after = Model { status, ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let frozen = draws::of_epoch(tx.conn(), id, before.epoch).await?;
    let frozen = frozen.ok_or_else(|| AppError::internal("frozen task without draw"))?;
    let (mut transcript, record) = recorded(tx.conn(), &frozen).await?;
    check_unchanged(app, &transcript)?;

    let chance = chance_value(&frozen)?;
    check_value(&transcript, chance.as_ref())?;
    let value = chance.as_ref().map(|chance| chance.value.as_str());
    let seed = seed(transcript.algorithm, &transcript.terms, &secrets(&before, &parts)?, value);
    let selected = select(&seed, id, &transcript.strata, &transcript.pool);
    let size = transcript.officers_per_object as usize;
    let teams = match_officers(&seed, size, &selected, &transcript.roster, &transcript.recusals, &[]);
    let teams = teams.map_err(|too_few| refuse(too_few, size))?;
    let objects = save_selections(tx, &frozen, &record, &selected).await?;
    let people = people(&record.roster)?;
    let opened = open_inspections(tx, &before, frozen.id, &teams, &objects, &people).await?;
    fairness::keep(tx, &frozen, &teams, &objects, &people).await?;

    let matched = drawn(tx, &parts, &frozen, &seed, selected.len())?;
    let matched = replace::<entity::spot_checks::draws::Entity>(tx, &frozen, matched).await?;
    let task = with_parts(tx, task).await?;
    let lead = before.lead_department_id;
    let event = Event::new(AuditAction::Drawn, "tasks", id).department(lead).before(&before).after(&task.task);
    let of_draw = Event::new(AuditAction::Drawn, "draws", matched.id).department(lead).before(&frozen).after(&matched);
    complete(&mut transcript, &matched, selected, teams)?;
    let public = acts::drawn(&matched, &hex::encode(transcript.digest()?));
    Ok(Change::new(task, event).and(of_draw).and(public).and_all(opened))
}

/// The secrets of the epoch, each with its party; all are public by now.
fn secrets(task: &Model, parts: &Parts) -> Result<Vec<(Uuid, Digest)>> {
    let revealed = parts.commitments.iter().filter(|made| made.epoch == task.epoch);
    let revealed = revealed.filter_map(|made| Some((made.department_id, made.secret.as_deref()?)));
    revealed.map(|(party, secret)| Ok((party, digest(secret)?))).collect()
}

/// What was frozen is what the receipt was signed for.
fn check_unchanged(app: &App, transcript: &Transcript) -> Result<()> {
    let own = verifier_key(app)?.public;
    let strange = transcript.receipt.as_ref().is_some_and(|receipt| receipt.key != own);
    let changed = verify_frozen(transcript).into_iter().next().map(|changed| (changed.pointer, changed.code));
    let changed = changed.or_else(|| strange.then(|| ("/transcript/receipt/key".to_owned(), "KEY_DIFFERS")));
    match changed {
        None => Ok(()),
        Some((what, code)) => Err(changed_after(&what, code)),
    }
}

/// The value that is drawn with is what the terms name, and signed when it was settled.
fn check_value(transcript: &Transcript, value: Option<&ChanceValue>) -> Result<()> {
    let named = transcript.conditions.as_ref().and_then(|conditions| conditions.chance.as_ref());
    let holds = match (named, value, &transcript.receipt) {
        (None, None, _) => true,
        (Some(named), Some(said), Some(receipt)) => {
            let message = transcript.receipted().message_of_chance(&said.value);
            named.vouches_for(&said.value) && verifies(&receipt.key, &message, &said.signature)
        }
        _ => false,
    };

    if holds { Ok(()) } else { Err(changed_after("/transcript/outcome/chance", "CHANCE_DIFFERS")) }
}

fn changed_after(what: &str, code: &str) -> AppError {
    Refusal::new(
        Code::FrozenRecordChanged,
        text!(
            "冻结后记录已被改动（{what}，{code}），不得据以抽取；请查明后选明原因、经见证方同意重抽。",
            "The record was changed after the freeze ({what}, {code}); find out why, then give up the epoch with a cause and a witness."
        ),
    )
    .into()
}

/// Keeps what was drawn; gives the objects behind the references.
async fn save_selections(
    tx: &WriteTx,
    frozen: &Draw,
    record: &Record,
    selected: &[Selected],
) -> Result<BTreeMap<String, Uuid>> {
    let objects: BTreeMap<_, _> = record.pool.iter().map(|row| (row.object_ref.clone(), row.object_id)).collect();
    // What an earlier version drew and did not match is the same: it hangs on the seed.
    if frozen.status == DrawStatus::Drawn {
        return Ok(objects);
    }
    let rows = selected.iter().enumerate().map(|(at, drawn)| {
        let object_ref = hex::encode(drawn.object_ref);
        let object_id = objects.get(&object_ref).copied();
        Ok(draw_selections::Model {
            draw_id: frozen.id,
            position: i32::try_from(at).map_err(AppError::internal)?,
            object_id: object_id.ok_or_else(|| AppError::internal("drawn object not in pool"))?,
            object_ref,
            stratum: drawn.stratum.clone(),
            ticket: hex::encode(drawn.ticket),
        })
    });

    draws::insert_all::<draw_selections::Entity>(tx.conn(), rows.collect::<Result<Vec<_>>>()?).await?;
    Ok(objects)
}

/// The draw's own row, after the last secret whatever the clocks of two servers say.
fn drawn(tx: &WriteTx, parts: &Parts, frozen: &Draw, seed: &Digest, selected: usize) -> Result<Draw> {
    let said = frozen.chance.iter().flat_map(|said| said.by.iter().map(|said| said.at));
    let at = parts.commitments.iter().filter_map(|made| made.revealed_at).chain(said).chain([tx.ctx().now]).max();
    Ok(Draw {
        status: apply_draw(frozen.status, DrawAction::Draw)?,
        seed: Some(hex::encode(seed)),
        selected_count: i32::try_from(selected).unwrap_or(i32::MAX),
        drawn_at: frozen.drawn_at.or(at),
        matched_at: at,
        ..frozen.clone()
    })
}

/// The record as it is from now on.
fn complete(transcript: &mut Transcript, matched: &Draw, selected: Vec<Selected>, teams: Vec<Team>) -> Result<()> {
    let (drawn_at, matched_at) = matched.drawn_at.zip(matched.matched_at).ok_or_else(|| AppError::internal("drawn"))?;
    let seed = digest(matched.seed.as_deref().unwrap_or_default())?;
    let unavailable = (transcript.algorithm == Algorithm::Two).then(Vec::new);
    let chance = chance_value(matched)?;
    transcript.outcome = Some(Outcome { chance, drawn_at: time(drawn_at), seed, selected });
    transcript.matching = Some(Matching { matched_at: time(matched_at), teams, unavailable });
    Ok(())
}

fn refuse(too_few: TooFew, size: usize) -> AppError {
    let TooFew { department, available, object_ref } = too_few;
    let object = hex::encode(&object_ref[..6]);
    Refusal::new(
        Code::TooFewOfficers,
        text!(
            "部门 {department} 对对象 {object}… 可派人员只有 {available} 人，需 {size} 人（已除去回避人员）。",
            "Department {department} has {available} officers for object {object}…; {size} are needed."
        ),
    )
    .under(TWO_OFFICERS)
    .into()
}
