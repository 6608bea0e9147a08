//! What is said of a case.

use domain::oversight::supervision_cases::{SupervisionSource, SupervisionSubject};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 监督立案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "department_id": "0198f2a0-0000-7000-8000-000000000001", "source": "OWN", "title": "检查未出示证件",
    "facts": "执法监督检查发现，11 月 12 日的检查中两名执法人员未出示行政执法证。"
})))]
pub struct SupervisionCaseBody {
    /// 被监督单位
    pub department_id: Uuid,
    /// COMPLAINT or OWN; alerts open cases by themselves.
    pub source: SupervisionSource,
    /// 案由
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub title: String,
    /// 事实
    #[schema(min_length = 2, max_length = 8000, pattern = "\\S.*\\S")]
    pub facts: String,
    /// 涉及的记录, of that department
    #[schema(max_items = 100)]
    #[serde(default)]
    pub subjects: Vec<SubjectBody>,
}

/// 监督案件内容
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"title": "检查未出示证件", "facts": "经核实，两名执法人员均未出示行政执法证。"})))]
pub struct CaseUpdateBody {
    /// 案由
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub title: String,
    /// 事实
    #[schema(min_length = 2, max_length = 8000, pattern = "\\S.*\\S")]
    pub facts: String,
    /// 补充涉及的记录; what the case is about already stays
    #[schema(max_items = 100)]
    #[serde(default)]
    pub subjects: Vec<SubjectBody>,
}

/// 涉及的记录
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubjectBody {
    pub kind: SupervisionSubject,
    pub record_id: Uuid,
}

/// 制发监督文书
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"requirements": "对照《行政执法监督条例》自查持证上岗情况，书面报告整改结果。", "reply_days": 15})))]
pub struct PaperBody {
    /// 监督意见和整改要求
    #[schema(min_length = 2, max_length = 8000, pattern = "\\S.*\\S")]
    pub requirements: String,
    /// 回复期限, calendar days from today; 15 where none is said
    #[schema(minimum = 1, maximum = 365)]
    #[serde(default)]
    pub reply_days: Option<u32>,
}

/// 延长回复期限
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"days": 10, "reason": "涉及三个乡镇，核实需时"})))]
pub struct ExtendReplyBody {
    /// Calendar days that are added
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 回复
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reply": "已组织全员培训并建立出示证件登记制度，未再发生。"})))]
pub struct ReplyBody {
    /// 整改情况
    #[schema(min_length = 2, max_length = 8000, pattern = "\\S.*\\S")]
    pub reply: String,
}

/// 核验
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"opinion": "抽查两次检查均已出示证件，整改到位"})))]
pub struct VerdictBody {
    /// 核验意见
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub opinion: String,
}

/// 提级处理
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"note": "约谈该局分管负责人，要求本月内整改"})))]
pub struct StepFurtherBody {
    /// 约谈、报告的时间、对象和内容
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub note: String,
}

/// 办结
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"conclusion": "整改到位，予以办结"})))]
pub struct CloseSupervisionBody {
    /// 结论
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub conclusion: String,
}
