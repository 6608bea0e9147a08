//! How cases of supervision are shown.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use crate::service::oversight::supervision_cases::{SupervisionCase, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::supervision_cases::{
    MeasureTaken, ReplyVerdict, SupervisionAction, SupervisionMeasure, SupervisionPaper, SupervisionSource,
    SupervisionStatus, SupervisionSubject,
};
use entity::oversight::{supervision_papers, supervision_subjects};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 行政执法监督案件
#[derive(Serialize, ToSchema)]
pub struct SupervisionCaseView {
    pub id: Uuid,
    pub code: String,
    /// 被监督单位
    pub department_id: Uuid,
    #[schema(required)]
    pub department_name: Option<String>,
    pub source: SupervisionSource,
    #[schema(required)]
    pub alert: Option<EnforcementAlert>,
    /// 案由
    pub title: String,
    /// null for the department that it is about, where it would tell who complained
    #[schema(required)]
    pub facts: Option<String>,
    pub status: SupervisionStatus,
    /// 监督措施: how far it goes
    pub measure: SupervisionMeasure,
    /// 已采取的措施
    pub measures: Vec<MeasureTakenView>,
    /// 监督文书, oldest first
    pub papers: Vec<SupervisionPaperView>,
    /// 涉及的记录; a department sees no record that would tell who complained
    pub subjects: Vec<SupervisionSubjectView>,
    #[schema(required)]
    pub reply_due_on: Option<NaiveDate>,
    pub is_overdue: bool,
    /// 逾期告知司法行政部门的时间
    #[schema(required)]
    pub escalated_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub conclusion: Option<String>,
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// What this caller may do now.
    pub allowed_actions: Vec<SupervisionAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(SupervisionCaseView);

/// 已采取的监督措施
#[derive(Serialize, ToSchema)]
pub struct MeasureTakenView {
    pub measure: SupervisionMeasure,
    pub note: String,
    pub at: DateTime<Utc>,
    pub by: Uuid,
}

/// 监督文书及回复
#[derive(Serialize, ToSchema)]
pub struct SupervisionPaperView {
    /// 第几次
    pub round: i32,
    pub kind: SupervisionPaper,
    /// 文号
    pub number: String,
    /// 监督意见和整改要求
    pub requirements: String,
    /// 回复期限 (calendar days), with what was added
    pub term_days: i32,
    pub extension_days: i32,
    #[schema(required)]
    pub extension_reason: Option<String>,
    pub issued_at: DateTime<Utc>,
    pub issued_by: Uuid,
    pub due_on: NaiveDate,
    #[schema(required)]
    pub reply: Option<String>,
    #[schema(required)]
    pub replied_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub replied_by: Option<Uuid>,
    /// 逾期回复, or overdue and not answered
    pub is_late: bool,
    #[schema(required)]
    pub verdict: Option<ReplyVerdict>,
    /// 核验意见
    #[schema(required)]
    pub opinion: Option<String>,
    #[schema(required)]
    pub judged_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub judged_by: Option<Uuid>,
}

/// 涉及的记录
#[derive(Serialize, ToSchema)]
pub struct SupervisionSubjectView {
    pub kind: SupervisionSubject,
    pub record_id: Uuid,
    /// Its code, number or month
    pub label: String,
    pub added_at: DateTime<Utc>,
}

impl SupervisionCaseView {
    pub fn of(ctx: &Ctx, whole: SupervisionCase) -> Self {
        let facts = decision_facts(&whole, ctx.today());
        let allowed_actions = facts.allowed_actions(&ctx.actor);
        // The department that it is about may answer and do nothing else.
        let handles = ctx.actor.reach(domain::access::Permission::SupervisionHandle).is_some();
        let SupervisionCase { case, papers, subjects, department_name } = whole;
        // Which visit it was, and what was said, would tell which enterprise complained.
        let blind = case.source == SupervisionSource::Complaint || subjects.iter().any(|one| !one.kind.is_shown());
        let shown = subjects.into_iter().filter(|_| handles || !blind);

        Self {
            id: case.id,
            code: case.code,
            department_id: case.department_id,
            department_name,
            source: case.source,
            alert: case.alert,
            title: case.title,
            facts: Some(case.facts).filter(|_| handles || !blind),
            status: case.status,
            measure: case.measure,
            measures: case.measures.0.into_iter().map(Into::into).collect(),
            papers: papers.into_iter().map(|paper| SupervisionPaperView::of(ctx.today(), paper)).collect(),
            subjects: shown.map(Into::into).collect(),
            reply_due_on: case.reply_due_on,
            is_overdue: facts.is_overdue,
            escalated_at: case.escalated_at,
            conclusion: case.conclusion,
            ended_at: case.ended_at,
            allowed_actions,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
        }
    }
}

impl From<MeasureTaken> for MeasureTakenView {
    fn from(taken: MeasureTaken) -> Self {
        let MeasureTaken { measure, note, at, by } = taken;
        Self { measure, note, at, by }
    }
}

impl SupervisionPaperView {
    fn of(today: NaiveDate, paper: supervision_papers::Model) -> Self {
        let answered = paper.replied_at.map_or(today, local_date);
        Self {
            is_late: answered > paper.due_on,
            round: paper.round,
            kind: paper.kind,
            number: paper.number,
            requirements: paper.requirements,
            term_days: paper.term_days,
            extension_days: paper.extension_days,
            extension_reason: paper.extension_reason,
            issued_at: paper.issued_at,
            issued_by: paper.issued_by,
            due_on: paper.due_on,
            reply: paper.reply,
            replied_at: paper.replied_at,
            replied_by: paper.replied_by,
            verdict: paper.verdict,
            opinion: paper.opinion,
            judged_at: paper.judged_at,
            judged_by: paper.judged_by,
        }
    }
}

impl From<supervision_subjects::Model> for SupervisionSubjectView {
    fn from(row: supervision_subjects::Model) -> Self {
        Self { kind: row.kind, record_id: row.record_id, label: row.label, added_at: row.added_at }
    }
}
