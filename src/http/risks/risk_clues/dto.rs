//! Views of clues.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::service::risks::risk_clues::Clue;
use crate::service::risks::risk_clues::decision_facts;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::kernel::clocks::Flag;
use domain::risks::risk_clues::{ClueAction, ClueSource, ClueStatus, RiskLevel, Verdict};
use domain::risks::risk_models::Trace;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 风险预警线索
#[derive(Serialize, ToSchema)]
pub struct ClueView {
    pub id: Uuid,
    /// 线索编号
    #[schema(example = "XS51082120261124000001")]
    pub code: String,
    pub name: String,
    /// 风险预警领域 (dictionary risk-domain)
    pub domain: String,
    pub level: RiskLevel,
    pub source: ClueSource,
    #[schema(required)]
    pub source_no: Option<String>,
    #[schema(required)]
    pub model_id: Option<Uuid>,
    /// 模型版本
    #[schema(required)]
    pub model_number: Option<i32>,
    #[schema(required)]
    pub object_id: Option<Uuid>,
    pub object_name: String,
    #[schema(required)]
    pub uscc: Option<String>,
    #[schema(required)]
    pub item_id: Option<Uuid>,
    pub region_code: String,
    #[schema(required)]
    pub township_code: Option<String>,
    pub content: String,
    /// 模型命中的依据; null for clues that no model raised, and for those who may not read credit classes
    #[schema(required)]
    pub trace: Option<TraceView>,
    pub issued_at: DateTime<Utc>,
    /// 承办部门; null until somebody signs
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 交办或转办时间, the latest: the time for signing runs from there; null where it runs from the receipt
    #[schema(required)]
    pub dispatched_at: Option<DateTime<Utc>>,
    /// 转办理由
    #[schema(required)]
    pub transfer_reason: Option<String>,
    pub status: ClueStatus,
    /// 时限预警
    pub flag: Flag,
    /// 签收期限: the first moment that is too late
    pub sign_due_at: DateTime<Utc>,
    #[schema(required)]
    pub assign_due_at: Option<DateTime<Utc>>,
    /// 反馈期限; null while the clock stands still
    #[schema(required)]
    pub feed_back_due_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub signed_by: Option<Uuid>,
    #[schema(required)]
    pub signed_at: Option<DateTime<Utc>>,
    pub signed_late: bool,
    /// 承办人
    #[schema(required)]
    pub assigned_to: Option<Uuid>,
    #[schema(required)]
    pub assigned_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub accepted_at: Option<DateTime<Utc>>,
    /// 核查结论
    #[schema(required)]
    pub verdict: Option<Verdict>,
    #[schema(required)]
    pub verification: Option<String>,
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    pub measures: Vec<ClueMeasureView>,
    #[schema(required)]
    pub disposed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub feedback: Option<String>,
    #[schema(required)]
    pub fed_back_by: Option<Uuid>,
    #[schema(required)]
    pub fed_back_at: Option<DateTime<Utc>>,
    pub fed_back_late: bool,
    /// 审核意见
    #[schema(required)]
    pub opinion: Option<String>,
    #[schema(required)]
    pub reviewed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub closed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub return_reason: Option<String>,
    pub return_evidence: Vec<String>,
    /// 主线索
    #[schema(required)]
    pub master_id: Option<Uuid>,
    pub rework_count: i32,
    #[schema(required)]
    pub rework_reason: Option<String>,
    /// 延长的工作日数
    pub extension: i32,
    #[schema(required)]
    pub extension_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ClueAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ClueView);

/// 模型命中的依据
#[derive(Serialize, ToSchema)]
pub struct TraceView {
    /// 各指标的取值
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    pub values: std::collections::BTreeMap<String, i64>,
    pub fired: Vec<FiredView>,
    /// 未能计算的条件
    pub failed: Vec<String>,
    pub score: u32,
    #[schema(required)]
    pub level: Option<RiskLevel>,
    /// 取值所依据的记录（检查、线索、信用分类），最近的在前，至多 200 条
    pub records: Vec<Uuid>,
}

/// 命中的条件
#[derive(Serialize, ToSchema)]
pub struct FiredView {
    pub when: String,
    pub weight: u32,
    pub because: String,
}

view! {
    /// 处置措施
    pub struct ClueMeasureView of entity::risks::risk_clue_measures::Model {
        id: Uuid,
        /// 处置方式 (dictionary clue-dispose-type)
        measure: String,
        content: String,
        inspection_id: Option<Uuid>,
        task_id: Option<Uuid>,
        penalty_no: Option<String>,
        classification_id: Option<Uuid>,
        /// 关联检查的结果, once it was approved
        outcome: Option<String>,
        created_by: Uuid,
        created_at: DateTime<Utc>,
    }
}

impl From<Trace> for TraceView {
    fn from(of: Trace) -> Self {
        let fired =
            of.fired.into_iter().map(|one| FiredView { when: one.when, weight: one.weight, because: one.because });
        Self {
            values: of.values,
            fired: fired.collect(),
            failed: of.failed,
            score: of.score,
            level: of.level,
            records: of.records,
        }
    }
}

impl ClueView {
    pub fn of(ctx: &Ctx, done: Clue) -> Self {
        let Clue { clue, measures } = done;
        Self {
            id: clue.id,
            allowed_actions: decision_facts(&clue, ctx.now).allowed_actions(&ctx.actor),
            trace: clue.trace.clone().filter(|_| ctx.actor.sees_class()).map(|trace| trace.0.into()),
            code: clue.code,
            name: clue.name,
            domain: clue.domain,
            level: clue.level,
            source: clue.source,
            source_no: clue.source_no,
            model_id: clue.model_id,
            model_number: clue.model_number,
            object_id: clue.object_id,
            object_name: clue.object_name,
            uscc: clue.uscc,
            item_id: clue.item_id,
            region_code: clue.region_code,
            township_code: clue.township_code,
            content: clue.content,
            issued_at: clue.issued_at,
            department_id: clue.department_id,
            dispatched_at: clue.dispatched_at,
            transfer_reason: clue.transfer_reason,
            status: clue.status,
            flag: clue.flag,
            sign_due_at: clue.sign_due_at,
            assign_due_at: clue.assign_due_at,
            feed_back_due_at: clue.feed_back_due_at,
            signed_by: clue.signed_by,
            signed_at: clue.signed_at,
            signed_late: clue.signed_late,
            assigned_to: clue.assigned_to,
            assigned_at: clue.assigned_at,
            accepted_at: clue.accepted_at,
            verdict: clue.verdict,
            verification: clue.verification,
            verified_at: clue.verified_at,
            measures: measures.into_iter().map(Into::into).collect(),
            disposed_at: clue.disposed_at,
            feedback: clue.feedback,
            fed_back_by: clue.fed_back_by,
            fed_back_at: clue.fed_back_at,
            fed_back_late: clue.fed_back_late,
            opinion: clue.opinion,
            reviewed_at: clue.reviewed_at,
            closed_at: clue.closed_at,
            return_reason: clue.return_reason,
            return_evidence: clue.return_evidence.0,
            master_id: clue.master_id,
            rework_count: clue.rework_count,
            rework_reason: clue.rework_reason,
            extension: clue.extension,
            extension_reason: clue.extension_reason,
            version: clue.version,
            created_at: clue.created_at,
            updated_at: clue.updated_at,
        }
    }
}

/// 相似线索
#[derive(Serialize, ToSchema)]
pub struct DuplicatesView {
    #[schema(max_items = 20)]
    pub items: Vec<ClueView>,
}

impl View for DuplicatesView {}
