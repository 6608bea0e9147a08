//! A task before its pool is frozen, and the ways back: redraw and cancel.

use super::bodies::{TaskBody, TaskDepartmentBody};
use super::{Task, chance, with_parts};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::tasks::Parts;
use crate::persistence::spot_checks::{spot_check_items, tasks};
use crate::service::credit::usable;
use crate::service::inspections::inspecting_bodies;
use crate::service::spot_checks::libraries;
use crate::service::spot_checks::plans;
use crate::service::spot_checks::spot_check_items::check_usable;
use domain::access::Decide;
use domain::credit::strata_of;
use domain::kernel::rules::TWO_OFFICERS;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::{
    Duty, StratumRule, TaskAction, TaskSource, TaskStatus, check_coverage, check_strata, with_unclassified,
};
use entity::spot_checks::tasks::{Column, Entity, Model};
use entity::spot_checks::{task_departments, task_items};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// 任务编号: the county, the day and a serial.
pub async fn next_code(app: &App, tx: &WriteTx) -> Result<String> {
    let prefix = format!("{}{}", app.settings.county.code, tx.ctx().today().format("%Y%m%d"));
    serials::next::<Entity>(tx, Column::Code, &prefix, 4).await
}

pub async fn create(app: &App, tx: &WriteTx, body: TaskBody) -> Result<Change<Task>> {
    // The plan is held before the items, as it is where the pool is frozen.
    let lines = plans::lines_of_task(tx, &body).await?;
    let code = next_code(app, tx).await?;
    let model = draft(app, tx, body.clone(), new_id(), code).await?;
    let task = insert(tx, model).await?;
    plans::carry(tx, &task, lines).await?;
    save_parts(tx, task.id, body.departments).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(AuditAction::Created, "tasks", task.task.id)
        .department(task.task.lead_department_id)
        .after(&whole(&task.task, &task.parts)?);
    Ok(Change::new(task, event))
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: TaskBody) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    super::decision_facts(app, tx.ctx().now, &before, &parts).decide(&tx.ctx().actor, TaskAction::Update)?;

    let lines = plans::lines_of_task(tx, &body).await?;
    let draft = draft(app, tx, body.clone(), id, before.code.clone()).await?;
    let after = Model { epoch: before.epoch, created_at: before.created_at, ..draft };
    let task = replace::<Entity>(tx, &before, after).await?;
    plans::carry(tx, &task, lines).await?;
    save_parts(tx, id, body.departments).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(AuditAction::Updated, "tasks", id)
        .department(task.task.lead_department_id)
        .before(&whole(&before, &parts)?)
        .after(&whole(&task.task, &task.parts)?);
    Ok(Change::new(task, event))
}

/// A task as the trail has it: with its departments, and the lines that it carries out, which decide what is done.
fn whole(task: &Model, parts: &Parts) -> Result<Value> {
    let mut record = serde_json::to_value(task)?;
    record["plan_line_ids"] = serde_json::to_value(&parts.plan_lines)?;
    record["departments"] = serde_json::to_value(&parts.departments)?;
    Ok(record)
}

