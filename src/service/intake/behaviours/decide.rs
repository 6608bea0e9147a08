//! A finding that does not count: somebody other than who sent the row decides so, and says why.

use super::bodies::OverrideBody;
use super::changes::Changes;
use super::take::put_findings;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use domain::intake::behaviours::FindingState;
use domain::intake::behaviours::quality::RowFinding;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::intake::behaviour_batches::Entity as Batches;
use entity::intake::behaviours::{Entity, Model};
use uuid::Uuid;

pub async fn override_finding(tx: &WriteTx, id: Uuid, version: i32, body: OverrideBody) -> Result<Change<Model>> {
    // The batch first, as for whoever sends rows.
    let row = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    lock_row::<Batches>(tx.conn(), row.batch_id).await?;
    let mut behaviour = tx.edit::<Entity>(id, version).await?;
    let before = behaviour.clone();
    let mut findings = behaviour.findings.0.clone();
    let is_asked = |finding: &&mut RowFinding| {
        finding.state == FindingState::Open && finding.rule == body.rule && finding.field == body.field
    };
    let Some(finding) = findings.iter_mut().find(is_asked) else {
        let detail = text!("没有这个待处理的问题。", "There is no such finding that is open.");
        return Err(AppError::new(Code::StateConflict, detail));
    };
    finding.state = FindingState::Overridden;
    finding.reason = Some(body.reason.clone());

    put_findings(&mut behaviour, findings);
    let after = behaviour.clone();
    let saved = behaviour.save(AuditAction::FindingOverridden, Some(body.reason)).await?;
    let mut changes = Changes::default();
    changes.add(tx, Some(&before), &after);
    Ok(saved.and_all(changes.settle(tx).await?))
}
