//! 到期档案鉴定清册.

mod dto;

pub use dto::{DisposalLineView, DisposalListView};

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::http::records::files::LinkView;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::{edit, list};
use crate::persistence::records::disposal_lists as store;
use crate::service::records::archives::disposal::{
    self, AppraisalBody, CarryOutBody, DisposalList, HandOverBody, complete,
};
use crate::service::records::archives::package;
use domain::access::Permit;
use domain::access::permit::{ArchivesAppraise, ArchivesApprove, ArchivesRead, ArchivesSupervise};
use entity::records::disposal_lines;
use entity::records::disposal_lists::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("disposal-lists", "到期档案鉴定");
    group.get(
        "/api/v1/disposal-lists",
        "list_disposal_lists",
        "查询到期档案鉴定清册",
        "平台每年为有到期案卷的部门生成；保管期限届满、无未办结事项的案卷列入。",
        list_lists,
    );
    group.get(
        "/api/v1/disposal-lists/{id}",
        "get_disposal_list",
        "鉴定清册详情",
        "件数、鉴定意见和处置结果合计、当前可办理的操作。",
        get_list,
    );
    group.get(
        "/api/v1/disposal-lists/{id}/lines",
        "list_disposal_lines",
        "鉴定清册条目",
        "每件的编号、办结日期、保管期限届满日、鉴定意见和处置结果；已销毁的留有内容摘要。",
        list_lines,
    );
    group.post(
        "/api/v1/disposal-lists/{id}/appraise",
        "appraise_disposal_list",
        "鉴定",
        "对所列或其余各件写明意见：销毁、延长保管、移交档案馆；已被保全的不能鉴定为销毁。",
        appraise,
    );
    group.post(
        "/api/v1/disposal-lists/{id}/submit",
        "submit_disposal_list",
        "提交鉴定清册",
        "各件均有鉴定意见后提交。",
        submit,
    );

    group.post(
        "/api/v1/disposal-lists/{id}/return",
        "return_disposal_list",
        "退回鉴定清册",
        "批准前后均可，写明理由，重新鉴定；档案馆已接收的除外。",
        send_back,
    );
    group.post(
        "/api/v1/disposal-lists/{id}/approve",
        "approve_disposal_list",
        "批准鉴定清册",
        "由部门负责人批准；提交人不能批准。",
        approve,
    );
    group.post(
        "/api/v1/disposal-lists/{id}/package",
        "open_disposal_package",
        "生成移交包",
        "限时链接：应移交的案卷及其证据、文书和校验码，BagIt 1.0（RFC 8493）格式的 ZIP。",
        open_package,
    );
    group.post(
        "/api/v1/disposal-lists/{id}/hand-over",
        "hand_over_disposal_list",
        "登记移交",
        "写明接收单位和接收凭证；移交后本平台继续保存规定年数。",
        hand_over,
    );
    group.post(
        "/api/v1/disposal-lists/{id}/carry-out",
        "carry_out_disposal_list",
        "监销",
        "由鉴定人、提交人、批准人之外的第三人办理，并写明另一监销人；平台随即逐件销毁，期间被保全或有变化的不予销毁。",
        carry_out,
    );
    group.get(
        "/api/v1/disposal-lists/{id}/history",
        "list_disposal_list_history",
        "鉴定清册变更记录",
        "谁在何时做了什么。",
        list_history,
    );
}

pub struct Lists;

impl Listed for Lists {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Lines;

impl Listed for Lines {
    type Entity = disposal_lines::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LINES;
}

async fn list_lists(read: Read<ArchivesRead>, list: List<Lists>) -> Result<PageReply<DisposalListView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = complete(db, items).await?;
    let items = items.into_iter().map(|whole| DisposalListView::of(&read.ctx, whole)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_list(read: Read<ArchivesRead>, id: Id) -> Result<Reply<DisposalListView>> {
    let whole = disposal::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(DisposalListView::of(&read.ctx, whole))
}

async fn list_lines(read: Read<ArchivesRead>, id: Id, list: List<Lines>) -> Result<PageReply<DisposalLineView>> {
    let db = &read.app.db;
    edit::find::<Entity>(db, &read.ctx, id.0).await?;
    let page = list::page(db, &read.ctx, &store::LINES, store::lines_of(id.0), &list.request).await?;
    PageReply::new(&list, page.map(Into::into))
}

type Answer = Result<Reply<DisposalListView>>;

async fn appraise(act: Act<ArchivesAppraise>, at: Versioned, body: Json<AppraisalBody>) -> Answer {
    run(act, async |tx| disposal::appraise(tx, at.id, at.version, body.0.clone()).await).await
}

async fn submit(act: Act<ArchivesAppraise>, at: Versioned) -> Answer {
    run(act, async |tx| disposal::submit(tx, at.id, at.version).await).await
}

async fn send_back(act: Act<ArchivesApprove>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, async |tx| disposal::send_back(tx, at.id, at.version, body.0.reason.clone()).await).await
}

async fn approve(act: Act<ArchivesApprove>, at: Versioned) -> Answer {
    run(act, async |tx| disposal::approve(tx, at.id, at.version).await).await
}

async fn open_package(write: Write<ArchivesAppraise>, id: Id) -> Result<Created<LinkView>> {
    let app = &write.app;
    write.run(async |tx| Ok(package::open(app, tx, id.0).await?.map(LinkView::from))).await
}

async fn hand_over(act: Act<ArchivesAppraise>, at: Versioned, body: Json<HandOverBody>) -> Answer {
    run(act, async |tx| disposal::hand_over(tx, at.id, at.version, body.0.clone()).await).await
}

async fn carry_out(act: Act<ArchivesSupervise>, at: Versioned, body: Json<CarryOutBody>) -> Answer {
    run(act, async |tx| disposal::carry_out(tx, at.id, at.version, body.0.clone()).await).await
}

async fn run<P: Permit>(act: Act<P>, step: impl AsyncFn(&WriteTx) -> Result<Change<DisposalList>>) -> Answer {
    act.0.run(async |tx| Ok(step(tx).await?.map(|whole| DisposalListView::of(tx.ctx(), whole)))).await
}

async fn list_history(read: Read<ArchivesRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "disposal-lists", id.0, &list).await
}
