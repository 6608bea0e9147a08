//! 培训.

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{insert, touch};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::{personnel, trainings as store};
use chrono::NaiveDate;
use domain::kernel::text::text;
use domain::officers::trainings::TrainingKind;
use domain::oversight::audit::AuditAction;
use entity::officers::training_attendances as attendances;
use entity::officers::trainings::{Entity, Model};
use serde::Deserialize;
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

/// 一名参训人员
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"personnel_id": "01930000-0000-7000-8000-000000000004", "score": 92, "passed": true})))]
pub struct AttendanceBody {
    pub personnel_id: Uuid,
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

/// Writes down who attended; only officers of the caller's scope.
pub async fn attend(tx: &WriteTx, id: Uuid, body: AttendancesBody) -> Result<Change<(Model, Vec<attendances::Model>)>> {
    let training = store::get(tx.conn(), tx.ctx(), id).await?;
    let named = body.attendances.iter().map(|one| one.personnel_id).collect();
    // Each is taken out as it is met: a second naming finds none.
    let mut known = personnel::reached(tx.conn(), tx.ctx(), named).await?;
    let mut errors = Vec::new();
    let mut rows: Vec<attendances::Model> = Vec::new();

    for (at, one) in body.attendances.iter().enumerate() {
        if !known.remove(&one.personnel_id) {
            let detail = text!("人员不存在、重复或不在管理范围内。", "No such officer in your scope, or named twice.");
            errors.push(FieldError::new(format!("/attendances/{at}/personnel_id"), "NO_SUCH_RECORD", detail));
        }
        rows.push(attendances::Model {
            training_id: id,
            personnel_id: one.personnel_id,
            score: one.score,
            passed: one.passed,
        });
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    store::attend(tx.conn(), rows.clone()).await?;
    touch::<Entity>(tx, id).await?;
    let event = Event::new(AuditAction::Recorded, "trainings", id).department(training.department_id).after(&rows);
    let all = store::attendances_of(tx.conn(), id).await?;
    let training = store::get(tx.conn(), tx.ctx(), id).await?;

    Ok(Change::new((training, all), event))
}
