//! 培训.

use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::access::users;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{insert, touch};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::{personnel, trainings as store};
use chrono::NaiveDate;
use domain::kernel::text::text;
use domain::officers::trainings::TrainingKind;
use domain::oversight::audit::AuditAction;
use entity::officers::trainings::{Entity, Model};
use entity::officers::{training_accounts as accounts, training_attendances as attendances};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 新培训
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "title": "2026 年度行政执法人员公共法律知识培训", "kind": "ANNUAL", "held_on": "2026-10-15", "hours": 60,
    "department_id": "01930000-0000-7000-8000-000000000001"
})))]
pub struct TrainingBody {
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub title: String,
    pub kind: TrainingKind,
    pub held_on: NaiveDate,
    /// 学时
    #[schema(minimum = 1, maximum = 1000)]
    pub hours: i32,
    /// 组织部门
    pub department_id: Uuid,
}

/// 一名参训人员: 执法人员或平台用户，二者择一
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"personnel_id": "01930000-0000-7000-8000-000000000004", "score": 92, "passed": true})))]
pub struct AttendanceBody {
    /// 执法人员
    #[serde(default)]
    pub personnel_id: Option<Uuid>,
    /// 平台用户: 不一定是执法人员
    #[serde(default)]
    pub user_id: Option<Uuid>,
    #[schema(minimum = 0, maximum = 100)]
    #[serde(default)]
    pub score: Option<i32>,
    pub passed: bool,
}

/// 参训名单
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "attendances": [{"personnel_id": "01930000-0000-7000-8000-000000000004", "score": 92, "passed": true}]
})))]
pub struct AttendancesBody {
    #[schema(min_items = 1, max_items = 500)]
    pub attendances: Vec<AttendanceBody>,
}

pub async fn create(tx: &WriteTx, body: TrainingBody) -> Result<Change<Model>> {
    crate::persistence::register::departments::get(tx.conn(), body.department_id)
        .await
        .map_err(|error| error.or_no_such("/department_id"))?;
    tx.ctx().check_own(body.department_id, "/department_id")?;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        title: body.title,
        kind: body.kind,
        held_on: body.held_on,
        hours: body.hours,
        department_id: body.department_id,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "trainings", saved.id).department(saved.department_id).after(&saved);

    Ok(Change::new(saved, event))
}

/// Who attended a training.
pub struct Attended {
    pub training: Model,
    pub officers: Vec<attendances::Model>,
    pub accounts: Vec<accounts::Model>,
}

/// A training of the caller's scope with who attended.
pub async fn attended(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Attended> {
    Ok(Attended {
        training: store::get(conn, ctx, id).await?,
        officers: store::attendances_of(conn, id).await?,
        accounts: store::accounts_of(conn, id).await?,
    })
}

/// Writes down who attended; only officers and accounts within the caller's reach.
pub async fn attend(tx: &WriteTx, id: Uuid, body: AttendancesBody) -> Result<Change<Attended>> {
    let training = store::get(tx.conn(), tx.ctx(), id).await?;
    let named = |which: fn(&AttendanceBody) -> Option<Uuid>| body.attendances.iter().filter_map(which).collect();
    // Each is taken out as it is met: a second naming finds none.
    let mut known = personnel::reached(tx.conn(), tx.ctx(), named(|one| one.personnel_id)).await?;
    let mut known_accounts = users::reached(tx.conn(), tx.ctx(), named(|one| one.user_id)).await?;
    let (mut officers, mut of_accounts, mut errors) = (Vec::new(), Vec::new(), Vec::new());

    for (at, one) in body.attendances.iter().enumerate() {
        let (score, passed) = (one.score, one.passed);
        match (one.personnel_id, one.user_id) {
            (Some(personnel_id), None) => {
                if !known.remove(&personnel_id) {
                    let detail =
                        text!("人员不存在、重复或不在管理范围内。", "No such officer in your scope, or named twice.");
                    errors.push(FieldError::new(format!("/attendances/{at}/personnel_id"), "NO_SUCH_RECORD", detail));
                }
                officers.push(attendances::Model { training_id: id, personnel_id, score, passed });
            }
            (None, Some(user_id)) => {
                if !known_accounts.remove(&user_id) {
                    let detail =
                        text!("用户不存在、重复或不在管理范围内。", "No such account in your scope, or named twice.");
                    errors.push(FieldError::new(format!("/attendances/{at}/user_id"), "NO_SUCH_RECORD", detail));
                }
                of_accounts.push(accounts::Model { training_id: id, user_id, score, passed });
            }
            (None, None) | (Some(_), Some(_)) => {
                let detail = text!("应填写执法人员或平台用户之一。", "Name an officer or an account, one of the two.");
                errors.push(FieldError::new(format!("/attendances/{at}"), "ONE_OF", detail));
            }
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let written = json!({ "officers": officers, "accounts": of_accounts });
    store::attend(tx.conn(), officers).await?;
    store::attend_accounts(tx.conn(), of_accounts).await?;
    touch::<Entity>(tx, id).await?;
    let event = Event::new(AuditAction::Recorded, "trainings", id).department(training.department_id).after(&written);

    Ok(Change::new(attended(tx.conn(), tx.ctx(), id).await?, event))
}
