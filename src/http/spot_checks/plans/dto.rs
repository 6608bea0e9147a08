//! Views of plans.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::service::spot_checks::plans::{LineProgress, Plan, PlanProgress};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::kernel::stored::Stored;
use domain::spot_checks::plans::changes::LineChange;
use domain::spot_checks::plans::lines::{ClassRate, Cooperating};
use domain::spot_checks::plans::progress::LineState;
use domain::spot_checks::plans::{ItemKind, PlanAction, PlanKind, PlanStatus};
use domain::spot_checks::tasks::SpotType;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 抽查计划
#[derive(Serialize, ToSchema)]
pub struct PlanView {
    pub id: Uuid,
    /// 计划编号: area code, year and serial
    #[schema(example = "51082120260001")]
    pub code: String,
    pub year: i32,
    pub name: String,
    pub kind: PlanKind,
    pub department_id: Uuid,
    pub status: PlanStatus,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    #[schema(required)]
    pub approved_by: Option<Uuid>,
    /// 合法性审核意见
    #[schema(required)]
    pub legal_opinion: Option<String>,
    #[schema(required)]
    pub return_reason: Option<String>,
    /// 集体讨论日期 of a special plan
    #[schema(required)]
    pub discussed_on: Option<NaiveDate>,
    /// 批准文号 of a special plan
    #[schema(required)]
    pub approval_no: Option<String>,
    /// 备案号
    #[schema(required)]
    pub filing_no: Option<String>,
    #[schema(required)]
    pub filed_on: Option<NaiveDate>,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// 公示版次, counted from 1; 0 where nothing was published. While a plan is amended, the edition stays in force.
    pub edition: i32,
    /// 调整理由 while it is amended
    #[schema(required)]
    pub amend_reason: Option<String>,
    /// 完成时限
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    pub lines: Vec<PlanLineView>,
    /// What this caller may do now.
    pub allowed_actions: Vec<PlanAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(PlanView);

view! {
    /// 计划条目
    pub struct PlanLineView of entity::spot_checks::plan_lines::Model {
        id: Uuid,
        position: i32,
        /// 编号, as printed
        number: Option<String>,
        /// 抽查类型
        spot_type: Option<SpotType>,
        /// 发起部门, as printed
        lead_name: Option<String>,
        lead_department_id: Option<Uuid>,
        /// 参与部门
        #[schema(value_type = Vec<Cooperating>)]
        cooperating: Stored<Vec<Cooperating>>,
        /// 检查方式, as printed
        mode_text: Option<String>,
        /// 检查方式代码 that its words name (spot_check_way)
        #[schema(value_type = Vec<String>)]
        check_modes: Stored<Vec<String>>,
        /// 检查时间, where its words name days
        starts_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
        /// 信用分类抽查比例（户数）
        #[schema(value_type = Vec<ClassRate>)]
        class_rates: Stored<Vec<ClassRate>>,
        /// 取消理由; the line is carried out no more
        cancelled_reason: Option<String>,
        category: String,
        item_name: String,
        targets: String,
        item_kind: ItemKind,
        executing_unit: String,
        ratio_text: String,
        /// 比例, basis points, where the text names one
        ratio_bp: Option<i32>,
        /// 户数, where the text names one
        minimum_count: Option<i32>,
        period_text: String,
        justification: Option<String>,
        spot_check_item_id: Option<Uuid>,
        /// 公示时监管事项的版本
        item_version: Option<i32>,
        /// 公示时检查实施清单的版本
        list_version: Option<i32>,
    }
}

impl PlanView {
    pub fn of(ctx: &Ctx, Plan { plan, lines, facts }: Plan) -> Self {
        Self {
            allowed_actions: facts.allowed_actions(&ctx.actor),
            id: plan.id,
            code: plan.code,
            year: plan.year,
            name: plan.name,
            kind: plan.kind,
            department_id: plan.department_id,
            status: plan.status,
            submitted_by: plan.submitted_by,
            approved_by: plan.approved_by,
            legal_opinion: plan.legal_opinion,
            return_reason: plan.return_reason,
            discussed_on: plan.discussed_on,
            approval_no: plan.approval_no,
            filing_no: plan.filing_no,
            filed_on: plan.filed_on,
            published_at: plan.published_at,
            edition: plan.edition,
            amend_reason: plan.amend_reason,
            due_on: plan.due_on,
            lines: lines.into_iter().map(Into::into).collect(),
            version: plan.version,
            created_at: plan.created_at,
            updated_at: plan.updated_at,
        }
    }

