//! 监管事项.

mod dto;

use crate::http::kernel::extract::{Act, AsKnown, Id, Json, List, Listed, Query, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::ReasonBody;
use crate::persistence::items::items as store;
use crate::persistence::kernel::noun;
use crate::persistence::kernel::versions::Asked;
use crate::persistence::kernel::{list, versions};
use crate::service::items::items;
use crate::service::items::items::{ApproveBody, BatchBody, CancelBody, ItemBody, StatementBody};
use domain::access::Permit;
use domain::access::permit::{ItemsRead, ItemsReview, ItemsWrite};
use dto::{BatchView, ItemView};
pub use dto::{CheckView, VersionView, VersionsView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("items", "监管事项：认领、完善、审核、变更、取消");
    group.get(
        "/api/v1/items",
        "list_items",
        "查询监管事项",
        "本部门及下级（统筹部门为全县）的事项；state=TO_CLAIM 即应认领的事项；as_of 查询某日有效的事项。",
        list_items,
    );
    group.post("/api/v1/items", "create_item", "新增事项", "目录之外、本级依法设定的事项。", create_item);
    group.post(
        "/api/v1/items/batch",
        "batch_items",
        "批量认领",
        "一次至多 1,000 项：ATOMIC 全部或全不，PARTIAL 逐项办理并逐项答复。",
        batch_items,
    );
    group.get(
        "/api/v1/items/{id}",
        "get_item",
        "监管事项详情",
        "事项、所示版本及当前可办理的操作；as_of 查询某日有效的内容（其余为当前），known_at 只按某日终了时已知的。",
        get_item,
    );
    group.put("/api/v1/items/{id}", "update_item", "完善事项", "整体替换草稿的内容。", update_item);
    group.get("/api/v1/items/{id}/check", "check_item", "事项要素检查", "逐项指出缺失或无效的要素。", check_item);
    group.get(
        "/api/v1/items/{id}/versions",
        "list_item_versions",
        "事项的全部版本",
        "每个版本的内容与有效期。",
        list_item_versions,
    );
    group.post("/api/v1/items/{id}/claim", "claim_item", "认领", "以目录内容建立草稿。", claim_item);
    group.post(
        "/api/v1/items/{id}/decline",
        "decline_item",
        "不认领",
        "附说明；经审核后核销，不计入认领率分母。",
        decline_item,
    );
    group.post("/api/v1/items/{id}/submit", "submit_item", "提交", "要素完整方可提交审核。", submit_item);
    group.post("/api/v1/items/{id}/return", "return_item", "退回", "写明理由；提交人不能审核。", return_item);
    group.post(
        "/api/v1/items/{id}/approve",
        "approve_item",
        "批准",
        "批准提交、核销或取消；可指定生效日期，当日零时切换版本。",
        approve_item,
    );
    group.post("/api/v1/items/{id}/change", "change_item", "变更", "以现行版本建立变更草稿。", change_item);
    group.post(
        "/api/v1/items/{id}/cancel",
        "cancel_item",
        "取消",
        "提交取消申请；在办任务使用的事项须指定承接事项。",
        cancel_item,
    );
    group.post("/api/v1/items/{id}/discard", "discard_item", "放弃草稿", "放弃认领、新增或变更草稿。", discard_item);
    group.post(
        "/api/v1/items/{id}/accept-upstream",
        "accept_upstream",
        "采纳上级变化",
        "以目录新内容建立变更草稿；目录取消的，转入取消审核。",
        accept_upstream,
    );
    group.post(
        "/api/v1/items/{id}/object-upstream",
        "object_upstream",
        "对上级变化提出异议",
        "写明理由，维持现行内容。",
        object_upstream,
    );
    group.post(
        "/api/v1/items/{id}/decide-basis",
        "decide_item_basis",
        "依据处理",
        "依据全部废止而冻结的事项，写明理由后恢复使用。",
        decide_item_basis,
    );

    group.get(
        "/api/v1/items/{id}/history",
        "list_item_history",
        "事项变更记录",
        "谁在何时做了什么。",
        list_item_history,
    );
}

pub struct Items;

impl Listed for Items {
    type Entity = entity::items::items::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_items(read: Read<ItemsRead>, list: List<Items>) -> Result<PageReply<ItemView>> {
    let db = &read.app.db;
    let mut page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let shown = items::with_parts(
        db,
        std::mem::take(&mut page.items),
        list.request.day("as_of").map(|on| Asked { on, known: None }),
    )
    .await?;
    let views = shown.into_iter().map(|item| ItemView::of(&read.ctx, item)).collect::<Result<Vec<_>>>()?;
    PageReply::new(&list, page.with(views))
}

async fn get_item(read: Read<ItemsRead>, id: Id, known: Query<AsKnown>) -> Result<Reply<ItemView>> {
    let db = &read.app.db;
    let item = store::get(db, &read.ctx, id.0).await?;
    known.0.check(read.ctx.today())?;
    let item = match known.0.known_at {
        Some(day) => noun::history::at::<entity::items::items::Entity>(db, item, day).await?,
        None => item,
    };
    let asked = known.0.asked(read.ctx.today())?;
    let shown = items::with_parts(db, vec![item], asked).await?.pop();
    let shown = shown.filter(|shown| asked.is_none() || shown.version.is_some());
    let shown = shown.ok_or_else(|| AppError::not_in_force(asked.map(|asked| asked.on)))?;
    let view = ItemView::of(&read.ctx, shown)?;
    Reply::new(if known.0.known_at.is_some() { view.of_then() } else { view })
}

async fn check_item(read: Read<ItemsRead>, id: Id) -> Result<Reply<CheckView>> {
    let db = &read.app.db;
    let shown = items::with_part(db, store::get(db, &read.ctx, id.0).await?).await?;
    Reply::new(items::check_elements(db, &shown.content, read.ctx.today()).await?.into())
}

async fn list_item_versions(read: Read<ItemsRead>, id: Id) -> Result<Reply<VersionsView>> {
    let db = &read.app.db;
    store::get(db, &read.ctx, id.0).await?;
    let found = versions::of_record::<entity::items::items::Entity>(db, id.0).await?;
    Reply::new(VersionsView { items: found.into_iter().map(VersionView::from).collect() })
}

async fn create_item(write: Write<ItemsWrite>, body: Json<ItemBody>) -> Result<Created<ItemView>> {
    let app = &write.app;
    write
        .run(async |tx| items::create(app, tx, body.0.clone()).await?.try_map(|item| ItemView::of(tx.ctx(), item)))
        .await
}

async fn batch_items(write: Act<ItemsWrite>, body: Json<BatchBody>) -> Result<Reply<BatchView, 207>> {
    let app = &write.0.app;
    write.0.run(async |tx| Ok(items::batch(app, tx, body.0.clone()).await?.map(BatchView::from))).await
}

async fn update_item(write: Write<ItemsWrite>, at: Versioned, body: Json<ItemBody>) -> Result<Reply<ItemView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = items::update(app, tx, at.id, at.version, body.0.clone()).await?;
            change.try_map(|item| ItemView::of(tx.ctx(), item))
        })
        .await
}

