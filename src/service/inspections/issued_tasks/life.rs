//! What the county office does with an issued task.

use super::bodies::{CheckIssuedBody, IssueToPartsBody, ReportBody};
use super::{IssuedTask, part_due, task_facts, whole};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::issued_tasks as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use domain::access::Decide;
use domain::inspections::inspections::has_result;
use domain::inspections::issued_tasks::{IssuedTaskAction, PartStatus};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::inspections::issued_parts;
use entity::inspections::issued_tasks::Entity;
use uuid::Uuid;

/// What is done to an issued task, with what it takes.
#[derive(Clone)]
pub enum Act {
    Sign,
    Issue(IssueToPartsBody),
    Return(String),
    Check(CheckIssuedBody),
    Report(ReportBody),
    Acknowledge,
    Rework(String),
    Reopen,
}

impl Act {
    const fn action(&self) -> IssuedTaskAction {
        match self {
            Self::Sign => IssuedTaskAction::Sign,
            Self::Issue(_) => IssuedTaskAction::Issue,
            Self::Return(_) => IssuedTaskAction::Return,
            Self::Check(_) => IssuedTaskAction::Check,
            Self::Report(_) => IssuedTaskAction::Report,
            Self::Acknowledge => IssuedTaskAction::Acknowledge,
            Self::Rework(_) => IssuedTaskAction::Rework,
            Self::Reopen => IssuedTaskAction::Reopen,
        }
    }
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<IssuedTask>> {
    let mut task = tx.edit::<Entity>(id, version).await?;
    let (now, actor) = (tx.ctx().now, &tx.ctx().actor);

    let now_there = whole(tx.conn(), vec![task.before().clone()]).await?.pop().ok_or_else(AppError::not_found)?;
    task.status = task_facts(task.before(), &now_there.made).decide(actor, act.action())?;

    let mut reason = None;
    let mut of_parts = Vec::new();
    let audit = match act {
        Act::Sign => {
            task.signed_at = Some(now);
            AuditAction::Signed
        }
        Act::Issue(body) => {
            task.issued_at = Some(now);
            of_parts = issue(app, tx, &task, body).await?;
            AuditAction::Dispatched
        }
        Act::Return(why) => {
            of_parts = give_back(tx, id, &why).await?;
            task.return_reason = Some(why.clone());
            reason = Some(why);
            AuditAction::Returned
        }
        Act::Check(body) => {
            check_inspected(&now_there, body.uninspected_reason.as_deref())?;
            task.uninspected_reason = body.uninspected_reason;
            task.checked_by = Some(actor.id);
            task.checked_at = Some(now);
            task.return_reason = None;
            AuditAction::Checked
        }
        Act::Report(body) => {
            task.reported_at = Some(now);
            task.first_reported_at = task.first_reported_at.or(Some(now));
            task.report_no = body.report_no.or_else(|| task.report_no.clone());
            AuditAction::Reported
        }
        Act::Acknowledge => {
            task.acknowledged_at = Some(now);
            AuditAction::Acknowledged
        }
        Act::Rework(why) => {
            task.return_reason = Some(why.clone());
            reason = Some(why);
            AuditAction::Reworked
        }
        Act::Reopen => {
            let why = task.return_reason.clone().unwrap_or_default();
            of_parts = give_back(tx, id, &why).await?;
            (task.checked_by, task.checked_at, task.reported_at) = (None, None, None);
            AuditAction::Resumed
        }
    };

    finish(tx, task, audit, reason, of_parts).await
}

async fn finish(
    tx: &WriteTx,
    task: Edit<'_, Entity>,
    audit: AuditAction,
    reason: Option<String>,
    of_parts: Vec<Event>,
) -> Result<Change<IssuedTask>> {
    let saved = task.save(audit, reason).await?;
    let now = whole(tx.conn(), vec![saved.value.clone()]).await?.pop().ok_or_else(AppError::not_found)?;
    Ok(saved.map(|_| now).and_all(of_parts))
}

/// Each of the task's objects has an inspection with an approved result, or it is said why not.
fn check_inspected(whole: &IssuedTask, reason: Option<&str>) -> Result<()> {
    let is_done = |position: i32| {
        let mut own = whole.made.iter().filter(|row| row.object_position == position);
        own.any(|row| has_result(row.status))
    };
    let left = whole.objects.iter().filter(|object| !is_done(object.position)).count();
    if left == 0 || reason.is_some() {
        return Ok(());
    }

    let detail = text!(
        "任务中还有 {left} 个对象没有审核通过的检查；请写明未检查的理由，或退回部门。",
        "{left} of the task's objects have no approved inspection: say why not, or return it to the departments."
    );
    Err(AppError::invalid_field("/uninspected_reason", "REQUIRED", detail))
}

/// Each department gets its part.
async fn issue(
    app: &App,
    tx: &WriteTx,
    task: &entity::inspections::issued_tasks::Model,
    body: IssueToPartsBody,
) -> Result<Vec<Event>> {
    let today = tx.ctx().today();
    let wanted: Vec<_> = body.parts.iter().map(|part| part.department_id).collect();
    let known = departments::existing(tx.conn(), &wanted).await?;
    let mut errors = Vec::new();

    for (at, part) in body.parts.iter().enumerate() {
        if !known.iter().any(|department| department.id == part.department_id) {
            let detail = text!("部门不存在。", "There is no such department.");
            errors.push(FieldError::new(format!("/parts/{at}/department_id"), "NO_SUCH_RECORD", detail));
        }
        if part.due_on.is_some_and(|due| due > task.due_on || due < today) {
            let detail = text!(
                "提交期限不能早于今天，也不能晚于任务的办理期限。",
                "A part is due neither before today nor after the task."
            );
            errors.push(FieldError::new(format!("/parts/{at}/due_on"), "OUT_OF_RANGE", detail));
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let mut events = Vec::new();
    for part in body.parts {
        let model = issued_parts::Model {
            id: new_id(),
            task_id: task.id,
            department_id: part.department_id,
            title: format!("{} {}", task.code, task.name),
            due_on: part.due_on.unwrap_or_else(|| part_due(app, today, task.due_on)),
            status: PartStatus::ToSign,
            signed_at: None,
            first_submitted_at: None,
            submitted_at: None,
            summary: None,
            feedback: Vec::new().into(),
            return_reason: None,
            version: 1,
            created_at: tx.ctx().now,
            updated_at: tx.ctx().now,
        };
        events.push(Event::created::<issued_parts::Entity>(&insert(tx, model).await?));
    }

    Ok(events)
}

/// All parts go on; what was handed in is kept until it is handed in again.
async fn give_back(tx: &WriteTx, task: Uuid, why: &str) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for part in store::parts(tx.conn(), vec![task]).await? {
        let mut part = tx.edit_along::<issued_parts::Entity>(part);
        part.status = PartStatus::Recording;
        part.submitted_at = None;
        part.return_reason = Some(why.to_owned());
        let change = part.save(AuditAction::Returned, Some(why.to_owned())).await?;
        events.extend(change.into_events());
    }
    Ok(events)
}
