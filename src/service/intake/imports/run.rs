//! Carrying an import out: batches of rows, each in its own transaction with its counts, so that a crash loses nothing.

use super::files::Rows;
use super::sender::{Bounds, bounds};
use super::spot_check_items;
use super::{
    Context, Numbered, Outcome, Seen, catalogue, credit_classifications, justice_roll, objects, own_system_items,
    personnel,
};
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use crate::persistence::intake::imports as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::register::departments;
use crate::service::intake::jobs::Progress;
use crate::service::register::regions;
use domain::intake::imports::{Dataset, Finding, Parsed};
use domain::oversight::audit::AuditAction;
use entity::intake::{findings, imports};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::fs::File;
use std::sync::Arc;
use uuid::Uuid;

const BATCH: usize = 500;

/// Carries out what is left of an import and returns its final counts.
pub async fn run(
    app: &Arc<App>,
    ctx: &Ctx,
    import: Uuid,
    file: File,
    progress: &impl Progress,
) -> Result<imports::Model> {
    let record = store::get(&app.db, ctx, import).await?;
    let dataset = record.dataset;
    let Bounds { sender, departments: allowed, region, may_issue } = bounds(app, &record).await?;
    // What the job writes is the sender's doing.
    let ctx = &sender.map_or_else(|| ctx.clone(), |sender| Ctx { actor: Arc::new(sender), ..ctx.clone() });
    let context = Context {
        app: Arc::clone(app),
        gazetteer: regions::gazetteer(&app.db, &app.settings.county.code).await?,
        departments: departments::ids_by_code(&app.db).await?,
        allowed,
        region,
        may_issue,
        today: ctx.today(),
        seen: Seen::default(),
    };
    // A workbook is unpacked whole: not on the thread that answers signals and keeps leases.
    let opened = tokio::task::spawn_blocking(move || Rows::open(file, dataset)).await;
    let mut rows = opened.map_err(AppError::internal)??;
    let encoding = rows.encoding;
    // A run that was broken off goes on behind the last batch that was committed.
    let mut row_no = 0;

    while row_no < record.rows_total && !seeded::bug("resume") {
        let batch = read_batch(&mut rows, dataset, &context, &mut row_no, record.rows_total)?;
        batch.remember(&context);
        if batch.len() == 0 {
            return Err(AppError::internal("the file has fewer rows than were counted"));
        }
    }

    loop {
        let batch = read_batch(&mut rows, dataset, &context, &mut row_no, i64::MAX)?;
        let end = batch.len() < BATCH;
        let begins_after = row_no - i64::try_from(batch.len()).map_err(AppError::internal)?;
        let done = write(&app.db, &Ctx { now: crate::kernel::ctx::now(), ..ctx.clone() }, async |tx| {
            let outcome = batch.apply(tx, &context, &record).await.map_err(AppError::again)?;
            save(tx, import, encoding, begins_after, outcome).await
        })
        .await?;
        let total = if end { Some(done.rows_total) } else { rows.estimate(done.rows_total) };
        progress.tell(done.rows_total, total).await?;
        if end {
            match dataset {
                Dataset::Catalogue => catalogue::finish(app, ctx, &done).await?,
                Dataset::JusticeRoll => {
                    justice_roll::check_not_empty(&done)?;
                    justice_roll::finish(app, ctx, &done).await?;
                }
                Dataset::Objects
                | Dataset::Personnel
                | Dataset::SpotCheckItems
                | Dataset::CreditClassifications
                | Dataset::OwnSystemItems => {}
            }
            return Ok(done);
        }
    }
}

/// Parsed rows of one data set, with what was found while reading them.
enum Batch {
    Objects(Vec<Numbered<Parsed<domain::intake::imports::objects::ObjectRow>>>),
    Personnel(Vec<Numbered<Parsed<domain::intake::imports::personnel::PersonnelRow>>>),
    Items(Vec<Numbered<Parsed<domain::intake::imports::spot_check_items::ItemRow>>>),
    Credit(Vec<Numbered<Parsed<domain::intake::imports::credit_classifications::CreditRow>>>),
    Catalogue(Vec<Numbered<Parsed<domain::intake::imports::catalogue::CatalogueRow>>>),
    OwnItems(Vec<Numbered<Parsed<domain::intake::imports::own_system_items::OwnItemRow>>>),
    Roll(Vec<Numbered<Parsed<domain::intake::imports::justice_roll::RollRow>>>),
}

/// The next rows of a file, up to a full batch or the last row asked for.
fn read_batch(rows: &mut Rows, dataset: Dataset, context: &Context, row_no: &mut i64, last: i64) -> Result<Batch> {
    use domain::intake::imports as parse;
    let at = &mut Reading { rows, row_no, last };
    Ok(match dataset {
        Dataset::Objects => Batch::Objects(collect(at, |get| parse::objects::parse(get, context.today))?),
        Dataset::Personnel => Batch::Personnel(collect(at, parse::personnel::parse)?),
        Dataset::SpotCheckItems => Batch::Items(collect(at, parse::spot_check_items::parse)?),
        Dataset::CreditClassifications => Batch::Credit(collect(at, parse::credit_classifications::parse)?),
        Dataset::Catalogue => Batch::Catalogue(collect(at, parse::catalogue::parse)?),
        Dataset::OwnSystemItems => Batch::OwnItems(collect(at, parse::own_system_items::parse)?),
        Dataset::JusticeRoll => Batch::Roll(collect(at, parse::justice_roll::parse)?),
    })
}

