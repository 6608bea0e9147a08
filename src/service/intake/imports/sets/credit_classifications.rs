//! Rows of a pushed credit batch become classifications under the mapping in force, and an object's class follows.
//!
//! What was received stays: the same again changes nothing, another level for the same month is a further revision.

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::credit;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::credit::reclassify;
use domain::credit::{CreditScheme, Entry, PLATFORM_DEFAULT, class_of, default_entries};
use domain::intake::imports::credit_classifications::{self as credit_row, CreditRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::credit::credit_batches;
use entity::credit::credit_classifications::{Entity, Model};
use entity::intake::imports;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// CreditScheme, source and month: what a batch is.
type BatchKey = (String, String, String);

/// A batch as it was, and as it is after these rows.
struct Batch {
    before: Option<credit_batches::Model>,
    after: credit_batches::Model,
}

/// The tables in force, by scheme.
type Mappings = HashMap<CreditScheme, (i32, Vec<Entry>)>;

pub(super) struct CreditClassifications;

impl DataSet for CreditClassifications {
    type Row = CreditRow;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<CreditRow> {
        credit_row::parse(cells, context.today)
    }

    async fn apply(
        tx: &WriteTx,
        _: &Context,
        import: &imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&CreditRow>],
    ) -> Result<Outcome> {
        apply(tx, import, outcome, rows).await
    }
}

async fn apply(
    tx: &WriteTx,
    import: &imports::Model,
    mut outcome: Outcome,
    rows: &[Numbered<&CreditRow>],
) -> Result<Outcome> {
    let found = objects::by_uscc(tx.conn(), rows.iter().map(|row| row.row.uscc.clone()).collect()).await?;
    let mut history: BTreeMap<Uuid, Vec<Model>> = BTreeMap::new();
    for row in credit::of_objects(tx.conn(), found.values().map(|object| object.id).collect()).await? {
        history.entry(row.object_id).or_default().push(row);
    }
    let mappings = mappings(tx, rows).await?;
    let mut batches = batches(tx, import, rows).await?;
    let mut new = Vec::new();

    for Numbered { at, row } in rows {
        let key = (row.scheme.national().to_owned(), row.source.clone(), row.batch.clone());
        let batch = batches.get_mut(&key).ok_or_else(|| AppError::internal("a row without its batch"))?;
        let Some(object) = found.get(&row.uscc) else {
            let message =
                text!("登记库中没有该主体，待其入库后重报。", "The register has no such object; send it again later.");
            let finding = Finding::error("统一社会信用代码", "UNKNOWN_OBJECT", &row.uscc, message);
            outcome.refuse(*at, finding.of(Dimension::Linkage));
            batch.after.unknown_count += 1;
            continue;
        };
        let Some((mapping_revision, class)) =
            mappings.get(&row.scheme).and_then(|(revision, entries)| Some((*revision, class_of(entries, &row.level)?)))
        else {
            let message = text!(
                "该体系尚无启用的等级映射表，请先制定并启用。",
                "No mapping table is in force for this scheme; make one first."
            );
            outcome.refuse(*at, Finding::error("分类体系", "MAPPING_MISSING", row.scheme.national(), message));
            continue;
        };
        let known = history.entry(object.id).or_default();
        let of_batch = |stored: &&Model| stored.batch_id == batch.after.id;
        let last = known.iter().filter(of_batch).max_by_key(|stored| stored.revision);
        if last.is_some_and(|last| {
            last.level == row.level && last.score_centi == row.score_centi && last.valid_until == row.valid_until
        }) {
            outcome.count(false);
            continue;
        }
        let revision = last.map_or(0, |last| last.revision) + 1;
        let model = Model {
            id: new_id(),
            object_id: object.id,
            batch_id: batch.after.id,
            scheme: key.0,
            level: row.level.clone(),
            batch: key.2,
            source: key.1,
            revision,
            score_centi: row.score_centi,
            valid_until: row.valid_until,
            mapping_revision,
            local_class: class,
            received_at: tx.ctx().now,
        };
        if revision == 1 {
            outcome.created += 1;
            batch.after.objects_count += 1;
        } else {
            outcome.count(true);
            batch.after.corrections_count += 1;
        }
        outcome.events.push(Event::new(AuditAction::Imported, "credit-classifications", model.id).after(&model));
        known.push(model.clone());
        new.push(model);
    }

    // The batches first: classifications refer to them.
    save_batches(tx, batches, &mut outcome).await?;
    let inserted = new.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(inserted).exec_without_returning(tx.conn()).await.or_app()?;
    outcome.events.extend(reclassify(tx, found.values(), &history).await?);

    Ok(outcome)
}

async fn mappings(tx: &WriteTx, rows: &[Numbered<&CreditRow>]) -> Result<Mappings> {
    let mut mappings = Mappings::new();
    for scheme in rows.iter().map(|row| row.row.scheme) {
        if mappings.contains_key(&scheme) {
            continue;
        }
        let table = match credit::active_mapping(tx.conn(), scheme).await? {
            Some(table) => (table.revision, table.entries.0),
            None => (PLATFORM_DEFAULT, default_entries(scheme)),
        };
        mappings.insert(scheme, table);
    }
    Ok(mappings)
}

async fn batches(
    tx: &WriteTx,
    import: &imports::Model,
    rows: &[Numbered<&CreditRow>],
) -> Result<BTreeMap<BatchKey, Batch>> {
    let mut batches = BTreeMap::new();
    let now = tx.ctx().now;
    for Numbered { row, .. } in rows {
        let (scheme, source, month) = (row.scheme.national().to_owned(), row.source.clone(), row.batch.clone());
        if batches.contains_key(&(scheme.clone(), source.clone(), month.clone())) {
            continue;
        }
        let before = credit::batch(tx.conn(), &scheme, &source, &month).await?;
        let mut after = before.clone().unwrap_or_else(|| credit_batches::Model {
            id: new_id(),
            scheme: scheme.clone(),
            source: source.clone(),
            batch: month.clone(),
            objects_count: 0,
            corrections_count: 0,
            unknown_count: 0,
            last_import_id: None,
            last_received_at: now,
            version: 1,
            created_at: now,
            updated_at: now,
        });
        if after.last_import_id != Some(import.id) {
            // What a file does not know is counted for the last file.
            after.unknown_count = 0;
            after.last_import_id = Some(import.id);
            after.last_received_at = now;
        }
        batches.insert((scheme, source, month), Batch { before, after });
    }

    Ok(batches)
}

async fn save_batches(tx: &WriteTx, batches: BTreeMap<BatchKey, Batch>, outcome: &mut Outcome) -> Result<()> {
    for Batch { before, after } in batches.into_values() {
        let (id, saved) = match &before {
            None => (after.id, insert(tx, after).await?),
            Some(before) if *before == after => continue,
            Some(before) => (before.id, replace::<credit_batches::Entity>(tx, before, after).await?),
        };
        let event = Event::new(AuditAction::Imported, "credit-batches", id).before(&before).after(&saved);
        outcome.events.push(event);
    }
    Ok(())
}
