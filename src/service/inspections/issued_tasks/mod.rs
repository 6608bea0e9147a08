//! 下发任务: received, signed, given to departments, recorded, checked, reported, acknowledged.

mod bodies;
mod from_file;
mod life;
mod parts;

pub use bodies::{
    CheckIssuedBody, InspectIssuedBody, IssuePartBody, IssueToPartsBody, IssuedObjectBody, IssuedTaskBody, ReportBody,
    SubmitPartBody,
};
pub use from_file::{FromFile, from_file};
pub use life::{Act, act};
pub use parts::{Part, inspect, part_facts, sign, submit, with_made};

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::issued_tasks as store;
use crate::persistence::inspections::issued_tasks::Made;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{departments, objects};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Decide, Role};
use domain::inspections::inspections::lacks_result;
use domain::inspections::issued_tasks::{IssueChannel, IssuedTaskAction, IssuedTaskFacts, IssuedTaskStatus, StepTimes};
use domain::kernel::clocks::Term;
use domain::kernel::clocks::calendar::{local_date, start_of};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::inspections::issued_tasks::{Entity, Model};
use entity::inspections::{issued_objects, issued_parts};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An issued task with its parts, its objects, and what was made for them.
pub struct IssuedTask {
    pub task: Model,
    pub parts: Vec<issued_parts::Model>,
    pub objects: Vec<issued_objects::Model>,
    pub made: Vec<Made>,
}

/// Tasks with what belongs to them: three statements, however many.
pub async fn whole(conn: &impl ConnectionTrait, tasks: Vec<Model>) -> Result<Vec<IssuedTask>> {
    let ids: Vec<_> = tasks.iter().map(|task| task.id).collect();
    let parts = store::parts(conn, ids.clone()).await?;
    let made = store::made(conn, parts.iter().map(|part| part.id).collect()).await?;
    let mut objects: BTreeMap<Uuid, Vec<issued_objects::Model>> = BTreeMap::new();
    for object in store::objects(conn, ids).await? {
        objects.entry(object.task_id).or_default().push(object);
    }
    let tasks = tasks.into_iter().map(|task| {
        let parts: Vec<_> = parts.iter().filter(|part| part.task_id == task.id).cloned().collect();
        let own = |row: &&Made| parts.iter().any(|part| part.id == row.part_id);
        let made = made.iter().filter(own).cloned().collect();
        IssuedTask { objects: objects.remove(&task.id).unwrap_or_default(), made, task, parts }
    });

    Ok(tasks.collect())
}

/// An issued task, as far as deciding about it needs.
pub fn task_facts(task: &Model, made: &[Made]) -> IssuedTaskFacts {
    let open = made.iter().filter(|row| lacks_result(row.status)).count();
    IssuedTaskFacts {
        status: task.status,
        department_id: task.department_id,
        open_inspections: u64::try_from(open).unwrap_or(u64::MAX),
    }
}

/// When the steps of a task were due and done.
pub fn times(task: &Model, parts: &[issued_parts::Model]) -> StepTimes {
    let day = |at: Option<DateTime<Utc>>| at.map(local_date);
    StepTimes {
        sign_due: task.sign_due_on,
        signed: day(task.signed_at),
        issue_due: task.issue_due_on,
        issued: day(task.issued_at),
        parts: parts.iter().map(|part| (part.due_on, day(part.first_submitted_at))).collect(),
        report_due: task.due_on,
        reported: day(task.first_reported_at),
    }
}

pub async fn receive(app: &App, tx: &WriteTx, body: IssuedTaskBody) -> Result<Change<IssuedTask>> {
    let ctx = tx.ctx();
    let is_partner = ctx.actor.role == Role::Partner;
    let department_id = match body.department_id {
        None if is_partner => {
            let detail = text!("请写明接收单位。", "Say which department receives it.");
            return Err(AppError::invalid_field("/department_id", "REQUIRED", detail));
        }
        None => ctx.actor.department_id,
        Some(department) => {
            departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
            department
        }
    };
    let channel = if is_partner { IssueChannel::Api } else { IssueChannel::Manual };
    receive_by(app, tx, IssuedTaskBody { department_id: Some(department_id), ..body }, channel).await
}

/// Keeps a task that came in some way.
async fn receive_by(
    app: &App,
    tx: &WriteTx,
    body: IssuedTaskBody,
    channel: IssueChannel,
) -> Result<Change<IssuedTask>> {
    check_count(&body.objects)?;
    let department_id = body.department_id.unwrap_or(tx.ctx().actor.department_id);
    let model = Model { id: new_id(), channel, department_id, ..told(app, tx, &body, None)? };
    let task = insert(tx, model).await?;
    let objects = keep_objects(tx, task.id, body.objects).await?;

    let event = Event::of::<Entity>(AuditAction::Created, &task).after(&json_of(&task, &objects)?);
    Ok(Change::new(IssuedTask { task, parts: Vec::new(), objects, made: Vec::new() }, event))
}

