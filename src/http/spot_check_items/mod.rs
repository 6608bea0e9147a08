//! 随机抽查事项.

mod dto;

use super::extract::{Id, Json, List, Listed, Read, Versioned, Write};
use super::openapi::Api;
use super::reply::{Created, PageReply, Reply};
use crate::domain::access::permit::{SpotCheckItemsRead, SpotCheckItemsWrite};
use crate::error::Result;
use crate::persistence::{list, spot_check_items as store};
use crate::service::spot_check_items::{self, ItemBody, ItemPatch};
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
        "失效的事项不得再用于任务和检查。",
        update_spot_check_item,
    );
}

pub struct Items;

impl Listed for Items {
    type Entity = entity::spot_check_items::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_spot_check_items(
    read: Read<SpotCheckItemsRead>,
    list: List<Items>,
) -> Result<PageReply<SpotCheckItemView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(SpotCheckItemView::from))
}

async fn get_spot_check_item(read: Read<SpotCheckItemsRead>, id: Id) -> Result<Reply<SpotCheckItemView>> {
    Reply::new(store::get(read.app.db.conn(), id.0).await?.into())
}

async fn create_spot_check_item(
    write: Write<SpotCheckItemsWrite>,
    body: Json<ItemBody>,
) -> Result<Created<SpotCheckItemView>> {
    let county = &write.app.settings.county.code;
    write.run(async |tx| Ok(spot_check_items::create(county, tx, body.0.clone()).await?.map(Into::into))).await
}

async fn update_spot_check_item(
    write: Write<SpotCheckItemsWrite>,
    at: Versioned,
    body: Json<ItemPatch>,
) -> Result<Reply<SpotCheckItemView>> {
    write
        .run(async |tx| Ok(spot_check_items::update(tx, at.id, at.version, body.0.clone()).await?.map(Into::into)))
        .await
}
