//! How disposal lists and their lines are shown.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::service::records::archives::disposal::{DisposalList, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::records::disposal::{
    DisposalAction, DisposalDecision, DisposalOutcome, DisposalStatus, HandOver, Obstacle,
};
use domain::records::retention::FileClass;
use entity::records::disposal_lines;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 到期档案鉴定清册
#[derive(Serialize, ToSchema)]
pub struct DisposalListView {
    pub id: Uuid,
    pub code: String,
    pub department_id: Uuid,
    #[schema(required)]
    pub department_name: Option<String>,
    /// 年度: what was due on its 1 January
    pub year: i32,
    pub status: DisposalStatus,
    /// 件数
    pub lines: u64,
    /// 尚无鉴定意见的件数
    pub undecided: u64,
    pub decisions: DisposalDecisionsView,
    pub outcomes: DisposalOutcomesView,
    /// 另有到期案卷，本清册处置后列入下一清册
    pub is_cut: bool,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// 退回理由
    #[schema(required)]
    pub opinion: Option<String>,
    #[schema(required)]
    pub approved_by: Option<Uuid>,
    #[schema(required)]
    pub approved_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub handed_over: Option<HandOverView>,
    /// 监销人
    #[schema(required)]
    pub supervised_by: Option<Uuid>,
    /// 另一监销人
    #[schema(required)]
    pub witness: Option<String>,
    #[schema(required)]
    pub carried_out_at: Option<DateTime<Utc>>,
    /// What this caller may do now.
    pub allowed_actions: Vec<DisposalAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(DisposalListView);

/// 鉴定意见件数
#[derive(Serialize, ToSchema)]
pub struct DisposalDecisionsView {
    pub destroy: u64,
    pub keep: u64,
    pub hand_over: u64,
}

/// 处置结果件数
#[derive(Serialize, ToSchema)]
pub struct DisposalOutcomesView {
    pub destroyed: u64,
    pub kept: u64,
    pub handed_over: u64,
    pub not_destroyed: u64,
}

/// 移交接收
#[derive(Serialize, ToSchema)]
pub struct HandOverView {
    pub receiver: String,
    pub receipt_no: String,
    pub handed_over_on: NaiveDate,
    pub by: Uuid,
}

impl From<HandOver> for HandOverView {
    fn from(over: HandOver) -> Self {
        let HandOver { receiver, receipt_no, on, by } = over;
        Self { receiver, receipt_no, handed_over_on: on, by }
    }
}

impl DisposalListView {
    pub fn of(ctx: &Ctx, whole: DisposalList) -> Self {
        let facts = decision_facts(&whole);
        let decided = |decision| whole.count(|count| count.decision == Some(decision));
        let ended = |outcome| whole.count(|count| count.outcome == Some(outcome));

        Self {
            allowed_actions: facts.allowed_actions(&ctx.actor),
            lines: whole.count(|_| true),
            undecided: facts.undecided,
            decisions: DisposalDecisionsView {
                destroy: decided(DisposalDecision::Destroy),
                keep: decided(DisposalDecision::Keep),
                hand_over: decided(DisposalDecision::HandOver),
            },
            outcomes: DisposalOutcomesView {
                destroyed: ended(DisposalOutcome::Destroyed),
                kept: ended(DisposalOutcome::Kept),
                handed_over: ended(DisposalOutcome::HandedOver),
                not_destroyed: ended(DisposalOutcome::NotDestroyed),
            },
            department_name: whole.department_name,
            id: whole.list.id,
            code: whole.list.code,
            department_id: whole.list.department_id,
            year: whole.list.year,
            status: whole.list.status,
            is_cut: whole.list.is_cut,
            submitted_by: whole.list.submitted_by,
            submitted_at: whole.list.submitted_at,
            opinion: whole.list.opinion,
            approved_by: whole.list.approved_by,
            approved_at: whole.list.approved_at,
            handed_over: whole.list.handed_over.map(|over| over.0.into()),
            supervised_by: whole.list.supervised_by,
            witness: whole.list.witness,
            carried_out_at: whole.list.carried_out_at,
            version: whole.list.version,
            created_at: whole.list.created_at,
            updated_at: whole.list.updated_at,
        }
    }
}

view! {
    /// 鉴定清册条目
    pub struct DisposalLineView of disposal_lines::Model {
        id: Uuid,
        class: FileClass,
        record_id: Uuid,
        /// 检查或线索编号
        code: String,
        object_id: Option<Uuid>,
        /// 办结日期
        closed_on: NaiveDate,
        /// 保管期限届满日
        due_on: NaiveDate,
        decision: Option<DisposalDecision>,
        /// 延长保管至
        keep_until: Option<NaiveDate>,
        reason: Option<String>,
        decided_by: Option<Uuid>,
        decided_at: Option<DateTime<Utc>>,
        outcome: Option<DisposalOutcome>,
        /// 未予销毁的原因
        obstacle: Option<Obstacle>,
        outcome_at: Option<DateTime<Utc>>,
        /// 已销毁案卷内容（RFC 8785）的 SHA-256
        sha256: Option<String>,
    }
}

impl View for DisposalLineView {}
