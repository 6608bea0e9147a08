//! 执法人员, certificates and recusals.

mod dto;

use super::audit::{AuditEntryView, Trail, history};
use super::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use super::openapi::Api;
use super::reply::{Created, PageReply, Reply};
use crate::domain::access::permit::{PersonnelRead, PersonnelWrite};
use crate::domain::personnel::CertificateAction;
use crate::error::Result;
use crate::input::ReasonBody;
use crate::persistence::{list, personnel as store};
use crate::service::personnel::{self, CertificateBody, PersonnelBody, PersonnelPatch, RecusalBody};
use dto::{CertificateView, PersonnelView, RecusalView, RecusalsView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("personnel", "执法人员、执法证与回避");
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
        "身份证号只存掩码与带密钥摘要，同一号码不可重复登记。",
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
        "登记执法证",
        "证号全县唯一；有效期与年审截止日决定能否参加抽取。",
        create_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/suspend",
        "suspend_certificate",
        "暂扣执法证",
        "暂扣期间不得参加抽取和检查。",
        suspend_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/resume",
        "resume_certificate",
        "恢复执法证",
        "结束暂扣。",
        resume_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/revoke",
        "revoke_certificate",
        "吊销执法证",
        "不可恢复。",
        revoke_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/cancel",
        "cancel_certificate",
        "注销执法证",
        "调离、退休等。",
        cancel_certificate,
    );
    group.get(
        "/api/v1/personnel/{id}/recusals",
        "list_recusals",
        "回避关系",
        "该人员应回避的监管对象。",
        list_recusals,
    );
    group.post(
        "/api/v1/personnel/{id}/recusals",
        "create_recusal",
        "登记回避",
        "冻结对象库前登记，抽取时不会派往该对象。",
        create_recusal,
    );
}

pub struct Personnel;

impl Listed for Personnel {
    type Entity = entity::personnel::Entity;
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
    write
        .run(async |tx| {
            let change = personnel::update(tx, at.id, at.version, body.0.clone()).await?;
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
    write.run(async |tx| Ok(personnel::add_certificate(tx, id.0, body.0.clone()).await?.map(Into::into))).await
}

type Certificate = Result<Reply<CertificateView>>;

async fn suspend_certificate(act: Act<PersonnelWrite>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Suspend, body).await
}

async fn resume_certificate(act: Act<PersonnelWrite>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Resume, body).await
}

async fn revoke_certificate(act: Act<PersonnelWrite>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Revoke, body).await
}

async fn cancel_certificate(act: Act<PersonnelWrite>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Cancel, body).await
}

async fn act_on(
    act: Act<PersonnelWrite>,
    at: Versioned,
    action: CertificateAction,
    body: Json<ReasonBody>,
) -> Certificate {
    let reason = body.0.reason;
    act.0
        .run(async |tx| {
            let change = personnel::act_on_certificate(tx, at.id, at.version, action, &reason).await?;
            Ok(change.map(CertificateView::from))
        })
        .await
}

async fn list_recusals(read: Read<PersonnelRead>, id: Id) -> Result<Reply<RecusalsView>> {
    let conn = &read.app.db;
    store::get(conn, &read.ctx, id.0).await?;
    let recusals = store::recusals_of(conn, vec![id.0]).await?;
    Reply::new(RecusalsView { items: recusals.into_iter().map(RecusalView::from).collect() })
}

async fn create_recusal(write: Write<PersonnelWrite>, id: Id, body: Json<RecusalBody>) -> Result<Created<RecusalView>> {
    write.run(async |tx| Ok(personnel::declare_recusal(tx, id.0, body.0.clone()).await?.map(Into::into))).await
}
