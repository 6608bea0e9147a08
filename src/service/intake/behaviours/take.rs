//! What one row does to what is known of its record.

use super::facts::Knowledge;
use super::incoming::Incoming;
use super::person;
use super::receive::Receipt;
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::intake::behaviours as store;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use chrono::{DateTime, Utc};
use domain::intake::behaviours::exchange::{Effect, Envelope, Known, receive};
use domain::intake::behaviours::quality::{RowFinding, carried, of_envelope, rules};
use domain::intake::behaviours::{BehaviourStatus, FindingState};
use domain::oversight::audit::AuditAction;
use entity::intake::behaviours::{Entity, Model};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one row does to what is known.
pub(super) async fn take(
    app: &App,
    tx: &WriteTx,
    knowledge: &mut Knowledge,
    (row, batch): (Incoming, Uuid),
    before: Option<Model>,
) -> Result<(Receipt, Option<Event>)> {
    let stored = before.as_ref().map(|before| Known {
        newest: Envelope { at: before.cd_time, operation: before.cd_operation, digest: before.digest.clone() },
        has_base: before.has_base,
    });
    let received = receive(stored.as_ref(), &row.envelope);
    let doubt = received.doubt.and_then(|doubt| of_envelope(row.key.0, doubt.rule()));

    match (received.effect, before) {
        (Effect::Unchanged, Some(before)) => {
            if received.known.newest.at > before.cd_time {
                store::advance(tx.conn(), before.id, received.known.newest.at).await?;
            }
            let behaviour = Model { cd_time: received.known.newest.at, ..before };
            Ok((Receipt { effect: Effect::Unchanged, behaviour }, None))
        }
        (Effect::Kept, Some(before)) => kept(tx, (&row, before), &received.known, doubt).await,
        (effect, before) => changed(app, tx, knowledge, (row, batch, before), effect, &received.known, doubt).await,
    }
}

/// Older than what is known: the trail keeps what it said; a base that comes late lets what changed it stand.
async fn kept(
    tx: &WriteTx,
    (row, before): (&Incoming, Model),
    known: &Known,
    doubt: Option<RowFinding>,
) -> Result<(Receipt, Option<Event>)> {
    let mut after = tx.edit_along::<Entity>(before.clone());
    after.has_base = known.has_base;
    let still: Vec<_> = before.findings.iter().filter(|finding| stays(finding, known)).cloned().collect();
    put_findings(&mut after, carried(&before.findings, still.into_iter().chain(doubt).collect()));
    let saved = after.write().await?;
    let event = Event::of::<Entity>(AuditAction::KeptAsHistory, &saved);
    let said = serde_json::json!({ "cd_time": row.envelope.at, "cd_operation": row.envelope.operation });
    let event = event.before(&said).after(&saved);
    Ok((Receipt { effect: Effect::Kept, behaviour: saved }, Some(event)))
}

/// Findings that hold while the record says what it says.
fn stays(finding: &RowFinding, known: &Known) -> bool {
    let unfounded = finding.rule == "UPDATE_OF_UNKNOWN";
    finding.state != FindingState::Fixed && (!unfounded || known.is_unfounded())
}

/// What it says is what is known now.
async fn changed(
    app: &App,
    tx: &WriteTx,
    knowledge: &mut Knowledge,
    (row, batch, before): (Incoming, Uuid, Option<Model>),
    effect: Effect,
    known: &Known,
    doubt: Option<RowFinding>,
) -> Result<(Receipt, Option<Event>)> {
    let ctx = tx.ctx();
    let facts = knowledge.of(&row);
    let mut after = before.clone().unwrap_or_else(|| blank(&row, (new_id(), batch), ctx.now));
    (after.cd_time, after.cd_operation) = (row.envelope.at, row.envelope.operation);
    after.digest.clone_from(&row.envelope.digest);
    after.has_base = known.has_base;
    after.cd_batch.clone_from(&row.batch);
    if known.is_removed() {
        after.status = BehaviourStatus::Removed;
        put_findings(&mut after, doubt.into_iter().collect());
        return save(tx, knowledge, (before, after), effect, AuditAction::Removed).await;
    }

    after.status = BehaviourStatus::Accepted;
    let object = knowledge.object(&row);
    after.object_id = object.map(|object| object.id);
    after.township_code = object.and_then(|object| object.township_code.clone());
    after.code = row.code().map(str::to_owned);
    after.title = row.get(&row.table.title).map(|title| title.chars().take(2_000).collect());
    after.item_code = row.get_item().pop().filter(|code| code.len() == 14);
    after.happened_on = row.happened_on();
    after.content = row.row.clone().into();
    person::seal(app, &mut after, &row).await?;
    let kind = row.key.0;
    let (_, found) = row.read.check(kind, &facts);
    let earlier = before.as_ref().map(|before| before.findings.0.clone()).unwrap_or_default();
    put_findings(&mut after, carried(&earlier, found.into_iter().chain(doubt).collect()));

    let audit = if effect == Effect::Created { AuditAction::Created } else { AuditAction::Updated };
    save(tx, knowledge, (before, after), effect, audit).await
}

async fn save(
    tx: &WriteTx,
    knowledge: &mut Knowledge,
    (before, after): (Option<Model>, Model),
    effect: Effect,
    audit: AuditAction,
) -> Result<(Receipt, Option<Event>)> {
    let saved = match &before {
        // Somebody else may change it at once: the second finds another version, and reads again.
        Some(before) => {
            let mut edit = tx.edit_along::<Entity>(before.clone());
            *edit = after;
            edit.write().await.map_err(AppError::again)?
        }
        None => insert(tx, after).await.map_err(AppError::again)?,
    };
    if let Some(before) = &before {
        knowledge.forget(before);
    }
    if saved.status != BehaviourStatus::Removed {
        knowledge.learn(&saved);
    }

    let event = Event::of::<Entity>(audit, &saved).after(&saved);
    let event = if let Some(before) = &before { event.before(before) } else { event };
    Ok((Receipt { effect, behaviour: saved }, Some(event)))
}

/// What is wrong with it says how it stands; a wrong row is set aside until it is mended.
pub(super) fn put_findings(behaviour: &mut Model, findings: Vec<RowFinding>) {
    let errors = findings.iter().filter(|finding| finding.is_open_error()).count();
    behaviour.errors = i32::try_from(errors).unwrap_or(i32::MAX);
    behaviour.was_wrong |= errors > 0;
    behaviour.findings = findings.into();
    behaviour.rules_version.clone_from(&rules().version);
    if behaviour.status != BehaviourStatus::Removed {
        behaviour.status = if errors > 0 { BehaviourStatus::Quarantined } else { BehaviourStatus::Accepted };
    }
}

/// One of which nothing is said yet.
fn blank(row: &Incoming, (id, batch_id): (Uuid, Uuid), now: DateTime<Utc>) -> Model {
    Model {
        id,
        kind: row.key.0,
        code: None,
        title: None,
        cd_source: row.key.1.clone(),
        cd_id: row.key.2.clone(),
        cd_batch: row.batch.clone(),
        cd_time: row.envelope.at,
        cd_operation: row.envelope.operation,
        has_base: false,
        origin: row.origin,
        status: BehaviourStatus::Accepted,
        department_id: row.department,
        batch_id,
        object_id: None,
        township_code: None,
        item_code: None,
        happened_on: None,
        arrived_at: now,
        content: BTreeMap::new().into(),
        person: None,
        person_digest: None,
        digest: String::new(),
        findings: Vec::new().into(),
        errors: 0,
        was_wrong: false,
        rules_version: rules().version.clone(),
        inspection_id: row.inspection_id,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
