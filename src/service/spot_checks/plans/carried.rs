//! What a task carries out of a plan: lines of the edition in force, and no item that they do not name.

use super::{items_of_line, label, lines_in_force};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::plans as store;
use crate::persistence::spot_checks::plans::is_public;
use crate::service::spot_checks::tasks::TaskBody;
use domain::kernel::text::text;
use domain::spot_checks::plans::PlanStatus;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::task_plan_lines;
use entity::spot_checks::tasks::Model;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The lines that a task carries out. Published plans are everybody's to read, so a department finds its lines in a joint plan.
pub async fn lines_of_task(tx: &WriteTx, body: &TaskBody) -> Result<Vec<Line>> {
    let Some(id) = body.plan_id else { return Ok(Vec::new()) };
    let plan = match store::get_published(tx.conn(), id).await {
        Ok(plan) if is_public(&plan) && plan.status != PlanStatus::Finished => plan,
        Ok(_) => return Err(not_in_force("抽查计划已完成。", "The plan is finished.")),
        Err(_) => {
            store::get(tx.conn(), tx.ctx(), id).await.map_err(|error| error.or_no_such("/plan_id"))?;
            return Err(not_in_force("抽查计划尚未公示。", "The plan is not published."));
        }
    };

    let in_force = lines_in_force(tx.conn(), &plan).await?;
    let lines = if body.plan_line_ids.is_empty() { by_items(in_force, body) } else { by_ids(in_force, body)? };
    check_items(&lines, body)?;
    check_lead(&plan, &lines, body)?;

    Ok(lines)
}

pub async fn carry(tx: &WriteTx, task: &Model, lines: Vec<Line>) -> Result<()> {
    let row = |line: Line| task_plan_lines::Model { task_id: task.id, line_id: line.id, plan_id: line.plan_id };
    store::carry(tx.conn(), task.id, lines.into_iter().map(row).collect()).await
}

fn not_in_force(zh: &str, en: &str) -> AppError {
    AppError::invalid_field("/plan_id", "PLAN_NOT_PUBLISHED", text!("{zh}", "{en}"))
}

/// Lines that are not cancelled and name one of the task's items.
fn by_items(in_force: Vec<Line>, body: &TaskBody) -> Vec<Line> {
    let wanted: BTreeSet<Uuid> = body.departments.iter().flat_map(|part| part.item_ids.iter().copied()).collect();
    let is_named = |line: &Line| items_of_line(line).any(|item| wanted.contains(&item));
    in_force.into_iter().filter(|line| line.cancelled_reason.is_none() && is_named(line)).collect()
}

fn by_ids(in_force: Vec<Line>, body: &TaskBody) -> Result<Vec<Line>> {
    let mut errors = Vec::new();

    for (index, id) in body.plan_line_ids.iter().enumerate() {
        let pointer = format!("/plan_line_ids/{index}");
        match in_force.iter().find(|line| line.id == *id) {
            None => {
                let detail = text!("现行计划中没有此条目。", "The plan in force has no such line.");
                errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
            }
            Some(line) if line.cancelled_reason.is_some() => {
                let name = label(line);
                let detail = text!("条目 {name} 已取消。", "The line {name} is cancelled.");
                errors.push(FieldError::new(pointer, "LINE_CANCELLED", detail));
            }
            Some(_) => {}
        }
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    Ok(in_force.into_iter().filter(|line| body.plan_line_ids.contains(&line.id)).collect())
}

/// Items that no line names are not checked under the plan; a cooperating department of which the plan gives no item brings
/// its own.
fn check_items(lines: &[Line], body: &TaskBody) -> Result<()> {
    let named: BTreeSet<Uuid> = lines.iter().flat_map(items_of_line).collect();
    let free = |department: Uuid| {
        lines
            .iter()
            .flat_map(|line| line.cooperating.iter())
            .any(|part| part.department_id == Some(department) && part.spot_check_item_id.is_none())
    };
    let mut errors = Vec::new();

    for (at, department) in body.departments.iter().enumerate().filter(|(_, part)| !free(part.department_id)) {
        for (index, _) in department.item_ids.iter().enumerate().filter(|(_, item)| !named.contains(item)) {
            let detail = text!("该事项不在所选计划内。", "This item is not in the plan.");
            errors.push(FieldError::new(format!("/departments/{at}/item_ids/{index}"), "NOT_IN_PLAN", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// Whoever leads the line, or the plan, leads the task.
fn check_lead(plan: &entity::spot_checks::plans::Model, lines: &[Line], body: &TaskBody) -> Result<()> {
    let lead = body.departments.first().map(|part| part.department_id);
    let foreign = |line: &&Line| {
        line.lead_department_id.is_some_and(|leads| Some(leads) != lead && lead != Some(plan.department_id))
    };
    let Some(line) = lines.iter().find(foreign) else { return Ok(()) };
    let (name, leads) = (label(line), line.lead_name.clone().unwrap_or_default());
    let detail = text!(
        "条目 {name} 由{leads}发起，任务须由其发起。",
        "The line {name} is led by {leads}, so the task is led by it."
    );
    Err(AppError::invalid_field("/departments/0/department_id", "NOT_LEAD_OF_LINE", detail))
}
