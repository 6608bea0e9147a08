//! 数据集目录: who has each set, how it comes, who answers for it; and whether it came.

mod watch;

pub use watch::{DataSet, escalate_late, sweep};

use self::watch::{Findings, is_able, look};
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::input::rule;
use crate::persistence::access::users;
use crate::persistence::intake::data_sets as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::register::departments;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::intake::data_sets::{
    Cadence, DataGrade, DataSetAction, DataSetContent, DataSetFacts, DataSetStatus, ShareClass,
};
use domain::kernel::clocks::Term;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::intake::data_sets::{Entity, Model};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 数据集及其汇集方案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_share))]
#[schema(examples(json!({
    "department_id": "0198f2a0-0000-7000-8000-000000000001", "source_system": "省一体化在线监管平台市场监管分系统",
    "cadence": "WEEKLY", "grade": "GENERAL", "share": "UNCONDITIONAL", "duty_user_id": "0198f2a0-0000-7000-8000-000000000002",
    "plan": "范围：市场监管领域全部行政检查；方式：接口按批次推送；质量：准确率不低于 99%。"
})))]
pub struct DataSetBody {
    /// 责任部门
    pub department_id: Uuid,
    /// 来源系统
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub source_system: String,
    /// 更新周期
    pub cadence: Cadence,
    /// 数据分级
    pub grade: DataGrade,
    /// 共享属性
    pub share: ShareClass,
    /// 共享条件，或不予共享的依据; of no other
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub share_basis: Option<String>,
    /// 责任人: an account of the department
    pub duty_user_id: Uuid,
    /// 汇集方案: 范围、方式、质量要求
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub plan: String,
}

fn check_share(body: &DataSetBody) -> std::result::Result<(), ValidationError> {
    let is_open = body.share == ShareClass::Unconditional;
    if is_open == body.share_basis.is_none() {
        return Ok(());
    }
    Err(rule(
        "/share_basis",
        "有条件共享的须写明条件，不予共享的须写明依据；无条件共享的不填。",
        "Name the condition, or the ground for withholding; none of what is shared without condition.",
    ))
}

/// A set, as far as deciding about it needs.
pub const fn decision_facts(row: &Model) -> DataSetFacts {
    DataSetFacts {
        status: row.status,
        department_id: row.department_id,
        duty_user_id: row.duty_user_id,
        submitted_by: row.submitted_by,
    }
}

/// Completes sets for reading.
pub async fn complete(
    app: &App,
    conn: &impl ConnectionTrait,
    rows: Vec<Model>,
    today: NaiveDate,
) -> Result<Vec<DataSet>> {
    let findings = Findings::gather(conn, &rows, today).await?;
    Ok(rows.into_iter().map(|row| findings.complete(app, row)).collect())
}

async fn complete_one(app: &App, conn: &impl ConnectionTrait, row: Model, today: NaiveDate) -> Result<DataSet> {
    complete(app, conn, vec![row], today).await?.pop().ok_or_else(AppError::not_found)
}

pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> Result<DataSet> {
    let row = find::<Entity>(&app.db, ctx, id).await?;
    complete_one(app, &app.db, row, ctx.today()).await
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: DataSetBody) -> Result<Change<DataSet>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, DataSetAction::Update)?;
    check_body(tx, &body).await?;

    row.department_id = Some(body.department_id);
    row.source_system = Some(body.source_system);
    row.cadence = body.cadence;
    row.grade = Some(body.grade);
    row.share = Some(body.share);
    row.share_basis = body.share_basis;
    row.duty_user_id = Some(body.duty_user_id);
    row.plan = Some(body.plan);
    saved(app, tx, row.save(AuditAction::Updated, None).await?).await
}

