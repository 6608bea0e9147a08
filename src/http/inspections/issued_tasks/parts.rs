//! 部门任务.

use super::dto::IssuedPartView;
use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned};
use crate::http::kernel::openapi::Group;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::issued_tasks as store;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::service::inspections::issued_tasks;
use crate::service::inspections::issued_tasks::{InspectIssuedBody, SubmitPartBody};
use domain::access::permit::{IssuedTasksHandle, IssuedTasksRead};
use entity::inspections::issued_parts::Entity;

pub fn routes(group: &mut Group) {
    group.get("/api/v1/issued-parts", "list_issued_parts", "查询部门任务", "本部门承办的下发任务。", list_parts);
    group.get(
        "/api/v1/issued-parts/{id}",
        "get_issued_part",
        "部门任务详情",
        "办理情况、所开展的检查及当前可办理的操作。",
        get_part,
    );
    group.post("/api/v1/issued-parts/{id}/sign", "sign_issued_part", "部门签收", "部门签收下发的任务。", sign_part);
    group.post(
        "/api/v1/issued-parts/{id}/inspect",
        "inspect_issued_part",
        "开展检查",
        "对任务的一个对象建立检查，指定人员和事项；登记库中没有对应的对象须选定。",
        inspect_part,
    );
    group.post(
        "/api/v1/issued-parts/{id}/submit",
        "submit_issued_part",
        "提交部门任务",
        "所开展的检查均有审核通过的结果后提交，附办理情况和其他监管行为。",
        submit_part,
    );
    group.get(
        "/api/v1/issued-parts/{id}/history",
        "list_issued_part_history",
        "部门任务变更记录",
        "谁在何时做了什么。",
        list_part_history,
    );
}

pub struct IssuedParts;

impl Listed for IssuedParts {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::PARTS;
}

async fn list_parts(read: Read<IssuedTasksRead>, list: List<IssuedParts>) -> Result<PageReply<IssuedPartView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::PARTS, store::parts_scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = issued_tasks::with_made(db, items).await?;
    let items = items.into_iter().map(|part| IssuedPartView::of(&read.ctx, part)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

type Answer = Result<Reply<IssuedPartView>>;

async fn get_part(read: Read<IssuedTasksRead>, id: Id) -> Answer {
    let conn = &read.app.db;
    let part = edit::find::<Entity>(conn, &read.ctx, id.0).await?;
    let part = issued_tasks::with_made(conn, vec![part]).await?.pop().ok_or_else(AppError::not_found)?;
    Reply::new(IssuedPartView::of(&read.ctx, part))
}

async fn sign_part(act: Act<IssuedTasksHandle>, at: Versioned) -> Answer {
    act.0
        .run(async |tx| {
            let change = issued_tasks::sign(tx, at.id, at.version).await?;
            Ok(change.map(|part| IssuedPartView::of(tx.ctx(), part)))
        })
        .await
}

async fn inspect_part(act: Act<IssuedTasksHandle>, at: Versioned, body: Json<InspectIssuedBody>) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = issued_tasks::inspect(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|part| IssuedPartView::of(tx.ctx(), part)))
        })
        .await
}

async fn submit_part(act: Act<IssuedTasksHandle>, at: Versioned, body: Json<SubmitPartBody>) -> Answer {
    act.0
        .run(async |tx| {
            let change = issued_tasks::submit(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|part| IssuedPartView::of(tx.ctx(), part)))
        })
        .await
}

async fn list_part_history(
    read: Read<IssuedTasksRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "issued-parts", id.0, &list).await
}
