//! 本人: the own account, its sessions, second factor and permissions.

mod dto;

pub use dto::{DONE, DoneView, GrantView, grants};

use crate::http::kernel::extract::{Id, Json, List, Listed, Read, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{sessions as store, users};
use crate::persistence::kernel::list;
use crate::service::access::auth::{second_factor, sessions};
use crate::service::access::identity;
use crate::service::access::identity::IdentityBody;
use domain::access::permit::{AccessRead, SelfUse};
use dto::{CodeBody, EnrolmentView, GrantsView, IdentityView, MeView, SessionView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("me", "本人账户");
    group.get("/api/v1/me", "get_me", "本人信息", "当前登录者及其权限和管理范围。", get_me);
    group.get(
        "/api/v1/me/permissions",
        "list_my_permissions",
        "本人权限",
        "当前令牌的全部权限及其范围；合作系统也可查询自己的授权。",
        list_my_permissions,
    );
    group.get("/api/v1/me/sessions", "list_my_sessions", "本人的登录会话", "从何处登录、何时结束。", list_my_sessions);
    group.post(
        "/api/v1/me/sessions/{id}/end",
        "end_my_session",
        "结束一个会话",
        "该会话的令牌至迟半分钟内失效。",
        end_my_session,
    );
    group.post(
        "/api/v1/me/sessions/end-others",
        "end_my_other_sessions",
        "结束其他会话",
        "当前会话除外。",
        end_my_other_sessions,
    );
    group.post(
        "/api/v1/me/totp",
        "enrol_second_factor",
        "绑定动态口令",
        "得到验证器所需的密钥（只显示一次），以其口令确认后生效。",
        enrol_second_factor,
    );
    group.post(
        "/api/v1/me/totp/confirm",
        "confirm_second_factor",
        "确认动态口令",
        "以一个有效口令确认；此后登录均须提供动态口令。",
        confirm_second_factor,
    );
    group.post(
        "/api/v1/me/identity",
        "claim_identity",
        "实名认证",
        "姓名、身份证号和执法证号与司法局名册比对：一致即通过，不一致则指出字段，无从比对的转人工核验。",
        claim_identity,
    );

    group.post(
        "/api/v1/me/totp/remove",
        "remove_second_factor",
        "解除动态口令",
        "以一个有效口令解除。",
        remove_second_factor,
    );
}

/// The own sessions.
pub struct Sessions;

impl Listed for Sessions {
    type Entity = entity::access::sessions::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn get_me(read: Read<SelfUse>) -> Result<Reply<MeView>> {
    assert!(!crate::kernel::seeded::bug("panic"), "a seeded panic");
    let user = users::find(&read.app.db, read.ctx.actor.id).await?;
    Reply::new(MeView::of(&read.ctx, user.ok_or_else(AppError::unauthenticated)?))
}

async fn list_my_permissions(read: Read<AccessRead>) -> Result<Reply<GrantsView>> {
    Reply::new(GrantsView::of(&read.ctx.actor))
}

async fn list_my_sessions(read: Read<SelfUse>, list: List<Sessions>) -> Result<PageReply<SessionView>> {
    let own = store::of(read.ctx.actor.id);
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, own, &list.request).await?;
    PageReply::new(&list, page.map(SessionView::from))
}

async fn end_my_session(write: Write<SelfUse>, id: Id) -> Result<Reply<DoneView>> {
    let reply = write.run(async |tx| Ok(sessions::end(tx, id.0).await?.map(|()| DONE))).await?;
    write.app.forget(move |session| session.actor.session_id == Some(id.0));
    Ok(reply)
}

async fn end_my_other_sessions(write: Write<SelfUse>) -> Result<Reply<DoneView>> {
    let (user, own) = (write.ctx.actor.id, write.ctx.actor.session_id);
    let reply = write.run(async |tx| Ok(sessions::end_others(tx).await?.map(|()| DONE))).await?;
    write.app.forget(move |session| session.actor.id == user && session.actor.session_id != own);
    Ok(reply)
}

async fn claim_identity(write: Write<SelfUse>, body: Json<IdentityBody>) -> Result<Reply<IdentityView>> {
    let app = &write.app;
    write.run(async |tx| Ok(identity::claim(app, tx, body.0.clone()).await?.map(Into::into))).await
}

async fn enrol_second_factor(write: Write<SelfUse>) -> Result<Created<EnrolmentView>> {
    let app = &write.app;
    write.run(async |tx| Ok(second_factor::enrol(app, tx).await?.map(Into::into))).await
}

async fn confirm_second_factor(write: Write<SelfUse>, body: Json<CodeBody>) -> Result<Reply<DoneView>> {
    second_factor::prove(&write.app, &write.ctx, &body.0.code).await?;
    write.run(async |tx| Ok(second_factor::confirm(tx).await?.map(|()| DONE))).await
}

async fn remove_second_factor(write: Write<SelfUse>, body: Json<CodeBody>) -> Result<Reply<DoneView>> {
    second_factor::prove(&write.app, &write.ctx, &body.0.code).await?;
    write.run(async |tx| Ok(second_factor::remove(tx).await?.map(|()| DONE))).await
}
