//! 抽查计划.

mod dto;

use crate::http::kernel::extract::{Act, AsKnown, Id, Json, List, Listed, Query, Read, Versioned, Write};
use crate::http::kernel::file::{CsvFile, NamedTable, Spreadsheet};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::kernel::list::Page;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::plans as store;
use crate::service::spot_checks::plans;
use crate::service::spot_checks::plans::{FilingBody, LegalReviewBody, PlanBody};
use domain::access::Permit;
use domain::access::permit::{PlansFile, PlansPublish, PlansRead, PlansReview, PlansWrite};
pub use dto::PlanLineView;
use dto::{PlanEditionsView, PlanProgressView, PlanView};

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
    group.get(
        "/api/v1/plans/{id}",
        "get_plan",
        "抽查计划详情",
        "计划、条目及当前可办理的操作；as_of、known_at 查询某日终了时有效的公示版次。",
        get_plan,
    );
    group.put(
        "/api/v1/plans/{id}",
        "update_plan",
        "修改抽查计划",
        "整体替换草稿或调整中计划的内容；已有条目以 id 指明。",
        update_plan,
    );
    group.post("/api/v1/plans/{id}/submit", "submit_plan", "提交计划", "提交审核。", submit_plan);
    group.post("/api/v1/plans/{id}/return", "return_plan", "退回计划", "写明理由；提交人不能审核。", return_plan);
    group.post(
        "/api/v1/plans/{id}/approve",
        "approve_plan",
        "批准计划",
        "写明合法性审核意见；提交人不能审核。",
        approve_plan,
    );
    group.post("/api/v1/plans/{id}/file", "file_plan", "备案", "司法行政部门登记备案号；提交人不能办理。", file_plan);
    group.post("/api/v1/plans/{id}/refuse", "refuse_plan", "不予备案", "司法行政部门退回，写明理由。", refuse_plan);
    group.post(
        "/api/v1/plans/{id}/publish",
        "publish_plan",
        "公示计划",
        "备案后公示，成为新的版次；公示后方可据以建立任务。",
        publish_plan,
    );
    group.post(
        "/api/v1/plans/{id}/amend",
        "amend_plan",
        "调整计划",
        "写明理由；现行版次继续有效，调整后重新审核、备案、公示，并公开变更内容。",
        amend_plan,
    );
    group.post(
        "/api/v1/plans/{id}/restore",
        "restore_plan",
        "撤销调整",
        "放弃未公示的调整，恢复现行版次。",
        restore_plan,
    );
    group.post(
        "/api/v1/plans/{id}/finish",
        "finish_plan",
        "完成计划",
        "各条目均已完成或经调整取消；尚未完成的条目逐一列出。",
        finish_plan,
    );
    group.get(
        "/api/v1/plans/{id}/progress",
        "get_plan_progress",
        "计划执行进度",
        "现行版次各条目的计划、抽取、检查、公示户数。",
        get_plan_progress,
    );
    group.get(
        "/api/v1/plans/{id}/editions",
        "list_plan_editions",
        "计划的公示版次",
        "历次公示的内容、理由和变更。",
        list_plan_editions,
    );
    group.get(
        "/api/v1/plans/{id}/table.xlsx",
        "get_plan_xlsx",
        "导出抽查计划表（XLSX）",
        "逐行导出；由文件导入的计划沿用原表的栏目。",
        get_plan_xlsx,
    );
    group.get(
        "/api/v1/plans/{id}/table.csv",
        "get_plan_csv",
        "导出抽查计划表（CSV）",
        "逐行导出，UTF-8；由文件导入的计划沿用原表的栏目。",
        get_plan_csv,
    );

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
    let Page { items, next_cursor, total, total_capped } = page;
    let items = plans::with_lines(db, items).await?;
    let items = items.into_iter().map(|plan| PlanView::of(&read.ctx, plan)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_plan(read: Read<PlansRead>, id: Id, known: Query<AsKnown>) -> Result<Reply<PlanView>> {
    let conn = &read.app.db;
    let plan = store::get(conn, &read.ctx, id.0).await?;
    if let Some(day) = known.0.past(read.ctx.today())? {
        return Reply::new(PlanView::of(&read.ctx, plans::on_a_day(conn, plan, day).await?).of_then());
    }
    let plan = plans::with_lines(conn, vec![plan]).await?.pop().ok_or_else(AppError::not_found)?;
    Reply::new(PlanView::of(&read.ctx, plan))
}

async fn get_plan_progress(read: Read<PlansRead>, id: Id) -> Result<Reply<PlanProgressView>> {
    let conn = &read.app.db;
    let plan = store::get(conn, &read.ctx, id.0).await?;
    Reply::new(plans::progress(conn, plan, read.ctx.today()).await?.into())
}

async fn list_plan_editions(read: Read<PlansRead>, id: Id) -> Result<Reply<PlanEditionsView>> {
    let conn = &read.app.db;
    let plan = store::get(conn, &read.ctx, id.0).await?;
    let items = store::editions(conn, plan.id).await?;
    Reply::new(PlanEditionsView { items: items.into_iter().map(Into::into).collect() })
}

async fn get_plan_xlsx(read: Read<PlansRead>, id: Id) -> Result<Spreadsheet> {
    plan_table(&read, id).await?.xlsx()
}

async fn get_plan_csv(read: Read<PlansRead>, id: Id) -> Result<CsvFile> {
    plan_table(&read, id).await?.csv()
}

async fn plan_table(read: &Read<PlansRead>, id: Id) -> Result<NamedTable> {
    let conn = &read.app.db;
    let plan = store::get(conn, &read.ctx, id.0).await?;
    let lines = store::lines(conn, vec![id.0]).await?.remove(&id.0).unwrap_or_default();
    let department = departments::get(conn, plan.department_id).await?;
    Ok(NamedTable { table: plans::table(&plan, &department, &lines), name: plan.code })
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

async fn submit_plan(act: Act<PlansWrite>, at: Versioned) -> Answer {
    run(act, at, plans::Act::Submit).await
}

async fn return_plan(act: Act<PlansReview>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, plans::Act::Return(body.0.reason)).await
}

async fn approve_plan(act: Act<PlansReview>, at: Versioned, body: Json<LegalReviewBody>) -> Answer {
    run(act, at, plans::Act::Approve { legal_opinion: body.0.legal_opinion }).await
}

async fn file_plan(act: Act<PlansFile>, at: Versioned, body: Json<FilingBody>) -> Answer {
    run(act, at, plans::Act::File(body.0)).await
}

async fn refuse_plan(act: Act<PlansFile>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, plans::Act::Refuse(body.0.reason)).await
}

async fn publish_plan(act: Act<PlansPublish>, at: Versioned) -> Answer {
    run(act, at, plans::Act::Publish).await
}

async fn amend_plan(act: Act<PlansWrite>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, plans::Act::Amend(body.0.reason)).await
}

async fn restore_plan(act: Act<PlansWrite>, at: Versioned) -> Answer {
    run(act, at, plans::Act::Restore).await
}

async fn finish_plan(act: Act<PlansWrite>, at: Versioned) -> Answer {
    run(act, at, plans::Act::Finish).await
}

type Answer = Result<Reply<PlanView>>;

async fn run<P: Permit>(act: Act<P>, at: Versioned, done: plans::Act) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = plans::act(app, tx, at.id, at.version, done.clone()).await?;
            Ok(change.map(|plan| PlanView::of(tx.ctx(), plan)))
        })
        .await
}

async fn list_plan_history(read: Read<PlansRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "plans", id.0, &list).await
}
