//! The ways back: a redraw voids the epoch and opens the next, a cancellation ends the task. Nothing is deleted.

use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::tasks::Parts;
use crate::persistence::spot_checks::{draws, tasks};
use crate::service::spot_checks::draws::acts;
use crate::service::visits::visits;
use domain::access::Decide;
use domain::inspections::inspections::{
    InspectionAction, InspectionStatus, VoidCause as VisitVoidCause, apply as apply_inspection,
};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::chance::ChancePlan;
use domain::spot_checks::draws::transcript::Ended;
use domain::spot_checks::draws::{DrawAction, EpochVoidCause, apply as apply_draw};
use domain::spot_checks::tasks::{Leaving, TaskAction, TaskStatus};
use entity::spot_checks::tasks::{Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 作废本轮: why, from a list and in words.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"cause": "POOL_WRONG", "reason": "对象库筛选条件有误"})))]
pub struct VoidEpochBody {
    /// 作废原因; required once a secret of the epoch is public.
    #[serde(default)]
    pub cause: Option<EpochVoidCause>,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// Voids the current epoch with a reason and opens the next; the old one stays on record. From the first public secret on, the
/// witness has to agree.
pub async fn redraw(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: VoidEpochBody) -> Result<Change<Task>> {
    leave_or_ask(app, tx, id, version, TaskAction::Redraw, body).await
}

/// Ends a task whose inspections have not begun; like [`redraw`] with the witness, so that no draw is escaped by making the
/// same task anew.
pub async fn cancel(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: VoidEpochBody) -> Result<Change<Task>> {
    leave_or_ask(app, tx, id, version, TaskAction::Cancel, body).await
}

async fn leave_or_ask(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: TaskAction,
    body: VoidEpochBody,
) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let facts = decision_facts(app, tx.ctx().now, &before, &parts);
    let status = facts.decide(&tx.ctx().actor, action)?;
    if !facts.needs_consent() {
        return leave(app, tx, &before, &parts, (action, status), body.cause, &body.reason).await;
    }

    let Some(cause) = body.cause else {
        let detail = text!(
            "已有随机数公开，作废须从列表中选明原因。",
            "A secret is public, so giving up the epoch takes a cause from the list."
        );
        return Err(AppError::invalid_field("/cause", "REQUIRED", detail));
    };
    let (asked_by, asked_from) = (tx.ctx().actor.id, tx.ctx().actor.department_id);
    let (reason, asked_at) = (body.reason.clone(), tx.ctx().now);
    let leaving = Leaving { then: action, cause, reason, asked_by, asked_from, asked_at };
    settle(tx, &before, Some(leaving), AuditAction::VoidAsked, Some(body.reason)).await
}

/// The witness agrees that the epoch is given up.
pub async fn consent_void(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let facts = decision_facts(app, tx.ctx().now, &before, &parts);
    let status = facts.decide(&tx.ctx().actor, TaskAction::ConsentVoid)?;
    let asked = facts.leaving.ok_or_else(|| AppError::internal("decided without a request"))?;
    leave(app, tx, &before, &parts, (asked.then, status), Some(asked.cause), &asked.reason).await
}

/// The witness does not agree: the epoch stands.
pub async fn decline_void(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    decision_facts(app, tx.ctx().now, &before, &parts).decide(&tx.ctx().actor, TaskAction::DeclineVoid)?;
    settle(tx, &before, None, AuditAction::VoidDeclined, Some(reason)).await
}

/// Notes that giving up the epoch was asked for, or that it is not given up.
async fn settle(
    tx: &WriteTx,
    before: &Model,
    leaving: Option<Leaving>,
    audit: AuditAction,
    reason: Option<String>,
) -> Result<Change<Task>> {
    let after = Model { leaving: leaving.map(Into::into), ..before.clone() };
    let task = replace::<Entity>(tx, before, after).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(audit, "tasks", before.id).department(before.lead_department_id).reason(reason);
    let event = event.before(before).after(&task.task);
    Ok(Change::new(task, event))
}

async fn leave(
    app: &App,
    tx: &WriteTx,
    before: &Model,
    parts: &Parts,
    (then, status): (TaskAction, TaskStatus),
    cause: Option<EpochVoidCause>,
    reason: &str,
) -> Result<Change<Task>> {
    // The task first: whoever comes second is told that it has changed.
    let mut after = Model { status, reason: Some(reason.to_owned()), leaving: None, ..before.clone() };
    // Another epoch waits for another value.
    after.chance = before.chance.clone().map(|plan| ChancePlan { settled: false, ..plan.0 }.into());
    let audit = if then == TaskAction::Redraw {
        after.epoch += 1;
        AuditAction::Redrawn
    } else {
        AuditAction::Cancelled
    };
    let task = replace::<Entity>(tx, before, after).await?;
    let mut events = Vec::new();
    if let Some(draw) = draws::of_epoch(tx.conn(), before.id, before.epoch).await? {
        let current = parts.commitments.iter().filter(|made| made.epoch == before.epoch);
        let revealed = u32::try_from(current.filter(|made| made.secret.is_some()).count()).unwrap_or(u32::MAX);
        let ended = Ended { cause, revealed, stage: draw.status };
        events.push(acts::voided(&draw, &ended, reason));
        let void = entity::spot_checks::draws::Model {
            status: apply_draw(draw.status, DrawAction::Void)?,
            void_reason: Some(reason.to_owned()),
            ended: Some(ended.into()),
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
    events.extend(void_inspections(app, tx, before.id, reason).await?);

    let task = with_parts(tx, task).await?;
    let event = Event::new(audit, "tasks", before.id)
        .department(before.lead_department_id)
        .reason(reason.to_owned())
        .before(before)
        .after(&task.task);
    Ok(Change::new(task, event).and_all(events))
}

/// Voids what has not begun; a task leaves an epoch only while nothing has.
async fn void_inspections(app: &App, tx: &WriteTx, task: Uuid, reason: &str) -> Result<Vec<Event>> {
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
        let after = entity::inspections::inspections::Model {
            status,
            void_reason: Some(reason.to_owned()),
            void_cause: Some(VisitVoidCause::EpochVoid),
            ..before.clone()
        };
        let after = replace::<Inspections>(tx, &before, after).await?;
        events.push(
            Event::new(AuditAction::Voided, "inspections", before.id)
                .department(before.department_id)
                .reason(reason.to_owned())
                .before(&before)
                .after(&after),
        );
        events.extend(visits::inspection_ended(app, tx, &after).await?);
    }

    Ok(events)
}
