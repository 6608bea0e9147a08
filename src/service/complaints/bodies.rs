//! What the use cases of complaints take.

use crate::kernel::input::moment_or_none;
use chrono::{DateTime, NaiveDate, Utc};
use domain::complaints::{ComplaintChannel, ComplaintKind, ComplaintOutcome, HotlineTicket, RefusalGround};
use domain::risks::risk_clues::RiskLevel;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 投诉举报
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "REPORT", "channel": "LETTER", "title": "某餐馆无证经营", "content": "东河镇某餐馆没有食品经营许可证。",
    "problem_type": "09", "object_name": "旺苍县某餐馆", "is_anonymous": true
})))]
pub struct ComplaintBody {
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    /// 热线工单类别: of the hotline's tickets, and of no other.
    #[serde(default)]
    pub ticket: Option<HotlineTicket>,
    /// 来源编号: one number of one channel is one matter.
    #[schema(min_length = 1, max_length = 64)]
    #[serde(default)]
    pub source_no: Option<String>,
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub title: String,
    /// 反映内容, in the words of whoever complained, without their name and telephone
    #[schema(min_length = 2, max_length = 10000, pattern = "\\S.*\\S")]
    pub content: String,
    /// 问题类型 (dictionary complaint-problem-type)
    #[schema(pattern = "^(0[1-9]|1[0-5])$")]
    #[serde(default)]
    pub problem_type: Option<String>,
    /// 被反映的主体, where the register has it
    #[serde(default)]
    pub object_id: Option<Uuid>,
    /// 统一社会信用代码; without `object_id` the register is asked for it.
    #[schema(pattern = "^[0-9A-Z]{18}$")]
    #[serde(default)]
    pub uscc: Option<String>,
    /// 被反映的主体名称; required of a 投诉 or 举报, unless the register has the object
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    #[serde(default)]
    pub object_name: Option<String>,
    /// 关联监管事项
    #[serde(default)]
    pub item_id: Option<Uuid>,
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub township_code: Option<String>,
    #[serde(default)]
    pub incident_on: Option<NaiveDate>,
    #[schema(min_length = 1, max_length = 400, pattern = "\\S")]
    #[serde(default)]
    pub incident_place: Option<String>,
    /// 收到时间, of the hotline its 派单时间; now, where it is not given
    #[serde(default, deserialize_with = "moment_or_none")]
    pub received_at: Option<DateTime<Utc>>,
    /// 承办部门; one's own where a department registers it, and else the county office's to say
    #[serde(default)]
    pub department_id: Option<Uuid>,
    pub is_anonymous: bool,
    /// 反映人; none where it is anonymous
    #[serde(default)]
    pub reporter: Option<ReporterBody>,
}

/// 反映人: sealed, and shown to whoever handles it for a stated purpose
#[derive(Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReporterBody {
    #[schema(min_length = 1, max_length = 50, pattern = "\\S", write_only)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(pattern = "^[0-9+() -]{5,30}$", write_only)]
    #[serde(default)]
    pub phone: Option<String>,
    #[schema(pattern = "^[0-9]{17}[0-9Xx]$", write_only)]
    #[serde(default)]
    pub id_number: Option<String>,
}

/// 核定: what it is about, as the department found; what was said stays as it was said.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"problem_type": "09", "object_id": "01930000-0000-7000-8000-000000000009"})))]
pub struct ComplaintUpdateBody {
    /// 问题类型 (dictionary complaint-problem-type)
    #[schema(pattern = "^(0[1-9]|1[0-5])$")]
    #[serde(default)]
    pub problem_type: Option<String>,
    /// 被反映的主体, where the register has it
    #[serde(default)]
    pub object_id: Option<Uuid>,
    /// Its name, where the register has it not
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    #[serde(default)]
    pub object_name: Option<String>,
    /// 关联监管事项
    #[serde(default)]
    pub item_id: Option<Uuid>,
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub township_code: Option<String>,
}

/// 要求补正
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"materials": "购物小票或付款记录"})))]
pub struct MaterialsBody {
    /// 需补正的材料
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub materials: String,
}

/// 不予受理
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"ground": "NOT_FOR_LIVING", "reason": "购买用于转售，不是为生活消费需要"})))]
pub struct RefuseBody {
    pub ground: RefusalGround,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 延长办理期限
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"working_days": 15, "reason": "案情复杂，需外地协查"})))]
pub struct ExtendTermBody {
    /// 延长的工作日数: of a 举报 within `rules.report_extension_working_days`, of a ticket as many as it had
    #[schema(minimum = 1, maximum = 60)]
    pub working_days: i32,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 转为风险线索
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"domain": "80", "level": "YELLOW"})))]
pub struct RaiseClueBody {
    /// 风险预警领域 (dictionary risk-domain)
    #[schema(pattern = "^[1-8]0$")]
    pub domain: String,
    pub level: RiskLevel,
}

/// 作出结论
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "outcome": "CASE_FILED", "result": "现场检查属实，已立案。", "case_no": "旺市监立〔2026〕21号"
})))]
pub struct ConcludeBody {
    pub outcome: ComplaintOutcome,
    /// 处理情况
    #[schema(min_length = 2, max_length = 5000, pattern = "\\S.*\\S")]
    pub result: String,
    /// 立案编号; required where a case was filed, and only there
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    #[serde(default)]
    pub case_no: Option<String>,
    /// 核查时的检查, of the department
    #[serde(default)]
    pub inspection_id: Option<Uuid>,
}

/// 告知
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"told": "电话告知本人，并寄送告知书"})))]
pub struct NotifyBody {
    /// 告知方式和内容
    #[schema(min_length = 2, max_length = 2000, pattern = "\\S.*\\S")]
    pub told: String,
}

/// 移送县外或平台外的单位
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"to": "广元市利州区市场监督管理局", "reason": "经营者住所地在利州区"})))]
pub struct TransferOutBody {
    /// 受移送单位
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub to: String,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}
