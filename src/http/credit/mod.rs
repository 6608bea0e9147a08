//! 信用分类: batches, classifications and the class of an object on a day; mapping tables and strategies in files of their own.

mod mappings;
mod strategies;

use crate::http::kernel::extract::{AsKnown, Id, List, Listed, Query, Read, forbidden};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply, View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::error::Result;
use crate::persistence::credit as store;
use crate::persistence::kernel::list;
use crate::persistence::register::objects;
use crate::persistence::spot_checks::draws;
use crate::service::credit::{Standing, standing_on};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Permission;
use domain::access::permit::{CreditRead, DrawsRead};
use domain::credit::ClassBatch;
use domain::credit::CreditClass;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("credit", "信用分类结果（内部使用）");
    group.get(
        "/api/v1/credit-classifications",
        "list_credit_classifications",
        "查询信用分类结果",
        "推送的体系、等级、批次与来源，及映射的本地类别；更正另起一次，历史保留，不向公众提供。",
        list_credit_classifications,
    );
    group.get(
        "/api/v1/credit-batches",
        "list_credit_batches",
        "查询信用分类批次",
        "每月、每体系、每来源一批；以 /imports?dataset=credit-classifications 流式报送（CSV、XLSX、NDJSON）。",
        list_credit_batches,
    );
    group.get("/api/v1/credit-batches/{id}", "get_credit_batch", "批次详情", "一批的户数和更正数。", get_credit_batch);
    group.get(
        "/api/v1/objects/{id}/credit-class",
        "get_object_credit_class",
        "对象某日的信用类别",
        "as_of 当日按其时已收到的分类所得的类别，及其依据；缺省为今天；known_at 只按该日终了时已收到的分类。",
        get_object_credit_class,
    );
    group.get(
        "/api/v1/draws/{id}/credit-basis",
        "get_draw_credit_basis",
        "抽取所用的信用依据",
        "冻结时所用的策略版本和信用批次。",
        get_draw_credit_basis,
    );
    mappings::routes(&mut group);

    strategies::routes(&mut group);
}

view! {
    /// 信用分类结果
    pub struct CreditClassificationView of entity::credit::credit_classifications::Model {
        id: Uuid,
        object_id: Uuid,
        batch_id: Uuid,
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
        /// 更正次序, from 1
        revision: i32,
        /// 分值, hundredths
        score_centi: Option<i32>,
        valid_until: Option<NaiveDate>,
        /// 所用映射表的版次; 0 is the one built in.
        mapping_revision: i32,
        local_class: CreditClass,
        received_at: DateTime<Utc>,
    }
}

impl View for CreditClassificationView {}

view! {
    /// 信用分类批次
    pub struct CreditBatchView of entity::credit::credit_batches::Model {
        id: Uuid,
        /// 分类体系 (dictionary credit-scheme)
        scheme: String,
        /// 下发来源 (dictionary credit-source)
        source: String,
        /// yyyyMM
        batch: String,
        /// 已分类的户数
        objects_count: i64,
        /// 更正数
        corrections_count: i64,
        /// 最近一次报送中登记库没有的户数
        unknown_count: i64,
        /// 最近一次报送
        last_import_id: Option<Uuid>,
        last_received_at: DateTime<Utc>,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(CreditBatchView);

/// 对象某日的信用类别
#[derive(Serialize, ToSchema)]
pub struct CreditStandingView {
    pub object_id: Uuid,
    pub as_of: NaiveDate,
    pub local_class: CreditClass,
    /// 依据; null for what was not classified
    #[schema(required)]
    pub classification: Option<CreditClassificationView>,
}

impl View for CreditStandingView {}

impl From<Standing> for CreditStandingView {
    fn from(standing: Standing) -> Self {
        Self {
            object_id: standing.object_id,
            as_of: standing.on,
            local_class: standing.class,
            classification: standing.by.map(Into::into),
        }
    }
}

/// 抽取所用的信用依据
#[derive(Serialize, ToSchema)]
pub struct CreditBasisView {
    pub draw_id: Uuid,
    /// 策略（版次）; null where the task had strata of its own
    #[schema(required)]
    pub strategy_id: Option<Uuid>,
    pub class_batches: Vec<ClassBatchView>,
}

impl View for CreditBasisView {}

/// 所用的信用批次
#[derive(Serialize, ToSchema)]
pub struct ClassBatchView {
    pub batch_id: Uuid,
    pub scheme: String,
    pub source: String,
    pub batch: String,
    /// 以此批为依据的户数
    pub objects: u64,
}

impl From<ClassBatch> for ClassBatchView {
    fn from(of: ClassBatch) -> Self {
        Self { batch_id: of.batch_id, scheme: of.scheme, source: of.source, batch: of.batch, objects: of.objects }
    }
}

pub struct Classifications;

impl Listed for Classifications {
    type Entity = entity::credit::credit_classifications::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Batches;

impl Listed for Batches {
    type Entity = entity::credit::credit_batches::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::BATCHES;
}

async fn list_credit_classifications(
    read: Read<CreditRead>,
    list: List<Classifications>,
) -> Result<PageReply<CreditClassificationView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(CreditClassificationView::from))
}

async fn list_credit_batches(read: Read<CreditRead>, list: List<Batches>) -> Result<PageReply<CreditBatchView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::BATCHES, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(CreditBatchView::from))
}

async fn get_credit_batch(read: Read<CreditRead>, id: Id) -> Result<Reply<CreditBatchView>> {
    Reply::new(store::get::<entity::credit::credit_batches::Entity>(&read.app.db, id.0).await?.into())
}

async fn get_object_credit_class(
    read: Read<CreditRead>,
    id: Id,
    known: Query<AsKnown>,
) -> Result<Reply<CreditStandingView>> {
    objects::get(&read.app.db, &read.ctx, id.0).await?;
    known.0.check(read.ctx.today())?;
    let on = known.0.as_of.or(known.0.known_at).unwrap_or_else(|| read.ctx.today());
    Reply::new(standing_on(&read.app.db, id.0, on, known.0.known_at).await?.into())
}

async fn get_draw_credit_basis(read: Read<DrawsRead>, id: Id) -> Result<Reply<CreditBasisView>> {
    if !read.ctx.actor.sees_class() {
        return Err(forbidden(Permission::CreditRead));
    }
    let draw = draws::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(CreditBasisView {
        draw_id: draw.id,
        strategy_id: draw.strategy_id,
        class_batches: draw.class_batches.0.into_iter().map(ClassBatchView::from).collect(),
    })
}
