//! 信用分类结果.

use super::extract::{List, Listed, Read};
use super::openapi::Api;
use super::reply::{PageReply, View};
use super::view::view;
use crate::domain::access::permit::CreditRead;
use crate::domain::credit::LocalClass;
use crate::error::Result;
use crate::persistence::{credit as store, list};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("credit", "信用分类结果（内部使用）");
    group.get(
        "/api/v1/credit-classifications",
        "list_credit_classifications",
        "查询信用分类结果",
        "推送的体系、等级、批次与来源，及映射的本地类别；历史保留，不向公众提供。",
        list_credit_classifications,
    );
}

view! {
    /// 信用分类结果
    pub struct CreditClassificationView of entity::credit_classifications::Model {
        id: Uuid,
        object_id: Uuid,
        /// 分类体系 (dictionary credit-scheme)
        #[schema(example = "2")]
        scheme: String,
        /// 推送等级; means nothing without its scheme.
        #[schema(example = "B")]
        level: String,
        /// yyyyMM
        #[schema(example = "202611")]
        batch: String,
        /// 下发来源 (dictionary credit-source)
        source: String,
        #[schema(value_type = LocalClass)]
        local_class: String,
        received_at: DateTime<Utc>,
    }
}

impl View for CreditClassificationView {}

pub struct Classifications;

impl Listed for Classifications {
    type Entity = entity::credit_classifications::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_credit_classifications(
    read: Read<CreditRead>,
    list: List<Classifications>,
) -> Result<PageReply<CreditClassificationView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(CreditClassificationView::from))
}
