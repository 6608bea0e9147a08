//! What a step of a clue asks for before it is taken.

use super::bodies::{ExtendBody, MeasureBody};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::access::users;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::risks::risk_clues as store;
use crate::persistence::spot_checks::tasks;
use domain::access::Role;
use domain::access::users::UserStatus;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::risks::risk_clues::{check_measures, is_open};
use entity::credit::credit_classifications;
use entity::risks::risk_clue_measures as measures;
use entity::risks::risk_clues::Model;
use sea_orm::{EntityTrait, PaginatorTrait};
use uuid::Uuid;

/// Whoever works on a clue is an active officer or administrator of its department.
pub(super) async fn check_assignee(tx: &WriteTx, clue: &Model, user: Uuid) -> Result<()> {
    let refuse = |code, detail| Err(AppError::invalid_field("/user_id", code, detail));
    let Some(user) = users::find(tx.conn(), user).await? else { return Err(AppError::no_such("/user_id")) };
    let department = user.department_id;
    let own = match clue.department_id {
        Some(own) => departments::subtree(tx.conn(), own).await?,
        None => Vec::new(),
    };
    let within = department.is_some_and(|department| own.contains(&department));
    if !within {
        return refuse("NOT_OF_DEPARTMENT", text!("承办人不属于承办部门。", "This account is not of the department."));
    }
    let works = [Role::Officer, Role::DepartmentAdmin].iter().any(|role| user.role == Some(*role));

    if user.status != UserStatus::Active || !works {
        return refuse(
            "NOT_AVAILABLE",
            text!("该账户未启用，或不是执法人员、部门管理员。", "This account cannot work on clues."),
        );
    }

    Ok(())
}

/// Writes the measures down; what they refer to must be there, and of the department.
pub(super) async fn dispose(tx: &WriteTx, clue: &Model, bodies: Vec<MeasureBody>) -> Result<()> {
    let verdict = clue.verdict;
    let verdict = verdict.ok_or_else(|| AppError::internal("disposing without a verdict"))?;
    check_measures(verdict, &bodies.iter().map(|body| body.measure.as_str()).collect::<Vec<_>>())?;
    let mut errors = Vec::new();
    let mut wrong = |at: usize, field: &str| {
        let detail = text!("引用的记录不存在。", "The record referred to does not exist.");
        errors.push(FieldError::new(format!("/measures/{at}/{field}"), "NO_SUCH_RECORD", detail));
    };

    for (at, body) in bodies.iter().enumerate() {
        if let Some(id) = body.inspection_id {
            // Whoever destroys it waits, or was first.
            lock_row::<entity::inspections::inspections::Entity>(tx.conn(), id).await?;
        }
        if let Some(id) = body.inspection_id
            && !inspections::is_of_department(tx.conn(), id, clue.department_id, clue.object_id).await?
        {
            wrong(at, "inspection_id");
        }
        if let Some(id) = body.task_id
            && !tasks::takes_part(tx.conn(), id, clue.department_id).await?
        {
            wrong(at, "task_id");
        }
        if let Some(id) = body.classification_id
            && credit_classifications::Entity::find_by_id(id).count(tx.conn()).await.or_app()? == 0
        {
            wrong(at, "classification_id");
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let rows = bodies.into_iter().map(|body| measures::Model {
        id: new_id(),
        clue_id: clue.id,
        measure: body.measure,
        content: body.content,
        inspection_id: body.inspection_id,
        task_id: body.task_id,
        penalty_no: body.penalty_no,
        classification_id: body.classification_id,
        outcome: None,
        created_by: tx.ctx().actor.id,
        created_at: tx.ctx().now,
    });

    store::add_measures(tx.conn(), rows.collect()).await
}

/// A master is open, is no duplicate itself, and is about the same object.
pub(super) async fn check_master(tx: &WriteTx, clue: &Model, master: Uuid) -> Result<()> {
    let master = store::get(tx.conn(), tx.ctx(), master).await.map_err(|error| error.or_no_such("/master_id"))?;
    let open = is_open(master.status);
    let same = match (clue.object_id, master.object_id) {
        (Some(own), Some(other)) => own == other,
        _ => clue.object_name == master.object_name,
    };
    // What is urgent does not become leisurely by being merged.
    let as_urgent = master.level <= clue.level;
    if open && same && as_urgent && master.id != clue.id {
        return Ok(());
    }

    Err(Refusal::new(
        Code::MergeInvalid,
        text!(
            "主线索应为同一主体、风险等级不低于本线索的另一条未办结线索。",
            "The master must be another open clue about the same object, of the same risk level or a higher one."
        ),
    )
    .into())
}

/// Within the county's bound.
pub(super) fn check_extension(app: &App, body: &ExtendBody) -> Result<()> {
    let most = app.settings.rules.clue_extension_working_days;
    if u32::try_from(body.working_days).is_ok_and(|days| days <= most) {
        return Ok(());
    }
    let detail = text!("延期不得超过 {most} 个工作日。", "An extension is {most} working days at most.");
    Err(AppError::invalid_field("/working_days", "OUT_OF_RANGE", detail))
}
