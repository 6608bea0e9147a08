//! 证据.

mod dto;
mod upload;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::http::records::files::LinkView;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::persistence::records::evidence as store;
use crate::service::records::evidence;
use crate::service::records::evidence::EvidenceBody;
use domain::access::permit::{EvidenceRead, EvidenceWrite};
use dto::{EvidenceView, LinkBody};
use entity::records::evidence::{Entity, Model};
use sea_orm::ConnectionTrait;
use upload::{send_bytes, upload_standing};

pub fn routes(api: &mut Api) {
    let mut group = api.group("evidence", "证据");
    group.post(
        "/api/v1/inspections/{id}/evidence",
        "declare_evidence",
        "登记证据",
        "采集时登记序号、摘要、时间和位置；文件随后上传。同一序号、同一摘要重发不产生变化。",
        declare_evidence,
    );
    group.get(
        "/api/v1/evidence",
        "list_evidence",
        "查询证据",
        "部门见本部门检查的，执法人员见本人承担的。",
        list_evidence,
    );
    group.get("/api/v1/evidence/{id}", "get_evidence", "证据详情", "登记信息、状态及当前可办理的操作。", get_evidence);

    group.head(
        "/api/v1/evidence/{id}/upload",
        "get_evidence_upload",
        "上传进度",
        "断点续传（tus 1.0.0）：已收到的字节数见 Upload-Offset。",
        upload_standing,
    );
    group.patch(
        "/api/v1/evidence/{id}/upload",
        "send_evidence_bytes",
        "上传文件内容",
        "断点续传（tus 1.0.0）：从 Upload-Offset 处续传；收齐后核对采集时的摘要，不符的清空重传。",
        send_bytes,
    );
    group.post(
        "/api/v1/evidence/{id}/discard",
        "discard_evidence",
        "作废证据",
        "不能上传的、被拒收的，写明理由；序号和理由保留。已保存的不能作废。",
        discard_evidence,
    );
    group.post(
        "/api/v1/evidence/{id}/links",
        "create_evidence_link",
        "查看证据",
        "取得限时链接，记入审计；链接无须登录，支持分段读取（Range）。",
        create_link,
    );
    group.get(
        "/api/v1/evidence/{id}/history",
        "list_evidence_history",
        "证据变更记录",
        "谁在何时做了什么，包括谁查看过。",
        list_history,
    );
}

pub struct Evidence;

impl Listed for Evidence {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_evidence(read: Read<EvidenceRead>, list: List<Evidence>) -> Result<PageReply<EvidenceView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let mut facts = evidence::decision_facts(db, &page.items).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = items.into_iter().filter_map(|row| {
        let facts = facts.remove(&row.id)?;
        Some(EvidenceView::of(&read.ctx, row, &facts))
    });
    let items = items.collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn shown(conn: &impl ConnectionTrait, ctx: &crate::kernel::ctx::Ctx, row: Model) -> Result<EvidenceView> {
    let facts = evidence::facts_of(conn, &row).await?;
    Ok(EvidenceView::of(ctx, row, &facts))
}

async fn get_evidence(read: Read<EvidenceRead>, id: Id) -> Result<Reply<EvidenceView>> {
    let row = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(shown(&read.app.db, &read.ctx, row).await?)
}

async fn declare_evidence(
    write: Write<EvidenceWrite>,
    id: Id,
    body: Json<EvidenceBody>,
) -> Result<Created<EvidenceView>> {
    let app = &write.app;
    let step = async |tx: &_| evidence::declare(app, tx, id.0, body.0.clone()).await;
    write
        .run(async |tx| {
            let change = step(tx).await?;
            let view = shown(tx.conn(), tx.ctx(), change.value.clone()).await?;
            Ok(change.map(|_| view))
        })
        .await
}

async fn discard_evidence(
    act: Act<EvidenceWrite>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<EvidenceView>> {
    act.0
        .run(async |tx| {
            let change = evidence::discard(tx, at.id, at.version, body.0.reason.clone()).await?;
            let view = shown(tx.conn(), tx.ctx(), change.value.clone()).await?;
            Ok(change.map(|_| view))
        })
        .await
}

async fn create_link(write: Write<EvidenceRead>, id: Id, body: Json<LinkBody>) -> Result<Created<LinkView>> {
    let app = &write.app;
    let step = async |tx: &_| evidence::open(app, tx, id.0, body.0.variant).await;
    write.run(async |tx| Ok(step(tx).await?.map(LinkView::from))).await
}

async fn list_history(read: Read<EvidenceRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "evidence", id.0, &list).await
}
