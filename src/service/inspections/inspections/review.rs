//! Submission, review, publication, withdrawal and correction.

use super::{Inspection, decision_facts, shown};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections::Parts;
use crate::persistence::inspections::{frequency, inspections};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::spot_checks::draws;
use crate::service::intake::behaviours;
use crate::service::risks::{risk_clues, risk_facts};
use crate::service::spot_checks::draws::acts;
use crate::service::visits::visits;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::inspections::inspections::{InspectionAction, InspectionStatus, check_clean_row, check_result, is_closed};
use domain::oversight::audit::AuditAction;
use domain::records::evidence::EVIDENCE_GAP;
use domain::spot_checks::tasks::{TaskAction, TaskStatus, apply as apply_task, is_drawn};
use entity::inspections::inspection_revisions;
use entity::inspections::inspections::{Entity, Model};
use entity::register::objects;
use entity::spot_checks::tasks;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde::Deserialize;
use std::collections::BTreeMap;
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

/// Submits, returns, rejects, approves, reopens, publishes, withdraws or corrects.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: InspectionAction,
    words: Option<String>,
) -> Result<Change<Inspection>> {
    let mut inspection = tx.edit::<Entity>(id, version).await?;
    let parts = inspections::parts_of(tx.conn(), id).await?;
    let ctx = tx.ctx();

    inspection.status = decision_facts(&inspection, &parts).decide(&ctx.actor, action)?;

    let audit = match action {
        InspectionAction::Submit => {
            let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;
            check_result(parts.results.len(), items.len(), parts.points.len())?;
            check_repeated(tx, &inspection, &parts).await?;
            super::go_on(&mut inspection);
            inspection.submitted_by = Some(ctx.actor.id);
            AuditAction::Submitted
        }
        InspectionAction::Return => {
            inspection.opinion.clone_from(&words);
            AuditAction::Returned
        }
        InspectionAction::Reject => {
            inspection.opinion.clone_from(&words);
            AuditAction::Rejected
        }
        InspectionAction::ApproveResult => {
            inspection.opinion.clone_from(&words);
            inspection.approved_by = Some(ctx.actor.id);
            AuditAction::Approved
        }
        InspectionAction::Reopen => {
            inspection.opinion.clone_from(&words);
            AuditAction::Reworked
        }
        InspectionAction::Publish => {
            inspection.published_at = Some(ctx.now);
            (inspection.withdrawn_at, inspection.withdrawn_reason) = (None, None);
            AuditAction::Published
        }
        InspectionAction::Correct => {
            // Until the next revision is published the public sees what became of this one.
            keep_tombstone(tx, &inspection).await?;
            inspection.revision += 1;
            inspection.opinion.clone_from(&words);
            AuditAction::Corrected
        }
        InspectionAction::Withdraw => {
            inspection.withdrawn_at = Some(ctx.now);
            inspection.withdrawn_reason.clone_from(&words);
            AuditAction::Withdrawn
        }
        InspectionAction::Start => AuditAction::Started,
        InspectionAction::RecordResult => AuditAction::Recorded,
        InspectionAction::ReplaceOfficer => AuditAction::Replaced,
        InspectionAction::AskVoid => AuditAction::VoidAsked,
        InspectionAction::Void => AuditAction::Voided,
    };

    let change = inspection.save(audit, words).await?;
    let saved = &change.value;
    let mut also = Vec::new();
    if action == InspectionAction::Submit {
        also.extend(missing_evidence(saved, &parts));
    }
    if is_closed(saved.status) {
        also.extend(end_task(tx, saved).await?);
        also.extend(visits::inspection_ended(app, tx, saved).await?);
    }
    match action {
        InspectionAction::ApproveResult => {
            super::facts::tell(tx, saved).await?;
            also.extend(risk_clues::inspection_approved(app, tx, saved).await?);
            also.extend(Box::pin(behaviours::of_inspection(app, tx, saved)).await?);
        }
        // An approved result that is worked on again tells nothing until it is approved once more.
        InspectionAction::Reopen => {
            risk_facts::take_back(tx, saved.object_id, saved.id, None).await?;
            also.extend(Box::pin(behaviours::withdraw(app, tx, saved)).await?);
        }
        InspectionAction::Withdraw => {
            risk_facts::take_back(tx, saved.object_id, saved.id, None).await?;
            also.extend(Box::pin(behaviours::withdraw(app, tx, saved)).await?);
            also.extend(public_act(tx, saved, audit).await?);
        }
        InspectionAction::Publish => also.extend(public_act(tx, saved, audit).await?),
        InspectionAction::Start
        | InspectionAction::RecordResult
        | InspectionAction::Submit
        | InspectionAction::Return
        | InspectionAction::Reject
        | InspectionAction::Correct
        | InspectionAction::ReplaceOfficer
        | InspectionAction::AskVoid
        | InspectionAction::Void => {}
    }

    Ok(shown(tx, change).await?.and_all(also))
}

