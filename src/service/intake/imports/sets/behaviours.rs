//! Rows of 监管行为 from a file: each is taken as it is through the interface, with the same findings; what is wrong sets it
//! aside, and only an envelope that is wrong refuses it.

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::error::{FieldError, Result};
use crate::persistence::kernel::tx::WriteTx;
use crate::service::intake::behaviours::{self, BehaviourBody};
use domain::intake::behaviours::columns::Table;
use domain::intake::behaviours::exchange::Effect;
use domain::intake::behaviours::{BehaviourSet, FindingState};
use domain::intake::imports::behaviours::{self as behaviour_row, BehaviourRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Finding, Parsed};
use entity::intake::imports;
use serde_json::Value;
use uuid::Uuid;

pub(super) struct Behaviours;

impl DataSet for Behaviours {
    type Row = BehaviourRow;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<BehaviourRow> {
        behaviour_row::parse(context.dataset.behaviours().unwrap_or(BehaviourSet::Check), cells)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        mut outcome: Outcome,
        rows: &[Numbered<&BehaviourRow>],
    ) -> Result<Outcome> {
        let Some((set, table)) = context.dataset.behaviours().and_then(|set| Some((set, set.table()?))) else {
            return Ok(outcome);
        };
        let (mut places, mut bodies) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in rows {
            match context.department(row.row.department_code.as_deref()) {
                Ok(department) => {
                    places.push(row.at);
                    bodies.push((body(set, row.row, department), row.row.version));
                }
                Err(finding) => outcome.refuse(row.at, finding),
            }
        }

        let (taken, events) = Box::pin(behaviours::receive_file(&context.app, tx, bodies)).await?.into_parts();
        outcome.events.extend(events);
        for (at, taken) in places.into_iter().zip(taken) {
            let receipt = match taken {
                Ok(receipt) => receipt,
                Err(wrong) => {
                    outcome.rejected += 1;
                    outcome.findings.extend(wrong.iter().map(|error| (at, refusal(table, error))));
                    continue;
                }
            };
            match receipt.effect {
                Effect::Created => outcome.created += 1,
                Effect::Updated | Effect::Removed => outcome.updated += 1,
                Effect::Unchanged | Effect::Kept => outcome.unchanged += 1,
            }
            let open = receipt.behaviour.findings.iter().filter(|finding| finding.state == FindingState::Open);
            let found = open.filter_map(|finding| behaviour_row::finding_of(table, finding));
            outcome.findings.extend(found.map(|finding| (at, finding)));
        }
        Ok(outcome)
    }
}

fn body(kind: BehaviourSet, row: &BehaviourRow, department_id: Option<Uuid>) -> BehaviourBody {
    let content = row.content.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));

    BehaviourBody {
        kind,
        cd_id: row.cd_id.clone(),
        cd_source: row.cd_source.clone(),
        cd_batch: row.cd_batch.clone(),
        cd_time: row.written_at,
        cd_operation: row.operation,
        department_id,
        is_stock: row.is_stock,
        content: content.collect(),
    }
}

/// Why an envelope is not taken, under the heading of the file.
fn refusal(table: &'static Table, error: &FieldError) -> Finding {
    let field = match error.pointer.as_str() {
        "/department_id" => behaviour_row::DEPARTMENT,
        "/cd_source" => behaviour_row::SOURCE,
        "/cd_time" => behaviour_row::TIME,
        "/version" => behaviour_row::VERSION,
        pointer => {
            let column = pointer.strip_prefix("/content/").and_then(|name| table.column(name));
            column.map_or(behaviour_row::ID, |column| &column.label)
        }
    };
    Finding::error(field, "NOT_TAKEN", "", error.detail.clone()).without_value()
}
