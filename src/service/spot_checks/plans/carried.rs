//! What a task carries out of a plan: lines of the edition in force, and no item that they do not name.

use super::{items_of_line, label, lines_in_force};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::plans as store;
use crate::persistence::spot_checks::plans::Carried;
use crate::service::spot_checks::tasks::TaskBody;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::{listed, text};
use domain::spot_checks::plans::PlanStatus;
use domain::spot_checks::tasks::TaskStatus;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::tasks::Model;
use entity::spot_checks::{plans, task_plan_lines};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The lines that a task carries out. Published plans are everybody's to read, so a department finds its lines in a joint plan.
pub async fn lines_of_task(tx: &WriteTx, body: &TaskBody) -> Result<Vec<Line>> {
    let Some(id) = body.plan_id else { return Ok(Vec::new()) };
    // What is in force stays so until the task is there.
    lock_row::<plans::Entity>(tx.conn(), id).await?;
    let plan = match store::get_published(tx.conn(), id).await {
        Ok(plan) if plan.status != PlanStatus::Finished => plan,
        Ok(_) => return Err(not_in_force("抽查计划已完成。", "The plan is finished.")),
        Err(_) => {
            store::get(tx.conn(), tx.ctx(), id).await.map_err(|error| error.or_no_such("/plan_id"))?;
            return Err(not_in_force("抽查计划尚未公示。", "The plan is not published."));
        }
    };

    let in_force = lines_in_force(tx.conn(), &plan).await?;
    let lines = if body.plan_line_ids.is_empty() { by_items(&in_force, body)? } else { by_ids(&in_force, body)? };
    check_items(&lines, body)?;
    check_whole(&plan, &lines, &in_force, body)?;
    check_lead(&plan, &lines, &in_force, body)?;

    Ok(lines)
}

pub async fn carry(tx: &WriteTx, task: &Model, lines: Vec<Line>) -> Result<()> {
    let row = |line: Line| task_plan_lines::Model { task_id: task.id, line_id: line.id, plan_id: line.plan_id };
    store::carry(tx.conn(), task.id, lines.into_iter().map(row).collect()).await
}

fn not_in_force(zh: &str, en: &str) -> AppError {
    AppError::invalid_field("/plan_id", "PLAN_NOT_PUBLISHED", text!("{zh}", "{en}"))
}

/// Whether the lines that a task carries out are in force when its pool is frozen, and ask for no more than it checks.
pub async fn check_in_force(tx: &WriteTx, task: &Model, checked: &BTreeSet<Uuid>) -> Result<()> {
    let Some(id) = task.plan_id else { return Ok(()) };
    let wanted = store::lines_of_tasks(tx.conn(), vec![task.id]).await?;
    lock_row::<plans::Entity>(tx.conn(), id).await?;
    let plan = store::get_published(tx.conn(), id).await?;
    let in_force = lines_in_force(tx.conn(), &plan).await?;
    let is_open = |line: Uuid| {
        let found = in_force.iter().find(|known| known.id == line && known.cancelled_reason.is_none());
        found.is_some_and(|line| items_of_line(line).all(|item| checked.contains(&item)))
    };

    if plan.status != PlanStatus::Finished && wanted.iter().all(|row| is_open(row.line_id)) {
        return Ok(());
    }
    let detail = text!(
        "任务所执行的计划条目已取消、删除、调整事项或计划已完成；请修改任务的计划条目，或取消任务。",
        "A line that the task carries out was cancelled, removed or given other items, or the plan is finished; change the task's lines, or cancel the task."
    );
    Err(AppError::new(Code::NotInPlan, detail))
}

/// What live tasks carry out stays in a plan as it is: it is cancelled only when they are over, and means the same items of the
/// same lead. Else which lines, and why not.
pub async fn check_carried(
    tx: &WriteTx,
    plan: &plans::Model,
    before: &[Line],
    after: &[Line],
) -> Result<Option<Refusal>> {
    let means = |line: &Line| {
        let named: BTreeSet<Uuid> = items_of_line(line).collect();
        let with: BTreeSet<Uuid> = line.cooperating.iter().filter_map(|part| part.department_id).collect();
        (named, with, line.lead_department_id.unwrap_or(plan.department_id))
    };
    let carried = store::carried(tx.conn(), vec![plan.id]).await?;
    let live =
        |line: Uuid| carried.iter().filter(move |task| task.line_id == line && task.status != TaskStatus::Cancelled);
    let is_running = |task: &Carried| task.status != TaskStatus::Finished;
    let held = |line: &&Line| match after.iter().find(|kept| kept.id == line.id) {
        None => live(line.id).next().is_some(),
        Some(kept) => {
            (means(kept) != means(line) && live(line.id).next().is_some())
                || (kept.cancelled_reason.is_some() && live(line.id).any(is_running))
        }
    };
    let names: Vec<_> = before.iter().filter(held).map(|line| label(line, before)).collect();
    if names.is_empty() {
        return Ok(None);
    }

    let names = listed(names);
    let detail = text!(
        "条目 {zh} 已有抽查任务：不能删除，也不能更换事项和发起部门；任务完成或取消之后才能写明理由取消条目。",
        "Tasks carry out the lines {en}: they are not removed and keep their items and their lead, and are cancelled with a reason when those tasks are finished or cancelled.",
        zh = names.zh,
        en = names.en
    );
    Ok(Some(Refusal::new(Code::LineHasTasks, detail)))
}

