//! Receiving rows: one by one, and up to a thousand together, in one way. What is wrong with a row is found and kept with it.

use super::bodies::{BehaviourBatchBody, BehaviourBody};
use super::facts::gather;
use super::figures::{Ledger, sums_of};
use super::incoming::{Incoming, Sources, incoming};
use super::penalties::Penalties;
use super::person;
use super::take::{Receipt, take};
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::{Key, Tally};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use domain::access::Role;
use domain::intake::behaviours::figures::month_of;
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::intake::behaviour_batches::Entity as Batches;
use entity::intake::behaviours::Model;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What became of a row, or why it was not taken.
pub type Taken = std::result::Result<Receipt, Vec<FieldError>>;

pub async fn receive_one(app: &App, tx: &WriteTx, body: BehaviourBody) -> Result<Change<Receipt>> {
    let sources = Sources::load(tx.conn()).await?;
    let row = incoming(app, tx.ctx(), &sources, (body, origin_of(tx)), "").map_err(AppError::invalid)?;
    let receipts = receive_all(app, tx, vec![row]).await?.try_map(all_taken)?;
    receipts.try_map(|mut receipts| receipts.pop().ok_or_else(|| AppError::internal("one in, none out")))
}

/// Every row, or none where an envelope is wrong: then each that is wrong is named.
pub async fn receive_batch(app: &App, tx: &WriteTx, body: BehaviourBatchBody) -> Result<Change<Vec<Receipt>>> {
    let sources = Sources::load(tx.conn()).await?;
    let (mut rows, mut errors) = (Vec::with_capacity(body.rows.len()), Vec::new());
    for (at, row) in body.rows.into_iter().enumerate() {
        match incoming(app, tx.ctx(), &sources, (row, origin_of(tx)), &format!("/rows/{at}")) {
            Ok(row) => rows.push(row),
            Err(wrong) => errors.extend(wrong),
        }
    }
    if errors.is_empty() {
        receive_all(app, tx, rows).await?.try_map(all_taken)
    } else {
        Err(AppError::invalid(errors))
    }
}

/// Rows of a file: each is taken, or it is said why not; the others do not wait for it.
pub async fn receive_file(
    app: &App,
    tx: &WriteTx,
    bodies: Vec<(BehaviourBody, Option<i32>)>,
) -> Result<Change<Vec<Taken>>> {
    let sources = Sources::load(tx.conn()).await?;
    let (mut sound, mut refused) = (Vec::with_capacity(bodies.len()), Vec::new());
    for (at, (body, seen)) in bodies.into_iter().enumerate() {
        match incoming(app, tx.ctx(), &sources, (body, BehaviourOrigin::File), "") {
            Ok(row) => sound.push(Incoming { seen, ..row }),
            Err(wrong) => refused.push((at, wrong)),
        }
    }

    let taken = receive_all(app, tx, sound).await?;
    // Those that were refused are put back into their places, the first one first.
    Ok(taken.map(|mut taken| {
        for (at, wrong) in refused {
            taken.insert(at, Err(wrong));
        }
        taken
    }))
}

/// Through the interface: a partner's system, or the platform's own people.
fn origin_of(tx: &WriteTx) -> BehaviourOrigin {
    if tx.ctx().actor.role == Role::Partner { BehaviourOrigin::Partner } else { BehaviourOrigin::Platform }
}

/// All of them, or everything that is wrong.
pub(super) fn all_taken(rows: Vec<Taken>) -> Result<Vec<Receipt>> {
    let (mut receipts, mut errors) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match row {
            Ok(receipt) => receipts.push(receipt),
            Err(wrong) => errors.extend(wrong),
        }
    }
    if errors.is_empty() { Ok(receipts) } else { Err(AppError::invalid(errors)) }
}

