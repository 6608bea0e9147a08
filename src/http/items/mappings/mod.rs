//! 自建系统事项对应.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::items::mappings as store;
use crate::persistence::kernel::list;
use crate::service::items::mappings;
use crate::service::items::mappings::ConfirmBody;
use domain::access::permit::{ItemsRead, ItemsWrite};
use domain::items::mappings::MappingAction;
use dto::MappingView;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("item-mappings", "自建系统事项与统一事项的对应");
    group.get(
        "/api/v1/item-mappings",
        "list_mappings",
        "查询事项对应",
        "部门自建系统的事项（经 own-system-items 导入），按编码、名称给出建议，由人确认。",
        list_mappings,
    );
    group.get(
        "/api/v1/item-mappings/differences",
        "list_mapping_differences",
        "不一致的事项",
        "已对应但名称、编码、依据、类型或行为不一致的事项，逐项对照。",
        list_mapping_differences,
    );
    group.get("/api/v1/item-mappings/{id}", "get_mapping", "事项对应详情", "一个对应及其差异。", get_mapping);
    group.post(
        "/api/v1/item-mappings/{id}/confirm",
        "confirm_mapping",
        "确认对应",
        "采用建议，或指定另一统一事项。",
        confirm_mapping,
    );
    group.post(
        "/api/v1/item-mappings/{id}/reject",
        "reject_mapping",
        "否认对应",
        "没有对应的统一事项，写明理由。",
        reject_mapping,
    );
    group.post(
        "/api/v1/item-mappings/{id}/reopen",
        "reopen_mapping",
        "重新匹配",
        "撤销确认或否认，重新给出建议。",
        reopen_mapping,
    );

    group.get(
        "/api/v1/item-mappings/{id}/history",
        "list_mapping_history",
        "事项对应变更记录",
        "谁在何时做了什么。",
        list_mapping_history,
    );
}

pub struct Mappings;

impl Listed for Mappings {
    type Entity = entity::items::own_system_items::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_mappings(read: Read<ItemsRead>, list: List<Mappings>) -> Result<PageReply<MappingView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|mapping| MappingView::of(&read.ctx, mapping)))
}

async fn list_mapping_differences(read: Read<ItemsRead>, list: List<Mappings>) -> Result<PageReply<MappingView>> {
    let base = store::differing(&read.ctx);
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, base, &list.request).await?;
    PageReply::new(&list, page.map(|mapping| MappingView::of(&read.ctx, mapping)))
}

async fn get_mapping(read: Read<ItemsRead>, id: Id) -> Result<Reply<MappingView>> {
    let mapping = store::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(MappingView::of(&read.ctx, mapping))
}

async fn confirm_mapping(act: Act<ItemsWrite>, at: Versioned, body: Json<ConfirmBody>) -> Result<Reply<MappingView>> {
    run(act, at, MappingAction::Confirm, body.0.item_id, None).await
}

async fn reject_mapping(act: Act<ItemsWrite>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<MappingView>> {
    run(act, at, MappingAction::Reject, None, Some(body.0.reason)).await
}

async fn reopen_mapping(act: Act<ItemsWrite>, at: Versioned) -> Result<Reply<MappingView>> {
    run(act, at, MappingAction::Reopen, None, None).await
}

async fn run(
    act: Act<ItemsWrite>,
    at: Versioned,
    action: MappingAction,
    chosen: Option<Uuid>,
    reason: Option<String>,
) -> Result<Reply<MappingView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = mappings::act(app, tx, at.id, at.version, action, chosen, reason.clone()).await?;
            Ok(change.map(|mapping| MappingView::of(tx.ctx(), mapping)))
        })
        .await
}

async fn list_mapping_history(read: Read<ItemsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "item-mappings", id.0, &list).await
}
