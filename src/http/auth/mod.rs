//! 登录: tokens for people with a local account, and who they are.

mod dto;

use super::extract::{Anonymous, Json, Read};
use super::openapi::Api;
use super::reply::{NoContent, Reply};
use crate::domain::access::permit::SelfUse;
use crate::error::{AppError, Result};
use crate::persistence::users;
use crate::service::auth;
use dto::{LoginBody, MeView, RefreshBody, TokenView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("auth", "登录与本人信息");
    group.post(
        "/api/v1/auth/token",
        "create_token",
        "登录",
        "以用户名和密码换取访问令牌与刷新令牌。连续输错会暂时锁定账户。",
        create_token,
    );
    group.post(
        "/api/v1/auth/refresh",
        "refresh_token",
        "续期",
        "以刷新令牌换取新的一对令牌；旧刷新令牌再次使用将使本次登录整体失效。",
        refresh_token,
    );
    group.post("/api/v1/auth/logout", "log_out", "退出", "使本次登录的全部刷新令牌失效。", log_out);
    group.get("/api/v1/me", "get_me", "本人信息", "当前登录者及其权限和管理范围。", get_me);
}

async fn create_token(who: Anonymous, body: Json<LoginBody>) -> Result<Reply<TokenView>> {
    let LoginBody { username, password } = body.0;
    Reply::new(auth::log_in(&who.app, &who.ctx.request_id, &username, password).await?.into())
}

async fn refresh_token(who: Anonymous, body: Json<RefreshBody>) -> Result<Reply<TokenView>> {
    Reply::new(auth::refresh(&who.app, &who.ctx.request_id, &body.0.refresh_token).await?.into())
}

async fn log_out(who: Anonymous, body: Json<RefreshBody>) -> Result<NoContent> {
    auth::log_out(&who.app, &who.ctx.request_id, &body.0.refresh_token).await?;
    Ok(NoContent)
}

async fn get_me(read: Read<SelfUse>) -> Result<Reply<MeView>> {
    let user = users::find(&read.app.db, read.ctx.actor.id).await?;
    Reply::new(MeView::of(&read.ctx, user.ok_or_else(AppError::unauthenticated)?)?)
}
