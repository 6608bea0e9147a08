//! What a plan is written with.

use chrono::NaiveDate;
use domain::spot_checks::plans::lines::ClassRate;
use domain::spot_checks::plans::{ItemKind, PlanKind};
use domain::spot_checks::tasks::SpotType;
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
        "number": "001", "category": "农产品质量监督抽查", "item_name": "对农作物种子生产、经营、质量的监督检查",
        "targets": "种子生产、经营企业及个人", "item_kind": "GENERAL", "executing_unit": "农业综合行政执法大队一中队",
        "ratio_text": "5%(3户)", "period_text": "2026年9月", "mode_text": "现场检查",
        "class_rates": [{"class": "GENERAL", "rate_bp": 500, "count": 2}, {"class": "KEY", "rate_bp": 3000, "count": 1}]
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
    /// 集体讨论日期; a special plan is not submitted without it.
    #[serde(default)]
    pub discussed_on: Option<NaiveDate>,
    /// 县级以上人民政府批准文号; a special plan is not submitted without it.
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub approval_no: Option<String>,
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<PlanLineBody>,
}

/// 计划条目, as the table of a published plan has it
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PlanLineBody {
    /// A line that is there already; without it the line is new. A line that is not sent is removed.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// 抽查计划编号, as printed
    #[schema(min_length = 1, max_length = 40, pattern = "\\S", example = "001")]
    #[serde(default)]
    pub number: Option<String>,
    /// 任务名称 or 抽查类别
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub category: String,
    /// 抽查事项
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub item_name: String,
    /// 检查对象
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub targets: String,
    /// 抽查类型
    #[serde(default)]
    pub spot_type: Option<SpotType>,
    /// 发起部门, as printed; the department's name where it is left out.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    #[serde(default)]
    pub lead_name: Option<String>,
    /// 发起部门; the plan's own where it is left out.
    #[serde(default)]
    pub lead_department_id: Option<Uuid>,
    /// 参与部门
    #[schema(max_items = 20)]
    #[serde(default)]
    pub cooperating: Vec<CooperatingBody>,
    /// 事项类别
    pub item_kind: ItemKind,
    /// 执行股室; the lead's name where it is left out.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    #[serde(default)]
    pub executing_unit: Option<String>,
    /// 检查比例, as written in the plan: `5%`, `10%(20户)`, `1户`.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub ratio_text: String,
    /// 信用分类抽查比例（户数）: where the line and each class give a number, they add up.
    #[schema(max_items = 4)]
    #[serde(default)]
    pub class_rates: Vec<ClassRate>,
    /// 检查方式, as printed: `实地核查、网络检查`
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    #[serde(default)]
    pub mode_text: Option<String>,
    /// 检查时间, as printed: `2026年1月—11月`
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub period_text: String,
    /// 一般事项比例超过上限时的说明: without it such a plan cannot be submitted.
    #[schema(min_length = 2, max_length = 1000)]
    #[serde(default)]
    pub justification: Option<String>,
    /// 发起部门的抽查事项
    #[serde(default)]
    pub spot_check_item_id: Option<Uuid>,
    /// 取消理由: the line is carried out no more; public with the amendment.
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub cancelled_reason: Option<String>,
}

/// 参与部门: its name as printed, or the department of the county, or both
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CooperatingBody {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// 该部门的抽查事项
    #[serde(default)]
    pub spot_check_item_id: Option<Uuid>,
}

/// 批准: 合法性审核意见
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"legal_opinion": "主体、事项、比例和程序合法，同意"})))]
pub struct LegalReviewBody {
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub legal_opinion: String,
}

/// 备案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"filing_no": "旺司备〔2026〕12号"})))]
pub struct FilingBody {
    /// 备案号
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    pub filing_no: String,
    /// 备案日期; today where it is left out, and no later.
    #[serde(default)]
    pub filed_on: Option<NaiveDate>,
}
