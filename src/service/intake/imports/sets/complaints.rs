//! Rows of a list of complaints: each is registered once, by its channel's number; the same row again changes nothing.

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::tx::WriteTx;
use crate::service::complaints::{self, ComplaintBody, FromFile, ReporterBody};
use domain::intake::imports::complaints::{self as complaint_row, ComplaintRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::clocks::calendar::start_of;
use domain::kernel::text::text;
use entity::intake::imports;
use uuid::Uuid;

pub(super) struct Complaints;

impl DataSet for Complaints {
    type Row = ComplaintRow;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<ComplaintRow> {
        complaint_row::parse(cells, context.today)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        mut outcome: Outcome,
        rows: &[Numbered<&ComplaintRow>],
    ) -> Result<Outcome> {
        for row in rows {
            take(tx, context, &mut outcome, row).await?;
        }
        Ok(outcome)
    }
}

async fn take(tx: &WriteTx, context: &Context, outcome: &mut Outcome, row: &Numbered<&ComplaintRow>) -> Result<()> {
    let department = match context.department(row.row.department_code.as_deref()) {
        Ok(department) => department,
        Err(finding) => {
            outcome.refuse(row.at, finding);
            return Ok(());
        }
    };

    match complaints::from_file(&context.app, tx, body(row.row, department)).await {
        Ok(FromFile::New(events)) => {
            outcome.created += 1;
            outcome.events.extend(events);
        }
        Ok(FromFile::Known(same)) => {
            outcome.unchanged += 1;
            if !same {
                let message = text!(
                    "该编号已登记，内容与登记时不同；保留登记时的内容。",
                    "This number is registered with other words; what was said first is kept."
                );
                let finding = Finding::warning("工单编号", "KNOWN_DIFFERS", &row.row.source_no, message);
                outcome.findings.push((row.at, finding.of(Dimension::Uniqueness)));
            }
        }
        Err(error) if error.cause.is_none() => outcome.refuse(row.at, finding_of(&error, row.row)),
        Err(error) => return Err(error),
    }
    Ok(())
}

fn body(row: &ComplaintRow, department_id: Option<Uuid>) -> ComplaintBody {
    let reporter = row.reporter.clone().map(|(name, phone)| ReporterBody { name, phone, ..ReporterBody::default() });

    ComplaintBody {
        kind: row.kind,
        channel: row.channel,
        ticket: row.ticket,
        source_no: Some(row.source_no.clone()),
        title: row.title.clone(),
        content: row.content.clone(),
        problem_type: row.problem_type.clone(),
        object_id: None,
        uscc: row.uscc.clone(),
        object_name: row.object_name.clone(),
        item_id: None,
        township_code: None,
        incident_on: row.incident_on,
        incident_place: row.incident_place.clone(),
        received_at: Some(start_of(row.received_on)),
        department_id,
        is_anonymous: reporter.is_none(),
        reporter,
    }
}

/// What the trade says against a row, under the heading of the file.
fn finding_of(error: &AppError, row: &ComplaintRow) -> Finding {
    let first = error.errors.first();
    let (field, value) = match first.map(|field| field.pointer.as_str()) {
        Some("/uscc") => ("统一社会信用代码", row.uscc.clone().unwrap_or_default()),
        Some("/object_name") => ("被反映主体", row.object_name.clone().unwrap_or_default()),
        Some("/received_at") => ("派单日期", row.received_on.to_string()),
        Some("/incident_on") => ("事发日期", row.incident_on.map(|day| day.to_string()).unwrap_or_default()),
        _ => ("工单编号", row.source_no.clone()),
    };
    let detail = first.map_or_else(|| error.detail.clone(), |field| field.detail.clone());
    Finding::error(field, "NOT_TAKEN", &value, detail)
}
