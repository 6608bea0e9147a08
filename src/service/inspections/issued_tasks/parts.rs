//! What a department does of an issued task; where all parts are says where the task is.

use super::bodies::{InspectIssuedBody, SubmitPartBody};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::issued_tasks as store;
use crate::persistence::inspections::issued_tasks::Made;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit;
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::{Noun, lock_row, touch};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::inspections::{Opening, open};
use domain::access::Decide;
use domain::inspections::inspections::lacks_result;
use domain::inspections::issued_tasks::{PartAction, PartFacts, by_parts};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::TaskSource;
use entity::inspections::issued_parts::{Entity, Model};
use entity::inspections::{issued_inspections, issued_objects, issued_tasks};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// A part with the inspections that were made for it.
pub struct Part {
    pub part: Model,
    pub made: Vec<Made>,
}

pub async fn with_made(conn: &impl ConnectionTrait, parts: Vec<Model>) -> Result<Vec<Part>> {
    let made = store::made(conn, parts.iter().map(|part| part.id).collect()).await?;
    let of = |id: Uuid| made.iter().filter(|row| row.part_id == id).cloned().collect();
    Ok(parts.into_iter().map(|part| Part { made: of(part.id), part }).collect())
}

/// A part, as far as deciding about it needs.
pub fn part_facts(part: &Model, made: &[Made]) -> PartFacts {
    let open = made.iter().filter(|row| row.part_id == part.id && lacks_result(row.status)).count();
    PartFacts {
        status: part.status,
        department_id: part.department_id,
        open_inspections: u64::try_from(open).unwrap_or(u64::MAX),
    }
}

pub async fn sign(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Part>> {
    let mut part = begin(tx, id, version, PartAction::Sign).await?;
    part.signed_at = Some(tx.ctx().now);
    finish(tx, part, AuditAction::Signed, Vec::new()).await
}

pub async fn submit(tx: &WriteTx, id: Uuid, version: i32, body: SubmitPartBody) -> Result<Change<Part>> {
    let mut part = begin(tx, id, version, PartAction::Submit).await?;
    let today = tx.ctx().today();
    if let Some(at) = body.feedback.iter().position(|behaviour| behaviour.on > today) {
        let detail = text!("作出日期不能晚于今天。", "It was not done in the future.");
        return Err(AppError::invalid_field(&format!("/feedback/{at}/on"), "IN_THE_FUTURE", detail));
    }

    part.submitted_at = Some(tx.ctx().now);
    part.first_submitted_at = part.first_submitted_at.or(Some(tx.ctx().now));
    part.summary = Some(body.summary);
    part.feedback = body.feedback.into();
    part.return_reason = None;
    finish(tx, part, AuditAction::Submitted, Vec::new()).await
}

/// An inspection of one of the task's objects, by a team that is named.
pub async fn inspect(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: InspectIssuedBody) -> Result<Change<Part>> {
    let part = begin(tx, id, version, PartAction::Inspect).await?;
    let (object, known) = object_of(tx, part.task_id, &body).await?;
    let opening = Opening {
        source: TaskSource::Issued,
        department: part.department_id,
        object,
        item_ids: body.item_ids,
        officers: body.officers,
        exempt_ground: body.exempt_ground,
    };
    let (inspection, opened) = open(app, tx, &opening).await?;
    let link = issued_inspections::Model {
        inspection_id: inspection.id,
        part_id: id,
        object_position: i32::try_from(body.object_position).unwrap_or(i32::MAX),
    };
    store::keep_inspection(tx.conn(), link).await?;

    finish(tx, part, AuditAction::InspectionOpened, opened.into_iter().chain(known).collect()).await
}

/// Which object of the register one of the task's is: as it was found, or as it is said now, which the trail keeps.
async fn object_of(tx: &WriteTx, task: Uuid, body: &InspectIssuedBody) -> Result<(Uuid, Option<Event>)> {
    let position = i32::try_from(body.object_position).unwrap_or(i32::MAX);
    let all = store::objects(tx.conn(), vec![task]).await?;
    let refuse = |pointer, code, zh: &str, en: &str| Err(AppError::invalid_field(pointer, code, text!("{zh}", "{en}")));
    let Some(named) = all.into_iter().find(|object| object.position == position) else {
        return refuse("/object_position", "NO_SUCH_RECORD", "任务中没有此对象。", "The task has no such object.");
    };

    let said = match (named.object_id, body.object_id) {
        (Some(known), None) => return Ok((known, None)),
        (Some(known), Some(said)) if known == said => return Ok((known, None)),
        (Some(_), Some(_)) => {
            let (zh, en) = ("该对象已对应登记库中的另一对象。", "It is another object of the register.");
            return refuse("/object_id", "IMMUTABLE", zh, en);
        }
        (None, None) => {
            let (zh, en) = ("登记库中未找到该对象，请选定。", "It was not found in the register: say which it is.");
            return refuse("/object_id", "REQUIRED", zh, en);
        }
        (None, Some(said)) => said,
    };
    let Some(found) = objects::by_ids(tx.conn(), vec![said]).await?.remove(&said) else {
        return refuse("/object_id", "NO_SUCH_RECORD", "监管对象不存在。", "There is no such object.");
    };
    if named.uscc.is_some() && named.uscc != found.uscc {
        let (zh, en) = ("统一社会信用代码与任务中的不同。", "Its code is another than the task's.");
        return refuse("/object_id", "REGISTER_DISAGREES", zh, en);
    }
    let after = issued_objects::Model { object_id: Some(said), ..named.clone() };
    store::know_object(tx.conn(), after.clone()).await?;
    let event = Event::new(AuditAction::Changed, issued_tasks::Entity::NAME, task).before(&named).after(&after);

    Ok((said, Some(event)))
}

/// Holds the task, then the part: the county office holds them in the same order.
async fn begin(tx: &WriteTx, id: Uuid, version: i32, action: PartAction) -> Result<Edit<'_, Entity>> {
    let found = edit::find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    lock_row::<issued_tasks::Entity>(tx.conn(), found.task_id).await?;
    let mut part = tx.edit::<Entity>(id, version).await?;

    let made = store::made(tx.conn(), vec![id]).await?;
    part.status = part_facts(part.before(), &made).decide(&tx.ctx().actor, action)?;

    Ok(part)
}

/// Writes the part, and the task where it stands somewhere else now.
async fn finish(tx: &WriteTx, part: Edit<'_, Entity>, audit: AuditAction, more: Vec<Event>) -> Result<Change<Part>> {
    let change = part.save(audit, None).await?;
    let parts = store::parts(tx.conn(), vec![change.value.task_id]).await?;
    let statuses: Vec<_> = parts.iter().map(|part| part.status).collect();
    let task = store::by_id(tx.conn(), change.value.task_id).await?.ok_or_else(AppError::not_found)?;
    let status = by_parts(&statuses);

    let mut events = more;
    if task.status == status {
        // Whoever has the task in hand sees that a part of it changed.
        touch::<issued_tasks::Entity>(tx, task.id).await?;
    } else {
        let mut task = tx.edit_along::<issued_tasks::Entity>(task);
        task.status = status;
        events.extend(task.save(audit, None).await?.into_events());
    }
    let made = store::made(tx.conn(), vec![change.value.id]).await?;

    Ok(change.map(|part| Part { part, made }).and_all(events))
}
