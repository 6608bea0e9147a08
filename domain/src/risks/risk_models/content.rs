//! What a version of a model says: its elements (要素), the values it looks at, and when it fires.

use super::facts::Measure;
use crate::kernel::code_list::code_list;
use crate::risks::risk_clues::RiskLevel;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

code_list! {
    DataSource "数据来源" {
        Inspections "检查结果", Credit "信用分类", Complaints "投诉举报", Clues "线索核查结论", Register "监管对象登记",
        Behaviours "监管行为", FollowUps "后续处置"
    }
}

/// A version's content; what a draft leaves out, the element check names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// 模型用途
    pub purpose: Option<String>,
    /// 法律依据
    pub legal_basis: Option<String>,
    /// 适用的监管事项编码
    pub item_codes: Vec<String>,
    pub data_sources: Vec<DataSource>,
    /// 指标: the values that conditions may name.
    pub indicators: Vec<Indicator>,
    /// 规则
    pub conditions: Vec<Condition>,
    /// 等级映射
    pub levels: Vec<Band>,
    /// 处置部门: clues are addressed to it.
    pub disposal_department_id: Option<Uuid>,
    /// 办理时限说明
    pub time_limit: Option<String>,
    /// Days in which the same object raises no second clue.
    pub cooldown_days: u32,
    /// Days after a cut-off in which a problem proves the model right (backtest).
    pub horizon_days: u32,
    /// 停用条件
    pub stop: Option<StopRule>,
    /// 有效期至
    pub expires_on: Option<NaiveDate>,
    /// 内置测试用例
    pub cases: Vec<Case>,
}

/// 指标: a measure of an object's facts over the days before the evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// The name by which conditions refer to it.
    pub name: String,
    pub measure: Measure,
    pub window_days: u32,
}

/// 规则条件: a CEL expression over the indicators; where it holds, its weight counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub when: String,
    pub weight: u32,
    /// Why it matters, in the words that stand in the clue.
    pub because: String,
}

/// From so many points on, this level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    pub minimum_score: u32,
    pub level: RiskLevel,
}

/// The model stops itself when too few of its clues prove true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopRule {
    /// Lowest share of true clues, basis points.
    pub minimum_precision_bp: u32,
    /// Verdicts that must be there before the share is judged.
    pub after_verdicts: u32,
}

/// A test that ships with the version: these values must give this level, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    pub values: BTreeMap<String, i64>,
    pub level: Option<RiskLevel>,
}
