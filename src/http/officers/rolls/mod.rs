//! 执法人员名册比对: the justice bureau's roll against the register.

use crate::http::kernel::extract::{Id, List, Listed, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply, View};
use crate::http::kernel::view::view;
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::officers::rolls as store;
use chrono::{DateTime, Utc};
use domain::access::permit::RollRead;
use domain::officers::rolls::RollDifferenceKind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("rolls", "执法人员名册比对");
    group.get(
        "/api/v1/rolls",
        "list_rolls",
        "历次比对",
        "名册以 POST /api/v1/imports?dataset=justice-roll 上传，收齐后自动比对。",
        list_rolls,
    );
    group.get("/api/v1/rolls/{id}", "get_roll", "一次比对", "在册、已登记、一致、缺失、多出与不一致的人数。", get_roll);

    group.get(
        "/api/v1/rolls/{id}/differences",
        "list_roll_differences",
        "比对差异",
        "缺失、多出、不一致三类；不一致的逐字段列出名册值与登记值，身份证号只说明不一致。",
        list_roll_differences,
    );
}

/// 一次名册比对
#[derive(Serialize, ToSchema)]
pub struct RollView {
    /// The import's id.
    pub id: Uuid,
    /// 在册
    pub on_roll: i64,
    /// 其中已登记
    pub registered: i64,
    /// 其中一致
    pub equal: i64,
    /// 名册有、未登记
    pub missing: i64,
    /// 已登记、名册无
    pub extra: i64,
    /// 不一致
    pub different: i64,
    pub compared_at: DateTime<Utc>,
}

impl View for RollView {}

impl From<entity::officers::rolls::Model> for RollView {
    fn from(roll: entity::officers::rolls::Model) -> Self {
        Self {
            id: roll.import_id,
            on_roll: roll.on_roll,
            registered: roll.registered,
            equal: roll.equal,
            missing: roll.missing,
            extra: roll.extra,
            different: roll.different,
            compared_at: roll.compared_at,
        }
    }
}

view! {
    /// 比对差异
    pub struct RollDifferenceView of entity::officers::roll_differences::Model {
        id: Uuid,
        kind: RollDifferenceKind,
        certificate_no: String,
        name: String,
        department_id: Option<Uuid>,
        personnel_id: Option<Uuid>,
        /// 不一致的字段
        field: Option<String>,
        /// 名册值
        roll_value: Option<String>,
        /// 登记值
        register_value: Option<String>,
    }
}

impl View for RollDifferenceView {}

pub struct Rolls;

impl Listed for Rolls {
    type Entity = entity::officers::rolls::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Differences;

impl Listed for Differences {
    type Entity = entity::officers::roll_differences::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::DIFFERENCES;
}

async fn list_rolls(read: Read<RollRead>, list: List<Rolls>) -> Result<PageReply<RollView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::all(), &list.request).await?;
    PageReply::new(&list, page.map(RollView::from))
}

async fn get_roll(read: Read<RollRead>, id: Id) -> Result<Reply<RollView>> {
    Reply::new(store::get(&read.app.db, id.0).await?.into())
}

async fn list_roll_differences(
    read: Read<RollRead>,
    id: Id,
    list: List<Differences>,
) -> Result<PageReply<RollDifferenceView>> {
    let db = &read.app.db;
    store::get(db, id.0).await?;
    let base = store::differences(&read.ctx, id.0);
    let page = list::page(db, &read.ctx, &store::DIFFERENCES, base, &list.request).await?;
    PageReply::new(&list, page.map(RollDifferenceView::from))
}
