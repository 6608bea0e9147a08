//! 抽查计划.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::spot_checks::plans as store;
use crate::service::spot_checks::plans;
use crate::service::spot_checks::plans::{Plan, PlanBody};
use domain::access::Permit;
use domain::access::permit::{PlansPublish, PlansRead, PlansReview, PlansWrite};
use domain::spot_checks::plans::PlanAction;
pub use dto::PlanLineView;
use dto::PlanView;

pub fn routes(api: &mut Api) {
    let mut group = api.group("plans", "抽查计划");
    group.get("/api/v1/plans", "list_plans", "查询抽查计划", "本部门及下级（统筹部门为全县）的计划。", list_plans);
    group.post(
        "/api/v1/plans",
        "create_plan",
        "编制抽查计划",
        "草稿可如实录入；一般事项比例超过上限的，提交前须写明理由。",
        create_plan,
    );
    group.get("/api/v1/plans/{id}", "get_plan", "抽查计划详情", "计划、条目及当前可办理的操作。", get_plan);
    group.put("/api/v1/plans/{id}", "update_plan", "修改抽查计划", "整体替换草稿的内容。", update_plan);
    group.post("/api/v1/plans/{id}/submit", "submit_plan", "提交计划", "提交审核。", submit_plan);
    group.post("/api/v1/plans/{id}/return", "return_plan", "退回计划", "写明理由；提交人不能审核。", return_plan);
    group.post("/api/v1/plans/{id}/approve", "approve_plan", "批准计划", "提交人不能审核。", approve_plan);
    group.post("/api/v1/plans/{id}/publish", "publish_plan", "公示计划", "公示后方可据以建立任务。", publish_plan);
    group.post(
        "/api/v1/plans/{id}/amend",
        "amend_plan",
        "调整计划",
        "撤回已公示的计划以便调整，重新审核公示。",
        amend_plan,
    );
    group.post("/api/v1/plans/{id}/finish", "finish_plan", "完成计划", "年度计划执行完毕。", finish_plan);

    group.get(
        "/api/v1/plans/{id}/history",
        "list_plan_history",
        "计划变更记录",
        "谁在何时做了什么。",
        list_plan_history,
    );
}

pub struct Plans;

impl Listed for Plans {
    type Entity = entity::spot_checks::plans::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_plans(read: Read<PlansRead>, list: List<Plans>) -> Result<PageReply<PlanView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let mut lines = store::lines(db, page.items.iter().map(|plan| plan.id).collect()).await?;
    PageReply::new(
        &list,
        page.map(|plan| {
            let lines = lines.remove(&plan.id).unwrap_or_default();
            PlanView::of(&read.ctx, Plan { plan, lines })
        }),
    )
}

async fn get_plan(read: Read<PlansRead>, id: Id) -> Result<Reply<PlanView>> {
    let conn = &read.app.db;
    let plan = store::get(conn, &read.ctx, id.0).await?;
    let lines = store::lines(conn, vec![id.0]).await?.remove(&id.0).unwrap_or_default();
    Reply::new(PlanView::of(&read.ctx, Plan { plan, lines }))
}

async fn create_plan(write: Write<PlansWrite>, body: Json<PlanBody>) -> Result<Created<PlanView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = plans::create(app, tx, body.0.clone()).await?;
            Ok(change.map(|plan| PlanView::of(tx.ctx(), plan)))
        })
        .await
}

async fn update_plan(write: Write<PlansWrite>, at: Versioned, body: Json<PlanBody>) -> Result<Reply<PlanView>> {
    write
        .run(async |tx| {
            let change = plans::update(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|plan| PlanView::of(tx.ctx(), plan)))
        })
        .await
}

async fn submit_plan(act: Act<PlansWrite>, at: Versioned) -> Result<Reply<PlanView>> {
    run(act, at, PlanAction::Submit, None).await
}

async fn return_plan(act: Act<PlansReview>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<PlanView>> {
    run(act, at, PlanAction::Return, Some(body.0.reason)).await
}

async fn approve_plan(act: Act<PlansReview>, at: Versioned) -> Result<Reply<PlanView>> {
    run(act, at, PlanAction::Approve, None).await
}

async fn publish_plan(act: Act<PlansPublish>, at: Versioned) -> Result<Reply<PlanView>> {
    run(act, at, PlanAction::Publish, None).await
}

async fn amend_plan(act: Act<PlansWrite>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<PlanView>> {
    run(act, at, PlanAction::Amend, Some(body.0.reason)).await
}

async fn finish_plan(act: Act<PlansWrite>, at: Versioned) -> Result<Reply<PlanView>> {
    run(act, at, PlanAction::Finish, None).await
}

async fn run<P: Permit>(
    act: Act<P>,
    at: Versioned,
    action: PlanAction,
    reason: Option<String>,
) -> Result<Reply<PlanView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = plans::act(app, tx, at.id, at.version, action, reason.clone()).await?;
            Ok(change.map(|plan| PlanView::of(tx.ctx(), plan)))
        })
        .await
}

async fn list_plan_history(read: Read<PlansRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "plans", id.0, &list).await
}
