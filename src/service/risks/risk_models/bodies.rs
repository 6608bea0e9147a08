//! What the use cases of models take; a version's content is stored as it was sent.

use crate::kernel::error::Result;
use chrono::NaiveDate;
use domain::risks::risk_clues::RiskLevel;
use domain::risks::risk_models::{Content, DataSource, Measure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 风险模型
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "code": "REPEAT-FAILURE", "name": "一年内屡查屡犯", "domain": "80",
    "department_id": "01930000-0000-7000-8000-000000000001",
    "content": {
        "purpose": "发现一年内多次检查不合格的对象", "legal_basis": "国发〔2019〕5号", "item_codes": [],
        "data_sources": ["INSPECTIONS"],
        "indicators": [{"name": "failed", "measure": "FAILED_INSPECTIONS", "window_days": 365}],
        "conditions": [{"when": "failed >= 2", "weight": 60, "because": "一年内两次以上检查发现问题"}],
        "levels": [{"minimum_score": 60, "level": "ORANGE"}],
        "cases": [
            {"name": "两次", "values": {"failed": 2}, "level": "ORANGE"}, {"name": "一次", "values": {"failed": 1}}
        ]
    }
})))]
pub struct ModelBody {
    /// 模型编码
    #[schema(pattern = "^[A-Z0-9-]{2,32}$")]
    pub code: String,
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub name: String,
    /// 风险预警领域 (dictionary risk-domain)
    #[schema(pattern = "^[1-8]0$")]
    pub domain: String,
    /// 编制部门
    pub department_id: Uuid,
    pub content: ContentBody,
}

/// 修改草稿
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "content": {
        "indicators": [{"name": "failed", "measure": "FAILED_INSPECTIONS", "window_days": 365}],
        "conditions": [{"when": "failed >= 2", "weight": 60, "because": "一年内两次以上检查发现问题"}],
        "levels": [{"minimum_score": 60, "level": "ORANGE"}]
    }
})))]
pub struct VersionBody {
    pub content: ContentBody,
}

/// 模型要素. A draft may leave out what it does not know yet; the element check names what is missing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ContentBody {
    /// 模型用途
    #[schema(max_length = 2000)]
    pub purpose: Option<String>,
    /// 法律依据
    #[schema(max_length = 2000)]
    pub legal_basis: Option<String>,
    /// 关联监管事项编码
    #[schema(max_items = 50, min_length = 1, max_length = 32)]
    pub item_codes: Vec<String>,
    /// 数据来源
    #[schema(max_items = 5)]
    pub data_sources: Vec<DataSource>,
    /// 指标
    #[schema(max_items = 20)]
    pub indicators: Vec<IndicatorBody>,
    /// 规则
    #[schema(max_items = 20)]
    pub conditions: Vec<ConditionBody>,
    /// 等级映射
    #[schema(max_items = 4)]
    pub levels: Vec<BandBody>,
    /// 处置部门; clues are addressed to it
    pub disposal_department_id: Option<Uuid>,
    /// 办理时限说明
    #[schema(max_length = 500)]
    pub time_limit: Option<String>,
    /// Days in which the same object raises no second clue
    #[schema(minimum = 0, maximum = 730)]
    pub cooldown_days: u32,
    /// 回测观察期, days
    #[schema(minimum = 0, maximum = 730)]
    pub horizon_days: u32,
    /// 停用条件
    pub stop: Option<StopBody>,
    /// 有效期至, two years ahead at most
    pub expires_on: Option<NaiveDate>,
    /// 内置测试用例
    #[schema(max_items = 100)]
    pub cases: Vec<CaseBody>,
}

/// 指标
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IndicatorBody {
    /// The name that conditions use
    #[schema(pattern = "^[a-z][a-z0-9_]{0,31}$")]
    pub name: String,
    pub measure: Measure,
    /// 统计窗口, days up to and including the day of the evaluation
    #[schema(minimum = 1, maximum = 3660)]
    pub window_days: u32,
}

/// 规则条件
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConditionBody {
    /// CEL expression over the indicators: whole numbers, comparisons, + - * / %, && || !, ?:, `in [..]`.
    /// Its names are this version's indicators; 300 characters, 100 steps and 8 levels of nesting at most.
    #[schema(min_length = 1, max_length = 300, example = "failed >= 2 && visits > 0")]
    pub when: String,
    /// 分值
    #[schema(minimum = 1, maximum = 1000)]
    pub weight: u32,
    /// 命中说明, as it stands in the clue; it must not name a credit class
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub because: String,
}

/// 等级映射: from so many points on
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BandBody {
    #[schema(minimum = 1, maximum = 20000)]
    pub minimum_score: u32,
    pub level: RiskLevel,
}

/// 停用条件: the model stops itself when too few of its clues prove true
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StopBody {
    /// 最低准确率, basis points
    #[schema(minimum = 0, maximum = 10000)]
    pub minimum_precision_bp: u32,
    /// 至少已核查的线索数
    #[schema(minimum = 1, maximum = 10000)]
    pub after_verdicts: u32,
}

/// 测试用例
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CaseBody {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: String,
    /// 指标取值; indicators that are not named are 0
    #[schema(value_type = std::collections::HashMap<String, CaseValue>)]
    pub values: BTreeMap<String, CaseValue>,
    /// 应得等级; null: must not fire
    #[serde(default)]
    pub level: Option<RiskLevel>,
}

/// 指标取值
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(minimum = -1_000_000_000, maximum = 1_000_000_000)]
pub struct CaseValue(i64);

impl ContentBody {
    /// The content as the domain looks at it.
    pub fn domain(&self) -> Result<Content> {
        Ok(serde_json::from_value(serde_json::to_value(self)?)?)
    }
}

/// 回测区间
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"from": "2026-01-01", "to": "2026-10-31"})))]
pub struct BacktestBody {
    /// The first cut-off; one a month follows.
    pub from: NaiveDate,
    /// No cut-off after it; 60 at most.
    pub to: NaiveDate,
}

/// 运行模型
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"whole": false})))]
pub struct RunBody {
    /// 全量: every object, and not just those with new facts since the last run
    #[serde(default)]
    pub whole: bool,
}
