//! What a plan is written with.

use domain::spot_checks::plans::{ItemKind, PlanKind};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Most lines of a plan, as `lines` declares it.
pub const MAX_LINES: usize = 500;

/// 抽查计划
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "year": 2026, "name": "2026年度农业农村领域双随机抽查计划", "kind": "ANNUAL",
    "lines": [{
        "category": "农产品质量监督抽查", "item_name": "对农作物种子生产、经营、质量的监督检查",
        "targets": "种子生产、经营企业及个人", "item_kind": "GENERAL", "executing_unit": "农业综合行政执法大队一中队",
        "ratio_text": "5%", "period_text": "2026年9月"
    }]
})))]
pub struct PlanBody {
    #[schema(minimum = 2015, maximum = 2100)]
    pub year: i32,
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub name: String,
    pub kind: PlanKind,
    /// 牵头部门; one's own where it is left out.
    #[serde(default)]
    pub department_id: Option<Uuid>,
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<PlanLineBody>,
}

/// 计划条目
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PlanLineBody {
    /// 抽查类别
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub category: String,
    /// 抽查事项
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub item_name: String,
    /// 检查对象
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub targets: String,
    /// 事项类别
    pub item_kind: ItemKind,
    /// 执行股室
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub executing_unit: String,
    /// 检查比例, as written in the plan: `5%`, `10%(20户)`, `1户`.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub ratio_text: String,
    /// 初步检查时间
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub period_text: String,
    /// 一般事项比例超过上限时的说明: without it such a plan cannot be submitted.
    #[schema(min_length = 2, max_length = 1000)]
    #[serde(default)]
    pub justification: Option<String>,
    #[serde(default)]
    pub spot_check_item_id: Option<Uuid>,
}
