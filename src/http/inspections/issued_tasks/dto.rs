//! Views of issued tasks and of their parts.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use crate::persistence::inspections::issued_tasks::Made;
use crate::service::inspections::issued_tasks::{IssuedTask, Part, part_facts, task_facts, times};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Decide, Reach};
use domain::inspections::inspections::InspectionStatus;
use domain::inspections::issued_tasks::{
    Feedback, IssueChannel, IssueLevel, IssuedTaskAction, IssuedTaskStatus, PartAction, PartStatus, Step, late_steps,
};
use entity::inspections::{issued_objects, issued_parts};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 国家、省、市下发任务
#[derive(Serialize, ToSchema)]
pub struct IssuedTaskView {
    pub id: Uuid,
    /// 任务编号 of the level that issued it
    #[schema(example = "GJLHJG2026000123")]
    pub code: String,
    pub name: String,
    pub level: IssueLevel,
    pub channel: IssueChannel,
    /// 发起单位
    pub issuer: String,
    /// 监管事项目录编码
    #[schema(required)]
    pub matter_code: Option<String>,
    pub content: String,
    #[schema(required)]
    pub requirements: Option<String>,
    /// 接收单位
    pub department_id: Uuid,
    pub received_at: DateTime<Utc>,
    pub sign_due_on: NaiveDate,
    pub issue_due_on: NaiveDate,
    /// 办理期限
    pub due_on: NaiveDate,
    pub status: IssuedTaskStatus,
    /// 未按时的环节
    pub late_steps: Vec<Step>,
    #[schema(required)]
    pub signed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub issued_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub checked_by: Option<Uuid>,
    #[schema(required)]
    pub checked_at: Option<DateTime<Utc>>,
    /// 未检查的理由
    #[schema(required)]
    pub uninspected_reason: Option<String>,
    #[schema(required)]
    pub reported_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub report_no: Option<String>,
    #[schema(required)]
    pub acknowledged_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub return_reason: Option<String>,
    pub objects: Vec<IssuedObjectView>,
    pub parts: Vec<IssuedPartView>,
    /// What this caller may do now.
    pub allowed_actions: Vec<IssuedTaskAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// 下发任务的监管对象
#[derive(Serialize, ToSchema)]
pub struct IssuedObjectView {
    /// 序号, counted from 1
    pub position: i32,
    pub name: String,
    #[schema(required)]
    pub uscc: Option<String>,
    /// 登记库中的监管对象; null where it was not found
    #[schema(required)]
    pub object_id: Option<Uuid>,
}

/// 部门任务
#[derive(Serialize, ToSchema)]
pub struct IssuedPartView {
    pub id: Uuid,
    /// 下发任务
    pub task_id: Uuid,
    /// 任务编号和名称
    pub title: String,
    pub department_id: Uuid,
    pub due_on: NaiveDate,
    pub status: PartStatus,
    #[schema(required)]
    pub signed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// 办理情况
    #[schema(required)]
    pub summary: Option<String>,
    pub feedback: Vec<Feedback>,
    #[schema(required)]
    pub return_reason: Option<String>,
    pub inspections: Vec<IssuedInspectionView>,
    /// What this caller may do now.
    pub allowed_actions: Vec<PartAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// 为下发任务开展的检查
#[derive(Serialize, ToSchema)]
pub struct IssuedInspectionView {
    pub inspection_id: Uuid,
    /// 监管对象在任务中的序号
    pub object_position: i32,
    pub status: InspectionStatus,
}

versioned!(IssuedTaskView, IssuedPartView);

impl IssuedTaskView {
    pub fn of(ctx: &Ctx, whole: IssuedTask) -> Self {
        let IssuedTask { task, parts, objects, made } = whole;
        // What others did of it is theirs to tell.
        let sees_all = ctx.reach == Reach::All || ctx.actor.departments.contains(&task.department_id);
        let own = |part: &issued_parts::Model| sees_all || ctx.actor.departments.contains(&part.department_id);
        Self {
            allowed_actions: task_facts(&task, &made).allowed_actions(&ctx.actor),
            late_steps: late_steps(&times(&task, &parts), ctx.today()),
            parts: parts.into_iter().filter(own).map(|part| IssuedPartView::of_row(ctx, part, &made)).collect(),
            objects: objects.into_iter().map(Into::into).collect(),
            id: task.id,
            code: task.code,
            name: task.name,
            level: task.level,
            channel: task.channel,
            issuer: task.issuer,
            matter_code: task.matter_code,
            content: task.content,
            requirements: task.requirements,
            department_id: task.department_id,
            received_at: task.received_at,
            sign_due_on: task.sign_due_on,
            issue_due_on: task.issue_due_on,
            due_on: task.due_on,
            status: task.status,
            signed_at: task.signed_at,
            issued_at: task.issued_at,
            checked_by: task.checked_by,
            checked_at: task.checked_at,
            uninspected_reason: task.uninspected_reason,
            reported_at: task.reported_at,
            report_no: task.report_no,
            acknowledged_at: task.acknowledged_at,
            return_reason: task.return_reason,
            version: task.version,
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }
}

impl From<issued_objects::Model> for IssuedObjectView {
    fn from(row: issued_objects::Model) -> Self {
        Self { position: row.position, name: row.name, uscc: row.uscc, object_id: row.object_id }
    }
}

impl IssuedPartView {
    pub fn of(ctx: &Ctx, Part { part, made }: Part) -> Self {
        Self::of_row(ctx, part, &made)
    }

    fn of_row(ctx: &Ctx, part: issued_parts::Model, made: &[Made]) -> Self {
        let own = made.iter().filter(|row| row.part_id == part.id).map(|row| IssuedInspectionView {
            inspection_id: row.inspection_id,
            object_position: row.object_position,
            status: row.status,
        });
        Self {
            allowed_actions: part_facts(&part, made).allowed_actions(&ctx.actor),
            inspections: own.collect(),
            id: part.id,
            task_id: part.task_id,
            title: part.title,
            department_id: part.department_id,
            due_on: part.due_on,
            status: part.status,
            signed_at: part.signed_at,
            submitted_at: part.submitted_at,
            summary: part.summary,
            feedback: part.feedback.0,
            return_reason: part.return_reason,
            version: part.version,
            created_at: part.created_at,
            updated_at: part.updated_at,
        }
    }
}
