//! What one row does to what is known of its record.

use super::facts::Knowledge;
use super::figures::put_delay;
use super::incoming::Incoming;
use super::person;
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::intake::behaviours as store;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::WriteTx;
use chrono::{DateTime, Utc};
use domain::intake::behaviours::exchange::{Doubt, Effect, Envelope, Known, receive};
use domain::intake::behaviours::figures::month_of;
use domain::intake::behaviours::quality::{RowFinding, carried, of_envelope, rules};
use domain::intake::behaviours::{BehaviourStatus, FindingState};
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::audit::AuditAction;
use entity::intake::behaviours::{Entity, Model};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What became of a row.
pub struct Receipt {
    pub effect: Effect,
    pub behaviour: Model,
}

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

    let how = (received.effect, doubt);
    match (received.effect, before) {
        // What was wrong with it may be right by now: an item that was claimed, a code that is free.
        (Effect::Unchanged, Some(before)) if !is_settled(&before) => {
            changed(app, tx, knowledge, (row, batch, Some(before)), how, &received.known).await
        }
        (Effect::Unchanged, Some(before)) => unchanged(tx, before, &received.known).await,
        (Effect::Kept, Some(before)) => kept(tx, (&row, before), &received.known, how.1).await,
        (_, before) => changed(app, tx, knowledge, (row, batch, before), how, &received.known).await,
    }
}

/// Nothing is open against it, by the rules of now.
fn is_settled(row: &Model) -> bool {
    let open = row.findings.iter().any(|finding| finding.state == FindingState::Open);
    row.status == BehaviourStatus::Removed || (!open && row.rules_version == rules().version)
}

/// The same again: only when it was written moves on, and by which rules it was seen.
async fn unchanged(tx: &WriteTx, before: Model, known: &Known) -> Result<(Receipt, Option<Event>)> {
    let is_seen = before.status == BehaviourStatus::Removed || before.rules_version == rules().version;
    let rules_version = if is_seen { before.rules_version.clone() } else { rules().version.clone() };
    let behaviour = Model { cd_time: known.newest.at, rules_version, ..before.clone() };
    if behaviour != before {
        store::advance(tx.conn(), &behaviour).await?;
    }
    Ok((Receipt { effect: Effect::Unchanged, behaviour }, None))
}

/// Older than what is known: the trail keeps what it said; a base that comes late lets what changed it stand.
async fn kept(
    tx: &WriteTx,
    (row, before): (&Incoming, Model),
    known: &Known,
    doubt: Option<RowFinding>,
) -> Result<(Receipt, Option<Event>)> {
    let again = |finding: &RowFinding| doubt.as_ref().is_some_and(|doubt| doubt.is_same(finding));
    let still = before.findings.iter().filter(|finding| stays(finding, known) && !again(finding)).cloned();
    let findings = carried(&before.findings, still.chain(doubt.clone()).collect());
    let same = before.has_base == known.has_base && findings.iter().all(|finding| before.findings.contains(finding));
    let saved = if same {
        before
    } else {
        let mut after = tx.edit_along::<Entity>(before);
        after.has_base = known.has_base;
        put_findings(&mut after, findings);
        after.write().await.map_err(AppError::again)?
    };

    let said = json!({
        "cd_time": row.envelope.at, "cd_operation": row.envelope.operation,
        "content": person::open_columns(&row.read.row, row.was_sealed),
    });
    let event = Event::of::<Entity>(AuditAction::KeptAsHistory, &saved).after(&said);
    Ok((Receipt { effect: Effect::Kept, behaviour: saved }, Some(event)))
}

/// Findings that hold while the record says what it says.
fn stays(finding: &RowFinding, known: &Known) -> bool {
    let unfounded = finding.rule == Doubt::UpdateOfUnknown.rule();
    finding.state != FindingState::Fixed && (!unfounded || known.is_unfounded())
}

/// It is about how the row came, and not about what it says.
fn is_of_envelope(finding: &RowFinding) -> bool {
    Doubt::ALL.iter().any(|doubt| finding.rule == doubt.rule())
}

/// What it says is what is known now.
async fn changed(
    app: &App,
    tx: &WriteTx,
    knowledge: &mut Knowledge,
    (row, batch, before): (Incoming, Uuid, Option<Model>),
    (effect, doubt): (Effect, Option<RowFinding>),
    known: &Known,
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

    if before.as_ref().is_some_and(|before| before.status == BehaviourStatus::Removed) {
        // What was deleted and is there again has come now.
        after.arrived_at = ctx.now;
    }
    after.status = BehaviourStatus::Accepted;
    let object = knowledge.object(&row);
    after.object_id = object.map(|object| object.id);
    after.township_code = object.and_then(|object| object.township_code.clone());
    after.code = row.code().map(str::to_owned);
    after.item_code = row.items().pop().filter(|code| code.len() == 14);
    after.happened_on = row.happened_on();
    put_delay(app, &mut after);
    person::seal(app, &mut after, &row.read.row, row.was_sealed).await?;
    after.title = after.content.get(&row.table.title).map(|title| title.chars().take(2_000).collect());
    let kind = row.key.0;
    let (_, found) = row.read.check(kind, &facts);
    let earlier = before.as_ref().map(|before| before.findings.0.clone()).unwrap_or_default();
    // Looked at again, it came as it had come.
    let of_envelope = |finding: &&RowFinding| is_of_envelope(finding) && stays(finding, known);
    let came: Vec<_> = earlier.iter().filter(of_envelope).filter(|_| effect == Effect::Unchanged).cloned().collect();
    let doubt = doubt.filter(|doubt| !came.iter().any(|finding| finding.is_same(doubt)));
    put_findings(&mut after, carried(&earlier, found.into_iter().chain(came).chain(doubt).collect()));
    after.rules_version.clone_from(&rules().version);
    if let (Effect::Unchanged, Some(before)) = (effect, &before) {
        // Looked at again, and nothing else came of it.
        if before.findings == after.findings {
            return unchanged(tx, before.clone(), known).await;
        }
    }

    let (effect, audit) = match effect {
        Effect::Created => (effect, AuditAction::Created),
        Effect::Updated | Effect::Unchanged | Effect::Removed | Effect::Kept => (Effect::Updated, AuditAction::Updated),
    };
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
        // Written together with the others that the batch brings.
        None => after,
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
        month: Some(month_of(local_date(now))),
        delay_days: None,
        in_time: false,
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
