//! Rows of a list of issued tasks: those of one number are one task, received by file; the same rows again change nothing.

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::inspections::issued_tasks::{self, FromFile, IssuedObjectBody, IssuedTaskBody};
use domain::intake::imports::issued_tasks::{self as issued_row, IssuedTaskRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::text::text;
use entity::intake::imports;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) struct IssuedTasks;

impl DataSet for IssuedTasks {
    type Row = IssuedTaskRow;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<IssuedTaskRow> {
        issued_row::parse(cells, context.today)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        mut outcome: Outcome,
        rows: &[Numbered<&IssuedTaskRow>],
    ) -> Result<Outcome> {
        let mut tasks: BTreeMap<&str, Vec<&Numbered<&IssuedTaskRow>>> = BTreeMap::new();
        for row in rows {
            tasks.entry(&row.row.code).or_default().push(row);
        }
        for rows in tasks.into_values() {
            take(tx, context, &mut outcome, &rows).await?;
        }
        Ok(outcome)
    }
}

/// Takes the rows of one task that stand together over, or refuses them together.
async fn take(
    tx: &WriteTx,
    context: &Context,
    outcome: &mut Outcome,
    rows: &[&Numbered<&IssuedTaskRow>],
) -> Result<()> {
    let Some(last) = rows.last() else { return Ok(()) };
    for row in rows.iter().filter(|row| !is_alike(row.row, last.row)) {
        let message = text!(
            "同一任务各行所述不同，以最后一行为准，请核对。",
            "Rows of one task say different things of it; the last one counts, please check."
        );
        outcome.findings.push((row.at, Finding::warning("任务编号", "TASK_DIFFERS", &row.row.code, message)));
    }
    let Ok(department) = department(tx, context, last.row) else {
        let message = text!("没有这个接收单位，或未写明。", "There is no such receiving department, or none is named.");
        let code = last.row.department_code.as_deref().unwrap_or_default();
        let finding = Finding::error("部门编码", "UNKNOWN_DEPARTMENT", code, message).of(Dimension::Linkage);
        refuse(outcome, rows, &finding);
        return Ok(());
    };

    let objects = rows.iter().filter_map(|row| row.row.object.clone());
    let body = body(last.row, department, objects.map(|(name, uscc)| IssuedObjectBody { name, uscc }).collect());
    match issued_tasks::from_file(&context.app, tx, body).await {
        Ok(FromFile { change, created, new }) => {
            for row in rows {
                let added =
                    row.row.object.as_ref().is_some_and(|(name, uscc)| new.contains(&(name.clone(), uscc.clone())));
                if created || added {
                    outcome.created += 1;
                } else {
                    outcome.count(change.is_some());
                }
            }
            outcome.events.extend(change.into_iter().flat_map(Change::into_events));
            Ok(())
        }
        Err(error) if error.cause.is_none() => {
            refuse(outcome, rows, &finding_of(&error, last.row));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn refuse(outcome: &mut Outcome, rows: &[&Numbered<&IssuedTaskRow>], finding: &Finding) {
    for row in rows {
        outcome.refuse(row.at, finding.clone());
    }
}

/// Whether two rows say the same of their task.
fn is_alike(one: &IssuedTaskRow, other: &IssuedTaskRow) -> bool {
    IssuedTaskRow { object: None, ..one.clone() } == IssuedTaskRow { object: None, ..other.clone() }
}

/// There is no such department, or none at all.
struct NoDepartment;

/// 接收单位 as the row names it; none where it is whoever received the task before, or the sender.
fn department(tx: &WriteTx, context: &Context, row: &IssuedTaskRow) -> std::result::Result<Option<Uuid>, NoDepartment> {
    match &row.department_code {
        Some(code) => context.departments.get(code).copied().map(Some).ok_or(NoDepartment),
        // The command line has no department of its own.
        None if tx.ctx().actor.department_id.is_nil() => Err(NoDepartment),
        None => Ok(None),
    }
}

fn body(row: &IssuedTaskRow, department_id: Option<Uuid>, objects: Vec<IssuedObjectBody>) -> IssuedTaskBody {
    IssuedTaskBody {
        code: row.code.clone(),
        name: row.name.clone(),
        level: row.level,
        issuer: row.issuer.clone(),
        matter_code: row.matter_code.clone(),
        content: row.content.clone(),
        requirements: row.requirements.clone(),
        department_id,
        received_on: row.received_on,
        due_on: row.due_on,
        objects,
    }
}

/// What the trade says against a task, under the heading of the file.
fn finding_of(error: &AppError, row: &IssuedTaskRow) -> Finding {
    let first = error.errors.first();
    let (field, value) = match first.map(|field| field.pointer.as_str()) {
        Some("/due_on") => ("办理期限", row.due_on.to_string()),
        Some("/department_id") => ("部门编码", row.department_code.clone().unwrap_or_default()),
        Some("/received_on") => ("收到日期", row.received_on.map(|day| day.to_string()).unwrap_or_default()),
        _ => ("任务编号", row.code.clone()),
    };
    let detail = first.map_or_else(|| error.detail.clone(), |field| field.detail.clone());
    Finding::error(field, "NOT_TAKEN", &value, detail)
}