async fn claim_item(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Claim).await
}

async fn decline_item(act: Act<ItemsWrite>, at: Versioned, body: Json<StatementBody>) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Decline { statement: body.0.statement }).await
}

async fn submit_item(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Submit).await
}

async fn return_item(act: Act<ItemsReview>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Return { reason: body.0.reason }).await
}

async fn approve_item(act: Act<ItemsReview>, at: Versioned, body: Json<ApproveBody>) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Approve(body.0)).await
}

async fn change_item(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Change).await
}

async fn cancel_item(act: Act<ItemsWrite>, at: Versioned, body: Json<CancelBody>) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Cancel(body.0)).await
}

async fn discard_item(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::Discard).await
}

async fn accept_upstream(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::AcceptUpstream).await
}

async fn object_upstream(act: Act<ItemsWrite>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::ObjectUpstream { reason: body.0.reason }).await
}

async fn decide_item_basis(act: Act<ItemsReview>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<ItemView>> {
    run(act, at, items::Act::DecideBasis { reason: body.0.reason }).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, step: items::Act) -> Result<Reply<ItemView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = items::act(app, tx, at.id, at.version, step.clone()).await?;
            change.try_map(|item| ItemView::of(tx.ctx(), item))
        })
        .await
}

async fn list_item_history(read: Read<ItemsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "items", id.0, &list).await
}
