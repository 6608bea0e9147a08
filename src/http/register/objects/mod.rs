//! 监管对象.

mod dto;

pub use dto::ObjectView;

use self::dto::{ObjectFindingView, ObjectFindingsView};
use crate::http::kernel::extract::{AsKnown, Id, Json, List, Listed, Query, Read, Versioned, Write, forbidden};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::officers::personal_data::{PersonalDataView, PurposeBody};
use crate::http::oversight::audit::{AuditEntryView, Trail, history_without};
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::kernel::noun::history;
use crate::persistence::register::objects as store;
use crate::service::officers::personal_data;
use crate::service::register::objects;
use crate::service::register::objects::{ObjectBody, ObjectPatch};
use domain::access::Permission;
use domain::access::permit::{ObjectsRead, ObjectsWrite, PersonalDataRead};
use entity::register::objects::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("objects", "监管对象");
    group.get(
        "/api/v1/objects",
        "list_objects",
        "查询监管对象",
        "全县监管对象登记库；可按地区、行业、标签、信用类别筛选。",
        list_objects,
    );
    group.post(
        "/api/v1/objects",
        "create_object",
        "登记监管对象",
        "有统一社会信用代码的以其识别，否则以证件或名称识别；重复登记为 409。",
        create_object,
    );
    group.get(
        "/api/v1/objects/{id}",
        "get_object",
        "监管对象详情",
        "一个监管对象及其标签；as_of、known_at 查询某日的登记内容。",
        get_object,
    );
    group.patch(
        "/api/v1/objects/{id}",
        "update_object",
        "修改监管对象",
        "按 RFC 7396 合并：null 清空，缺省不变。识别信息不可修改。",
        update_object,
    );
    group.get(
        "/api/v1/objects/{id}/history",
        "list_object_history",
        "监管对象变更记录",
        "谁在何时改了什么。",
        list_object_history,
    );
    group.get(
        "/api/v1/objects/{id}/findings",
        "list_object_findings",
        "监管对象的质量问题",
        "当前登记内容的问题：代码、注册号、乡镇、地址、行业，以及可能重复登记的对象。",
        list_object_findings,
    );

    group.post(
        "/api/v1/objects/{id}/personal-data",
        "reveal_object",
        "查看完整的个人信息",
        "对象为自然人时的证件号码与住址；须说明目的，并记入审计。",
        reveal_object,
    );
}

pub struct Objects;

impl Listed for Objects {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_objects(read: Read<ObjectsRead>, list: List<Objects>) -> Result<PageReply<ObjectView>> {
    if list.request.names("local_class") && !read.ctx.actor.sees_class() {
        return Err(forbidden(Permission::CreditRead));
    }
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|object| ObjectView::of(&read.ctx, object)))
}

async fn get_object(read: Read<ObjectsRead>, id: Id, known: Query<AsKnown>) -> Result<Reply<ObjectView>> {
    let conn = &read.app.db;
    let mut object = store::get(conn, &read.ctx, id.0).await?;
    if let Some(day) = known.0.past(read.ctx.today())? {
        object = history::at::<Entity>(conn, object, day).await?;
    }
    Reply::new(ObjectView::of(&read.ctx, object))
}

async fn create_object(write: Write<ObjectsWrite>, body: Json<ObjectBody>) -> Result<Created<ObjectView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            Ok(objects::create(app, tx, body.0.clone()).await?.map(|object| ObjectView::of(tx.ctx(), object)))
        })
        .await
}

async fn update_object(
    write: Write<ObjectsWrite>,
    at: Versioned,
    body: Json<ObjectPatch>,
) -> Result<Reply<ObjectView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            Ok(objects::update(app, tx, at.id, at.version, body.0.clone())
                .await?
                .map(|object| ObjectView::of(tx.ctx(), object)))
        })
        .await
}

async fn list_object_history(read: Read<ObjectsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    let hidden: &[&str] =
        if read.ctx.actor.sees_class() { &[] } else { &["local_class", "local_class_batch", "local_class_batch_id"] };
    history_without(hidden, &read.app, &read.ctx, "objects", id.0, &list).await
}

async fn list_object_findings(read: Read<ObjectsRead>, id: Id) -> Result<Reply<ObjectFindingsView>> {
    let found = objects::findings(&read.app, &read.ctx, id.0).await?;
    Reply::new(ObjectFindingsView { items: found.into_iter().map(ObjectFindingView::from).collect() })
}

async fn reveal_object(
    write: Write<PersonalDataRead>,
    id: Id,
    body: Json<PurposeBody>,
) -> Result<Reply<PersonalDataView>> {
    let app = &write.app;
    write.run(async |tx| Ok(personal_data::reveal_object(app, tx, id.0, &body.0.purpose).await?.map(Into::into))).await
}
