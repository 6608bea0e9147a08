//! 监管事项目录清单, as the level above publishes it.

mod dto;

use crate::http::kernel::extract::{Id, List, Listed, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::kernel::error::Result;
use crate::persistence::items::catalogue as store;
use crate::persistence::kernel::list;
use domain::access::permit::CatalogueRead;
use dto::{CatalogueChangeView, CatalogueItemView, CatalogueVersionView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("catalogue", "监管事项目录清单");
    group.get(
        "/api/v1/catalogue-versions",
        "list_catalogue_versions",
        "目录清单版本",
        "每次导入为一个版本：新增、变更、取消各多少项。",
        list_catalogue_versions,
    );
    group.get(
        "/api/v1/catalogue-versions/{id}",
        "get_catalogue_version",
        "目录清单版本详情",
        "一个版本及其统计。",
        get_catalogue_version,
    );
    group.get(
        "/api/v1/catalogue-versions/{id}/changes",
        "list_catalogue_changes",
        "目录清单差异报告",
        "与上一版本相比的每一处变化，逐字段列出。",
        list_catalogue_changes,
    );
    group.get(
        "/api/v1/catalogue-items",
        "list_catalogue_items",
        "查询目录事项",
        "上级公布的监管事项（子项）。",
        list_catalogue_items,
    );

    group.get(
        "/api/v1/catalogue-items/{id}",
        "get_catalogue_item",
        "目录事项详情",
        "一个目录事项及其要素。",
        get_catalogue_item,
    );
}

pub struct Catalogue;

impl Listed for Catalogue {
    type Entity = entity::items::catalogue_items::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Versions;

impl Listed for Versions {
    type Entity = entity::items::catalogue_versions::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::VERSIONS;
}

pub struct Changes;

impl Listed for Changes {
    type Entity = entity::items::catalogue_changes::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::CHANGES;
}

async fn list_catalogue_versions(
    read: Read<CatalogueRead>,
    list: List<Versions>,
) -> Result<PageReply<CatalogueVersionView>> {
    let base = store::scoped_versions();
    let page = list::page(&read.app.db, &read.ctx, &store::VERSIONS, base, &list.request).await?;
    PageReply::new(&list, page.map(CatalogueVersionView::from))
}

async fn get_catalogue_version(read: Read<CatalogueRead>, id: Id) -> Result<Reply<CatalogueVersionView>> {
    Reply::new(store::get_version(&read.app.db, id.0).await?.into())
}

async fn list_catalogue_changes(
    read: Read<CatalogueRead>,
    id: Id,
    list: List<Changes>,
) -> Result<PageReply<CatalogueChangeView>> {
    let db = &read.app.db;
    store::get_version(db, id.0).await?;
    let page = list::page(db, &read.ctx, &store::CHANGES, store::changes_of(id.0), &list.request).await?;
    PageReply::new(&list, page.map(CatalogueChangeView::from))
}

async fn list_catalogue_items(
    read: Read<CatalogueRead>,
    list: List<Catalogue>,
) -> Result<PageReply<CatalogueItemView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(CatalogueItemView::from))
}

async fn get_catalogue_item(read: Read<CatalogueRead>, id: Id) -> Result<Reply<CatalogueItemView>> {
    Reply::new(store::get(&read.app.db, id.0).await?.into())
}
