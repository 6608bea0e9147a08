//! The published catalogue: each row is compared with the version before; departments get what they should claim, and
//! are told what changed under what they claimed. At the end, what the file leaves out is cancelled.

mod finish;
mod owners;

pub use owners::hand_over;

use super::{Context, DataSet, Numbered, Outcome};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::items::catalogue as store;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use domain::intake::imports::Parsed;
use domain::intake::imports::catalogue::{self as catalogue_row, CatalogueRow};
use domain::intake::imports::reading::fields::Cells;
use domain::items::catalogue::{
    CatalogueStatus, CatalogueVersionStatus, ChangeKind, FieldChange, Publication, differences,
};
use domain::kernel::stored::Stored;
use domain::oversight::audit::AuditAction;
use entity::items::catalogue_items::{Entity, Model};
use entity::items::{catalogue_changes, catalogue_versions};
use owners::{hand_out, tell};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The version that an import makes; found again after a restart.
pub async fn version_of(tx: &WriteTx, import: &entity::intake::imports::Model) -> Result<catalogue_versions::Model> {
    if let Some(known) = store::version_of_import(tx.conn(), import.id).await? {
        return Ok(known);
    }
    let day = tx.ctx().today().format("%Y%m%d").to_string();
    let number = serials::next::<catalogue_versions::Entity>(tx, catalogue_versions::Column::Number, &day, 3).await?;
    let now = tx.ctx().now;
    let model = catalogue_versions::Model {
        id: new_id(),
        number,
        import_id: import.id,
        filename: import.filename.clone(),
        status: CatalogueVersionStatus::Receiving,
        items_total: 0,
        items_new: 0,
        items_changed: 0,
        items_cancelled: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };

    insert(tx, model).await
}

/// What a batch did to the catalogue, for the version's counts and its difference report.
#[derive(Default)]
struct Report {
    new: i64,
    changed: i64,
    cancelled: i64,
    total: i64,
    changes: Vec<catalogue_changes::Model>,
}

impl Report {
    fn add(&mut self, tx: &WriteTx, version: Uuid, item: &Model, kind: ChangeKind, fields: &[FieldChange]) {
        match kind {
            ChangeKind::New => self.new += 1,
            ChangeKind::Changed => self.changed += 1,
            ChangeKind::Cancelled => self.cancelled += 1,
        }

        self.changes.push(catalogue_changes::Model {
            id: new_id(),
            catalogue_version_id: version,
            catalogue_item_id: item.id,
            code: item.code.clone(),
            name: item.name.clone(),
            kind,
            fields: fields.to_vec().into(),
            created_at: tx.ctx().now,
        });
    }

    async fn save(self, tx: &WriteTx, before: &catalogue_versions::Model) -> Result<()> {
        store::insert_changes(tx.conn(), self.changes).await?;
        let after = catalogue_versions::Model {
            items_total: before.items_total + self.total,
            items_new: before.items_new + self.new,
            items_changed: before.items_changed + self.changed,
            items_cancelled: before.items_cancelled + self.cancelled,
            ..before.clone()
        };
        replace::<catalogue_versions::Entity>(tx, before, after).await?;
        Ok(())
    }
}

pub(super) struct Catalogue;

impl DataSet for Catalogue {
    type Row = CatalogueRow;

    fn parse(cells: &dyn Cells, _: &Context) -> Parsed<CatalogueRow> {
        catalogue_row::parse(cells)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        import: &entity::intake::imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&CatalogueRow>],
    ) -> Result<Outcome> {
        apply(tx, context, import, outcome, rows).await
    }

    async fn finish(app: &App, ctx: &Ctx, import: &entity::intake::imports::Model) -> Result<()> {
        finish::finish(app, ctx, import).await
    }
}