/// A place in a file.
struct Reading<'a> {
    rows: &'a mut Rows,
    row_no: &'a mut i64,
    last: i64,
}

fn collect<T>(
    Reading { rows, row_no, last }: &mut Reading,
    parse: impl Fn(&dyn Fn(&str) -> Option<String>) -> Parsed<T>,
) -> Result<Vec<Numbered<Parsed<T>>>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH && **row_no < *last {
        let Some(cells) = rows.next_row()? else { break };
        **row_no += 1;
        let row = parse(&|heading| cells.get(heading));
        let row = rows.fault().map_or(row, |fault| Parsed { value: None, findings: vec![fault] });
        batch.push(Numbered { row_no: **row_no, row });
    }
    Ok(batch)
}

impl Batch {
    /// Notes what rows of an earlier run named.
    fn remember(&self, context: &Context) {
        if let Self::Objects(rows) = self {
            let sound = rows.iter().filter_map(|row| Some((row.row_no, row.row.value.as_ref()?)));
            sound.for_each(|(row_no, row)| _ = context.seen.earlier(&row.identity_key, row_no));
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Objects(rows) => rows.len(),
            Self::Personnel(rows) => rows.len(),
            Self::Items(rows) => rows.len(),
            Self::Credit(rows) => rows.len(),
            Self::Catalogue(rows) => rows.len(),
            Self::OwnItems(rows) => rows.len(),
            Self::Roll(rows) => rows.len(),
        }
    }

    async fn apply(&self, tx: &WriteTx, context: &Context, import: &imports::Model) -> Result<Outcome> {
        match self {
            Self::Objects(rows) => {
                let (outcome, rows) = sound(rows);
                objects::apply(tx, context, outcome, &rows).await
            }
            Self::Personnel(rows) => {
                let (outcome, rows) = sound(rows);
                personnel::apply(tx, context, outcome, &rows).await
            }
            Self::Items(rows) => {
                let (outcome, rows) = sound(rows);
                spot_check_items::apply(tx, context, outcome, &rows).await
            }
            Self::Credit(rows) => {
                let (outcome, rows) = sound(rows);
                credit_classifications::apply(tx, import, outcome, &rows).await
            }
            Self::Catalogue(rows) => {
                let (outcome, rows) = sound(rows);
                catalogue::apply(tx, context, import, outcome, &rows).await
            }
            Self::OwnItems(rows) => {
                let (outcome, rows) = sound(rows);
                own_system_items::apply(tx, context, outcome, &rows).await
            }
            Self::Roll(rows) => {
                let (outcome, rows) = sound(rows);
                justice_roll::apply(tx, context, import, outcome, &rows).await
            }
        }
    }
}

/// The rows that may be applied, and an outcome that has counted the others with all findings.
fn sound<T>(rows: &[Numbered<Parsed<T>>]) -> (Outcome, Vec<Numbered<&T>>) {
    let mut outcome = Outcome::default();
    let mut sound = Vec::with_capacity(rows.len());
    for Numbered { row_no, row } in rows {
        outcome.findings.extend(row.findings.iter().map(|finding| (*row_no, finding.clone())));
        match &row.value {
            Some(value) => sound.push(Numbered { row_no: *row_no, row: value }),
            None => outcome.rejected += 1,
        }
    }
    (outcome, sound)
}

async fn save(
    tx: &WriteTx,
    id: Uuid,
    encoding: &str,
    begins_after: i64,
    mut outcome: Outcome,
) -> Result<Change<imports::Model>> {
    let before = store::get(tx.conn(), tx.ctx(), id).await?;
    if before.rows_total != begins_after {
        // Another worker took the job over and has counted these rows.
        return Err(AppError::unavailable("the import is carried out elsewhere"));
    }
    let found = i64::try_from(outcome.findings.len()).map_err(AppError::internal)?;
    let after = imports::Model {
        encoding: Some(encoding.to_owned()),
        rows_total: before.rows_total + outcome.total(),
        rows_created: before.rows_created + outcome.created,
        rows_updated: before.rows_updated + outcome.updated,
        rows_unchanged: before.rows_unchanged + outcome.unchanged,
        rows_rejected: before.rows_rejected + outcome.rejected,
        findings_count: before.findings_count + found,
        ..before.clone()
    };
    let after = replace::<imports::Entity>(tx, &before, after).await?;
    let rows: Vec<_> = outcome.findings.drain(..).map(|(row_no, finding)| model(id, row_no, finding, tx)).collect();

    for rows in rows.chunks(BATCH) {
        findings::Entity::insert_many(rows.iter().cloned().map(|row| row.into_active_model().reset_all()))
            .exec_without_returning(tx.conn())
            .await
            .or_app()?;
    }

    let event = Event::new(AuditAction::Imported, "imports", id).after(&after);
    Ok(Change::new(after, event).and_all(outcome.events))
}

fn model(import_id: Uuid, row_no: i64, finding: Finding, tx: &WriteTx) -> findings::Model {
    findings::Model {
        id: new_id(),
        import_id,
        row_no,
        field: finding.field.to_owned(),
        rule: finding.rule.to_owned(),
        dimension: finding.dimension,
        severity: finding.severity,
        message_zh: finding.message.zh,
        message_en: finding.message.en,
        value: finding.value,
        created_at: tx.ctx().now,
    }
}