/// One after another, as they came: what a row changes, the next one finds.
pub(super) async fn receive_all(app: &App, tx: &WriteTx, rows: Vec<Incoming>) -> Result<Change<Vec<Taken>>> {
    let keys: BTreeSet<Key> = rows.iter().map(|row| row.key.clone()).collect();
    let batches = hold_batches(tx, &rows, &keys).await?;
    // Read when they are held: nobody changes a row without its batch.
    let mut known: BTreeMap<Key, Model> = BTreeMap::new();
    for row in store::known(tx.conn(), &keys).await? {
        known.insert((row.kind, row.cd_source.clone(), row.cd_id.clone()), row);
    }
    let mut knowledge = gather(app, tx.conn(), tx.ctx().today(), &rows).await?;

    let (mut taken, mut events) = (Vec::with_capacity(rows.len()), Vec::new());
    let (mut tallies, mut ledger) = (BTreeMap::<Uuid, Tally>::new(), Ledger::default());
    let (mut penalties, mut brought) = (Penalties::default(), Vec::<Model>::new());
    let booked = month_of(tx.ctx().today());
    for mut row in rows {
        let key = row.key.clone();
        if let Some(before) = known.get(&key)
            && let Some(whole) = person::unmasked(app, before, &row.read.row).await?
        {
            row.unmask(app, whole);
        }
        if let Some(wrong) = known.get(&key).and_then(|before| refusal(tx, &row, before)) {
            taken.push(Err(vec![wrong]));
            continue;
        }
        let before = known.remove(&key);
        // What changes a row that the batch has brought finds it there.
        if before.as_ref().is_some_and(|before| brought.iter().any(|row| row.id == before.id)) {
            store::insert_all(tx, std::mem::take(&mut brought)).await?;
        }

        let own = (row.department, row.key.0, row.batch.clone());
        let batch = batches.get(&own).copied().unwrap_or_default();
        let (receipt, event) = take(app, tx, &mut knowledge, (row, batch), before.clone()).await?;
        ledger.change(before.as_ref(), &receipt.behaviour, booked);
        penalties.change(before.as_ref(), &receipt.behaviour);
        *tallies.entry(receipt.behaviour.batch_id).or_default() += tally(before.as_ref(), &receipt.behaviour);
        events.extend(event);
        if before.is_none() {
            brought.push(receipt.behaviour.clone());
        }
        known.insert(key, receipt.behaviour.clone());
        taken.push(Ok(receipt));
    }
    store::insert_all(tx, brought).await?;
    for (batch, tally) in tallies.into_iter().filter(|(_, tally)| *tally != Tally::default()) {
        let counted = store::count(tx, batch, tally).await?;
        events.push(Event::of::<Batches>(AuditAction::Counted, &counted).after(&counted));
    }
    penalties.tell(tx).await?;
    ledger.write(tx).await?;

    Ok(Change::unmade(taken).and_all(events))
}

/// A record is changed by the department that sent it, and what the platform wrote by the platform.
fn refusal(tx: &WriteTx, row: &Incoming, before: &Model) -> Option<FieldError> {
    let pointer = format!("{}/cd_id", row.at);
    let (source, id) = (&before.cd_source, &before.cd_id);
    if tx.ctx().check_own(before.department_id, &pointer).is_err() {
        let detail = text!("主键 {source} {id} 属于其他部门。", "The key {source} {id} is another department's.");
        return Some(FieldError::new(pointer, "NOT_OWN_DEPARTMENT", detail));
    }

    // The same as is known is taken whichever version it was made from.
    if row.seen.is_some_and(|seen| seen != before.version) && row.envelope.digest != before.digest {
        let detail = text!(
            "该行导出后已有更新，为免覆盖未收；请重新导出后再改。",
            "The row has changed since it was exported; it was not taken, so that nothing is undone. Export it again."
        );
        return Some(FieldError::new(format!("{}/version", row.at), "STALE", detail));
    }
    let is_foreign = before.inspection_id.is_some() && before.inspection_id != row.inspection_id;
    is_foreign.then(|| {
        let detail = text!(
            "{id} 由平台根据检查结果生成，请更正检查结果。",
            "{id} is written by the platform from an inspection: put its result right."
        );
        FieldError::new(pointer, "WRITTEN_BY_PLATFORM", detail)
    })
}

/// The batches that rows come in, and those that their records came in first: all held, in the order of their ids.
async fn hold_batches(
    tx: &WriteTx,
    rows: &[Incoming],
    keys: &BTreeSet<Key>,
) -> Result<BTreeMap<(Uuid, BehaviourSet, String), Uuid>> {
    // A record stays in the batch that it came in first.
    let there = store::known(tx.conn(), keys).await?;
    let is_new = |row: &&Incoming| {
        !there.iter().any(|known| (known.kind, &known.cd_source, &known.cd_id) == (row.key.0, &row.key.1, &row.key.2))
    };
    let new = rows.iter().filter(is_new);
    let wanted: BTreeSet<_> = new.map(|row| (row.department, row.key.0, row.batch.clone())).collect();
    let mut named = BTreeMap::new();
    for (department, kind, number) in wanted {
        let batch = store::batch_of(tx, (department, kind, &number)).await?;
        named.insert((department, kind, number), batch);
    }
    let first = there.into_iter().map(|row| row.batch_id);
    lock_rows::<Batches>(tx.conn(), named.values().copied().chain(first)).await?;
    Ok(named)
}

/// What a change adds to the sums of its batch.
pub(super) fn tally(before: Option<&Model>, after: &Model) -> Tally {
    let added = sums_of(after) - before.map(sums_of).unwrap_or_default();
    Tally { rows: added.rows, errors: added.errors, first_errors: added.first_errors }
}
