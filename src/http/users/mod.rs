//! 账户.

mod dto;

use super::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use super::openapi::Api;
use super::reply::{Created, PageReply, Reply};
use crate::domain::access::permit::{UsersRead, UsersWrite};
use crate::domain::users::UserAction;
use crate::error::Result;
use crate::persistence::{list, users as store};
use crate::service::{passwords, users};
use dto::{UserBody, UserView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("users", "账户");
    group.get("/api/v1/users", "list_users", "查询账户", "全县账户。", list_users);
    group.post("/api/v1/users", "create_user", "新建账户", "密码至少 12 个字符，只存 Argon2id 摘要。", create_user);
    group.get("/api/v1/users/{id}", "get_user", "账户详情", "一个账户。", get_user);
    group.post("/api/v1/users/{id}/activate", "activate_user", "启用账户", "停用的账户恢复登录。", activate_user);
    group.post("/api/v1/users/{id}/disable", "disable_user", "停用账户", "立即结束该账户的全部登录。", disable_user);
}

pub struct Users;

impl Listed for Users {
    type Entity = entity::users::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_users(read: Read<UsersRead>, list: List<Users>) -> Result<PageReply<UserView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(UserView::from))
}

async fn get_user(read: Read<UsersRead>, id: Id) -> Result<Reply<UserView>> {
    Reply::new(store::get(&read.app.db, id.0).await?.into())
}

async fn create_user(write: Write<UsersWrite>, body: Json<UserBody>) -> Result<Created<UserView>> {
    passwords::check_policy(&body.0.username, &body.0.password)?;
    let hash = passwords::hash_async(&write.app, body.0.password.clone()).await?;
    let new = body.0.into_new(hash);
    write.run(async |tx| Ok(users::create(tx, new.clone()).await?.map(Into::into))).await
}

async fn activate_user(act: Act<UsersWrite>, at: Versioned) -> Result<Reply<UserView>> {
    set_status(act, at, UserAction::Activate).await
}

async fn disable_user(act: Act<UsersWrite>, at: Versioned) -> Result<Reply<UserView>> {
    set_status(act, at, UserAction::Disable).await
}

async fn set_status(act: Act<UsersWrite>, at: Versioned, action: UserAction) -> Result<Reply<UserView>> {
    act.0.run(async |tx| Ok(users::set_status(tx, at.id, at.version, action).await?.map(Into::into))).await
}