/// Replaces what was received, before it is signed.
pub async fn update(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: IssuedTaskBody,
) -> Result<Change<IssuedTask>> {
    let mut task = tx.edit::<Entity>(id, version).await?;

    task.status = task_facts(task.before(), &[]).decide(&tx.ctx().actor, IssuedTaskAction::Update)?;
    if body.department_id.is_some_and(|department| department != task.department_id) {
        let detail = text!("接收单位不能更改。", "The department that received it cannot be changed.");
        return Err(AppError::invalid_field("/department_id", "IMMUTABLE", detail));
    }
    let told = told(app, tx, &body, Some(task.before().received_at))?;
    let before = json_of(task.before(), &store::objects(tx.conn(), vec![id]).await?)?;
    *task = taken_over(task.before(), &told);
    let task = task.write().await?;
    let objects = keep_objects(tx, id, body.objects).await?;

    let event = Event::of::<Entity>(AuditAction::Updated, &task).before(&before).after(&json_of(&task, &objects)?);
    Ok(Change::new(IssuedTask { task, parts: Vec::new(), objects, made: Vec::new() }, event))
}

/// So many objects are one task's.
fn check_count(objects: &[IssuedObjectBody]) -> Result<()> {
    if objects.len() <= MOST_OBJECTS {
        return Ok(());
    }
    let detail = text!(
        "一项任务最多 {MOST_OBJECTS} 个监管对象，请分作几项任务。",
        "A task has {MOST_OBJECTS} objects at most; make several of it."
    );
    Err(AppError::invalid_field("/objects", "TOO_MANY", detail))
}

/// Objects of one task, at most.
const MOST_OBJECTS: usize = 500;

/// A task with what is told of it anew.
fn taken_over(kept: &Model, told: &Model) -> Model {
    Model {
        code: told.code.clone(),
        name: told.name.clone(),
        level: told.level,
        issuer: told.issuer.clone(),
        matter_code: told.matter_code.clone(),
        content: told.content.clone(),
        requirements: told.requirements.clone(),
        received_at: told.received_at,
        due_on: told.due_on,
        sign_due_on: told.sign_due_on,
        issue_due_on: told.issue_due_on,
        ..kept.clone()
    }
}

/// What a body says of a task; the rest is blank. `before`: when it was received, as far as is known.
fn told(app: &App, tx: &WriteTx, body: &IssuedTaskBody, before: Option<DateTime<Utc>>) -> Result<Model> {
    let (now, today) = (tx.ctx().now, tx.ctx().today());
    let known = before.unwrap_or(now);
    let received = body.received_on.unwrap_or_else(|| local_date(known));
    let mut errors = Vec::new();
    if received > today {
        let detail = text!("收到日期不能晚于今天。", "It was not received in the future.");
        errors.push(FieldError::new("/received_on", "IN_THE_FUTURE", detail));
    }
    if body.due_on < received {
        let detail = text!("办理期限早于收到日期。", "It is due before it was received.");
        errors.push(FieldError::new("/due_on", "OUT_OF_RANGE", detail));
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    let rules = &app.settings.rules;
    let within = |days: u32| Term::working_days(days).due_on(&app.calendar, received).min(body.due_on);
    Ok(Model {
        id: Uuid::nil(),
        code: body.code.clone(),
        name: body.name.clone(),
        level: body.level,
        channel: IssueChannel::Manual,
        issuer: body.issuer.clone(),
        matter_code: body.matter_code.clone(),
        content: body.content.clone(),
        requirements: body.requirements.clone(),
        department_id: Uuid::nil(),
        received_at: if received == local_date(known) { known } else { start_of(received) },
        due_on: body.due_on,
        sign_due_on: within(rules.issued_sign_working_days),
        issue_due_on: within(rules.issued_issue_working_days),
        status: IssuedTaskStatus::Received,
        signed_at: None,
        issued_at: None,
        checked_by: None,
        checked_at: None,
        uninspected_reason: None,
        first_reported_at: None,
        reported_at: None,
        report_no: None,
        acknowledged_at: None,
        return_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// The objects as the upper level names them, each with the register's, by its code, else by its whole name where only one has it.
async fn keep_objects(tx: &WriteTx, task: Uuid, bodies: Vec<IssuedObjectBody>) -> Result<Vec<issued_objects::Model>> {
    let conn = tx.conn();
    let codes = bodies.iter().filter_map(|object| object.uscc.clone()).collect();
    let by_code = objects::by_uscc(conn, codes).await?;
    let by_name = objects::by_names(conn, bodies.iter().map(|object| object.name.clone()).collect()).await?;
    let known = |object: &IssuedObjectBody| {
        if let Some(uscc) = &object.uscc {
            return by_code.get(uscc).map(|found| found.id);
        }
        let mut named = by_name.iter().filter(|found| found.name == object.name);
        named.next().filter(|_| named.next().is_none()).map(|found| found.id)
    };

    let rows: Vec<_> = bodies
        .iter()
        .zip(1..)
        .map(|(object, position)| issued_objects::Model {
            task_id: task,
            position,
            name: object.name.clone(),
            uscc: object.uscc.clone(),
            object_id: known(object),
        })
        .collect();
    store::replace_objects(conn, task, rows.clone()).await?;

    Ok(rows)
}

fn json_of(task: &Model, objects: &[issued_objects::Model]) -> Result<serde_json::Value> {
    let mut record = serde_json::to_value(task)?;
    record["objects"] = json!(objects);
    Ok(record)
}

/// The last day on which departments hand in what is due on a day, and not before today.
fn part_due(app: &App, today: NaiveDate, due_on: NaiveDate) -> NaiveDate {
    let days = i64::from(app.settings.rules.issued_part_working_days);
    let mut day = due_on;
    while app.calendar.working_days_between(day, due_on) < days && day > today {
        day = day.pred_opt().unwrap_or(day);
    }
    day
}
