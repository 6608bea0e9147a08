//! Views of plans.

use crate::http::kernel::reply::versioned;
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::service::spot_checks::plans::Plan;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::spot_checks::plans::{ItemKind, PlanAction, PlanFacts, PlanKind, PlanStatus};
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
    #[schema(required)]
    pub return_reason: Option<String>,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
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
    pub fn of(ctx: &Ctx, Plan { plan, lines }: Plan) -> Self {
        Self {
            allowed_actions: PlanFacts::from(&plan).allowed_actions(&ctx.actor),
            id: plan.id,
            code: plan.code,
            year: plan.year,
            name: plan.name,
            kind: plan.kind,
            department_id: plan.department_id,
            status: plan.status,
            submitted_by: plan.submitted_by,
            approved_by: plan.approved_by,
            return_reason: plan.return_reason,
            published_at: plan.published_at,
            lines: lines.into_iter().map(Into::into).collect(),
            version: plan.version,
            created_at: plan.created_at,
            updated_at: plan.updated_at,
        }
    }
}
