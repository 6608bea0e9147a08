//! 信用分类抽查策略.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Group;
use crate::http::kernel::reply::{Created, PageReply, Reply, versioned};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::credit as store;
use crate::persistence::kernel::list;
use crate::service::credit::{self, StrategyBody};
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::access::permit::{CreditPoliciesApprove, CreditPoliciesWrite, CreditRead};
use domain::credit::{CreditClass, PolicyAction, PolicyFacts, PolicyState, Visit};
use domain::spot_checks::tasks::TaskKind;
use entity::credit::credit_strategies::{Entity, Model};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(group: &mut Group<'_>) {
    group.get(
        "/api/v1/credit-strategies",
        "list_credit_strategies",
        "查询信用抽查策略",
        "各策略的各版次及其状态。",
        list_all,
    );
    group.post(
        "/api/v1/credit-strategies",
        "create_credit_strategy",
        "起草信用抽查策略",
        "类别、比例、最低户数、频次上限和到户方式；比例在允许范围内且随风险递增。同一编号再次起草即为新版次。",
        create,
    );
    group.get("/api/v1/credit-strategies/{id}", "get_credit_strategy", "策略详情", "一个版次的策略。", get);
    group.put("/api/v1/credit-strategies/{id}", "update_credit_strategy", "修改策略", "整体替换草稿的内容。", update);
    group.post(
        "/api/v1/credit-strategies/{id}/activate",
        "activate_credit_strategy",
        "启用策略",
        "起草人不能启用；同一编号原启用的版次随之停用，已用它的任务不受影响。",
        activate,
    );
    group.post("/api/v1/credit-strategies/{id}/retire", "retire_credit_strategy", "停用策略", "写明理由。", retire);

    group.get(
        "/api/v1/credit-strategies/{id}/history",
        "list_credit_strategy_history",
        "策略变更记录",
        "谁在何时做了什么。",
        list_history,
    );
}

/// 信用分类抽查策略
#[derive(Serialize, ToSchema)]
pub struct CreditStrategyView {
    pub id: Uuid,
    #[schema(example = "COUNTY-STANDARD")]
    pub code: String,
    /// 版次, from 1
    pub revision: i32,
    pub name: String,
    pub state: PolicyState,
    /// 适用的任务类别
    pub kinds: Vec<TaskKind>,
    pub rows: Vec<StrategyRowView>,
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

versioned!(CreditStrategyView);

/// 一类对象的抽查要求
#[derive(Serialize, ToSchema)]
pub struct StrategyRowView {
    pub class: CreditClass,
    pub rate_bp: u32,
    pub minimum: u32,
    #[schema(required)]
    pub max_per_year: Option<u32>,
    pub visit: Visit,
}

impl CreditStrategyView {
    fn of(ctx: &Ctx, row: Model) -> Self {
        let allowed_actions = PolicyFacts::from(&row).allowed_actions(&ctx.actor);
        let rows = row.rows.0.into_iter().map(|row| StrategyRowView {
            class: row.class,
            rate_bp: row.rate_bp,
            minimum: row.minimum,
            max_per_year: row.max_per_year,
            visit: row.visit,
        });

        Self {
            id: row.id,
            allowed_actions,
            rows: rows.collect(),
            code: row.code,
            revision: row.revision,
            name: row.name,
            state: row.state,
            kinds: row.kinds.0,
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

pub struct Strategies;

impl Listed for Strategies {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::STRATEGIES;
}

async fn list_all(read: Read<CreditRead>, list: List<Strategies>) -> Result<PageReply<CreditStrategyView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::STRATEGIES, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(|row| CreditStrategyView::of(&read.ctx, row)))
}

async fn get(read: Read<CreditRead>, id: Id) -> Result<Reply<CreditStrategyView>> {
    let row = store::get::<Entity>(&read.app.db, id.0).await?;
    Reply::new(CreditStrategyView::of(&read.ctx, row))
}

async fn create(write: Write<CreditPoliciesWrite>, body: Json<StrategyBody>) -> Result<Created<CreditStrategyView>> {
    let app = &write.app;
    let step = async |tx: &_| credit::create_strategy(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|row| CreditStrategyView::of(tx.ctx(), row)))).await
}

async fn update(
    write: Write<CreditPoliciesWrite>,
    at: Versioned,
    body: Json<StrategyBody>,
) -> Result<Reply<CreditStrategyView>> {
    let app = &write.app;
    let step = async |tx: &_| credit::update_strategy(app, tx, at.id, at.version, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|row| CreditStrategyView::of(tx.ctx(), row)))).await
}

async fn activate(act: Act<CreditPoliciesApprove>, at: Versioned) -> Result<Reply<CreditStrategyView>> {
    let step = async |tx: &_| credit::activate_strategy(tx, at.id, at.version).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CreditStrategyView::of(tx.ctx(), row)))).await
}

async fn retire(
    act: Act<CreditPoliciesApprove>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<CreditStrategyView>> {
    let step = async |tx: &_| credit::retire_strategy(tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| CreditStrategyView::of(tx.ctx(), row)))).await
}

async fn list_history(read: Read<CreditRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get::<Entity>(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "credit-strategies", id.0, &list).await
}
