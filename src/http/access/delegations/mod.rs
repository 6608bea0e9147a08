//! 委托: given and used by people themselves, watched and ended by the security administrator.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply, View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::error::Result;
use crate::persistence::access::delegations as store;
use crate::persistence::kernel::list;
use crate::service::access::delegations;
use crate::service::access::delegations::DelegationBody;
use chrono::{DateTime, Utc};
use domain::access::permit::{DelegationsRead, DelegationsRevoke, SelfUse};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("delegations", "委托");
    group.get("/api/v1/delegations", "list_delegations", "查询委托", "全县的委托。", list_delegations);
    group.post(
        "/api/v1/delegations/{id}/revoke",
        "revoke_delegation",
        "终止他人的委托",
        "安全管理员提前终止。",
        revoke_delegation,
    );
    group.get(
        "/api/v1/me/delegations",
        "list_my_delegations",
        "本人的委托",
        "本人给出的和收到的。",
        list_my_delegations,
    );
    group.post(
        "/api/v1/me/delegations",
        "create_delegation",
        "委托他人",
        "限期、附理由；执法人员的职责不得委托，系统、安全、审计职责只能委托给同类人员。",
        create_delegation,
    );
    group.post(
        "/api/v1/me/delegations/{id}/revoke",
        "revoke_my_delegation",
        "终止本人的委托",
        "提前终止本人给出的委托。",
        revoke_my_delegation,
    );

    group.post(
        "/api/v1/me/delegations/{id}/token",
        "create_delegation_token",
        "以受托人身份办理",
        "得到以委托人角色和范围办理的访问令牌；审计记录同时写明受托人与委托人。",
        create_delegation_token,
    );
}

view! {
    /// 委托
    pub struct DelegationView of entity::access::delegations::Model {
        id: Uuid,
        from_user_id: Uuid,
        to_user_id: Uuid,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
        reason: String,
        revoked_at: Option<DateTime<Utc>>,
        version: i32,
        created_at: DateTime<Utc>,
    }
}

versioned!(DelegationView);

/// 代办令牌
#[derive(Serialize, ToSchema)]
pub struct DelegatedTokenView {
    /// Send it as `Authorization: Bearer …`; it has no refresh token.
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    pub expires_in: u32,
}

impl View for DelegatedTokenView {}

pub struct Delegations;

impl Listed for Delegations {
    type Entity = entity::access::delegations::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_delegations(read: Read<DelegationsRead>, list: List<Delegations>) -> Result<PageReply<DelegationView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(DelegationView::from))
}

async fn list_my_delegations(read: Read<SelfUse>, list: List<Delegations>) -> Result<PageReply<DelegationView>> {
    let own = store::of(read.ctx.actor.id);
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, own, &list.request).await?;
    PageReply::new(&list, page.map(DelegationView::from))
}

async fn create_delegation(write: Write<SelfUse>, body: Json<DelegationBody>) -> Result<Created<DelegationView>> {
    let app = &write.app;
    let reply = write.run(async |tx| Ok(delegations::create(app, tx, body.0.clone()).await?.map(Into::into))).await?;
    // Who acts for the caller counts from now on when submitter and reviewer must differ.
    let from = write.ctx.actor.id;
    app.forget(move |session| session.actor.id == from);
    Ok(reply)
}

async fn revoke_my_delegation(act: Act<SelfUse>, at: Versioned) -> Result<Reply<DelegationView>> {
    let reply = act.0.run(async |tx| Ok(delegations::revoke(tx, at.id, at.version, true).await?.map(Into::into)));
    let reply = reply.await?;
    act.0.app.forget(|session| session.actor.acts_for.is_some());
    Ok(reply)
}

async fn revoke_delegation(act: Act<DelegationsRevoke>, at: Versioned) -> Result<Reply<DelegationView>> {
    let reply = act.0.run(async |tx| Ok(delegations::revoke(tx, at.id, at.version, false).await?.map(Into::into)));
    let reply = reply.await?;
    act.0.app.forget(|session| session.actor.acts_for.is_some());
    Ok(reply)
}

async fn create_delegation_token(write: Write<SelfUse>, id: Id) -> Result<Reply<DelegatedTokenView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = delegations::token(app, tx, id.0).await?;
            Ok(change.map(|(access_token, expires_in)| DelegatedTokenView {
                access_token,
                token_type: "Bearer",
                expires_in,
            }))
        })
        .await
}
