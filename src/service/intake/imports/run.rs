//! Carrying an import out: batches of rows, each in its own transaction with its counts, so that a crash loses nothing.

use super::files::{At, RowKind, Rows};
use super::sender::{Bounds, bounds};
use super::sets;
use super::{Context, DataSet, Earlier, Numbered, Outcome, Seen};
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
use domain::intake::imports::{Finding, Parsed, Record, contradicts, repeats_refused};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::intake::{findings, imports};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
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
    // What the job writes is the sender's doing, and within the sender's reach.
    let as_sent = |(actor, reach)| Ctx { actor: Arc::new(actor), reach, ..ctx.clone() };
    let ctx = &sender.map_or_else(|| ctx.clone(), as_sent);
    let mut context = Context {
        app: Arc::clone(app),
        dataset,
        gazetteer: regions::gazetteer(&app.db, &app.settings.county).await?,
        departments: departments::ids_by_code(&app.db).await?,
        allowed,
        region,
        may_issue,
        today: ctx.today(),
        headings: Vec::new(),
        seen: Seen::default(),
    };
    let rows = open(app, file, &record, progress).await?;
    context.headings = rows.headings().to_vec();
    let work = Work { ctx, context: &context, record, rows };

    sets::carry_out(dataset, work, progress).await
}

/// Opens the file while its lease is kept: a workbook is unpacked whole, and not on the thread that answers signals.
async fn open(app: &App, file: File, record: &imports::Model, progress: &impl Progress) -> Result<Rows> {
    let dataset = record.dataset;
    let mut opening = tokio::task::spawn_blocking(move || Rows::open(file, dataset));
    let third = Duration::from_secs(app.settings.server.job_lease_seconds.into()) / 3;
    loop {
        match tokio::time::timeout(third, &mut opening).await {
            Ok(opened) => return opened.map_err(AppError::internal)?,
            Err(_) => progress.tell(record.rows_total, None).await?,
        }
    }
}

/// An import that is carried out.
pub(super) struct Work<'a> {
    ctx: &'a Ctx,
    context: &'a Context,
    record: imports::Model,
    rows: Rows,
}

/// A row of the file: read, or no record.
enum Read<T> {
    Row(Numbered<Parsed<T>>),
    NoRecord(At),
}

impl<T> Read<T> {
    const fn at(&self) -> At {
        match self {
            Self::Row(row) => row.at,
            Self::NoRecord(at) => *at,
        }
    }
}

impl Work<'_> {
    pub(super) async fn carry_out<D: DataSet>(mut self, progress: &impl Progress) -> Result<imports::Model> {
        // A run that was broken off goes on behind the last batch that was committed, and knows what was refused before it.
        if D::Row::STANDS_ONCE && self.record.rows_total > 0 {
            let refused = store::refused_rows(&self.context.app.db, self.record.id).await?;
            self.context.seen.refuse_behind(0, refused);
        }
        let mut done = 0;
        while done < self.record.rows_total && !seeded::bug("resume") {
            let batch = self.read::<D>(self.record.rows_total - done)?;
            if batch.is_empty() {
                return Err(AppError::internal("the file has fewer rows than were counted"));
            }
            done += i64::try_from(batch.len()).map_err(AppError::internal)?;
            // What its rows named is known to those that follow.
            sound::<D>(self.context, &batch);
            progress.tell(done.min(self.record.rows_total), self.rows.estimate(done)).await?;
        }

        loop {
            let batch = self.read::<D>(i64::MAX)?;
            let end = batch.len() < BATCH;
            let behind = batch.first().map_or(0, |read| read.at().row - 1);
            let told = if done == 0 { self.rows.findings.clone() } else { Vec::new() };
            let (app, context, record) = (&self.context.app, self.context, &self.record);
            let encoding = self.rows.encoding.as_str();
            let saved = write(&app.db, &Ctx { now: crate::kernel::ctx::now(), ..self.ctx.clone() }, async |tx| {
                let Sound { mut outcome, rows, repeats } = sound::<D>(context, &batch);
                outcome.findings.extend(told.iter().map(|finding| (At::default(), finding.clone())));
                let mut outcome = D::apply(tx, context, record, outcome, &rows).await.map_err(AppError::again)?;
                if D::Row::STANDS_ONCE {
                    context.seen.refuse_behind(behind, outcome.refused_rows());
                }
                count_repeats::<D>(context, &mut outcome, repeats);
                save(tx, record.id, encoding, done, outcome).await
            })
            .await?;
            done = saved.rows_total;
            let total = if end { Some(done) } else { self.rows.estimate(done) };
            progress.tell(done, total).await?;
            if end {
                D::finish(app, self.ctx, &saved).await?;
                return Ok(saved);
            }
        }
    }

    /// The next rows of the file that hold something, up to a full batch or as many as are asked for.
    fn read<D: DataSet>(&mut self, most: i64) -> Result<Vec<Read<D::Row>>> {
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(BATCH);
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < most {
            let Some(found) = self.rows.next_row()? else { break };
            let parse = || D::parse(&self.rows.by_column(&found.line), self.context);
            let read = match found.kind {
                RowKind::NoRecord => None,
                RowKind::Broken(fault) => Some(Parsed { value: None, findings: vec![fault] }),
                RowKind::Data => Some(parse()),
            };

            let at = found.at;
            batch.push(read.map_or(Read::NoRecord(at), |row| Read::Row(Numbered { at, row })));
        }
        Ok(batch)
    }
}

