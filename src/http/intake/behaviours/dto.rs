//! How behaviours are shown, with what is wrong with them.

use crate::http::kernel::reply::{View, versioned};
use crate::service::intake::behaviours::Receipt;
use chrono::{DateTime, NaiveDate, Utc};
use domain::intake::behaviours::exchange::{Effect, Operation};
use domain::intake::behaviours::quality::{RowFinding, Rule, RuleSet};
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet, BehaviourStatus, FindingState};
use domain::intake::imports::{Dimension, Severity};
use entity::intake::behaviour_batches;
use entity::intake::behaviours::Model;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// 监管行为
#[derive(Serialize, ToSchema)]
pub struct BehaviourView {
    pub id: Uuid,
    pub kind: BehaviourSet,
    /// 行为编号
    #[schema(required)]
    pub code: Option<String>,
    /// 行为名称
    #[schema(required)]
    pub title: Option<String>,
    pub cd_source: String,
    pub cd_id: String,
    pub cd_batch: String,
    pub cd_time: DateTime<Utc>,
    pub cd_operation: Operation,
    pub origin: BehaviourOrigin,
    pub status: BehaviourStatus,
    pub department_id: Uuid,
    pub batch_id: Uuid,
    /// 监管对象库中的对象
    #[schema(required)]
    pub object_id: Option<Uuid>,
    #[schema(required)]
    pub township_code: Option<String>,
    /// 监管事项目录编码
    #[schema(required)]
    pub item_code: Option<String>,
    /// 发生日期
    #[schema(required)]
    pub happened_on: Option<NaiveDate>,
    /// 首次到达时间; once deleted, when it came again
    pub arrived_at: DateTime<Utc>,
    /// The columns of the national table that are filled; a person's name and number are masked.
    pub content: BTreeMap<String, String>,
    /// 质量问题
    pub findings: Vec<RowFindingView>,
    /// 待处理的错误数
    pub errors: i32,
    /// 曾有错误: it was wrong when it came, or was made wrong.
    pub was_wrong: bool,
    /// 检核规则版本
    pub rules_version: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(BehaviourView);

/// 质量问题
#[derive(Serialize, ToSchema)]
pub struct RowFindingView {
    /// The rule's stable name; see `/quality-rules`.
    pub rule: String,
    /// The column; empty where it is about the row
    pub field: String,
    pub dimension: Dimension,
    /// An ERROR sets the row aside until it is mended.
    pub severity: Severity,
    pub message_zh: String,
    pub message_en: String,
    /// A JSON Patch of `content` that mends it, where that is safe
    #[schema(required, value_type = Option<Vec<Value>>)]
    pub fix: Option<Value>,
    pub state: FindingState,
    /// 核销理由
    #[schema(required)]
    pub reason: Option<String>,
}

impl From<RowFinding> for RowFindingView {
    fn from(finding: RowFinding) -> Self {
        let RowFinding { rule, field, dimension, severity, message_zh, message_en, fix, state, reason } = finding;
        Self { rule, field, dimension, severity, message_zh, message_en, fix, state, reason }
    }
}

impl From<Model> for BehaviourView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            code: row.code,
            title: row.title,
            cd_source: row.cd_source,
            cd_id: row.cd_id,
            cd_batch: row.cd_batch,
            cd_time: row.cd_time,
            cd_operation: row.cd_operation,
            origin: row.origin,
            status: row.status,
            department_id: row.department_id,
            batch_id: row.batch_id,
            object_id: row.object_id,
            township_code: row.township_code,
            item_code: row.item_code,
            happened_on: row.happened_on,
            arrived_at: row.arrived_at,
            content: row.content.0,
            findings: row.findings.0.into_iter().map(Into::into).collect(),
            errors: row.errors,
            was_wrong: row.was_wrong,
            rules_version: row.rules_version,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// 交换回执: what became of a row, and what is wrong with it
#[derive(Serialize, ToSchema)]
pub struct BehaviourReceiptView {
    pub effect: Effect,
    pub behaviour_id: Uuid,
    pub cd_source: String,
    pub cd_id: String,
    pub status: BehaviourStatus,
    /// Doubts that are not settled
    pub findings: Vec<RowFindingView>,
}

impl View for BehaviourReceiptView {}

impl From<Receipt> for BehaviourReceiptView {
    fn from(receipt: Receipt) -> Self {
        let Receipt { effect, behaviour } = receipt;
        let open = behaviour.findings.0.into_iter().filter(|finding| finding.state == FindingState::Open);
        Self {
            effect,
            behaviour_id: behaviour.id,
            cd_source: behaviour.cd_source,
            cd_id: behaviour.cd_id,
            status: behaviour.status,
            findings: open.map(Into::into).collect(),
        }
    }
}

/// 一批的回执, row by row in the order of the request
#[derive(Serialize, ToSchema)]
pub struct BehaviourReceiptsView {
    pub items: Vec<BehaviourReceiptView>,
}

impl View for BehaviourReceiptsView {}

impl From<Vec<Receipt>> for BehaviourReceiptsView {
    fn from(receipts: Vec<Receipt>) -> Self {
        Self { items: receipts.into_iter().map(Into::into).collect() }
    }
}

/// 监管行为批次
#[derive(Serialize, ToSchema)]
pub struct BehaviourBatchView {
    pub id: Uuid,
    pub department_id: Uuid,
    pub kind: BehaviourSet,
    /// 批次号
    pub cd_batch: String,
    /// 行数, without those that were deleted
    pub rows: i32,
    /// 有未处理错误的行数
    pub errors: i32,
    /// 曾有错误的行数
    pub first_errors: i32,
    /// 准确率 (basis points): rows without an open error ÷ rows; null where there is none
    #[schema(required)]
    pub accuracy_bp: Option<i32>,
    /// 首次准确率 (basis points): rows that never had an error ÷ rows
    #[schema(required)]
    pub first_accuracy_bp: Option<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl View for BehaviourBatchView {}

impl From<behaviour_batches::Model> for BehaviourBatchView {
    fn from(row: behaviour_batches::Model) -> Self {
        Self {
            id: row.id,
            department_id: row.department_id,
            kind: row.kind,
            cd_batch: row.cd_batch,
            rows: row.rows,
            errors: row.errors,
            first_errors: row.first_errors,
            accuracy_bp: share(row.rows - row.errors, row.rows),
            first_accuracy_bp: share(row.rows - row.first_errors, row.rows),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Basis points, rounded down: 100.00 % is all of them.
fn share(part: i32, whole: i32) -> Option<i32> {
    let share = i64::from(part).checked_mul(10_000)?.checked_div(i64::from(whole))?;
    i32::try_from(share).ok()
}

/// 检核规则
#[derive(Serialize, ToSchema)]
pub struct QualityRulesView {
    /// 规则集版本
    pub version: String,
    pub items: Vec<QualityRuleView>,
}

impl View for QualityRulesView {}

/// 一条检核规则
#[derive(Serialize, ToSchema)]
pub struct QualityRuleView {
    pub rule: String,
    pub dimension: Dimension,
    pub severity: Severity,
    /// The tables that it is for
    pub kinds: Vec<BehaviourSet>,
    /// With `{label}`, `{value}` and `{limit}` to be filled in
    pub message_zh: String,
    pub message_en: String,
    /// 依据
    pub basis: String,
}

impl From<&RuleSet> for QualityRulesView {
    fn from(set: &RuleSet) -> Self {
        let items = set.rules.iter().map(|rule| {
            let Rule { rule, dimension, severity, kinds, zh, en, basis } = rule.clone();
            let kinds = if kinds.is_empty() { BehaviourSet::ALL.to_vec() } else { kinds };
            QualityRuleView { rule, dimension, severity, kinds, message_zh: zh, message_en: en, basis }
        });
        Self { version: set.version.clone(), items: items.collect() }
    }
}
