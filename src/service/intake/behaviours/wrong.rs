//! The rows of a batch that are wrong, as a file: mended and sent again, each changes the record that it is.

use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::service::kernel::table::Table;
use domain::intake::behaviours::columns::Table as Columns;
use domain::intake::behaviours::exchange::Operation;
use domain::intake::behaviours::quality::RowFinding;
use domain::intake::imports::behaviours::{BATCH, DOUBTS, ID, OPERATION, SOURCE, VERSION};
use entity::intake::behaviour_batches;
use entity::intake::behaviours::Model;
use sea_orm::ConnectionTrait;

/// Rows of one file, at most: the others come when these are mended.
const MOST_WRONG: u64 = 5_000;

pub async fn wrong_rows(conn: &impl ConnectionTrait, batch: &behaviour_batches::Model) -> Result<Table> {
    let Some(table) = batch.kind.table() else { return Ok(Table { headings: Vec::new(), rows: Vec::new() }) };
    let labels = table.columns.iter().map(|column| column.label.clone());
    let own = [ID, OPERATION, SOURCE, BATCH, VERSION, DOUBTS].map(str::to_owned);
    let rows = store::wrong_of(conn, batch.id, MOST_WRONG).await?;

    Ok(Table {
        headings: own.into_iter().chain(labels).collect(),
        rows: rows.iter().map(|row| cells(table, row)).collect(),
    })
}

/// Under its own key, as a change; as what is new where no I has come that it could change.
fn cells(table: &Columns, row: &Model) -> Vec<String> {
    let operation = if row.has_base { Operation::U } else { Operation::I };
    let doubts: Vec<_> = row.findings.iter().filter(|finding| finding.is_open_error()).collect();
    let doubts: Vec<_> = doubts.into_iter().map(|finding| told(table, finding)).collect();
    let (version, doubts) = (row.version.to_string(), doubts.join("\n"));
    let envelope = [&row.cd_id, operation.code(), &row.cd_source, &row.cd_batch, &version, &doubts].map(str::to_owned);
    let columns = table.columns.iter().map(|column| row.content.get(&column.name).cloned().unwrap_or_default());

    envelope.into_iter().chain(columns).collect()
}

/// What is wrong, under the heading that stands above it.
fn told(table: &Columns, finding: &RowFinding) -> String {
    let label = table.column(&finding.field).map_or("整行", |column| column.label.as_str());
    let message = &finding.message_zh;
    if message.contains(label) { message.clone() } else { format!("{label}：{message}") }
}