/// Whoever finds nothing again and again at one object explains it.
async fn check_repeated(tx: &WriteTx, inspection: &Model, parts: &Parts) -> Result<()> {
    let Some(on) = inspection.inspected_on else { return Ok(()) };
    if inspection.repeat_explanation.is_some() || parts.found_problems() {
        return Ok(());
    }

    // Two that are submitted at once wait here, and the second one counts right.
    lock_row::<objects::Entity>(tx.conn(), inspection.object_id).await?;
    let others = frequency::others_this_year(tx.conn(), inspection, on).await?;
    let found = inspections::parts(tx.conn(), others.iter().map(|row| row.id).collect()).await?;
    let team: Vec<_> = parts.officers.iter().map(|officer| officer.personnel_id).collect();
    let names = personnel::by_ids(tx.conn(), team.clone()).await?;
    let visit = |row: &Model| row.visit_id.or(row.draw_id).unwrap_or(row.id);
    for officer in team {
        let with = |row: &&Model| {
            let known = found.get(&row.id);
            visit(row) != visit(inspection)
                && known.is_some_and(|known| known.officers.iter().any(|member| member.personnel_id == officer))
        };
        // Whatever one visit found is one check, by its day.
        let mut checks: BTreeMap<(NaiveDate, Uuid), bool> = BTreeMap::new();
        for row in others.iter().filter(with) {
            let clean = found.get(&row.id).is_some_and(|known| !known.found_problems());
            let check = checks.entry((row.inspected_on.unwrap_or(on), visit(row))).or_insert(true);
            *check = *check && clean;
        }
        let checks: Vec<_> = checks.into_iter().map(|((day, _), clean)| (day, clean)).collect();
        check_clean_row(names.get(&officer).map_or("", |person| person.name.as_str()), on, &checks)?;
    }
    Ok(())
}

/// What is left of a revision that was public.
async fn keep_tombstone(tx: &WriteTx, withdrawn: &Model) -> Result<()> {
    let times = withdrawn.published_at.zip(withdrawn.withdrawn_at);
    let (published_at, withdrawn_at) = times.ok_or_else(|| AppError::corrupt("withdrawn, and never public"))?;
    let row = inspection_revisions::Model {
        inspection_id: withdrawn.id,
        revision: withdrawn.revision,
        inspected_on: withdrawn.inspected_on,
        published_at,
        withdrawn_at,
        withdrawn_reason: withdrawn.withdrawn_reason.clone().unwrap_or_default(),
    };
    inspections::keep_revision(tx.conn(), row).await
}

/// What everybody may see of a drawn visit's result: that it was published, or withdrawn.
async fn public_act(tx: &WriteTx, visit: &Model, action: AuditAction) -> Result<Option<Event>> {
    let Some(draw) = visit.draw_id else { return Ok(None) };
    let linkable = draws::linkable(tx.conn(), vec![draw]).await?.contains(&draw);
    Ok(Some(acts::published(action, visit.id, visit.department_id, linkable.then_some(visit.task_id))))
}

/// The task is finished with its last inspection.
pub(super) async fn end_task(tx: &WriteTx, inspection: &Model) -> Result<Vec<Event>> {
    // Two last inspections may be closed at once: the second one waits here and then counts right.
    lock_row::<tasks::Entity>(tx.conn(), inspection.task_id).await?;
    let open: Vec<_> = InspectionStatus::ALL.iter().copied().filter(|status| !is_closed(*status)).collect();
    if inspections::count_in(tx.conn(), inspection.task_id, &open).await? > 0 {
        return Ok(Vec::new());
    }
    let finished = move_task(tx, inspection.task_id, (TaskStatus::InProgress, TaskAction::Finish)).await?;
    if finished.is_some() {
        return Ok(finished.into_iter().collect());
    }
    // Nothing was begun, and there is nothing to draw again.
    let task = tasks::Entity::find_by_id(inspection.task_id).one(tx.conn()).await.or_app()?;
    if task.is_some_and(|task| task.status == TaskStatus::Matched && !is_drawn(task.source)) {
        let cancelled = move_task(tx, inspection.task_id, (TaskStatus::Matched, TaskAction::Cancel)).await?;
        return Ok(cancelled.into_iter().collect());
    }

    Ok(Vec::new())
}

/// Moves a task on where it is in a state; whoever comes second changes nothing.
async fn move_task(tx: &WriteTx, task: Uuid, (from, action): (TaskStatus, TaskAction)) -> Result<Option<Event>> {
    let next = apply_task(from, action)?;
    let moved = tasks::Entity::update_many()
        .col_expr(tasks::Column::Status, Expr::value(next.code()))
        .col_expr(tasks::Column::Version, Expr::col(tasks::Column::Version).add(1))
        .col_expr(tasks::Column::UpdatedAt, Expr::value(tx.ctx().now))
        .filter(tasks::Column::Id.eq(task))
        .filter(tasks::Column::Status.eq(from))
        .exec(tx.conn())
        .await
        .or_app()?;
    if moved.rows_affected == 0 {
        return Ok(None);
    }

    let audit = if action == TaskAction::Cancel { AuditAction::Cancelled } else { AuditAction::Finished };
    let after = tasks::Entity::find_by_id(task).one(tx.conn()).await.or_app()?;
    let lead = after.as_ref().map(|task| task.lead_department_id);
    Ok(Some(Event::new(audit, "tasks", task).department(lead).after(&after)))
}

/// What the trail says of evidence that is not there when the result is handed in.
fn missing_evidence(saved: &Model, parts: &Parts) -> Option<Event> {
    let gaps = parts.evidence_gaps(saved);
    let event = Event::new(AuditAction::Submitted, "inspection-evidence", saved.id).department(saved.department_id);
    (!gaps.is_empty()).then(|| event.after(&serde_json::json!({ "finding": EVIDENCE_GAP, "missing": gaps })))
}