/// The department exists, and whoever is to answer for it is one of its people.
async fn check_body(tx: &WriteTx, body: &DataSetBody) -> Result<()> {
    let mut errors = Vec::new();
    if departments::existing(tx.conn(), &[body.department_id]).await?.is_empty() {
        let detail = text!("没有该部门。", "There is no such department.");
        errors.push(FieldError::new("/department_id", "NO_SUCH_RECORD", detail));
    }

    let person = users::find(tx.conn(), body.duty_user_id).await?;
    if !person.is_some_and(|user| is_able(&user, Some(body.department_id))) {
        let detail = text!(
            "责任人应为责任部门已启用的账户，且角色可以签认数据集。",
            "The duty person is an active account of the department, of a role that may sign for data sets."
        );
        errors.push(FieldError::new("/duty_user_id", "NO_SUCH_RECORD", detail));
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// Submits, returns, approves, signs, revises or reviews.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    (id, version): (Uuid, i32),
    action: DataSetAction,
    reason: Option<String>,
) -> Result<Change<DataSet>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, action)?;

    let (actor, today) = (tx.ctx().actor.id, tx.ctx().today());
    let next_review = Term::months(app.settings.rules.data_set_review_months).due_on(&app.calendar, today);
    let audit = match action {
        DataSetAction::Update => AuditAction::Updated,
        DataSetAction::Submit => {
            row.submitted_by = Some(actor);
            row.return_reason = None;
            AuditAction::Submitted
        }
        DataSetAction::Return => {
            row.return_reason.clone_from(&reason);
            AuditAction::Returned
        }
        DataSetAction::Approve => {
            row.approved_by = Some(actor);
            AuditAction::Approved
        }
        DataSetAction::Sign => {
            row.signed_by = Some(actor);
            row.agreed_department_id = row.department_id;
            row.agreed_cadence = row.cadence;
            row.in_force_on = Some(today);
            row.review_on = Some(next_review);
            AuditAction::Signed
        }
        DataSetAction::Revise => AuditAction::Reopened,
        DataSetAction::Review => {
            row.review_on = Some(next_review);
            AuditAction::Examined
        }
    };

    // Another cadence or another person may be all that it lacked.
    let findings = Findings::gather(tx.conn(), std::slice::from_ref(&*row), today).await?;
    look(app, &findings, &mut row);
    saved(app, tx, row.save(audit, reason).await?).await
}

async fn saved(app: &App, tx: &WriteTx, change: Change<Model>) -> Result<Change<DataSet>> {
    let (row, events) = change.into_parts();
    let complete = complete_one(app, tx.conn(), row, tx.ctx().today()).await?;
    Ok(Change::unmade(complete).and_all(events))
}

/// The required sets are there from the beginning, so that none can be forgotten.
pub async fn begin(app: &App) -> Result<()> {
    if store::all(&app.db).await?.len() == DataSetContent::ALL.len() {
        return Ok(());
    }

    let ctx = Ctx::system("data-sets");
    let begun = write(&app.db, &ctx, async |tx| {
        let known: Vec<_> = store::all(tx.conn()).await?.into_iter().map(|row| row.content).collect();
        let mut events = Vec::new();
        // What came before there was a catalogue has come.
        let before = if known.is_empty() { store::made_before(tx.conn()).await? } else { BTreeMap::new() };
        store::note(tx, before)?;
        for content in DataSetContent::ALL.iter().filter(|content| !known.contains(content)) {
            // Another process may begin at the same moment: the second finds them there.
            let row = insert(tx, blank(*content, tx.ctx().now)).await.map_err(AppError::again)?;
            events.push(Event::created::<Entity>(&row));
        }
        Ok(Change::unmade(()).and_all(events))
    });
    Box::pin(begun).await
}

/// One of which nobody has said anything.
fn blank(content: DataSetContent, now: DateTime<Utc>) -> Model {
    Model {
        id: new_id(),
        content,
        name: content.label().to_owned(),
        department_id: None,
        source_system: None,
        cadence: content.usual_cadence(),
        grade: None,
        share: None,
        share_basis: None,
        duty_user_id: None,
        plan: None,
        status: DataSetStatus::Draft,
        submitted_by: None,
        approved_by: None,
        return_reason: None,
        agreed_department_id: None,
        agreed_cadence: content.usual_cadence(),
        signed_by: None,
        in_force_on: None,
        review_on: None,
        lacks: Vec::new().into(),
        escalated_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
