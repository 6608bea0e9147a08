//! A plan's way from a draft to its end, and from one edition to the next.

use super::bodies::FilingBody;
use super::carried::check_carried;
use super::editions::{Carriage, Plan, changed, facts, lines_in_force, with_lines};
use super::lines::{check_all_classes, check_ceilings, check_items};
use super::save_with_lines;
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::plans;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::SPECIAL_PLANS_ARE_FEW;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::changes::LineChange;
use domain::spot_checks::plans::{PlanAction, PlanKind};
use entity::register::departments;
use entity::spot_checks::plan_editions;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::plans::{Entity, Model};
use uuid::Uuid;

/// What is done to a plan, with what it takes.
#[derive(Clone)]
pub enum Act {
    Submit,
    Return(String),
    Approve { legal_opinion: String },
    File(FilingBody),
    Refuse(String),
    Publish,
    Amend(String),
    Restore,
    Finish,
}

impl Act {
    const fn action(&self) -> PlanAction {
        match self {
            Self::Submit => PlanAction::Submit,
            Self::Return(_) => PlanAction::Return,
            Self::Approve { .. } => PlanAction::Approve,
            Self::File(_) => PlanAction::File,
            Self::Refuse(_) => PlanAction::Refuse,
            Self::Publish => PlanAction::Publish,
            Self::Amend(_) => PlanAction::Amend,
            Self::Restore => PlanAction::Restore,
            Self::Finish => PlanAction::Finish,
        }
    }