/// Somebody else agrees that more is drawn than the ceiling allows, for the reason that is given.
pub async fn approve_excess(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    super::decision_facts(app, tx.ctx().now, &before, &parts).decide(&tx.ctx().actor, TaskAction::ApproveExcess)?;
    let after = Model { excess_approved_by: Some(tx.ctx().actor.id), ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(AuditAction::ExcessApproved, "tasks", id).department(before.lead_department_id);
    let event = event.before(&before).after(&task.task);
    Ok(Change::new(task, event))
}

/// Checks everything a draft refers to.
async fn draft(app: &App, tx: &WriteTx, body: TaskBody, id: Uuid, code: String) -> Result<Model> {
    let ctx = tx.ctx();
    let lead = body.departments.first().map_or(ctx.actor.department_id, |department| department.department_id);
    ctx.check_own(lead, "/departments/0/department_id")?;
    check_references(tx, &body).await?;
    libraries::check_named(tx, &body).await?;
    let asked = body.departments.iter().map(|part| (part.department_id, part.item_ids.clone())).collect();
    inspecting_bodies::check(app, tx, asked).await?;

    if body.officers_per_object < app.settings.rules.minimum_officers {
        let minimum = app.settings.rules.minimum_officers;
        let detail = text!("每户检查人员不少于 {minimum} 人。", "There must be {minimum} officers an object or more.");
        let mut error = AppError::invalid_field("/officers_per_object", "TOO_SMALL", detail);
        error.basis = Some(TWO_OFFICERS);
        return Err(error);
    }

    let strata = strata(tx, &body).await?;
    check_coverage(&strata, body.left_out_reason.as_deref())?;
    let chance = chance::plan(app, ctx.now, &body)?;
    let small = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let source = if body.plan_id.is_some() { TaskSource::Plan } else { TaskSource::Temporary };

    Ok(Model {
        id,
        code,
        name: body.name,
        source,
        kind: body.kind,
        plan_id: body.plan_id,
        object_library_id: body.object_library_id,
        strategy_id: body.strategy_id,
        spot_type: body.spot_type,
        lead_department_id: lead,
        starts_on: body.starts_on,
        ends_on: body.ends_on,
        pool_filter: body.pool_filter.clone().into(),
        strata: strata.clone().into(),
        exclude_months: small(body.exclude_months),
        officers_per_object: small(body.officers_per_object),
        status: TaskStatus::Draft,
        epoch: 1,
        reason: None,
        lone_object_reason: body.lone_object_reason,
        left_out_reason: body.left_out_reason,
        excess_asked_by: body.excess_reason.is_some().then_some(ctx.actor.id),
        excess_reason: body.excess_reason,
        excess_approved_by: None,
        leaving: None,
        chance: chance.map(Into::into),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}

/// The strategy's strata, or the task's own.
async fn strata(tx: &WriteTx, body: &TaskBody) -> Result<Vec<StratumRule>> {
    if let Some(strategy) = body.strategy_id {
        return Ok(strata_of(&usable(tx.conn(), strategy, body.kind).await?.rows));
    }
    let strata: Vec<_> = body
        .strata
        .iter()
        .map(|stratum| StratumRule { class: stratum.class, rate_bp: stratum.rate_bp, minimum: stratum.minimum })
        .collect();
    check_strata(&strata)?;
    Ok(with_unclassified(strata))
}

async fn check_references(tx: &WriteTx, body: &TaskBody) -> Result<()> {
    let wanted: Vec<_> = body.departments.iter().map(|department| department.department_id).collect();
    let known = departments::existing(tx.conn(), &wanted).await?;
    let items: Vec<_> = body.departments.iter().flat_map(|department| department.item_ids.clone()).collect();
    let items = spot_check_items::by_ids(tx.conn(), items).await?;
    let owners: Vec<_> = items.iter().filter_map(|item| item.department_id).collect();
    let owners = departments::existing(tx.conn(), &owners).await?;
    let mut errors = Vec::new();
    let mut spots = Vec::new();

    for (at, department) in body.departments.iter().enumerate() {
        if !known.iter().any(|found| found.id == department.department_id) {
            let detail = text!("部门不存在。", "There is no such department.");
            errors.push(FieldError::new(format!("/departments/{at}/department_id"), "NO_SUCH_RECORD", detail));
        }
        for (index, id) in department.item_ids.iter().enumerate() {
            let pointer = format!("/departments/{at}/item_ids/{index}");
            match items.iter().find(|item| item.id == *id) {
                None => {
                    let detail = text!("抽查事项不存在。", "There is no such spot-check item.");
                    errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
                }
                Some(item) if !related(&known, &owners, department.department_id, item.department_id) => {
                    let detail =
                        text!("该抽查事项属于其他部门。", "The spot-check item belongs to another department.");
                    errors.push(FieldError::new(pointer, "NOT_OF_DEPARTMENT", detail));
                }
                Some(item) => spots.push((pointer, item.clone())),
            }
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    check_usable(tx, &spots, tx.ctx().today()).await?;

    Ok(())
}

/// A department works under its own items, those of its parent, and those of a body below it.
fn related(
    departments: &[entity::register::departments::Model],
    owners: &[entity::register::departments::Model],
    department: Uuid,
    owner: Option<Uuid>,
) -> bool {
    let Some(owner) = owner else { return true };
    let below = |all: &[entity::register::departments::Model], child: Uuid, parent: Uuid| {
        all.iter().any(|known| known.id == child && known.parent_id == Some(parent))
    };
    owner == department || below(departments, department, owner) || below(owners, owner, department)
}

async fn save_parts(tx: &WriteTx, task: Uuid, departments: Vec<TaskDepartmentBody>) -> Result<()> {
    let mut rows = Vec::new();
    let mut items = Vec::new();
    for (at, department) in departments.into_iter().enumerate() {
        let duty = if at == 0 { Duty::Lead } else { Duty::Cooperating };
        let department_id = department.department_id;
        let officer_library_id = department.officer_library_id;
        rows.push(task_departments::Model { task_id: task, department_id, duty, officer_library_id });
        let unique: BTreeSet<_> = department.item_ids.into_iter().collect();
        items.extend(unique.into_iter().map(|item| task_items::Model {
            task_id: task,
            department_id,
            spot_check_item_id: item,
            item_version: None,
            list_version: None,
        }));
    }

    tasks::replace_parts(tx.conn(), task, rows, items).await
}
