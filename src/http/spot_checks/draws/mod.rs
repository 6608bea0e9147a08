//! 抽取记录.

mod dto;
mod opening;
mod progress;
mod transcript;

use crate::http::kernel::extract::{Id, List, Listed, Query, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history_without};
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::spot_checks::draws as store;
use crate::service::spot_checks::draws;
use domain::access::permit::{DrawsOpen, DrawsRead};
pub use dto::{DrawView, ReceiptView};
pub use opening::PoolProofView;
use opening::{OfObject, OpenPoolView, PoolTicketView};
pub use progress::DrawProgressView;
pub use transcript::{TranscriptBody, TranscriptReply, VerificationView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("draws", "抽取记录");
    group.get("/api/v1/draws", "list_draws", "查询抽取记录", "本部门参与任务的各轮抽取，含作废的轮次。", list_draws);
    group.get("/api/v1/draws/{id}", "get_draw", "抽取记录详情", "一轮抽取的摘要。", get_draw);
    group.get(
        "/api/v1/draws/{id}/transcript",
        "get_draw_transcript",
        "抽取全记录",
        "自足的全记录，含抽中对象的对应关系；可用 mingjian verify-draw 复算。",
        get_draw_transcript,
    );

    group.get(
        "/api/v1/draws/{id}/pool",
        "open_draw_pool",
        "开启对象库",
        "司法行政部门开启整个对象库：每片叶的对象与随机数；指出重复的和没有对象的叶。",
        open_pool,
    );
    group.get(
        "/api/v1/draws/{id}/inclusion",
        "prove_draw_inclusion",
        "入库证明",
        "司法行政部门为一个监管对象出具入库证明和查询凭证；对象据以自行核对，不必看到其他对象。",
        prove_inclusion,
    );

    group.get(
        "/api/v1/draws/{id}/history",
        "list_draw_history",
        "抽取变更记录",
        "谁在何时做了什么。",
        list_draw_history,
    );
}

pub struct Draws;

impl Listed for Draws {
    type Entity = entity::spot_checks::draws::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_draws(read: Read<DrawsRead>, list: List<Draws>) -> Result<PageReply<DrawView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(DrawView::from))
}

async fn get_draw(read: Read<DrawsRead>, id: Id) -> Result<Reply<DrawView>> {
    Reply::new(store::get(&read.app.db, &read.ctx, id.0).await?.into())
}

async fn get_draw_transcript(read: Read<DrawsRead>, id: Id) -> Result<TranscriptReply> {
    let conn = &read.app.db;
    let draw = store::get(conn, &read.ctx, id.0).await?;
    TranscriptReply::new(&draws::transcript(conn, &draw, true).await?, false)
}

async fn open_pool(read: Read<DrawsOpen>, id: Id) -> Result<Reply<OpenPoolView>> {
    let conn = &read.app.db;
    let draw = store::get(conn, &read.ctx, id.0).await?;
    let _turn = read.app.public_turn().await?;
    let pool = draws::open_pool(conn, &draw).await?;
    Reply::new(OpenPoolView::of(draw, pool))
}

async fn prove_inclusion(read: Read<DrawsOpen>, id: Id, of: Query<OfObject>) -> Result<Reply<PoolTicketView>> {
    let draw = store::get(&read.app.db, &read.ctx, id.0).await?;
    let _turn = read.app.public_turn().await?;
    let ticket = draws::prove(&read.app, &draw, of.0.object).await?;
    let access_code = ticket.access_code.clone();
    Reply::new(PoolTicketView { proof: PoolProofView::of(&draw, ticket), access_code })
}

async fn list_draw_history(read: Read<DrawsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    // Which pushed batches the classes rest on is for those who may read classes.
    history_without(&["class_batches"], &read.app, &read.ctx, "draws", id.0, &list).await
}