/// The lines that name the task's items, where each item is named by one of them only.
fn by_items(in_force: &[Line], body: &TaskBody) -> Result<Vec<Line>> {
    let open: Vec<&Line> = in_force.iter().filter(|line| line.cancelled_reason.is_none()).collect();
    let mut found: BTreeMap<i32, &Line> = BTreeMap::new();

    for item in body.departments.iter().flat_map(|part| &part.item_ids) {
        let named: Vec<_> = open.iter().filter(|line| items_of_line(line).any(|named| named == *item)).collect();
        if named.len() > 1 {
            let names = listed(named.iter().map(|line| label(line, in_force)));
            let detail = text!(
                "同一事项对应计划的多个条目（{zh}），请以 plan_line_ids 写明执行哪一条。",
                "Several lines of the plan ({en}) name an item: say with plan_line_ids which of them is carried out.",
                zh = names.zh,
                en = names.en
            );
            return Err(AppError::invalid_field("/plan_line_ids", "LINES_AMBIGUOUS", detail));
        }
        found.extend(named.first().map(|line| (line.position, **line)));
    }

    Ok(found.into_values().cloned().collect())
}

fn by_ids(in_force: &[Line], body: &TaskBody) -> Result<Vec<Line>> {
    let mut errors = Vec::new();

    for (index, id) in body.plan_line_ids.iter().enumerate() {
        let pointer = format!("/plan_line_ids/{index}");
        match in_force.iter().find(|line| line.id == *id) {
            None => {
                let detail = text!("现行计划中没有此条目。", "The plan in force has no such line.");
                errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
            }
            Some(line) if line.cancelled_reason.is_some() => {
                let name = label(line, in_force);
                let detail = text!("条目 {name} 已取消。", "The line {name} is cancelled.");
                errors.push(FieldError::new(pointer, "LINE_CANCELLED", detail));
            }
            Some(_) => {}
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    Ok(in_force.iter().filter(|line| body.plan_line_ids.contains(&line.id)).cloned().collect())
}

/// A line is carried out with each item that it names, by each department that it names; and no item stands for two of them.
fn check_whole(plan: &plans::Model, lines: &[Line], in_force: &[Line], body: &TaskBody) -> Result<()> {
    let checked: BTreeSet<Uuid> = body.departments.iter().flat_map(|part| part.item_ids.iter().copied()).collect();
    let taking_part: BTreeSet<Uuid> = body.departments.iter().map(|part| part.department_id).collect();
    let named = |lines: Vec<&Line>| listed(lines.into_iter().map(|line| label(line, in_force)));
    let refuse = |code, detail| Err(AppError::invalid_field("/plan_line_ids", code, detail));

    let partly = |line: &&Line| {
        let lead = line.lead_department_id.unwrap_or(plan.department_id);
        let mut departments = line.cooperating.iter().filter_map(|part| part.department_id).chain([lead]);
        items_of_line(line).any(|item| !checked.contains(&item)) || departments.any(|own| !taking_part.contains(&own))
    };
    let left: Vec<&Line> = lines.iter().filter(partly).collect();
    if !left.is_empty() {
        let names = named(left);
        let detail = text!(
            "任务未列入条目 {zh} 的全部抽查事项或参与部门。",
            "The task leaves out an item or a department that the lines {en} name.",
            zh = names.zh,
            en = names.en
        );
        return refuse("LINE_NOT_WHOLE", detail);
    }

    let shares = |line: &&Line| {
        let mut others = lines.iter().filter(|other| other.id != line.id);
        others.any(|other| items_of_line(other).any(|item| items_of_line(line).any(|own| own == item)))
    };
    let shared: Vec<&Line> = lines.iter().filter(shares).collect();
    if !shared.is_empty() {
        let names = named(shared);
        let detail = text!(
            "条目 {zh} 对应同一事项，须分别建立任务。",
            "The lines {en} name the same item, so that each takes a task of its own.",
            zh = names.zh,
            en = names.en
        );
        return refuse("LINES_SHARE_ITEM", detail);
    }

    Ok(())
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
fn check_lead(plan: &plans::Model, lines: &[Line], in_force: &[Line], body: &TaskBody) -> Result<()> {
    let lead = body.departments.first().map_or(plan.department_id, |part| part.department_id);
    let foreign = |line: &&Line| line.lead_department_id.unwrap_or(plan.department_id) != lead;
    let Some(line) = lines.iter().find(foreign).filter(|_| lead != plan.department_id) else { return Ok(()) };
    let name = label(line, in_force);
    let detail = match line.lead_name.as_ref().filter(|_| line.lead_department_id.is_some()) {
        Some(leads) => text!(
            "条目 {name} 由{leads}发起，任务须由其发起。",
            "The line {name} is led by {leads}, so the task is led by it."
        ),
        None => text!(
            "条目 {name} 由计划的牵头部门发起，任务须由其发起。",
            "The line {name} is led by the plan's department, so the task is led by it."
        ),
    };
    Err(AppError::invalid_field("/departments/0/department_id", "NOT_LEAD_OF_LINE", detail))
}
