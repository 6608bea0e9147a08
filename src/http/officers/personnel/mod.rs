//! 执法人员 and recusals.

mod dto;

use super::personal_data::{PersonalDataView, PurposeBody};
use crate::http::kernel::extract::{Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::officers::{personnel as store, recusals as recusal_store};
use crate::service::officers::personal_data;
use crate::service::officers::personnel;
use crate::service::officers::personnel::{CertificateBody, PersonnelBody, PersonnelPatch, RecusalBody};
use crate::service::officers::personnel::{certificates, recusals};
use domain::access::permit::{PersonalDataRead, PersonnelRead, PersonnelWrite, RecusalsDeclare};
use dto::{PersonnelView, RecusalView, RecusalsView};

pub use dto::{CertificateView, HeldCertificateView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("personnel", "执法人员、行政执法证与回避");
    group.get(
        "/api/v1/personnel",
        "list_personnel",
        "查询执法人员",
        "本部门及下级（司法局为全县）的执法人员及其证件。",
        list_personnel,
    );
    group.post(
        "/api/v1/personnel",
        "create_personnel",
        "登记执法人员",
        "身份证号、电话、住址加密存储，答复中只有掩码；同一身份证号不可重复登记。",
        create_personnel,
    );
    group.get("/api/v1/personnel/{id}", "get_personnel", "执法人员详情", "一名执法人员及其证件。", get_personnel);
    group.patch("/api/v1/personnel/{id}", "update_personnel", "修改执法人员", "按 RFC 7396 合并。", update_personnel);
    group.get(
        "/api/v1/personnel/{id}/history",
        "list_personnel_history",
        "执法人员变更记录",
        "谁在何时改了什么。",
        list_personnel_history,
    );
    group.post(
        "/api/v1/personnel/{id}/certificates",
        "create_certificate",
        "登记行政执法证",
        "司法局登记的即时有效，部门登记的为申领；证号全县唯一，有效期与年审截止日决定能否参加抽取。",
        create_certificate,
    );
    group.get(
        "/api/v1/personnel/{id}/recusals",
        "list_recusals",
        "回避关系",
        "该人员应回避的监管对象：声明的，和按登记地址、检查频次、经办案件推算的。",
        list_recusals,
    );
    group.post(
        "/api/v1/personnel/{id}/recusals",
        "create_recusal",
        "登记回避",
        "冻结对象库前登记，抽取时不会派往该对象。",
        create_recusal,
    );
    group.post(
        "/api/v1/me/recusals",
        "declare_recusal",
        "声明本人回避",
        "执法人员本人在冻结对象库前声明。",
        declare_recusal,
    );

    group.post(
        "/api/v1/personnel/{id}/personal-data",
        "reveal_personnel",
        "查看完整的个人信息",
        "须说明目的，并记入审计。",
        reveal_personnel,
    );
}

pub struct Personnel;

impl Listed for Personnel {
    type Entity = entity::officers::personnel::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_personnel(read: Read<PersonnelRead>, list: List<Personnel>) -> Result<PageReply<PersonnelView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let ids = page.items.iter().map(|officer| officer.id).collect();
    let mut certificates = store::certificates_of(db, ids).await?;
    PageReply::new(
        &list,
        page.map(|officer| {
            let certificates = certificates.remove(&officer.id).unwrap_or_default();
            PersonnelView::of(officer, certificates)
        }),
    )
}

async fn get_personnel(read: Read<PersonnelRead>, id: Id) -> Result<Reply<PersonnelView>> {
    let conn = &read.app.db;
    let officer = store::get(conn, &read.ctx, id.0).await?;
    let certificates = store::certificates_of(conn, vec![id.0]).await?.remove(&id.0).unwrap_or_default();
    Reply::new(PersonnelView::of(officer, certificates))
}

async fn create_personnel(write: Write<PersonnelWrite>, body: Json<PersonnelBody>) -> Result<Created<PersonnelView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = personnel::create(app, tx, body.0.clone()).await?;
            Ok(change.map(|officer| PersonnelView::of(officer, Vec::new())))
        })
        .await
}

async fn update_personnel(
    write: Write<PersonnelWrite>,
    at: Versioned,
    body: Json<PersonnelPatch>,
) -> Result<Reply<PersonnelView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = personnel::update(app, tx, at.id, at.version, body.0.clone()).await?;
            let certificates = store::certificates_of(tx.conn(), vec![at.id]).await?.remove(&at.id).unwrap_or_default();
            Ok(change.map(|officer| PersonnelView::of(officer, certificates)))
        })
        .await
}

async fn list_personnel_history(
    read: Read<PersonnelRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "personnel", id.0, &list).await
}

async fn create_certificate(
    write: Write<PersonnelWrite>,
    id: Id,
    body: Json<CertificateBody>,
) -> Result<Created<CertificateView>> {
    write.run(async |tx| Ok(certificates::add(tx, id.0, body.0.clone()).await?.map(Into::into))).await
}

async fn list_recusals(read: Read<PersonnelRead>, id: Id) -> Result<Reply<RecusalsView>> {
    let officer = store::get(&read.app.db, &read.ctx, id.0).await?;
    let pairs = recusals::all_of(&read.app, &read.app.db, vec![officer.id], read.ctx.today()).await?;
    Reply::new(RecusalsView::of(recusal_store::declared(&read.app.db, vec![officer.id]).await?, pairs))
}

async fn create_recusal(write: Write<PersonnelWrite>, id: Id, body: Json<RecusalBody>) -> Result<Created<RecusalView>> {
    write.run(async |tx| Ok(recusals::declare(tx, id.0, body.0.clone()).await?.map(Into::into))).await
}

async fn declare_recusal(write: Write<RecusalsDeclare>, body: Json<RecusalBody>) -> Result<Created<RecusalView>> {
    write.run(async |tx| Ok(recusals::declare_own(tx, body.0.clone()).await?.map(Into::into))).await
}

async fn reveal_personnel(
    write: Write<PersonalDataRead>,
    id: Id,
    body: Json<PurposeBody>,
) -> Result<Reply<PersonalDataView>> {
    let app = &write.app;
    write.run(async |tx| Ok(personal_data::reveal_officer(app, tx, id.0, &body.0.purpose).await?.map(Into::into))).await
}
