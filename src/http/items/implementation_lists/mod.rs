//! 检查实施清单.

mod dto;

use super::items::{CheckView, VersionView, VersionsView};
use crate::http::kernel::extract::{Act, AsKnown, Id, Json, List, Listed, Query, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::ReasonBody;
use crate::persistence::items::implementation_lists as store;
use crate::persistence::kernel::noun;
use crate::persistence::kernel::versions::Asked;
use crate::persistence::kernel::{list, versions};
use crate::service::items::implementation_lists as lists;
use crate::service::items::implementation_lists::ElementsBody;
use crate::service::items::items::ApproveBody;
use domain::access::Permit;
use domain::access::permit::{ItemsRead, ItemsReview, ItemsWrite};
use dto::ListView;

pub fn routes(api: &mut Api) {
    let mut group = api.group("implementation-lists", "检查实施清单：行政检查类事项的检查要素");
    group.get(
        "/api/v1/implementation-lists",
        "list_implementation_lists",
        "查询检查实施清单",
        "行政检查类事项生效后自动产生；as_of 查询某日有效的清单。",
        list_implementation_lists,
    );
    group.get(
        "/api/v1/implementation-lists/{id}",
        "get_implementation_list",
        "检查实施清单详情",
        "清单、所示版本及当前可办理的操作；as_of 查询某日有效的内容（其余为当前），known_at 只按某日终了时已知的。",
        get_implementation_list,
    );
    group.put(
        "/api/v1/implementation-lists/{id}",
        "update_implementation_list",
        "完善检查实施清单",
        "整体替换草稿的要素；缺失的可以暂缺。",
        update_implementation_list,
    );
    group.get(
        "/api/v1/implementation-lists/{id}/check",
        "check_implementation_list",
        "要素检查",
        "逐项指出缺失或无效的要素及其 JSON 指针；草稿亦可检查。",
        check_implementation_list,
    );
    group.get(
        "/api/v1/implementation-lists/{id}/versions",
        "list_implementation_list_versions",
        "清单的全部版本",
        "每个版本的要素与有效期。",
        list_implementation_list_versions,
    );
    group.post(
        "/api/v1/implementation-lists/{id}/submit",
        "submit_implementation_list",
        "提交",
        "要素完整方可提交审核。",
        submit_implementation_list,
    );
    group.post(
        "/api/v1/implementation-lists/{id}/return",
        "return_implementation_list",
        "退回",
        "写明理由；提交人不能审核。",
        return_implementation_list,
    );
    group.post(
        "/api/v1/implementation-lists/{id}/approve",
        "approve_implementation_list",
        "批准",
        "可指定生效日期；纳入双随机的，抽查事项清单随之更新。",
        approve_implementation_list,
    );
    group.post(
        "/api/v1/implementation-lists/{id}/change",
        "change_implementation_list",
        "变更",
        "以现行版本建立变更草稿。",
        change_implementation_list,
    );
    group.post(
        "/api/v1/implementation-lists/{id}/discard",
        "discard_implementation_list",
        "放弃草稿",
        "放弃草稿或变更草稿。",
        discard_implementation_list,
    );
    group.post(
        "/api/v1/implementation-lists/{id}/decide-basis",
        "decide_list_basis",
        "依据处理",
        "检查要点的依据废止而冻结的清单，写明理由后恢复使用。",
        decide_list_basis,
    );

    group.get(
        "/api/v1/implementation-lists/{id}/history",
        "list_implementation_list_history",
        "清单变更记录",
        "谁在何时做了什么。",
        list_implementation_list_history,
    );
}

pub struct Lists;

impl Listed for Lists {
    type Entity = entity::items::implementation_lists::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_implementation_lists(read: Read<ItemsRead>, list: List<Lists>) -> Result<PageReply<ListView>> {
    let db = &read.app.db;
    let mut page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let shown = lists::with_parts(
        db,
        std::mem::take(&mut page.items),
        list.request.day("as_of").map(|on| Asked { on, known: None }),
    )
    .await?;
    let views = shown.into_iter().map(|list| ListView::of(&read.ctx, list)).collect::<Result<Vec<_>>>()?;
    PageReply::new(&list, page.with(views))
}

async fn get_implementation_list(read: Read<ItemsRead>, id: Id, known: Query<AsKnown>) -> Result<Reply<ListView>> {
    let db = &read.app.db;
    let found = store::get(db, &read.ctx, id.0).await?;
    known.0.check(read.ctx.today())?;
    let found = match known.0.known_at {
        Some(day) => noun::history::at::<entity::items::implementation_lists::Entity>(db, found, day).await?,
        None => found,
    };
    let asked = known.0.asked(read.ctx.today())?;
    let shown = lists::with_parts(db, vec![found], asked).await?.pop();
    let shown = shown.filter(|shown| asked.is_none() || shown.version.is_some());
    let shown = shown.ok_or_else(|| AppError::not_in_force(asked.map(|asked| asked.on)))?;
    let view = ListView::of(&read.ctx, shown)?;
    Reply::new(if known.0.known_at.is_some() { view.of_then() } else { view })
}

async fn check_implementation_list(read: Read<ItemsRead>, id: Id) -> Result<Reply<CheckView>> {
    let db = &read.app.db;
    let shown = lists::with_part(db, store::get(db, &read.ctx, id.0).await?).await?;
    Reply::new(lists::check_elements(&read.app, db, &shown.elements, read.ctx.today()).await?.into())
}

async fn list_implementation_list_versions(read: Read<ItemsRead>, id: Id) -> Result<Reply<VersionsView>> {
    let db = &read.app.db;
    store::get(db, &read.ctx, id.0).await?;
    let found = versions::of_record::<entity::items::implementation_lists::Entity>(db, id.0).await?;
    Reply::new(VersionsView { items: found.into_iter().map(VersionView::from).collect() })
}

async fn update_implementation_list(
    write: Write<ItemsWrite>,
    at: Versioned,
    body: Json<ElementsBody>,
) -> Result<Reply<ListView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = lists::update(app, tx, at.id, at.version, body.0.clone()).await?;
            change.try_map(|list| ListView::of(tx.ctx(), list))
        })
        .await
}

async fn submit_implementation_list(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ListView>> {
    run(act, at, lists::Act::Submit).await
}

async fn return_implementation_list(
    act: Act<ItemsReview>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<ListView>> {
    run(act, at, lists::Act::Return { reason: body.0.reason }).await
}

async fn approve_implementation_list(
    act: Act<ItemsReview>,
    at: Versioned,
    body: Json<ApproveBody>,
) -> Result<Reply<ListView>> {
    run(act, at, lists::Act::Approve(body.0)).await
}

async fn change_implementation_list(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ListView>> {
    run(act, at, lists::Act::Change).await
}

async fn discard_implementation_list(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ListView>> {
    run(act, at, lists::Act::Discard).await
}

async fn decide_list_basis(act: Act<ItemsReview>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<ListView>> {
    run(act, at, lists::Act::DecideBasis { reason: body.0.reason }).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, step: lists::Act) -> Result<Reply<ListView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = lists::act(app, tx, at.id, at.version, step.clone()).await?;
            change.try_map(|list| ListView::of(tx.ctx(), list))
        })
        .await
}

async fn list_implementation_list_history(
    read: Read<ItemsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "implementation-lists", id.0, &list).await
}
