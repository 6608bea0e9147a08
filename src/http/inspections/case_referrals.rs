//! 案件移送.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply, versioned};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::inspections::case_referrals as store;
use crate::persistence::kernel::{edit, list};
use crate::service::inspections::case_referrals;
use crate::service::inspections::case_referrals::{CloseCaseBody, FileCaseBody};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::access::permit::{CaseReferralsHandle, CaseReferralsRead};
use domain::inspections::case_referrals::{ReferralAction, ReferralStatus};
use entity::inspections::case_referrals::{Entity, Model};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("case-referrals", "案件移送");
    group.get(
        "/api/v1/case-referrals",
        "list_case_referrals",
        "查询案件移送",
        "部门见其移送和接收的，执法人员见本人检查移送的。",
        list_referrals,
    );
    group.get(
        "/api/v1/case-referrals/{id}",
        "get_case_referral",
        "案件移送详情",
        "来自哪次检查、哪项后续处置，立案和结案情况。",
        get_referral,
    );

    group.post(
        "/api/v1/case-referrals/{id}/file",
        "file_case_referral",
        "立案",
        "收到移送后 15 个工作日内决定；移送人不得自行立案。对应的后续处置随之完结。",
        file_referral,
    );
    group.post(
        "/api/v1/case-referrals/{id}/decline",
        "decline_case_referral",
        "不予立案",
        "写明理由；对应的后续处置退回继续处置。",
        decline_referral,
    );
    group.post(
        "/api/v1/case-referrals/{id}/withdraw",
        "withdraw_case_referral",
        "撤回移送",
        "决定立案之前由移送部门撤回，写明理由，继续处置。",
        withdraw_referral,
    );
    group.post(
        "/api/v1/case-referrals/{id}/close",
        "close_case_referral",
        "结案",
        "登记处理结果；自立案之日起 90 日内。",
        close_referral,
    );
    group.get(
        "/api/v1/case-referrals/{id}/history",
        "list_case_referral_history",
        "案件移送变更记录",
        "谁在何时做了什么。",
        list_referral_history,
    );
}

/// 案件移送
#[derive(Serialize, ToSchema)]
pub struct CaseReferralView {
    pub id: Uuid,
    pub code: String,
    /// 所依据的后续处置
    pub follow_up_id: Uuid,
    pub inspection_id: Uuid,
    pub object_id: Uuid,
    /// 移送部门
    pub department_id: Uuid,
    /// 办理部门; for a body outside the platform the one that sent it
    pub handler_department_id: Uuid,
    /// 平台外的接收机关
    #[schema(required)]
    pub receiver_name: Option<String>,
    /// 主要违法事实
    pub facts: String,
    pub status: ReferralStatus,
    /// 移送人
    pub referred_by: Uuid,
    /// 立案审查期限
    pub filing_due_on: NaiveDate,
    /// 立案号
    #[schema(required)]
    pub case_no: Option<String>,
    #[schema(required)]
    pub filed_on: Option<NaiveDate>,
    /// 办案期限
    #[schema(required)]
    pub decision_due_on: Option<NaiveDate>,
    #[schema(required)]
    pub decline_reason: Option<String>,
    /// 处理结果
    #[schema(required)]
    pub outcome: Option<String>,
    #[schema(required)]
    pub closed_on: Option<NaiveDate>,
    #[schema(required)]
    pub decided_by: Option<Uuid>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ReferralAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(CaseReferralView);

impl CaseReferralView {
    fn of(ctx: &Ctx, row: Model) -> Self {
        Self {
            allowed_actions: case_referrals::decision_facts(&row).allowed_actions(&ctx.actor),
            id: row.id,
            code: row.code,
            follow_up_id: row.follow_up_id,
            inspection_id: row.inspection_id,
            object_id: row.object_id,
            department_id: row.department_id,
            handler_department_id: row.handler_department_id,
            receiver_name: row.receiver_name,
            facts: row.facts,
            status: row.status,
            referred_by: row.referred_by,
            filing_due_on: row.filing_due_on,
            case_no: row.case_no,
            filed_on: row.filed_on,
            decision_due_on: row.decision_due_on,
            decline_reason: row.decline_reason,
            outcome: row.outcome,
            closed_on: row.closed_on,
            decided_by: row.decided_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

pub struct Referrals;

impl Listed for Referrals {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_referrals(read: Read<CaseReferralsRead>, list: List<Referrals>) -> Result<PageReply<CaseReferralView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|row| CaseReferralView::of(&read.ctx, row)))
}

async fn get_referral(read: Read<CaseReferralsRead>, id: Id) -> Result<Reply<CaseReferralView>> {
    let row = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(CaseReferralView::of(&read.ctx, row))
}

type Answer = Result<Reply<CaseReferralView>>;

async fn file_referral(act: Act<CaseReferralsHandle>, at: Versioned, body: Json<FileCaseBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| case_referrals::file(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CaseReferralView::of(tx.ctx(), row)))).await
}

async fn decline_referral(act: Act<CaseReferralsHandle>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| case_referrals::decline(app, tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CaseReferralView::of(tx.ctx(), row)))).await
}

async fn withdraw_referral(act: Act<CaseReferralsHandle>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| case_referrals::withdraw(app, tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CaseReferralView::of(tx.ctx(), row)))).await
}

async fn close_referral(act: Act<CaseReferralsHandle>, at: Versioned, body: Json<CloseCaseBody>) -> Answer {
    let step = async |tx: &_| case_referrals::close(tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CaseReferralView::of(tx.ctx(), row)))).await
}

async fn list_referral_history(
    read: Read<CaseReferralsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "case-referrals", id.0, &list).await
}
