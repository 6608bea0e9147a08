//! Receiving rows: one by one, and up to a thousand together, in one way. What is wrong with a row is found and kept with it.

use super::bodies::{BehaviourBatchBody, BehaviourBody};
use super::changes::Changes;
use super::facts::gather;
use super::incoming::{Incoming, Sources, incoming};
use super::person;
use super::take::{Receipt, take};
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::{Key, Place, key_of};
use crate::persistence::intake::data_sets;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use domain::access::Role;
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet, BehaviourStatus};
use domain::intake::data_sets::DataSetContent;
use domain::kernel::text::text;
use entity::intake::behaviour_batches::Entity as Batches;
use entity::intake::behaviours::Model;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What became of a row, or why it was not taken.
pub type Taken = std::result::Result<Receipt, Vec<FieldError>>;

pub async fn receive_one(app: &App, tx: &WriteTx, body: BehaviourBody) -> Result<Change<Receipt>> {
    let sources = Sources::load(tx.conn()).await?;
    let row = incoming(app, tx.ctx(), &sources, (body, origin_of(tx)), "").map_err(AppError::invalid)?;
    let receipts = receive(app, tx, vec![row]).await?.try_map(all)?;
    receipts.try_map(|mut receipts| receipts.pop().ok_or_else(|| AppError::internal("one in, none out")))
}

/// Every row, or none where an envelope is wrong: then each that is wrong is named.
pub async fn receive_batch(app: &App, tx: &WriteTx, body: BehaviourBatchBody) -> Result<Change<Vec<Receipt>>> {
    let sources = Sources::load(tx.conn()).await?;
    let read = |(at, row)| incoming(app, tx.ctx(), &sources, (row, origin_of(tx)), &format!("/rows/{at}"));
    let rows = all(body.rows.into_iter().enumerate().map(read))?;
    receive(app, tx, rows).await?.try_map(all)
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

    let taken = receive(app, tx, sound).await?;
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
pub(super) fn all<T>(rows: impl IntoIterator<Item = std::result::Result<T, Vec<FieldError>>>) -> Result<Vec<T>> {
    let (mut sound, mut errors) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(row) => sound.push(row),
            Err(wrong) => errors.extend(wrong),
        }
    }
    if errors.is_empty() { Ok(sound) } else { Err(AppError::invalid(errors)) }
}

/// Rows that somebody has sent: where one is right its data set is up to date, even where it is the same again.
pub(super) async fn receive(app: &App, tx: &WriteTx, rows: Vec<Incoming>) -> Result<Change<Vec<Taken>>> {
    let (taken, events) = receive_all(app, tx, rows).await?.into_parts();
    let right = taken.iter().flatten().map(|receipt| &receipt.behaviour);
    let right = right.filter(|row| row.status == BehaviourStatus::Accepted);
    data_sets::note_today(tx, right.map(|row| DataSetContent::of_behaviours(row.kind)).collect())?;
    Ok(Change::unmade(taken).and_all(events))
}

/// One after another, as they came: what a row changes, the next one finds.
pub(super) async fn receive_all(app: &App, tx: &WriteTx, rows: Vec<Incoming>) -> Result<Change<Vec<Taken>>> {
    let keys: BTreeSet<Key> = rows.iter().map(|row| row.key.clone()).collect();
    let batches = hold_batches(tx, &rows, &keys).await?;
    // Read when they are held: nobody changes a row without its batch.
    let known = store::known(tx.conn(), &keys).await?.into_iter().map(|row| (key_of(&row), row));
    let mut known: BTreeMap<Key, Model> = known.collect();
    let mut knowledge = gather(app, tx.conn(), tx.ctx().today(), &rows).await?;

    let (mut taken, mut events) = (Vec::with_capacity(rows.len()), Vec::new());
    let (mut changes, mut brought) = (Changes::default(), Vec::<Model>::new());
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
        changes.add(tx, before.as_ref(), &receipt.behaviour);
        events.extend(event);
        if before.is_none() {
            brought.push(receipt.behaviour.clone());
        }
        known.insert(key, receipt.behaviour.clone());
        taken.push(Ok(receipt));
    }
    store::insert_all(tx, brought).await?;
    events.extend(changes.settle(tx).await?);

    Ok(Change::unmade(taken).and_all(events))
}

/// A record is changed by the department that sent it, what the platform wrote by the platform, and nothing by a file that shows
/// an earlier version of it.
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
    let there = store::places(tx.conn(), keys).await?;
    let known: BTreeSet<_> = there.iter().map(Place::key).collect();
    let new = rows.iter().filter(|row| !known.contains(&row.key));
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