/// The rows that may be applied, those that say once more what an earlier row said or contradict it, and an outcome that
/// has counted the others with all findings.
struct Sound<'a, T> {
    outcome: Outcome,
    rows: Vec<Numbered<&'a T>>,
    repeats: Vec<Numbered<Earlier>>,
}

fn sound<'a, D: DataSet>(context: &Context, batch: &'a [Read<D::Row>]) -> Sound<'a, D::Row> {
    let mut outcome = Outcome::default();
    let mut rows = Vec::with_capacity(batch.len());
    let mut repeats = Vec::new();
    for read in batch {
        let Numbered { at, row } = match read {
            Read::Row(row) => row,
            Read::NoRecord(at) => {
                let message = text!(
                    "合计、签名、备注或重复的列名，不是记录，已略过。",
                    "A sum, a signature, a remark or the headings once more: no record, it was passed over."
                );
                outcome.findings.push((*at, Finding::warning("整行", "NOT_A_RECORD", "", message).without_value()));
                outcome.skipped += 1;
                continue;
            }
        };
        outcome.findings.extend(row.findings.iter().map(|finding| (*at, finding.clone())));
        let Some(value) = &row.value else {
            outcome.rejected += 1;
            continue;
        };
        if !D::Row::STANDS_ONCE {
            rows.push(Numbered { at: *at, row: value });
            continue;
        }
        match context.seen.earlier(value, at.row) {
            None => rows.push(Numbered { at: *at, row: value }),
            Some(earlier) => repeats.push(Numbered { at: *at, row: earlier }),
        }
    }

    Sound { outcome, rows, repeats }
}

/// Counts the rows whose record an earlier row named: as that one said it, against it, or as little taken as it was.
fn count_repeats<D: DataSet>(context: &Context, outcome: &mut Outcome, repeats: Vec<Numbered<Earlier>>) {
    for Numbered { at, row: Earlier { first, same } } in repeats {
        match (same, context.seen.is_refused(first)) {
            (true, false) => outcome.count(false),
            (same, refused) => {
                let finding = if refused {
                    repeats_refused(D::Row::KEY_FIELD, first, same)
                } else {
                    contradicts(D::Row::KEY_FIELD, first)
                };
                outcome.refuse(at, finding);
            }
        }
    }
}

async fn save(
    tx: &WriteTx,
    id: Uuid,
    encoding: &str,
    begins_after: i64,
    mut outcome: Outcome,
) -> Result<Change<imports::Model>> {
    let before = store::by_id(tx.conn(), id).await?;
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
        rows_skipped: before.rows_skipped + outcome.skipped,
        findings_count: before.findings_count + found,
        ..before.clone()
    };
    let after = replace::<imports::Entity>(tx, &before, after).await?;
    let rows: Vec<_> = outcome.findings.drain(..).map(|(at, finding)| model(id, at, finding, tx)).collect();

    for rows in rows.chunks(BATCH) {
        findings::Entity::insert_many(rows.iter().cloned().map(|row| row.into_active_model().reset_all()))
            .exec_without_returning(tx.conn())
            .await
            .or_app()?;
    }

    let event = Event::new(AuditAction::Imported, "imports", id).after(&after);
    Ok(Change::new(after, event).and_all(outcome.events))
}

fn model(import_id: Uuid, at: At, finding: Finding, tx: &WriteTx) -> findings::Model {
    findings::Model {
        id: new_id(),
        import_id,
        row_no: at.row,
        sheet_row: (at.sheet_row > 0).then_some(at.sheet_row),
        field: finding.field.into_owned(),
        rule: finding.rule.to_owned(),
        dimension: finding.dimension,
        severity: finding.severity,
        message_zh: finding.message.zh,
        message_en: finding.message.en,
        value: finding.value,
        created_at: tx.ctx().now,
    }
}
