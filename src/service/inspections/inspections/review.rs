//! Submission, review, publication and withdrawal.

use super::{Inspection, changed};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::{Change, Event, WriteTx, lock_row};
use crate::service::risks::{risk_clues, risk_facts};
use domain::inspections::inspections::{InspectionAction, InspectionStatus, apply, check_result, is_closed};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::SEPARATION_OF_DUTIES;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::check_reviewer;
use domain::spot_checks::tasks::{TaskAction, TaskStatus, apply as apply_task};
use entity::inspections::inspections::{Entity, Model};
use entity::spot_checks::tasks;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 审核意见
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"opinion": "同意公示"})))]
pub struct OpinionBody {
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub opinion: Option<String>,
}

/// Submits, returns, rejects, approves, publishes, withdraws or voids.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: InspectionAction,
    words: Option<String>,
) -> Result<Change<Inspection>> {
    let before = inspections::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let status = apply(before.status, action)?;
    let ctx = tx.ctx();
    let actor = ctx.actor.id;
    let mut after = Model { status, ..before.clone() };
    let audit = match action {
        InspectionAction::Submit => {
            let parts = inspections::parts_of(tx.conn(), id).await?;
            let items = inspections::items_of(tx.conn(), before.task_id, before.department_id).await?;
            check_result(parts.results.len(), items.len(), parts.points.len())?;
            after.submitted_by = Some(actor);
            AuditAction::Submitted
        }
        InspectionAction::Return | InspectionAction::Reject | InspectionAction::ApproveResult => {
            check_reviewer(before.submitted_by, &tx.ctx().actor.persons())?;
            check_reviewer(before.entered_by, &tx.ctx().actor.persons())?;
            check_apart(tx, id).await?;
            after.opinion.clone_from(&words);
            after.approved_by = (action == InspectionAction::ApproveResult).then_some(actor);
            match action {
                InspectionAction::Return => AuditAction::Returned,
                InspectionAction::Reject => AuditAction::Rejected,
                InspectionAction::Start
                | InspectionAction::RecordResult
                | InspectionAction::Submit
                | InspectionAction::ApproveResult
                | InspectionAction::Publish
                | InspectionAction::Withdraw
                | InspectionAction::ReplaceOfficer
                | InspectionAction::Void => AuditAction::Approved,
            }
        }
        InspectionAction::Publish => {
            after.published_at = Some(ctx.now);
            AuditAction::Published
        }
        InspectionAction::Withdraw => {
            after.withdrawn_at = Some(ctx.now);
            after.withdrawn_reason.clone_from(&words);
            AuditAction::Withdrawn
        }
        InspectionAction::Start => AuditAction::Started,
        InspectionAction::RecordResult => AuditAction::Recorded,
        InspectionAction::ReplaceOfficer => AuditAction::Replaced,
        InspectionAction::Void => {
            check_reviewer(before.submitted_by, &tx.ctx().actor.persons())?;
            check_reviewer(before.entered_by, &tx.ctx().actor.persons())?;
            check_apart(tx, id).await?;
            after.void_reason.clone_from(&words);
            AuditAction::Voided
        }
    };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let mut also = if is_closed(status) { end_task(tx, &saved).await? } else { Vec::new() };
    match action {
        InspectionAction::ApproveResult => {
            super::facts::tell(tx, &saved).await?;
            also.extend(risk_clues::inspection_approved(app, tx, &saved).await?);
        }
        InspectionAction::Withdraw => risk_facts::take_back(tx, saved.object_id, saved.id, None).await?,
        InspectionAction::Start
        | InspectionAction::RecordResult
        | InspectionAction::Submit
        | InspectionAction::Return
        | InspectionAction::Reject
        | InspectionAction::Publish
        | InspectionAction::ReplaceOfficer
        | InspectionAction::Void => {}
    }
    let event = Event::new(audit, "inspections", id).reason(words).before(&before);
    Ok(changed(tx, saved, event).await?.and_all(also))
}

/// Whoever was at the visit does not review its result, whoever entered it.
pub(super) async fn check_apart(tx: &WriteTx, id: Uuid) -> Result<()> {
    let parts = inspections::parts_of(tx.conn(), id).await?;
    let left = parts.replacements.iter().map(|replaced| replaced.left_id);
    let mut team = parts.officers.iter().map(|member| member.personnel_id).chain(left);
    if tx.ctx().actor.personnel_id.is_some_and(|officer| team.any(|member| member == officer)) {
        return Err(Refusal::new(
            Code::SelfReview,
            text!("检查人员不能审核自己参加的检查。", "You were at this inspection; somebody else must review it."),
        )
        .under(SEPARATION_OF_DUTIES)
        .into());
    }
    Ok(())
}

/// The task is finished with its last inspection.
async fn end_task(tx: &WriteTx, inspection: &Model) -> Result<Vec<Event>> {
    // Two last inspections may be closed at once: the second one waits here and then counts right.
    lock_row::<tasks::Entity>(tx.conn(), inspection.task_id).await?;
    let open: Vec<_> = InspectionStatus::ALL.iter().copied().filter(|status| !is_closed(*status)).collect();
    if inspections::count_in(tx.conn(), inspection.task_id, &open).await? > 0 {
        return Ok(Vec::new());
    }
    let next = apply_task(TaskStatus::InProgress, TaskAction::Finish)?;
    let ended = tasks::Entity::update_many()
        .col_expr(tasks::Column::Status, Expr::value(next.code()))
        .col_expr(tasks::Column::Version, Expr::col(tasks::Column::Version).add(1))
        .col_expr(tasks::Column::UpdatedAt, Expr::value(tx.ctx().now))
        .filter(tasks::Column::Id.eq(inspection.task_id))
        .filter(tasks::Column::Status.eq(TaskStatus::InProgress))
        .exec(tx.conn())
        .await
        .or_app()?;
    Ok((ended.rows_affected == 1)
        .then(|| {
            Event::new(AuditAction::Finished, "tasks", inspection.task_id)
                .department(inspection.department_id)
                .after(&serde_json::json!({ "status": next.code() }))
        })
        .into_iter()
        .collect())
}
