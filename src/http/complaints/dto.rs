//! How complaints are shown: never who it was.

use crate::http::kernel::reply::{View, versioned};
use crate::kernel::ctx::Ctx;
use crate::service::complaints::{Complaint, Deadline, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::complaints::{
    ComplaintAction, ComplaintChannel, ComplaintClock, ComplaintKind, ComplaintOutcome, ComplaintStatus, EndedTerm,
    HotlineTicket, RefusalGround,
};
use domain::kernel::clocks::calendar::Calendar;
use domain::kernel::clocks::{Flag, TermUnit};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 投诉举报
#[derive(Serialize, ToSchema)]
pub struct ComplaintView {
    pub id: Uuid,
    /// 登记编号
    pub code: String,
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    #[schema(required)]
    pub ticket: Option<HotlineTicket>,
    /// 来源编号
    #[schema(required)]
    pub source_no: Option<String>,
    pub title: String,
    /// 反映内容
    pub content: String,
    /// 问题类型 (dictionary complaint-problem-type)
    #[schema(required)]
    pub problem_type: Option<String>,
    #[schema(required)]
    pub object_id: Option<Uuid>,
    /// 被反映的主体
    #[schema(required)]
    pub object_name: Option<String>,
    #[schema(required)]
    pub uscc: Option<String>,
    #[schema(required)]
    pub item_id: Option<Uuid>,
    pub region_code: String,
    #[schema(required)]
    pub township_code: Option<String>,
    #[schema(required)]
    pub incident_on: Option<NaiveDate>,
    #[schema(required)]
    pub incident_place: Option<String>,
    pub is_anonymous: bool,
    pub status: ComplaintStatus,
    /// 承办部门; null while it waits to be dispatched
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 收到时间, of the hotline its 派单时间
    pub received_at: DateTime<Utc>,
    #[schema(required)]
    pub accepted_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub concluded_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub notified_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// 正在计算的时限 that ends first
    #[schema(required)]
    pub clock: Option<ComplaintClock>,
    /// 办理期限; null while the clock stands still
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    pub is_overdue: bool,
    /// 计时已中止
    pub is_suspended: bool,
    /// 已结束的时限, and whether each was kept
    pub terms: Vec<EndedTermView>,
    /// 延长的工作日数
    pub extension: i32,
    #[schema(required)]
    pub extension_reason: Option<String>,
    /// 要求补正的材料
    #[schema(required)]
    pub materials: Option<String>,
    #[schema(required)]
    pub refusal_ground: Option<RefusalGround>,
    #[schema(required)]
    pub outcome: Option<ComplaintOutcome>,
    /// 处理情况，或不予受理、移送的理由
    #[schema(required)]
    pub result: Option<String>,
    /// 立案编号
    #[schema(required)]
    pub case_no: Option<String>,
    /// 核查时的检查
    #[schema(required)]
    pub inspection_id: Option<Uuid>,
    /// 告知方式和内容
    #[schema(required)]
    pub told: Option<String>,
    /// 转成的风险线索
    #[schema(required)]
    pub clue_id: Option<Uuid>,
    /// 受移送单位
    #[schema(required)]
    pub transferred_to: Option<String>,
    /// 并入的投诉举报
    #[schema(required)]
    pub master_id: Option<Uuid>,
    /// 并入本件的登记编号: their reporters are told with this one's
    pub merged: Vec<String>,
    /// 超期告知县政府办的时间
    #[schema(required)]
    pub escalated_at: Option<DateTime<Utc>>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ComplaintAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ComplaintView);

/// 一项已结束的时限
#[derive(Serialize, ToSchema)]
pub struct EndedTermView {
    pub clock: ComplaintClock,
    /// null where it stood still when it ended
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    pub ended_at: DateTime<Utc>,
    pub is_late: bool,
}

impl From<EndedTerm> for EndedTermView {
    fn from(term: EndedTerm) -> Self {
        let EndedTerm { clock, due_on, ended_at, is_late } = term;
        Self { clock, due_on, ended_at, is_late }
    }
}

impl ComplaintView {
    pub fn of(ctx: &Ctx, whole: Complaint) -> Self {
        let facts = decision_facts(&whole.complaint, ctx.today());
        let Complaint { complaint, merged } = whole;
        Self {
            id: complaint.id,
            code: complaint.code,
            kind: complaint.kind,
            channel: complaint.channel,
            ticket: complaint.ticket,
            source_no: complaint.source_no,
            title: complaint.title,
            content: complaint.content,
            problem_type: complaint.problem_type,
            object_id: complaint.object_id,
            object_name: complaint.object_name,
            uscc: complaint.uscc,
            item_id: complaint.item_id,
            region_code: complaint.region_code,
            township_code: complaint.township_code,
            incident_on: complaint.incident_on,
            incident_place: complaint.incident_place,
            is_anonymous: complaint.is_anonymous,
            status: complaint.status,
            department_id: complaint.department_id,
            received_at: complaint.received_at,
            accepted_at: complaint.accepted_at,
            concluded_at: complaint.concluded_at,
            notified_at: complaint.notified_at,
            ended_at: complaint.ended_at,
            clock: complaint.clock,
            due_on: complaint.due_on,
            is_overdue: facts.is_overdue,
            is_suspended: facts.is_suspended,
            terms: complaint.terms.0.into_iter().map(Into::into).collect(),
            extension: complaint.extension,
            extension_reason: complaint.extension_reason,
            materials: complaint.materials,
            refusal_ground: complaint.refusal_ground,
            outcome: complaint.outcome,
            result: complaint.result,
            case_no: complaint.case_no,
            inspection_id: complaint.inspection_id,
            told: complaint.told,
            clue_id: complaint.clue_id,
            transferred_to: complaint.transferred_to,
            master_id: complaint.master_id,
            merged,
            escalated_at: complaint.escalated_at,
            allowed_actions: facts.allowed_actions(&ctx.actor),
            version: complaint.version,
            created_at: complaint.created_at,
            updated_at: complaint.updated_at,
        }
    }
}

/// 投诉举报时限: those that run
#[derive(Serialize, ToSchema)]
pub struct ComplaintDeadlinesView {
    pub items: Vec<ComplaintDeadlineView>,
}

impl View for ComplaintDeadlinesView {}

/// 一项时限及其算法
#[derive(Serialize, ToSchema)]
pub struct ComplaintDeadlineView {
    pub clock: ComplaintClock,
    pub length: u32,
    pub unit: TermUnit,
    pub extension: u32,
    /// 起算时刻
    pub trigger_at: DateTime<Utc>,
    /// 届满日; null while the clock stands still
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// False where a year without a notice was counted by weekdays alone
    pub certain: bool,
    pub flag: Flag,
    /// 起算、停止、恢复、延长、顺延与届满
    pub explanation_zh: Vec<String>,
    pub explanation_en: Vec<String>,
}

impl ComplaintDeadlinesView {
    pub fn of(calendar: &Calendar, deadlines: Vec<Deadline>) -> Self {
        let items = deadlines.into_iter().map(|deadline| {
            let lines = deadline.clock.explain(calendar).into_iter().map(|line| (line.zh, line.en));
            let (explanation_zh, explanation_en) = lines.unzip();
            ComplaintDeadlineView {
                clock: deadline.kind,
                length: deadline.clock.term.length,
                unit: deadline.clock.term.unit,
                extension: deadline.clock.extension,
                trigger_at: deadline.clock.trigger,
                due_on: deadline.due.map(|due| due.on),
                certain: deadline.due.is_some_and(|due| due.certain),
                flag: deadline.flag,
                explanation_zh,
                explanation_en,
            }
        });
        Self { items: items.collect() }
    }
}