async fn apply(
    tx: &WriteTx,
    context: &Context,
    import: &entity::intake::imports::Model,
    mut outcome: Outcome,
    rows: &[Numbered<&CatalogueRow>],
) -> Result<Outcome> {
    let version = version_of(tx, import).await?;
    // Read with each batch: a department may take a duty over meanwhile.
    let duties = departments::by_duty(tx.conn()).await?;
    if version.items_total == 0 {
        outcome.events.push(Event::new(AuditAction::Imported, "catalogue-versions", version.id).after(&version));
    }
    let stored = store::by_code(tx.conn(), rows.iter().map(|row| row.row.code.clone()).collect()).await?;
    let mut report = Report::default();
    let (mut new, mut unchanged, mut touched) = (Vec::new(), Vec::new(), Vec::new());

    for Numbered { row, .. } in rows {
        report.total += 1;
        let published = publication(row, stored.get(&row.code));
        match stored.get(&row.code) {
            None => {
                let model = model(tx, row, &published, &version.number)?;
                if row.in_use {
                    report.add(tx, version.id, &model, ChangeKind::New, &[]);
                }
                outcome.created += 1;
                new.push(model);
            }
            Some(before) => {
                let after = fill(before, row, &published)?;
                if after.digest == before.digest && after.status == before.status {
                    outcome.count(false);
                    unchanged.push(before.id);
                    continue;
                }
                let fields = differences(&stored_publication(before), &published);
                let kind = kind_of(before, &after);
                let returned = (before.status == CatalogueStatus::Cancelled
                    || !before.county_level
                    || before.duty_code != after.duty_code)
                    && after.status == CatalogueStatus::Published;
                let last_version = before.last_version.clone().max(version.number.clone());
                let after = Model { last_version, ..after };
                let saved = replace::<Entity>(tx, before, after).await?;
                report.add(tx, version.id, &saved, kind, &fields);
                let event = Event::new(AuditAction::Imported, "catalogue-items", saved.id);
                outcome.events.push(event.before(before).after(&saved));
                outcome.count(true);
                touched.push((saved, returned));
            }
        }
    }

    let imported = new.iter().map(|item| Event::new(AuditAction::Imported, "catalogue-items", item.id).after(item));
    outcome.events.extend(imported);
    store::insert_all(tx.conn(), new.clone()).await?;
    store::seen(tx.conn(), unchanged, &version.number).await?;
    outcome.events.extend(hand_out(&context.app, tx, &duties, &new).await?);
    outcome.events.extend(tell(&context.app, tx, Some(&duties), &touched).await?);
    report.save(tx, &version).await?;

    Ok(outcome)
}

fn kind_of(before: &Model, after: &Model) -> ChangeKind {
    let cancelled = CatalogueStatus::Cancelled;
    match (before.status == cancelled, after.status == cancelled) {
        (false, true) => ChangeKind::Cancelled,
        (true, false) => ChangeKind::New,
        (false, false) | (true, true) => ChangeKind::Changed,
    }
}

/// What is published of an item; what the file has no column for stays as it is stored.
fn publication(row: &CatalogueRow, stored: Option<&Model>) -> Publication {
    Publication {
        content: stored.map_or_else(|| row.content.clone(), |item| row.content_over(&item.content.0)),
        duty_code: row.duty_code.clone(),
        county_level: row.content.supervise_levels.iter().any(|level| level == "4"),
    }
}

fn stored_publication(item: &Model) -> Publication {
    Publication { content: item.content.0.clone(), duty_code: item.duty_code.clone(), county_level: item.county_level }
}

fn model(tx: &WriteTx, row: &CatalogueRow, published: &Publication, number: &str) -> Result<Model> {
    let now = tx.ctx().now;
    let blank = Model {
        id: new_id(),
        code: row.code.clone(),
        main_code: row.main_code.clone(),
        name: String::new(),
        duty_code: String::new(),
        county_level: false,
        content: Stored::default(),
        digest: String::new(),
        status: CatalogueStatus::Published,
        first_version: number.to_owned(),
        last_version: number.to_owned(),
        version: 1,
        created_at: now,
        updated_at: now,
    };

    fill(&blank, row, published)
}

fn fill(item: &Model, row: &CatalogueRow, published: &Publication) -> Result<Model> {
    let status = if row.in_use { CatalogueStatus::Published } else { CatalogueStatus::Cancelled };
    Ok(Model {
        name: row.content.name.clone().unwrap_or_default(),
        duty_code: published.duty_code.clone(),
        county_level: published.county_level,
        content: published.content.clone().into(),
        digest: hex::encode(Sha256::digest(serde_json::to_vec(published)?)),
        status,
        ..item.clone()
    })
}
