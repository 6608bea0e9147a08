//! 抽查计划: written by a department, reviewed by somebody else, filed with the justice bureau, published; amended in editions.

mod bodies;
mod carried;
mod editions;
mod life;
mod lines;
mod progress;
mod table;

pub use bodies::{CooperatingBody, FilingBody, LegalReviewBody, MAX_LINES, PlanBody, PlanLineBody};
pub use carried::{carry, check_in_force, lines_of_task};
pub use editions::{Plan, Published, facts, lines_in_force, on_a_day, published, with_lines};
pub use life::{Act, act};
pub use lines::{items as items_of_line, label, line_at};
pub use progress::{LineProgress, PlanProgress, progress};
pub use table::table;

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::plans;
use domain::access::Decide;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::{PlanAction, PlanKind, PlanStatus};
use entity::spot_checks::plan_lines;
use entity::spot_checks::plans::{Column, Entity, Model};
use serde_json::json;
use uuid::Uuid;

pub async fn create(app: &App, tx: &WriteTx, body: PlanBody) -> Result<Change<Plan>> {
    let ctx = tx.ctx();
    let department = body.department_id.unwrap_or(ctx.actor.department_id);
    ctx.check_own(department, "/department_id")?;
    departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    let blank = blank(app, tx, department, body.year, body.name).await?;
    let plan = Model { kind: body.kind, discussed_on: body.discussed_on, approval_no: body.approval_no, ..blank };
    let plan = insert(tx, plan).await?;
    let lines = lines::save(tx, &plan, body.lines).await?;
    let event = Event::of::<Entity>(AuditAction::Created, &plan).after(&json!({ "plan": plan, "lines": lines }));

    Ok(Change::new(worked_on(plan, lines), event))
}

/// An annual plan with the next code of its year, as a draft.
pub async fn blank(app: &App, tx: &WriteTx, department_id: Uuid, year: i32, name: String) -> Result<Model> {
    let now = tx.ctx().now;
    let series = format!("{}{year}", app.settings.county.code);
    Ok(Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &series, 4).await?,
        year,
        name,
        kind: PlanKind::Annual,
        department_id,
        status: PlanStatus::Draft,
        submitted_by: None,
        approved_by: None,
        return_reason: None,
        published_at: None,
        edition: 0,
        amend_reason: None,
        legal_opinion: None,
        discussed_on: None,
        approval_no: None,
        filing_no: None,
        filed_on: None,
        filed_by: None,
        due_on: None,
        table_headings: Vec::new().into(),
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// Replaces the plan's content while it is a draft, or amended.
pub async fn update(tx: &WriteTx, id: Uuid, version: i32, body: PlanBody) -> Result<Change<Plan>> {
    let mut plan = tx.edit::<Entity>(id, version).await?;

    plan.status = facts(&plan, Vec::new()).decide(&tx.ctx().actor, PlanAction::Update)?;

    let moved = body.department_id.is_some_and(|department| department != plan.department_id);
    if moved || body.year != plan.year {
        // Both are part of what the plan's code stands for.
        let pointer = if moved { "/department_id" } else { "/year" };
        let detail = text!("牵头部门和年度不能更改。", "The lead department and the year cannot be changed.");
        return Err(AppError::invalid_field(pointer, "IMMUTABLE", detail));
    }

    let old_lines = plans::lines(tx.conn(), vec![id]).await?.remove(&id).unwrap_or_default();
    plan.name = body.name;
    if plan.before().published_at.is_some() && body.kind != plan.kind {
        let detail = text!("已公示计划的类别不能更改。", "The kind of a published plan cannot be changed.");
        return Err(AppError::invalid_field("/kind", "IMMUTABLE", detail));
    }
    plan.kind = body.kind;
    plan.discussed_on = body.discussed_on;
    plan.approval_no = body.approval_no;
    let lines = lines::save(tx, &plan, body.lines).await?;

    save_with_lines(plan, AuditAction::Updated, None, Some(old_lines), lines).await
}

/// A plan that is not carried out yet, or not again.
fn worked_on(plan: Model, lines: Vec<plan_lines::Model>) -> Plan {
    let facts = facts(&plan, Vec::new());
    Plan { plan, lines, facts }
}

/// A plan and its lines are one record to the trail; `old` are the lines before, where they changed.
async fn save_with_lines(
    plan: Edit<'_, Entity>,
    audit: AuditAction,
    reason: Option<String>,
    old: Option<Vec<plan_lines::Model>>,
    lines: Vec<plan_lines::Model>,
) -> Result<Change<Plan>> {
    let mut before = json!({ "plan": plan.before() });
    if let Some(old) = old {
        before["lines"] = serde_json::to_value(old)?;
    }
    let plan = plan.write().await?;
    let event = Event::of::<Entity>(audit, &plan).reason(reason).before(&before);
    let event = event.after(&json!({ "plan": plan, "lines": lines }));

    Ok(Change::new(worked_on(plan, lines), event))
}
