//! 档案保全, and how long which records are kept.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply, View, versioned};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::{edit, list};
use crate::persistence::records::legal_holds as store;
use crate::service::records::archives::holds;
use crate::service::records::archives::holds::{HoldBody, HoldExtensionBody, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::access::permit::{ArchivesRead, LegalHoldsManage};
use domain::records::holds::{HoldAction, HoldStatus, HoldSubject};
use domain::records::retention::{Period, RecordClass};
use entity::records::legal_holds::{Entity, Model};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("legal-holds", "保管期限与档案保全");
    group.get(
        "/api/v1/retention-schedule",
        "get_retention_schedule",
        "保管期限表",
        "各档案门类的范围、保管期限和依据；期限自办结次年 1 月 1 日起算。",
        get_schedule,
    );
    group.get(
        "/api/v1/legal-holds",
        "list_legal_holds",
        "查询档案保全",
        "部门看到本部门和覆盖全县的保全。",
        list_holds,
    );
    group.post(
        "/api/v1/legal-holds",
        "place_legal_hold",
        "保全档案",
        "保全期间不得销毁案卷，不得作废其中的证据；对企业的保全，司法行政部门的覆盖全县各部门，部门的覆盖本部门及下级的案卷。",
        place,
    );
    group.get(
        "/api/v1/legal-holds/{id}",
        "get_legal_hold",
        "档案保全详情",
        "对象、事由、复核日期和当前可办理的操作。",
        get_hold,
    );
    group.post(
        "/api/v1/legal-holds/{id}/extend",
        "extend_legal_hold",
        "保全续期",
        "到期复核后仍需保全的，写明理由和下次复核日期。",
        extend,
    );
    group.post(
        "/api/v1/legal-holds/{id}/release",
        "release_legal_hold",
        "解除保全",
        "写明理由；此后按保管期限处置。",
        release,
    );

    group.get(
        "/api/v1/legal-holds/{id}/history",
        "list_legal_hold_history",
        "档案保全变更记录",
        "谁在何时做了什么。",
        list_history,
    );
}

/// 保管期限
#[derive(Serialize, ToSchema)]
pub struct RetentionClassView {
    pub class: RecordClass,
    pub name: &'static str,
    /// 归档范围
    pub scope: &'static str,
    /// null: 永久
    #[schema(required)]
    pub years: Option<u32>,
    pub basis: &'static str,
}

/// 保管期限表
#[derive(Serialize, ToSchema)]
pub struct RetentionScheduleView {
    pub items: Vec<RetentionClassView>,
    /// 移交档案馆后在本平台继续保存的年数
    pub hand_over_keep_years: u32,
    /// 证据自采集之日起的最低保存年数
    pub evidence_years: u32,
}

impl View for RetentionScheduleView {}

/// 档案保全
#[derive(Serialize, ToSchema)]
pub struct LegalHoldView {
    pub id: Uuid,
    pub code: String,
    /// 保全部门
    pub department_id: Uuid,
    /// 覆盖全县各部门的案卷
    pub covers_all: bool,
    pub subject: HoldSubject,
    pub record_id: Uuid,
    /// Its code or name
    pub label: String,
    /// 事由
    pub reason: String,
    /// 依据文号
    #[schema(required)]
    pub basis: Option<String>,
    pub status: HoldStatus,
    /// 复核日期
    pub review_on: NaiveDate,
    #[schema(required)]
    pub released_reason: Option<String>,
    #[schema(required)]
    pub released_at: Option<DateTime<Utc>>,
    pub placed_by: Uuid,
    /// What this caller may do now.
    pub allowed_actions: Vec<HoldAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(LegalHoldView);

impl LegalHoldView {
    fn of(ctx: &Ctx, row: Model) -> Self {
        Self {
            allowed_actions: decision_facts(&row).allowed_actions(&ctx.actor),
            id: row.id,
            code: row.code,
            department_id: row.department_id,
            covers_all: row.covers_all,
            subject: row.subject,
            record_id: row.record_id,
            label: row.label,
            reason: row.reason,
            basis: row.basis,
            status: row.status,
            review_on: row.review_on,
            released_reason: row.released_reason,
            released_at: row.released_at,
            placed_by: row.placed_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

pub struct Holds;

impl Listed for Holds {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn get_schedule(read: Read<ArchivesRead>) -> Result<Reply<RetentionScheduleView>> {
    let rules = &read.app.settings.rules;
    let items = RecordClass::ALL.iter().map(|class| RetentionClassView {
        class: *class,
        name: class.label(),
        scope: class.scope(),
        years: match class.period(rules) {
            Period::Permanent => None,
            Period::Years(years) => Some(years),
        },
        basis: class.basis(),
    });

    Reply::new(RetentionScheduleView {
        items: items.collect(),
        hand_over_keep_years: rules.hand_over_keep_years,
        evidence_years: rules.evidence_years,
    })
}

async fn list_holds(read: Read<ArchivesRead>, list: List<Holds>) -> Result<PageReply<LegalHoldView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|row| LegalHoldView::of(&read.ctx, row)))
}

async fn get_hold(read: Read<ArchivesRead>, id: Id) -> Result<Reply<LegalHoldView>> {
    let row = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(LegalHoldView::of(&read.ctx, row))
}

async fn place(write: Write<LegalHoldsManage>, body: Json<HoldBody>) -> Result<Created<LegalHoldView>> {
    let app = &write.app;
    let step = async |tx: &_| holds::place(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|row| LegalHoldView::of(tx.ctx(), row)))).await
}

async fn extend(
    act: Act<LegalHoldsManage>,
    at: Versioned,
    body: Json<HoldExtensionBody>,
) -> Result<Reply<LegalHoldView>> {
    let app = &act.0.app;
    let step = async |tx: &_| holds::extend(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| LegalHoldView::of(tx.ctx(), row)))).await
}

async fn release(act: Act<LegalHoldsManage>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<LegalHoldView>> {
    let step = async |tx: &_| holds::release(tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| LegalHoldView::of(tx.ctx(), row)))).await
}

async fn list_history(read: Read<ArchivesRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "legal-holds", id.0, &list).await
}
