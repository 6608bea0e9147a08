//! Views of inspections.

use super::checks::CheckAnswerView;
use crate::http::kernel::reply::versioned;
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::service::inspections::inspections::Inspection;
use crate::service::inspections::inspections::decision_facts;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::inspections::follow_ups::FollowUpStatus;
use domain::inspections::grounds::ExemptGround;
use domain::inspections::inspections::{InspectionAction, InspectionStatus, ReplacementCause, VoidCause};
use domain::records::evidence::{EvidenceStatus, Gap};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 检查
#[derive(Serialize, ToSchema)]
pub struct InspectionView {
    pub id: Uuid,
    pub code: String,
    pub task_id: Uuid,
    /// 抽取记录; null for the inspection of a risk clue
    #[schema(required)]
    pub draw_id: Option<Uuid>,
    pub object_id: Uuid,
    #[schema(required)]
    pub object_name: Option<String>,
    #[schema(required)]
    pub object_uscc: Option<String>,
    pub department_id: Uuid,
    /// 入企检查; null where nobody went there
    #[schema(required)]
    pub visit_id: Option<Uuid>,
    pub status: InspectionStatus,
    pub officers: Vec<InspectionOfficerView>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub inspected_on: Option<NaiveDate>,
    /// 核查方式 (dictionary verify-way)
    pub verify_ways: Vec<String>,
    /// 检查结果代码 (dictionary spot-result)
    pub result_codes: Vec<String>,
    pub points: Vec<InspectionPointView>,
    #[schema(required)]
    pub summary: Option<String>,
    /// 连续未发现问题的说明
    #[schema(required)]
    pub repeat_explanation: Option<String>,
    /// 采集证据份数, as the officers say
    #[schema(required)]
    pub evidence_count: Option<i32>,
    /// 缺失的证据（`EVIDENCE_GAP`）: numbers that are not there, now
    pub evidence_gaps: Vec<EvidenceGapView>,
    #[schema(required)]
    pub entered_by: Option<Uuid>,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    /// 最近一次审核通过的审核人; stays when the result is reopened or corrected.
    #[schema(required)]
    pub approved_by: Option<Uuid>,
    /// 审核意见
    #[schema(required)]
    pub opinion: Option<String>,
    /// 公示期限, by the working-day calendar
    #[schema(required)]
    pub publish_due_on: Option<NaiveDate>,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub withdrawn_reason: Option<String>,
    /// 不计入年度上限的情形
    #[schema(required)]
    pub exempt_ground: Option<ExemptGround>,
    /// 公示版次: grows with every correction.
    pub revision: i32,
    /// 此前各版次的公示与撤回, oldest first
    pub earlier: Vec<RevisionView>,
    /// 作废理由
    #[schema(required)]
    pub void_reason: Option<String>,
    /// 作废（或申请作废）原因
    #[schema(required)]
    pub void_cause: Option<VoidCause>,
    /// 申请作废的账户，待另一人同意
    #[schema(required)]
    pub void_asked_by: Option<Uuid>,
    pub follow_ups: Vec<InspectionFollowUpView>,
    /// 人员更换, oldest first
    pub replacements: Vec<ReplacementView>,
    /// What this caller may do now.
    pub allowed_actions: Vec<InspectionAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(InspectionView);

/// 检查人员
#[derive(Serialize, ToSchema)]
pub struct InspectionOfficerView {
    pub personnel_id: Uuid,
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub certificate_no: Option<String>,
    /// 组长
    pub is_leader: bool,
}

/// 缺失的一份证据
#[derive(Serialize, ToSchema)]
pub struct EvidenceGapView {
    /// 序号
    pub seq: i32,
    /// null: never registered; else what became of it
    #[schema(required)]
    pub status: Option<EvidenceStatus>,
}

impl From<Gap> for EvidenceGapView {
    fn from(gap: Gap) -> Self {
        Self { seq: gap.seq, status: gap.status }
    }
}

/// 检查项结果
#[derive(Serialize, ToSchema)]
pub struct InspectionPointView {
    pub spot_check_item_id: Uuid,
    /// dictionary item-result, as it follows from the check points
    pub result: String,
    pub checks: Vec<CheckAnswerView>,
    #[schema(required)]
    pub problem: Option<String>,
    #[schema(required)]
    pub handling: Option<String>,
}

view! {
    /// 一次人员更换
    pub struct ReplacementView of entity::inspections::inspection_replacements::Model {
        left_id: Uuid,
        joined_id: Uuid,
        reason: String,
        /// 登记信息所示的原因; null before causes were kept
        cause: Option<ReplacementCause>,
        created_by: Uuid,
        created_at: DateTime<Utc>,
    }
}

view! {
    /// 此前版次的公示与撤回
    pub struct RevisionView of entity::inspections::inspection_revisions::Model {
        revision: i32,
        inspected_on: Option<NaiveDate>,
        published_at: DateTime<Utc>,
        withdrawn_at: DateTime<Utc>,
        withdrawn_reason: String,
    }
}

view! {
    /// 检查的后续处置
    pub struct InspectionFollowUpView of entity::inspections::follow_ups::Model {
        id: Uuid,
        inspection_id: Uuid,
        /// dictionary spot-dispose
        measure: String,
        detail: Option<String>,
        due_on: Option<NaiveDate>,
        status: FollowUpStatus,
        done_on: Option<NaiveDate>,
        note: Option<String>,
        /// 复查
        recheck_inspection_id: Option<Uuid>,
        /// 案件移送
        referral_id: Option<Uuid>,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

impl InspectionView {
    pub fn of(ctx: &Ctx, done: Inspection) -> Self {
        let allowed_actions = decision_facts(&done.inspection, &done.parts).allowed_actions(&ctx.actor);
        let Inspection { inspection, parts, object, officers } = done;
        let evidence_gaps = parts.evidence_gaps(&inspection).into_iter().map(Into::into).collect();
        let checks = parts.checks;
        let of = |item: Uuid| {
            checks.iter().filter(move |check| check.spot_check_item_id == item).cloned().map(CheckAnswerView::from)
        };
        let (object_name, object_uscc) = object.map_or((None, None), |(name, uscc)| (Some(name), uscc));

        Self {
            id: inspection.id,
            code: inspection.code,
            task_id: inspection.task_id,
            draw_id: inspection.draw_id,
            object_id: inspection.object_id,
            object_name,
            object_uscc,
            department_id: inspection.department_id,
            visit_id: inspection.visit_id,
            status: inspection.status,
            officers: parts
                .officers
                .into_iter()
                .map(|officer| InspectionOfficerView {
                    name: officers.get(&officer.personnel_id).cloned(),
                    personnel_id: officer.personnel_id,
                    certificate_no: officer.certificate_no,
                    is_leader: officer.is_leader,
                })
                .collect(),
            started_at: inspection.started_at,
            inspected_on: inspection.inspected_on,
            verify_ways: inspection.verify_ways.0,
            result_codes: parts.results,
            points: parts
                .points
                .into_iter()
                .map(|point| InspectionPointView {
                    checks: of(point.spot_check_item_id).collect(),
                    spot_check_item_id: point.spot_check_item_id,
                    result: point.result,
                    problem: point.problem,
                    handling: point.handling,
                })
                .collect(),
            summary: inspection.summary,
            repeat_explanation: inspection.repeat_explanation,
            evidence_count: inspection.evidence_count,
            evidence_gaps,
            entered_by: inspection.entered_by,
            submitted_by: inspection.submitted_by,
            approved_by: inspection.approved_by,
            opinion: inspection.opinion,
            publish_due_on: inspection.publish_due_on,
            published_at: inspection.published_at,
            withdrawn_at: inspection.withdrawn_at,
            withdrawn_reason: inspection.withdrawn_reason,
            exempt_ground: inspection.exempt_ground,
            revision: inspection.revision,
            earlier: parts.revisions.into_iter().map(Into::into).collect(),
            void_reason: inspection.void_reason,
            void_cause: inspection.void_cause,
            void_asked_by: inspection.void_asked_by,
            follow_ups: parts.follow_ups.into_iter().map(Into::into).collect(),
            replacements: parts.replacements.into_iter().map(Into::into).collect(),
            allowed_actions,
            version: inspection.version,
            created_at: inspection.created_at,
            updated_at: inspection.updated_at,
        }
    }
}
