//! 后续处置.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply, versioned};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::follow_ups as store;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::service::inspections::case_referrals::{ReferBody, refer};
use crate::service::inspections::follow_ups;
use crate::service::inspections::follow_ups::{CompleteBody, ExtendFollowUpBody, FollowUp, FollowUpBody};
use crate::service::inspections::rechecks::{RecheckBody, recheck};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::access::permit::{InspectionsRead, InspectionsRecord, InspectionsReview, VisitsRequest};
use domain::inspections::follow_ups::{FollowUpAction, FollowUpStatus};
use domain::inspections::inspections::InspectionStatus;
use entity::inspections::follow_ups::Entity;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("follow-ups", "后续处置");
    group.get(
        "/api/v1/follow-ups",
        "list_follow_ups",
        "查询后续处置",
        "管理范围内各检查的后续处置，按措施、状态、期限查询。",
        list_follow_ups,
    );
    group.post(
        "/api/v1/inspections/{id}/follow-ups",
        "create_follow_up",
        "登记后续处置",
        "措施、期限；未写期限的为 20 个工作日。",
        create_follow_up,
    );
    group.get(
        "/api/v1/follow-ups/{id}",
        "get_follow_up",
        "后续处置详情",
        "措施、复查、移送及当前可办理的操作。",
        get_follow_up,
    );

    group.post(
        "/api/v1/follow-ups/{id}/recheck",
        "recheck_follow_up",
        "申请复查",
        "起草一次整改复查的入企检查，按入企检查申请、批准；批准后不计入年度上限。",
        recheck_follow_up,
    );
    group.post(
        "/api/v1/follow-ups/{id}/refer",
        "refer_follow_up",
        "移送办案",
        "移送平台上的部门或平台外的机关；立案后本处置自动完结，不予立案的退回继续处置。",
        refer_follow_up,
    );
    group.post(
        "/api/v1/follow-ups/{id}/extend",
        "extend_follow_up",
        "延期",
        "期限届满前由审核员延期一次。",
        extend_follow_up,
    );
    group.post(
        "/api/v1/follow-ups/{id}/complete",
        "complete_follow_up",
        "完结后续处置",
        "写明完结情况；已申请复查的，复查有结果后完结。",
        complete_follow_up,
    );

    group.get(
        "/api/v1/follow-ups/{id}/history",
        "list_follow_up_history",
        "后续处置变更记录",
        "谁在何时做了什么。",
        list_follow_up_history,
    );
}

/// 后续处置
#[derive(Serialize, ToSchema)]
pub struct FollowUpView {
    pub id: Uuid,
    pub inspection_id: Uuid,
    pub inspection_code: String,
    pub department_id: Uuid,
    pub object_id: Uuid,
    #[schema(required)]
    pub object_name: Option<String>,
    /// dictionary spot-dispose
    pub measure: String,
    #[schema(required)]
    pub detail: Option<String>,
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// 已超期
    pub is_overdue: bool,
    pub status: FollowUpStatus,
    #[schema(required)]
    pub done_on: Option<NaiveDate>,
    #[schema(required)]
    pub note: Option<String>,
    /// 最近一次复查: its visit and its inspection
    #[schema(required)]
    pub recheck_visit_id: Option<Uuid>,
    #[schema(required)]
    pub recheck_inspection_id: Option<Uuid>,
    #[schema(required)]
    pub recheck_status: Option<InspectionStatus>,
    /// 案件移送 (`/case-referrals`)
    #[schema(required)]
    pub referral_id: Option<Uuid>,
    #[schema(required)]
    pub extension_reason: Option<String>,
    /// 超期告知审核员的时间
    #[schema(required)]
    pub escalated_at: Option<DateTime<Utc>>,
    /// What this caller may do now.
    pub allowed_actions: Vec<FollowUpAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(FollowUpView);

impl FollowUpView {
    fn of(ctx: &Ctx, follow_up: FollowUp) -> Self {
        let facts = follow_ups::decision_facts(&follow_up, ctx.today());
        let FollowUp { row, inspection, recheck, object_name, .. } = follow_up;

        Self {
            allowed_actions: facts.allowed_actions(&ctx.actor),
            is_overdue: facts.is_overdue && row.status == FollowUpStatus::Open,
            id: row.id,
            inspection_id: row.inspection_id,
            inspection_code: inspection.code,
            department_id: inspection.department_id,
            object_id: inspection.object_id,
            object_name,
            measure: row.measure,
            detail: row.detail,
            due_on: row.due_on,
            status: row.status,
            done_on: row.done_on,
            note: row.note,
            recheck_visit_id: recheck.as_ref().and_then(|recheck| recheck.visit_id),
            recheck_inspection_id: row.recheck_inspection_id,
            recheck_status: recheck.map(|recheck| recheck.status),
            referral_id: row.referral_id,
            extension_reason: row.extension_reason,
            escalated_at: row.escalated_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

pub struct FollowUps;

impl Listed for FollowUps {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_follow_ups(read: Read<InspectionsRead>, list: List<FollowUps>) -> Result<PageReply<FollowUpView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = follow_ups::complete(db, items).await?;
    let items = items.into_iter().map(|item| FollowUpView::of(&read.ctx, item)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_follow_up(read: Read<InspectionsRead>, id: Id) -> Result<Reply<FollowUpView>> {
    let found = follow_ups::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(FollowUpView::of(&read.ctx, found))
}

async fn create_follow_up(
    write: Write<InspectionsRecord>,
    id: Id,
    body: Json<FollowUpBody>,
) -> Result<Created<FollowUpView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = follow_ups::add(app, tx, id.0, body.0.clone()).await?;
            Ok(change.map(|done| FollowUpView::of(tx.ctx(), done)))
        })
        .await
}

type Answer = Result<Reply<FollowUpView>>;

async fn complete_follow_up(act: Act<InspectionsRecord>, at: Versioned, body: Json<CompleteBody>) -> Answer {
    act.0
        .run(async |tx| {
            let change = follow_ups::finish_by_hand(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|done| FollowUpView::of(tx.ctx(), done)))
        })
        .await
}

async fn recheck_follow_up(act: Act<VisitsRequest>, at: Versioned, body: Json<RecheckBody>) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = recheck(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|done| FollowUpView::of(tx.ctx(), done)))
        })
        .await
}

async fn refer_follow_up(act: Act<InspectionsRecord>, at: Versioned, body: Json<ReferBody>) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = refer(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|done| FollowUpView::of(tx.ctx(), done)))
        })
        .await
}

async fn extend_follow_up(act: Act<InspectionsReview>, at: Versioned, body: Json<ExtendFollowUpBody>) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = follow_ups::extend(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|done| FollowUpView::of(tx.ctx(), done)))
        })
        .await
}

async fn list_follow_up_history(
    read: Read<InspectionsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "follow-ups", id.0, &list).await
}
