//! The ways back: a redraw voids the epoch and opens the next, a cancellation ends the task. Nothing is deleted.

use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::{draws, tasks};
use domain::access::Decide;
use domain::inspections::inspections::{InspectionAction, InspectionStatus, apply as apply_inspection};
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::{DrawAction, apply as apply_draw};
use domain::spot_checks::tasks::TaskAction;
use entity::spot_checks::tasks::Entity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// Voids the current epoch with a reason and opens the next; the old one stays on record.
pub async fn redraw(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: &str) -> Result<Change<Task>> {
    leave_epoch(app, tx, id, version, TaskAction::Redraw, reason).await
}

/// Ends a task whose inspections have not begun.
pub async fn cancel(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: &str) -> Result<Change<Task>> {
    leave_epoch(app, tx, id, version, TaskAction::Cancel, reason).await
}

async fn leave_epoch(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: TaskAction,
    reason: &str,
) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let status = decision_facts(app, &before, &parts).decide(&tx.ctx().actor, action)?;

    // The task first: whoever comes second is told that it has changed.
    let mut after = before.clone();
    after.status = status;
    after.reason = Some(reason.to_owned());
    let audit = if action == TaskAction::Redraw {
        after.epoch += 1;
        AuditAction::Redrawn
    } else {
        AuditAction::Cancelled
    };
    let task = replace::<Entity>(tx, &before, after).await?;
    let mut events = Vec::new();
    if let Some(draw) = draws::of_epoch(tx.conn(), id, before.epoch).await? {
        let void = entity::spot_checks::draws::Model {
            status: apply_draw(draw.status, DrawAction::Void)?,
            void_reason: Some(reason.to_owned()),
            ..draw.clone()
        };
        let void = replace::<entity::spot_checks::draws::Entity>(tx, &draw, void).await?;
        events.push(
            Event::new(AuditAction::Voided, "draws", draw.id)
                .department(before.lead_department_id)
                .reason(reason.to_owned())
                .before(&draw)
                .after(&void),
        );
    }
    events.extend(void_inspections(tx, id, reason).await?);
    let task = with_parts(tx, task).await?;
    let event = Event::new(audit, "tasks", id)
        .department(before.lead_department_id)
        .reason(reason.to_owned())
        .before(&before)
        .after(&task.task);
    Ok(Change::new(task, event).and_all(events))
}

/// Voids what has not begun; a task leaves an epoch only while nothing has.
async fn void_inspections(tx: &WriteTx, task: Uuid, reason: &str) -> Result<Vec<Event>> {
    use entity::inspections::inspections::{Column, Entity as Inspections};
    let pending = Inspections::find()
        .filter(Column::TaskId.eq(task))
        .filter(Column::Status.ne(InspectionStatus::Void))
        .all(tx.conn())
        .await
        .or_app()?;
    let mut events = Vec::new();

    for before in pending {
        let status = apply_inspection(before.status, InspectionAction::Void)?;
        let after =
            entity::inspections::inspections::Model { status, void_reason: Some(reason.to_owned()), ..before.clone() };
        let after = replace::<Inspections>(tx, &before, after).await?;
        events.push(
            Event::new(AuditAction::Voided, "inspections", before.id)
                .department(before.department_id)
                .reason(reason.to_owned())
                .before(&before)
                .after(&after),
        );
    }

    Ok(events)
}
