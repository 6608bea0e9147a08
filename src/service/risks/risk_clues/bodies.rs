//! What the use cases of clues take.

use crate::kernel::input::moment_or_none;
use crate::service::inspections::InspectOfficerBody;
use chrono::{DateTime, Utc};
use domain::inspections::grounds::ExemptGround;
use domain::risks::risk_clues::{ClueSource, RiskLevel, Verdict};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 风险预警线索
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "某食品经营店多次抽检不合格", "domain": "80", "level": "ORANGE", "source": "MANUAL",
    "object_name": "旺苍县某食品经营店", "content": "近三个月两次抽检不合格，建议核查。", "region_code": "510821"
})))]
pub struct ClueBody {
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub name: String,
    /// 风险预警领域 (dictionary risk-domain)
    #[schema(pattern = "^[1-8]0$")]
    pub domain: String,
    pub level: RiskLevel,
    /// 线索来源: platforms send what came from above or from complaints, people what they know of; models raise their own.
    pub source: ClueSource,
    /// 来源编号: the same number from the same source is the same clue.
    #[schema(min_length = 1, max_length = 64)]
    #[serde(default)]
    pub source_no: Option<String>,
    /// 涉及主体, where the register has it
    #[serde(default)]
    pub object_id: Option<Uuid>,
    /// 涉及主体统一社会信用代码; without `object_id` the register is asked for it.
    #[schema(pattern = "^[0-9A-Z]{18}$")]
    #[serde(default)]
    pub uscc: Option<String>,
    /// 涉及主体名称; required unless the register has the object
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    #[serde(default)]
    pub object_name: Option<String>,
    /// 关联监管事项
    #[serde(default)]
    pub item_id: Option<Uuid>,
    #[schema(pattern = "^[0-9]{6}$")]
    #[serde(default)]
    pub region_code: Option<String>,
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub township_code: Option<String>,
    /// 线索内容
    #[schema(min_length = 2, max_length = 10000, pattern = "\\S.*\\S")]
    pub content: String,
    /// 下发时间; now, where it is not given
    #[serde(default, deserialize_with = "moment_or_none")]
    pub issued_at: Option<DateTime<Utc>>,
    /// 承办部门; without it every department may sign it.
    #[serde(default)]
    pub department_id: Option<Uuid>,
}

/// 交办
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"department_id": "01930000-0000-7000-8000-000000000007"})))]
pub struct DispatchBody {
    /// 承办部门
    pub department_id: Uuid,
}

/// 转办
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "department_id": "01930000-0000-7000-8000-000000000007", "reason": "食品生产环节由市场监管部门负责"
})))]
pub struct TransferBody {
    /// 应当承办的部门
    pub department_id: Uuid,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 分派
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"user_id": "01930000-0000-7000-8000-000000000002"})))]
pub struct AssignBody {
    /// 承办人: an active account of the department, an officer's or its administrator's
    pub user_id: Uuid,
}

/// 核查结论
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"verdict": "TRUE", "verification": "现场核实，线索所述问题存在。"})))]
pub struct VerifyBody {
    pub verdict: Verdict,
    /// 核查情况
    #[schema(min_length = 2, max_length = 5000, pattern = "\\S.*\\S")]
    pub verification: String,
}

/// 处置
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"measures": [{"measure": "3", "content": "责令限期改正。"}]})))]
pub struct DisposeBody {
    #[schema(min_items = 1, max_items = 20)]
    pub measures: Vec<MeasureBody>,
}

/// 一项处置措施
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MeasureBody {
    /// 处置方式 (dictionary clue-dispose-type)
    #[schema(pattern = "^[1-69]$")]
    pub measure: String,
    /// 处置情况
    #[schema(min_length = 2, max_length = 5000, pattern = "\\S.*\\S")]
    pub content: String,
    /// 关联检查
    #[serde(default)]
    pub inspection_id: Option<Uuid>,
    /// 关联专项任务
    #[serde(default)]
    pub task_id: Option<Uuid>,
    /// 关联处罚行为编号
    #[schema(min_length = 1, max_length = 64)]
    #[serde(default)]
    pub penalty_no: Option<String>,
    /// 关联信用分类结果
    #[serde(default)]
    pub classification_id: Option<Uuid>,
}

/// 反馈
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"feedback": "已责令整改并复查合格。"})))]
pub struct FeedBackBody {
    #[schema(min_length = 2, max_length = 5000, pattern = "\\S.*\\S")]
    pub feedback: String,
}

/// 申请退回上级
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "主体不在本县，登记机关为邻县", "evidence": ["登记信息截图，文号 2026-11"]})))]
pub struct ReturnBody {
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
    /// 佐证材料
    #[schema(min_items = 1, max_items = 20, min_length = 1, max_length = 500, pattern = "\\S")]
    pub evidence: Vec<String>,
}

/// 并案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"master_id": "01930000-0000-7000-8000-000000000005", "reason": "同一主体同一问题"})))]
pub struct MergeBody {
    /// 并入的一件
    pub master_id: Uuid,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 延期
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"working_days": 5, "reason": "检验机构出具报告需要时间"})))]
pub struct ExtendBody {
    /// 延长的工作日数, within `rules.clue_extension_working_days`
    #[schema(minimum = 1, maximum = 60)]
    pub working_days: i32,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 转检查
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "item_ids": ["01930000-0000-7000-8000-000000000003"],
    "officers": [
        {"personnel_id": "01930000-0000-7000-8000-000000000004", "is_leader": true},
        {"personnel_id": "01930000-0000-7000-8000-000000000006", "is_leader": false}
    ]
})))]
pub struct InspectBody {
    /// 抽查事项, published
    #[schema(min_items = 1, max_items = 50)]
    pub item_ids: Vec<Uuid>,
    /// 检查人员: two at least, one of them leads.
    #[schema(min_items = 2, max_items = 10)]
    pub officers: Vec<InspectOfficerBody>,
    /// 不计入年度上限的情形: needed where the object was inspected as often this year as the lists allow.
    #[serde(default)]
    pub exempt_ground: Option<ExemptGround>,
}
