//! Views of passes and records.

use crate::app::App;
use crate::http::inspections::inspections::{CheckPointsView, InspectionView};
use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::http::visits::visits::{EntryCodeView, VisitView};
use crate::kernel::ctx::Ctx;
use crate::service::visits::offline::{Taken, pass_facts, record_facts, taken_until};
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::kernel::refusal::Code;
use domain::visits::offline::{
    OfflineAction, OfflineField, OfflineProblem, OfflineRecordAction, OfflineStatus, PassAction, PassStatus, Subject,
};
use entity::visits::{offline_passes, offline_records};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 离线作业包
#[derive(Serialize, ToSchema)]
pub struct OfflinePassView {
    pub id: Uuid,
    /// 领取人
    pub user_id: Uuid,
    pub personnel_id: Uuid,
    pub department_id: Uuid,
    /// 设备名称
    pub device: String,
    /// 所含入企检查
    pub visit_ids: Vec<Uuid>,
    /// 所含检查
    pub inspection_ids: Vec<Uuid>,
    pub status: PassStatus,
    pub issued_at: DateTime<Utc>,
    /// 有效期止: what happens later is recorded without the pass.
    pub expires_at: DateTime<Utc>,
    /// 回传期限
    pub taken_until: DateTime<Utc>,
    /// 作废理由
    #[schema(required)]
    pub revoked_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<PassAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(OfflinePassView);

impl OfflinePassView {
    pub fn of(app: &App, ctx: &Ctx, pass: offline_passes::Model) -> Self {
        Self {
            allowed_actions: pass_facts(app, ctx, &pass).allowed_actions(&ctx.actor),
            taken_until: taken_until(app, &pass),
            id: pass.id,
            user_id: pass.user_id,
            personnel_id: pass.personnel_id,
            department_id: pass.department_id,
            device: pass.device,
            visit_ids: pass.visit_ids.0,
            inspection_ids: pass.inspection_ids.0,
            status: pass.status,
            issued_at: pass.issued_at,
            expires_at: pass.expires_at,
            revoked_reason: pass.revoked_reason,
            version: pass.version,
            created_at: pass.created_at,
            updated_at: pass.updated_at,
        }
    }
}

/// 领取的离线作业包及其内容
#[derive(Serialize, ToSchema)]
pub struct TakenPassView {
    pub id: Uuid,
    pub pass: OfflinePassView,
    /// 可实施的入企检查，附入企码
    pub visits: Vec<TakenVisitView>,
    /// 待录入结果的检查，附检查要点
    pub inspections: Vec<TakenInspectionView>,
    pub version: i32,
}

versioned!(TakenPassView);

/// 离线作业包中的入企检查
#[derive(Serialize, ToSchema)]
pub struct TakenVisitView {
    pub visit: VisitView,
    /// 入企码: can be shown and verified without a network.
    pub entry_code: EntryCodeView,
}

/// 离线作业包中的检查
#[derive(Serialize, ToSchema)]
pub struct TakenInspectionView {
    pub inspection: InspectionView,
    pub check_points: CheckPointsView,
}

impl TakenPassView {
    pub fn of(app: &App, ctx: &Ctx, taken: Taken) -> Self {
        let visits = taken
            .visits
            .into_iter()
            .map(|(visit, code)| TakenVisitView { visit: VisitView::of(ctx, visit), entry_code: code.into() });
        let inspections = taken.inspections.into_iter().map(|(inspection, asked)| TakenInspectionView {
            check_points: CheckPointsView::of(asked, &inspection.parts.checks),
            inspection: InspectionView::of(ctx, inspection),
        });
        Self {
            id: taken.pass.id,
            version: taken.pass.version,
            visits: visits.collect(),
            inspections: inspections.collect(),
            pass: OfflinePassView::of(app, ctx, taken.pass),
        }
    }
}

/// 离线记录
#[derive(Serialize, ToSchema)]
pub struct OfflineRecordView {
    pub id: Uuid,
    /// 离线作业包
    pub pass_id: Uuid,
    /// 记录人
    pub user_id: Uuid,
    pub department_id: Uuid,
    pub action: OfflineAction,
    /// 入企检查（进入、离开）或检查（录入结果）
    pub subject_id: Uuid,
    /// 所属入企检查
    #[schema(required)]
    pub visit_id: Option<Uuid>,
    /// 设备时间
    pub device_at: DateTime<Utc>,
    /// 设备发送时间
    pub sent_at: DateTime<Utc>,
    /// 到达时间
    pub arrived_at: DateTime<Utc>,
    /// 发生时间: the device's time, put right by how far its clock was off.
    pub happened_at: DateTime<Utc>,
    /// 记录内容, as it was sent
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
    pub status: OfflineStatus,
    /// 未采用的原因
    #[schema(required)]
    pub problem: Option<OfflineProblemView>,
    #[schema(required)]
    pub applied_at: Option<DateTime<Utc>>,
    /// 放弃理由
    #[schema(required)]
    pub discarded_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<OfflineRecordAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(OfflineRecordView);

/// 离线记录未采用的原因
#[derive(Serialize, ToSchema)]
pub struct OfflineProblemView {
    pub code: Code,
    pub message_zh: String,
    pub message_en: String,
    pub errors: Vec<OfflineFieldView>,
}

view! {
    /// 有误的字段
    pub struct OfflineFieldView of OfflineField {
        /// JSON pointer
        pointer: String,
        code: String,
        message_zh: String,
        message_en: String,
    }
}

impl From<OfflineProblem> for OfflineProblemView {
    fn from(of: OfflineProblem) -> Self {
        let OfflineProblem { code, message_zh, message_en, errors } = of;
        Self { code, message_zh, message_en, errors: errors.into_iter().map(Into::into).collect() }
    }
}

impl OfflineRecordView {
    pub fn of(ctx: &Ctx, record: offline_records::Model, subject: Option<Subject>) -> Self {
        Self {
            allowed_actions: record_facts(&record, subject).allowed_actions(&ctx.actor),
            id: record.id,
            pass_id: record.pass_id,
            user_id: record.user_id,
            department_id: record.department_id,
            action: record.action,
            subject_id: record.subject_id,
            visit_id: record.visit_id,
            device_at: record.device_at,
            sent_at: record.sent_at,
            arrived_at: record.arrived_at,
            happened_at: record.happened_at,
            body: record.body,
            status: record.status,
            problem: record.problem.map(|problem| problem.0.into()),
            applied_at: record.applied_at,
            discarded_reason: record.discarded_reason,
            version: record.version,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

/// 回传的离线记录, each as it stands now
#[derive(Serialize, ToSchema)]
pub struct SentRecordsView {
    pub items: Vec<OfflineRecordView>,
}

impl View for SentRecordsView {}
