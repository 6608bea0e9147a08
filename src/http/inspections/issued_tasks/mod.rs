//! 国家、省、市下发任务.

mod dto;
mod parts;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::ReasonBody;
use crate::persistence::inspections::issued_tasks as store;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::service::inspections::issued_tasks;
use crate::service::inspections::issued_tasks::{CheckIssuedBody, IssueToPartsBody, IssuedTaskBody, ReportBody};
use domain::access::permit::{IssuedTasksManage, IssuedTasksRead, IssuedTasksReceive};
use dto::IssuedTaskView;
use entity::inspections::issued_tasks::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("issued-tasks", "下发任务");
    group.get(
        "/api/v1/issued-tasks",
        "list_issued_tasks",
        "查询下发任务",
        "统筹部门为全县；部门为其接收和承办的任务。",
        list_tasks,
    );
    group.post(
        "/api/v1/issued-tasks",
        "receive_issued_task",
        "接收下发任务",
        "国家、省、市下发的任务，由上级系统推送或人工录入；对象按统一社会信用代码或名称与登记库对应。",
        receive_task,
    );
    group.get(
        "/api/v1/issued-tasks/{id}",
        "get_issued_task",
        "下发任务详情",
        "任务、对象、各部门任务、未按时的环节及当前可办理的操作。",
        get_task,
    );
    group.put(
        "/api/v1/issued-tasks/{id}",
        "update_issued_task",
        "修改下发任务",
        "签收之前整体替换录入的内容。",
        update_task,
    );
    group.post("/api/v1/issued-tasks/{id}/sign", "sign_issued_task", "签收", "收到后 1 个工作日内签收。", sign_task);
    group.post(
        "/api/v1/issued-tasks/{id}/issue",
        "issue_issued_task",
        "下发给部门",
        "收到后 2 个工作日内下发；部门的提交期限默认为办理期限前 3 个工作日。",
        issue_task,
    );
    group.post(
        "/api/v1/issued-tasks/{id}/return",
        "return_issued_task",
        "退回部门",
        "写明理由，各部门继续办理。",
        return_task,
    );
    group.post(
        "/api/v1/issued-tasks/{id}/check",
        "check_issued_task",
        "核对",
        "各部门均已提交后核对；有对象未检查的写明理由。",
        check_task,
    );
    group.post("/api/v1/issued-tasks/{id}/report", "report_issued_task", "上报", "登记上报文号。", report_task);
    group.post(
        "/api/v1/issued-tasks/{id}/acknowledge",
        "acknowledge_issued_task",
        "登记确认",
        "登记上级确认。",
        acknowledge_task,
    );
    group.post(
        "/api/v1/issued-tasks/{id}/rework",
        "rework_issued_task",
        "登记退回",
        "登记上级退回及理由。",
        rework_task,
    );
    group.post(
        "/api/v1/issued-tasks/{id}/reopen",
        "reopen_issued_task",
        "重新办理",
        "上级退回的任务交各部门重新办理。",
        reopen_task,
    );
    group.get(
        "/api/v1/issued-tasks/{id}/history",
        "list_issued_task_history",
        "下发任务变更记录",
        "谁在何时做了什么。",
        list_task_history,
    );

    parts::routes(&mut group);
}

pub struct IssuedTasks;

impl Listed for IssuedTasks {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_tasks(read: Read<IssuedTasksRead>, list: List<IssuedTasks>) -> Result<PageReply<IssuedTaskView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = issued_tasks::whole(db, items).await?;
    let items = items.into_iter().map(|task| IssuedTaskView::of(&read.ctx, task)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_task(read: Read<IssuedTasksRead>, id: Id) -> Result<Reply<IssuedTaskView>> {
    let conn = &read.app.db;
    let task = edit::find::<Entity>(conn, &read.ctx, id.0).await?;
    let task = issued_tasks::whole(conn, vec![task]).await?.pop().ok_or_else(AppError::not_found)?;
    Reply::new(IssuedTaskView::of(&read.ctx, task))
}

async fn receive_task(write: Write<IssuedTasksReceive>, body: Json<IssuedTaskBody>) -> Result<Created<IssuedTaskView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = issued_tasks::receive(app, tx, body.0.clone()).await?;
            Ok(change.map(|task| IssuedTaskView::of(tx.ctx(), task)))
        })
        .await
}

type Answer = Result<Reply<IssuedTaskView>>;

async fn update_task(write: Write<IssuedTasksManage>, at: Versioned, body: Json<IssuedTaskBody>) -> Answer {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = issued_tasks::update(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|task| IssuedTaskView::of(tx.ctx(), task)))
        })
        .await
}

async fn sign_task(act: Act<IssuedTasksManage>, at: Versioned) -> Answer {
    run(act, at, issued_tasks::Act::Sign).await
}

async fn issue_task(act: Act<IssuedTasksManage>, at: Versioned, body: Json<IssueToPartsBody>) -> Answer {
    run(act, at, issued_tasks::Act::Issue(body.0)).await
}

async fn return_task(act: Act<IssuedTasksManage>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, issued_tasks::Act::Return(body.0.reason)).await
}

async fn check_task(act: Act<IssuedTasksManage>, at: Versioned, body: Json<CheckIssuedBody>) -> Answer {
    run(act, at, issued_tasks::Act::Check(body.0)).await
}

async fn report_task(act: Act<IssuedTasksManage>, at: Versioned, body: Json<ReportBody>) -> Answer {
    run(act, at, issued_tasks::Act::Report(body.0)).await
}

async fn acknowledge_task(act: Act<IssuedTasksManage>, at: Versioned) -> Answer {
    run(act, at, issued_tasks::Act::Acknowledge).await
}

async fn rework_task(act: Act<IssuedTasksManage>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, issued_tasks::Act::Rework(body.0.reason)).await
}

async fn reopen_task(act: Act<IssuedTasksManage>, at: Versioned) -> Answer {
    run(act, at, issued_tasks::Act::Reopen).await
}

async fn run(act: Act<IssuedTasksManage>, at: Versioned, done: issued_tasks::Act) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = issued_tasks::act(app, tx, at.id, at.version, done.clone()).await?;
            Ok(change.map(|task| IssuedTaskView::of(tx.ctx(), task)))
        })
        .await
}

async fn list_task_history(
    read: Read<IssuedTasksRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "issued-tasks", id.0, &list).await
}
