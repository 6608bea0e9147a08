//! 账户: made and bound by the system administrator, authorized by the security administrator.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::access::users as store;
use crate::persistence::kernel::list;
use crate::service::access::auth::{password, second_factor};
use crate::service::access::identity;
use crate::service::access::identity::IdentityDecisionBody;
use crate::service::access::users;
use domain::access::permit::{AssigneesRead, IdentityReview, UsersAuthorize, UsersConsent, UsersRead, UsersWrite};
use domain::access::users::UserAction;
use dto::{AssigneeView, BindingBody, ConsentView, ResetView, UserBody, UserView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("users", "账户");
    group.get("/api/v1/users", "list_users", "查询账户", "全县账户。", list_users);
    group.get(
        "/api/v1/assignees",
        "list_assignees",
        "查询可分派的账户",
        "本部门及下级（县级统筹部门：全县）的启用账户，用于分派线索和办理委托；不含系统、安全、审计账户。",
        list_assignees,
    );
    group.post(
        "/api/v1/users",
        "create_user",
        "新建账户",
        "口令要求见口令策略，只存 Argon2id 摘要；账户须经安全管理员授权启用，本人首次登录前须更换初始口令。",
        create_user,
    );
    group.get("/api/v1/users/{id}", "get_user", "账户详情", "一个账户。", get_user);
    group.get(
        "/api/v1/users/{id}/history",
        "list_user_history",
        "账户变更记录",
        "谁在何时改了什么。",
        list_user_history,
    );
    group.post(
        "/api/v1/users/{id}/bind",
        "bind_user",
        "绑定部门与角色",
        "首次单点登录的账户由此确定部门和角色；改变后须重新授权。",
        bind_user,
    );
    group.post(
        "/api/v1/users/{id}/activate",
        "activate_user",
        "授权启用账户",
        "安全管理员核准账户的部门与角色（三员分立）。",
        activate_user,
    );
    group.post(
        "/api/v1/users/{id}/consent",
        "consent_to_user",
        "复核特权账户",
        "系统、安全、审计账户的授权和重置须另一职责的管理员先行同意：一次，24 小时内有效。",
        consent_to_user,
    );
    group.post(
        "/api/v1/users/{id}/disable",
        "disable_user",
        "停用账户",
        "结束该账户的全部登录和委托，至迟半分钟内生效。",
        disable_user,
    );
    group.post(
        "/api/v1/users/{id}/reset-password",
        "reset_user_password",
        "签发口令重置码",
        "一次性、24 小时内有效，只显示一次，由安全管理员当面交给本人。",
        reset_user_password,
    );
    group.post(
        "/api/v1/users/{id}/verify-identity",
        "verify_user_identity",
        "人工核验实名",
        "待核验或不一致的，凭原件等依据认定；依据记入审计。",
        verify_user_identity,
    );

    group.post(
        "/api/v1/users/{id}/reset-second-factor",
        "reset_user_second_factor",
        "解除动态口令",
        "本人丢失验证器时使用。",
        reset_user_second_factor,
    );
}

pub struct Users;

impl Listed for Users {
    type Entity = entity::access::users::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_users(read: Read<UsersRead>, list: List<Users>) -> Result<PageReply<UserView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(UserView::from))
}

pub struct Assignees;

impl Listed for Assignees {
    type Entity = entity::access::users::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::ASSIGNEES;
}

async fn list_assignees(read: Read<AssigneesRead>, list: List<Assignees>) -> Result<PageReply<AssigneeView>> {
    let scope = store::assignable(&read.ctx);
    let page = list::page(&read.app.db, &read.ctx, &store::ASSIGNEES, scope, &list.request).await?;
    PageReply::new(&list, page.map(AssigneeView::from))
}

async fn get_user(read: Read<UsersRead>, id: Id) -> Result<Reply<UserView>> {
    Reply::new(store::get(&read.app.db, id.0).await?.into())
}

async fn list_user_history(read: Read<UsersRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "users", id.0, &list).await
}

async fn create_user(write: Write<UsersWrite>, body: Json<UserBody>) -> Result<Created<UserView>> {
    let new = body.0.into_new(&write.app).await?;
    write.run(async |tx| Ok(users::create(tx, new.clone()).await?.map(Into::into))).await
}

async fn bind_user(act: Act<UsersWrite>, at: Versioned, body: Json<BindingBody>) -> Result<Reply<UserView>> {
    let binding: users::Binding = body.0.into();
    let reply = act.0.run(async |tx| Ok(users::bind(tx, at.id, at.version, binding.clone()).await?.map(Into::into)));
    let reply = reply.await?;
    act.0.app.forget(move |session| session.actor.id == at.id || session.actor.acts_for == Some(at.id));
    Ok(reply)
}

async fn activate_user(act: Act<UsersAuthorize>, at: Versioned) -> Result<Reply<UserView>> {
    act.0
        .run(async |tx| Ok(users::set_status(tx, at.id, at.version, UserAction::Activate).await?.map(Into::into)))
        .await
}

async fn consent_to_user(write: Write<UsersConsent>, id: Id) -> Result<Reply<ConsentView>> {
    write.run(async |tx| Ok(users::consent(tx, id.0).await?.map(ConsentView::from))).await
}

async fn disable_user(act: Act<UsersWrite>, at: Versioned) -> Result<Reply<UserView>> {
    let work =
        act.0.run(async |tx| Ok(users::set_status(tx, at.id, at.version, UserAction::Disable).await?.map(Into::into)));
    let reply = work.await?;
    act.0.app.forget(move |session| session.actor.id == at.id || session.actor.acts_for == Some(at.id));
    Ok(reply)
}

async fn reset_user_password(act: Act<UsersAuthorize>, at: Versioned) -> Result<Reply<ResetView>> {
    let work = act.0.run(async |tx| {
        Ok(password::issue_reset(tx, at.id, at.version).await?.map(|(user, code)| ResetView::of(user, code)))
    });
    work.await
}

async fn verify_user_identity(
    act: Act<IdentityReview>,
    at: Versioned,
    body: Json<IdentityDecisionBody>,
) -> Result<Reply<UserView>> {
    act.0.run(async |tx| Ok(identity::decide(tx, at.id, at.version, body.0.clone()).await?.map(Into::into))).await
}

async fn reset_user_second_factor(act: Act<UsersAuthorize>, at: Versioned) -> Result<Reply<UserView>> {
    act.0.run(async |tx| Ok(second_factor::reset(tx, at.id, at.version).await?.map(Into::into))).await
}
