//! Views of visits.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use crate::service::visits::visits::{Visit, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::inspections::grounds::ExemptGround;
use domain::oversight::alerts::EnforcementAlert;
use domain::visits::{EntryMode, VisitAction, VisitKind, VisitStatus};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// 入企检查
#[derive(Serialize, ToSchema)]
pub struct VisitView {
    pub id: Uuid,
    pub code: String,
    pub object_id: Uuid,
    #[schema(required)]
    pub object_name: Option<String>,
    #[schema(required)]
    pub object_uscc: Option<String>,
    /// 牵头部门
    pub lead_department_id: Uuid,
    /// 检查目的和任务来源
    pub purpose: String,
    /// 不能以非现场方式完成的理由
    pub on_site_reason: String,
    /// 突击检查
    pub surprise: bool,
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
    pub status: VisitStatus,
    /// 各部门的部分, each approved by its own head
    pub parts: Vec<VisitPartView>,
    /// 检查人员 of all its inspections
    pub officer_ids: Vec<Uuid>,
    /// 不并入其他部门检查的理由
    #[schema(required)]
    pub apart_reason: Option<String>,
    /// 紧急进入, to be approved afterwards
    pub urgent: bool,
    #[schema(required)]
    pub urgent_reason: Option<String>,
    /// 占用额度的年度; null where nothing is taken of the enterprise's budget
    #[schema(required)]
    pub budget_year: Option<i32>,
    #[schema(required)]
    pub return_reason: Option<String>,
    #[schema(required)]
    pub notified_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub entered_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub entry_mode: Option<EntryMode>,
    /// 补录或未扫码的原因
    #[schema(required)]
    pub make_up_reason: Option<String>,
    /// 企业扫入企码的时间
    #[schema(required)]
    pub scanned_at: Option<DateTime<Utc>>,
    /// 预警, as they were raised at the entry
    pub alerts: Vec<EnforcementAlert>,
    #[schema(required)]
    pub left_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub closed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub found_problems: Option<bool>,
    /// 取消、转为非现场的原因
    #[schema(required)]
    pub ended_reason: Option<String>,
    /// 并入的入企检查
    #[schema(required)]
    pub merged_into: Option<Uuid>,
    pub created_by: Uuid,
    /// What this caller may do now.
    pub allowed_actions: Vec<VisitAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(VisitView);

/// 一个部门的部分
#[derive(Serialize, ToSchema)]
pub struct VisitPartView {
    pub department_id: Uuid,
    #[schema(required)]
    pub department_name: Option<String>,
    pub kind: VisitKind,
    /// 不计入年度上限的情形
    #[schema(required)]
    pub ground: Option<ExemptGround>,
    /// 是否占用本部门额度
    pub counts: bool,
    pub inspection_ids: Vec<Uuid>,
    pub requested_by: Uuid,
    #[schema(required)]
    pub approved_by: Option<Uuid>,
    #[schema(required)]
    pub approved_at: Option<DateTime<Utc>>,
    /// 不予补办批准
    pub refused: bool,
    #[schema(required)]
    pub opinion: Option<String>,
}

impl VisitView {
    pub fn of(ctx: &Ctx, done: Visit) -> Self {
        let allowed_actions = decision_facts(&done.visit, &done.parts).allowed_actions(&ctx.actor);
        let Visit { visit, parts, object, departments } = done;
        let (object_name, object_uscc) = object.map_or((None, None), |(name, uscc)| (Some(name), uscc));
        let officers: BTreeSet<_> = parts.officers.iter().map(|officer| officer.personnel_id).collect();
        let inspections = parts.inspections;
        let of = |department: Uuid| {
            inspections.iter().filter(|one| one.department_id == department).map(|one| one.id).collect()
        };
        let parts = parts.parts.into_iter().map(|part| VisitPartView {
            department_name: departments.get(&part.department_id).cloned(),
            inspection_ids: of(part.department_id),
            department_id: part.department_id,
            kind: part.kind,
            ground: part.ground,
            counts: part.counts,
            requested_by: part.requested_by,
            approved_by: part.approved_by,
            approved_at: part.approved_at,
            refused: part.refused,
            opinion: part.opinion,
        });

        Self {
            parts: parts.collect(),
            officer_ids: officers.into_iter().collect(),
            object_name,
            object_uscc,
            allowed_actions,
            id: visit.id,
            code: visit.code,
            object_id: visit.object_id,
            lead_department_id: visit.lead_department_id,
            purpose: visit.purpose,
            on_site_reason: visit.on_site_reason,
            surprise: visit.surprise,
            window_from: visit.window_from,
            window_to: visit.window_to,
            status: visit.status,
            apart_reason: visit.apart_reason,
            urgent: visit.urgent,
            urgent_reason: visit.urgent_reason,
            budget_year: visit.budget_year,
            return_reason: visit.return_reason,
            notified_at: visit.notified_at,
            entered_at: visit.entered_at,
            entry_mode: visit.entry_mode,
            make_up_reason: visit.make_up_reason,
            scanned_at: visit.scanned_at,
            alerts: visit.alerts.0,
            left_at: visit.left_at,
            closed_at: visit.closed_at,
            found_problems: visit.found_problems,
            ended_reason: visit.ended_reason,
            merged_into: visit.merged_into,
            created_by: visit.created_by,
            version: visit.version,
            created_at: visit.created_at,
            updated_at: visit.updated_at,
        }
    }
}
