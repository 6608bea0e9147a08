//! 等级映射表.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Group;
use crate::http::kernel::reply::{Created, PageReply, Reply, versioned};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::credit as store;
use crate::persistence::kernel::list;
use crate::service::credit::{self, MappingBody};
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::access::permit::{CreditPoliciesApprove, CreditPoliciesWrite, CreditRead};
use domain::credit::Entry;
use domain::credit::{CreditClass, PolicyAction, PolicyFacts, PolicyState};
use entity::credit::credit_mappings::{Entity, Model};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(group: &mut Group<'_>) {
    group.get("/api/v1/credit-mappings", "list_credit_mappings", "查询等级映射表", "各体系各版次的映射表。", list_all);
    group.post(
        "/api/v1/credit-mappings",
        "create_credit_mapping",
        "起草等级映射表",
        "每个等级恰有一行，风险更高的等级不得映射为更轻的类别；启用后用于其后收到的批次。",
        create,
    );
    group.get("/api/v1/credit-mappings/{id}", "get_credit_mapping", "映射表详情", "一个版次的映射表。", get);
    group.put("/api/v1/credit-mappings/{id}", "update_credit_mapping", "修改映射表", "整体替换草稿的内容。", update);
    group.post(
        "/api/v1/credit-mappings/{id}/activate",
        "activate_credit_mapping",
        "启用映射表",
        "起草人不能启用；同一体系原启用的版次随之停用。",
        activate,
    );
    group.post("/api/v1/credit-mappings/{id}/retire", "retire_credit_mapping", "停用映射表", "写明理由。", retire);

    group.get(
        "/api/v1/credit-mappings/{id}/history",
        "list_credit_mapping_history",
        "映射表变更记录",
        "谁在何时做了什么。",
        list_history,
    );
}

/// 等级映射表
#[derive(Serialize, ToSchema)]
pub struct CreditMappingView {
    pub id: Uuid,
    /// 分类体系 (dictionary credit-scheme)
    pub scheme: String,
    /// 版次, from 1
    pub revision: i32,
    pub state: PolicyState,
    pub entries: Vec<MappingEntryView>,
    pub reason: String,
    pub created_by: Uuid,
    #[schema(required)]
    pub activated_by: Option<Uuid>,
    #[schema(required)]
    pub activated_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub retired_at: Option<DateTime<Utc>>,
    /// What this caller may do now.
    pub allowed_actions: Vec<PolicyAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(CreditMappingView);

/// 一个等级的本地类别
#[derive(Serialize, Deserialize, ToSchema)]
pub struct MappingEntryView {
    pub level: String,
    pub class: CreditClass,
}

impl From<Entry> for MappingEntryView {
    fn from(of: Entry) -> Self {
        Self { level: of.level, class: of.class }
    }
}

impl CreditMappingView {
    fn of(ctx: &Ctx, row: Model) -> Self {
        Self {
            id: row.id,
            allowed_actions: PolicyFacts::from(&row).allowed_actions(&ctx.actor),
            scheme: row.scheme,
            revision: row.revision,
            state: row.state,
            entries: row.entries.0.into_iter().map(MappingEntryView::from).collect(),
            reason: row.reason,
            created_by: row.created_by,
            activated_by: row.activated_by,
            activated_at: row.activated_at,
            retired_at: row.retired_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// What a caller may do to a mapping table or a strategy: its author does not put it in force.
pub struct Mappings;

impl Listed for Mappings {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::MAPPINGS;
}

async fn list_all(read: Read<CreditRead>, list: List<Mappings>) -> Result<PageReply<CreditMappingView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::MAPPINGS, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(|row| CreditMappingView::of(&read.ctx, row)))
}

async fn get(read: Read<CreditRead>, id: Id) -> Result<Reply<CreditMappingView>> {
    let row = store::get::<Entity>(&read.app.db, id.0).await?;
    Reply::new(CreditMappingView::of(&read.ctx, row))
}

async fn create(write: Write<CreditPoliciesWrite>, body: Json<MappingBody>) -> Result<Created<CreditMappingView>> {
    let step = async |tx: &_| credit::create_mapping(tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|row| CreditMappingView::of(tx.ctx(), row)))).await
}

async fn update(
    write: Write<CreditPoliciesWrite>,
    at: Versioned,
    body: Json<MappingBody>,
) -> Result<Reply<CreditMappingView>> {
    let step = async |tx: &_| credit::update_mapping(tx, at.id, at.version, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|row| CreditMappingView::of(tx.ctx(), row)))).await
}

async fn activate(act: Act<CreditPoliciesApprove>, at: Versioned) -> Result<Reply<CreditMappingView>> {
    let step = async |tx: &_| credit::activate_mapping(tx, at.id, at.version).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CreditMappingView::of(tx.ctx(), row)))).await
}

async fn retire(
    act: Act<CreditPoliciesApprove>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<CreditMappingView>> {
    let step = async |tx: &_| credit::retire_mapping(tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CreditMappingView::of(tx.ctx(), row)))).await
}

async fn list_history(read: Read<CreditRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get::<Entity>(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "credit-mappings", id.0, &list).await
}
