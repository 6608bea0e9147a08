//! 随机抽查事项.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::spot_checks::spot_check_items as store;
use crate::service::spot_checks::spot_check_items;
use crate::service::spot_checks::spot_check_items::{SpotCheckItemBody, SpotCheckItemPatch};
use domain::access::permit::{SpotCheckItemsRead, SpotCheckItemsWrite};
use dto::SpotCheckItemView;

pub fn routes(api: &mut Api) {
    let mut group = api.group("spot-check-items", "随机抽查事项清单");
    group.get(
        "/api/v1/spot-check-items",
        "list_spot_check_items",
        "查询抽查事项",
        "随机抽查事项清单。",
        list_spot_check_items,
    );
    group.post(
        "/api/v1/spot-check-items",
        "create_spot_check_item",
        "新建抽查事项",
        "比例、频次为文字，可识别的数字另存。",
        create_spot_check_item,
    );
    group.get(
        "/api/v1/spot-check-items/{id}",
        "get_spot_check_item",
        "抽查事项详情",
        "一个抽查事项。",
        get_spot_check_item,
    );
    group.patch(
        "/api/v1/spot-check-items/{id}",
        "update_spot_check_item",
        "修改抽查事项",
        "关联监管事项，修改类别、依据和备注。",
        update_spot_check_item,
    );
    group.post(
        "/api/v1/spot-check-items/{id}/publish",
        "publish_spot_check_item",
        "公布抽查事项",
        "对应的监管事项和检查实施清单均有效方可公布；公布后方可列入计划、抽取和检查。",
        publish_spot_check_item,
    );
    group.post(
        "/api/v1/spot-check-items/{id}/retire",
        "retire_spot_check_item",
        "抽查事项失效",
        "失效的事项不得再用于计划、任务和检查。",
        retire_spot_check_item,
    );

    group.get(
        "/api/v1/spot-check-items/{id}/history",
        "list_spot_check_item_history",
        "抽查事项变更记录",
        "谁在何时做了什么。",
        list_spot_check_item_history,
    );
}

pub struct Items;

impl Listed for Items {
    type Entity = entity::spot_checks::spot_check_items::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_spot_check_items(
    read: Read<SpotCheckItemsRead>,
    list: List<Items>,
) -> Result<PageReply<SpotCheckItemView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(|item| SpotCheckItemView::of(&read.ctx, item)))
}

async fn get_spot_check_item(read: Read<SpotCheckItemsRead>, id: Id) -> Result<Reply<SpotCheckItemView>> {
    Reply::new(SpotCheckItemView::of(&read.ctx, store::get(&read.app.db, id.0).await?))
}

async fn create_spot_check_item(
    write: Write<SpotCheckItemsWrite>,
    body: Json<SpotCheckItemBody>,
) -> Result<Created<SpotCheckItemView>> {
    let county = &write.app.settings.county.code;
    write
        .run(async |tx| {
            let change = spot_check_items::create(county, tx, body.0.clone()).await?;
            Ok(change.map(|item| SpotCheckItemView::of(tx.ctx(), item)))
        })
        .await
}

async fn update_spot_check_item(
    write: Write<SpotCheckItemsWrite>,
    at: Versioned,
    body: Json<SpotCheckItemPatch>,
) -> Result<Reply<SpotCheckItemView>> {
    write
        .run(async |tx| {
            let change = spot_check_items::update(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|item| SpotCheckItemView::of(tx.ctx(), item)))
        })
        .await
}

async fn publish_spot_check_item(act: Act<SpotCheckItemsWrite>, at: Versioned) -> Result<Reply<SpotCheckItemView>> {
    act.0
        .run(async |tx| {
            let change = spot_check_items::publish(tx, at.id, at.version).await?;
            Ok(change.map(|item| SpotCheckItemView::of(tx.ctx(), item)))
        })
        .await
}

async fn retire_spot_check_item(
    act: Act<SpotCheckItemsWrite>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<SpotCheckItemView>> {
    act.0
        .run(async |tx| {
            let change = spot_check_items::retire(tx, at.id, at.version, body.0.reason.clone()).await?;
            Ok(change.map(|item| SpotCheckItemView::of(tx.ctx(), item)))
        })
        .await
}

async fn list_spot_check_item_history(
    read: Read<SpotCheckItemsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "spot-check-items", id.0, &list).await
}