    const fn audit(&self) -> AuditAction {
        match self {
            Self::Submit => AuditAction::Submitted,
            Self::Return(_) | Self::Refuse(_) => AuditAction::Returned,
            Self::Approve { .. } => AuditAction::Approved,
            Self::File(_) => AuditAction::Filed,
            Self::Publish => AuditAction::Published,
            Self::Amend(_) => AuditAction::Amended,
            Self::Restore => AuditAction::Restored,
            Self::Finish => AuditAction::Finished,
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Return(reason) | Self::Refuse(reason) | Self::Amend(reason) => Some(reason.clone()),
            Self::Submit | Self::Approve { .. } | Self::File(_) | Self::Publish | Self::Restore | Self::Finish => None,
        }
    }
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<Plan>> {
    let conn = tx.conn();
    let mut plan = tx.edit::<Entity>(id, version).await?;
    let mut lines = plans::lines(conn, vec![id]).await?.remove(&id).unwrap_or_default();
    let mut open = Vec::new();
    if matches!(act, Act::Finish) {
        open = Carriage::of(conn, vec![id]).await?.open(&lines);
    }

    plan.status = facts(plan.before(), open).decide(&tx.ctx().actor, act.action())?;

    let (audit, reason) = (act.audit(), act.reason());
    match act {
        Act::Submit => {
            check_special(app, tx, &plan).await?;
            check_all_classes(&lines)?;
            check_ceilings(app, &lines)?;
            check_items(tx, &lines).await?;
            check_tasks(tx, plan.before(), &lines).await?;
            plan.submitted_by = Some(tx.ctx().actor.id);
            plan.return_reason = None;
        }
        Act::Return(reason) | Act::Refuse(reason) => {
            plan.return_reason = Some(reason);
            (plan.filing_no, plan.filed_on, plan.filed_by) = (None, None, None);
        }
        Act::Approve { legal_opinion } => {
            plan.approved_by = Some(tx.ctx().actor.id);
            plan.legal_opinion = Some(legal_opinion);
        }
        Act::File(FilingBody { filing_no, filed_on }) => {
            let today = tx.ctx().today();
            let earliest = NaiveDate::from_ymd_opt(plan.year - 1, 1, 1).unwrap_or_default();
            if filed_on.is_some_and(|on| on > today || on < earliest) {
                let detail = text!(
                    "备案日期不能晚于今天，也不能早于计划年度的上一年。",
                    "A plan is filed neither in the future nor before the year ahead of its own."
                );
                return Err(AppError::invalid_field("/filed_on", "OUT_OF_RANGE", detail));
            }
            plan.filing_no = Some(filing_no);
            plan.filed_on = Some(filed_on.unwrap_or(today));
            plan.filed_by = Some(tx.ctx().actor.id);
        }
        Act::Publish => {
            let before = check_tasks(tx, plan.before(), &lines).await?;
            note_versions(tx, &mut lines).await?;
            let changes = if plan.edition > 0 { changed(conn, &before, &lines).await? } else { Vec::new() };
            plan.edition += 1;
            plan.published_at = Some(tx.ctx().now);
            plan.due_on = plan_due(app, plan.year);
            plans::keep_edition(conn, edition(tx, &plan, changes, &lines)).await?;
            plan.amend_reason = None;
        }
        Act::Amend(reason) => {
            if plan.edition == 0 {
                // Published before editions were kept: what the public sees becomes the first.
                plan.edition = 1;
                let first = edition(tx, &plan, Vec::new(), &lines);
                let published_at = plan.published_at.unwrap_or(first.published_at);
                plans::keep_edition(conn, plan_editions::Model { published_at, ..first }).await?;
            }
            plan.amend_reason = Some(reason);
            // What was said of the edition in force stands there.
            (plan.approved_by, plan.legal_opinion) = (None, None);
            (plan.filing_no, plan.filed_on, plan.filed_by) = (None, None, None);
        }
        Act::Restore => {
            let edition = plans::in_force(conn, &[plan.before()]).await?.remove(&id).ok_or_else(AppError::not_found)?;
            lines = edition.lines.0;
            plans::replace_lines(conn, id, lines.clone()).await?;
            plan.name = edition.name;
            (plan.discussed_on, plan.approval_no) = (edition.discussed_on, edition.approval_no);
            (plan.approved_by, plan.legal_opinion) = (edition.approved_by, edition.legal_opinion);
            (plan.filing_no, plan.filed_on, plan.filed_by) = (edition.filing_no, edition.filed_on, edition.filed_by);
            (plan.amend_reason, plan.return_reason) = (None, None);
        }
        Act::Finish => {}
    }

    let change = save_with_lines(plan, audit, reason, None, lines).await?;
    let now = with_lines(conn, vec![change.value.plan.clone()]).await?.pop().ok_or_else(AppError::not_found)?;
    Ok(change.map(|_| now))
}

/// Notes which versions of items and lists the plan stands on.
async fn note_versions(tx: &WriteTx, lines: &mut [Line]) -> Result<()> {
    let used = check_items(tx, lines).await?;
    for line in &mut *lines {
        let used = line.spot_check_item_id.and_then(|id| used.get(&id)).cloned().unwrap_or_default();
        (line.item_version, line.list_version) = (used.item_version, used.list_version);
    }
    let Some(plan) = lines.first().map(|line| line.plan_id) else { return Ok(()) };
    plans::replace_lines(tx.conn(), plan, lines.to_vec()).await
}

/// The lines in force, all of which that tasks carry out are still in what is to be published.
async fn check_tasks(tx: &WriteTx, plan: &Model, lines: &[Line]) -> Result<Vec<Line>> {
    if !plans::is_public(plan) {
        return Ok(Vec::new());
    }
    let before = lines_in_force(tx.conn(), plan).await?;
    match check_carried(tx, plan, &before, lines).await? {
        Some(refused) => Err(refused.into()),
        None => Ok(before),
    }
}

/// The edition that is published now.
fn edition(tx: &WriteTx, plan: &Model, changes: Vec<LineChange>, lines: &[Line]) -> plan_editions::Model {
    plan_editions::Model {
        plan_id: plan.id,
        edition: plan.edition,
        name: plan.name.clone(),
        lines: lines.to_vec().into(),
        changes: changes.into(),
        reason: plan.amend_reason.clone(),
        discussed_on: plan.discussed_on,
        approval_no: plan.approval_no.clone(),
        approved_by: plan.approved_by,
        legal_opinion: plan.legal_opinion.clone(),
        filing_no: plan.filing_no.clone(),
        filed_on: plan.filed_on,
        filed_by: plan.filed_by,
        published_by: tx.ctx().actor.id,
        published_at: tx.ctx().now,
    }
}

/// By when what a plan of a year says is carried out.
fn plan_due(app: &App, year: i32) -> Option<NaiveDate> {
    let (month, day) = app.settings.rules.plan_due;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// A special plan was discussed and approved by the government, and there are few in a year.
async fn check_special(app: &App, tx: &WriteTx, plan: &Model) -> Result<()> {
    if plan.kind != PlanKind::Special {
        return Ok(());
    }
    let mut errors = Vec::new();
    if plan.discussed_on.is_none_or(|on| on > tx.ctx().today()) {
        let detail = text!(
            "专项计划须经集体讨论；请填写不晚于今天的讨论日期。",
            "A special plan is discussed by the leadership; give the day, which is not in the future."
        );
        errors.push(FieldError::new("/discussed_on", "REQUIRED", detail));
    }
    if plan.approval_no.is_none() {
        let detail = text!(
            "专项计划须经县级以上人民政府批准；请填写批准文号。",
            "A special plan is approved by the county's government or one above it; give its number."
        );
        errors.push(FieldError::new("/approval_no", "REQUIRED", detail));
    }
    if !errors.is_empty() {
        let mut error = AppError::invalid(errors);
        error.basis = Some(SPECIAL_PLANS_ARE_FEW);
        return Err(error);
    }

    // Two plans of a department do not take the last place at once.
    lock_row::<departments::Entity>(tx.conn(), plan.department_id).await?;
    let limit = app.settings.rules.special_plans_a_year;
    if plans::special(tx.conn(), plan.department_id, plan.year, plan.id).await? >= u64::from(limit) {
        let year = plan.year;
        let detail = text!(
            "本部门 {year} 年度的专项计划已达 {limit} 个，不能再提交。",
            "The department has {limit} special plans for {year} already."
        );
        return Err(Refusal::new(Code::SpecialPlansReached, detail).under(SPECIAL_PLANS_ARE_FEW).into());
    }

    Ok(())
}