    /// Of an earlier day: nothing is done to it any more.
    pub fn of_then(self) -> Self {
        Self { allowed_actions: Vec::new(), ..self }
    }
}

/// 计划执行进度
#[derive(Serialize, ToSchema)]
pub struct PlanProgressView {
    pub plan_id: Uuid,
    /// 完成时限
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    pub lines: Vec<LineProgressView>,
}

impl View for PlanProgressView {}

/// 户数: planned where the plan gives a number, drawn, inspected, published. An object is inspected, or published, when all
/// departments that went there are; a task that carries several lines counts for each.
#[derive(Serialize, ToSchema)]
pub struct ReachedView {
    #[schema(required)]
    pub planned: Option<u64>,
    pub drawn: u64,
    pub inspected: u64,
    pub published: u64,
}

/// 计划条目的进度
#[derive(Serialize, ToSchema)]
pub struct LineProgressView {
    pub line_id: Uuid,
    /// 编号 or 抽查事项
    #[schema(example = "005")]
    pub line: String,
    /// 任务名称
    pub category: String,
    pub state: LineState,
    pub reached: ReachedView,
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// 逾期未完成
    pub late: bool,
    pub task_ids: Vec<Uuid>,
}

impl From<PlanProgress> for PlanProgressView {
    fn from(progress: PlanProgress) -> Self {
        let (plan_id, due_on) = (progress.plan.id, progress.plan.due_on);

        Self { plan_id, due_on, lines: progress.lines.into_iter().map(Into::into).collect() }
    }
}

impl From<LineProgress> for LineProgressView {
    fn from(line: LineProgress) -> Self {
        let LineProgress { drawn, inspected, published, .. } = line;
        Self {
            line_id: line.line_id,
            line: line.label,
            category: line.category,
            state: line.state,
            reached: ReachedView { planned: line.planned.map(u64::from), drawn, inspected, published },
            ends_on: line.ends_on,
            late: line.late,
            task_ids: line.tasks,
        }
    }
}

/// 计划的公示版次
#[derive(Serialize, ToSchema)]
pub struct PlanEditionsView {
    /// the newest first
    pub items: Vec<PlanEditionView>,
}

impl View for PlanEditionsView {}

/// 一个公示版次: what it says, and what it changed of the one before
#[derive(Serialize, ToSchema)]
pub struct PlanEditionView {
    pub edition: i32,
    pub name: String,
    /// 调整理由; null for the first
    #[schema(required)]
    pub reason: Option<String>,
    /// 备案号
    #[schema(required)]
    pub filing_no: Option<String>,
    #[schema(required)]
    pub filed_on: Option<NaiveDate>,
    pub published_at: DateTime<Utc>,
    pub changes: Vec<LineChange>,
    pub lines: Vec<PlanLineView>,
}

impl From<entity::spot_checks::plan_editions::Model> for PlanEditionView {
    fn from(row: entity::spot_checks::plan_editions::Model) -> Self {
        Self {
            edition: row.edition,
            name: row.name,
            reason: row.reason,
            filing_no: row.filing_no,
            filed_on: row.filed_on,
            published_at: row.published_at,
            changes: row.changes.0,
            lines: row.lines.0.into_iter().map(Into::into).collect(),
        }
    }
}
