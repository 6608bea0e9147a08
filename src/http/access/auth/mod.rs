//! 登录: tokens for people with a local account, and their passwords.

mod dto;

use crate::http::kernel::extract::{Anonymous, Json};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{NoContent, Reply};
use crate::kernel::error::Result;
use crate::service::access::auth::password::Known;
use crate::service::access::auth::{login, oidc, password};
use dto::{CallbackBody, LoginBody, LogoutView, OidcStartView, PasswordBody, RefreshBody, ResetBody, TokenView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("auth", "登录");
    group.post(
        "/api/v1/auth/token",
        "create_token",
        "登录",
        "以用户名和口令（及动态口令）换取访问令牌与刷新令牌。连续输错会暂时锁定账户。",
        create_token,
    );
    group.post(
        "/api/v1/auth/refresh",
        "refresh_token",
        "续期",
        "以刷新令牌换取新的一对令牌；30 分钟不续期或满 8 小时即须重新登录；旧刷新令牌再次使用将使本次登录整体失效。",
        refresh_token,
    );
    group.post("/api/v1/auth/logout", "log_out", "退出", "使本次登录的全部刷新令牌失效。", log_out);
    group.post(
        "/api/v1/auth/oidc/login",
        "begin_oidc",
        "单点登录：开始",
        "得到统一身份认证平台的登录地址和一次性票据（由前端保存）。",
        begin_oidc,
    );
    group.post(
        "/api/v1/auth/oidc/callback",
        "finish_oidc",
        "单点登录：完成",
        "以平台回传的 code、state 和票据换取令牌；首次登录建立待授权账户（403 ACCOUNT_NOT_ACTIVE）。",
        finish_oidc,
    );
    group.post(
        "/api/v1/auth/oidc/logout",
        "log_out_oidc",
        "单点登录：退出",
        "结束本次登录，并给出统一身份认证平台的退出地址。",
        log_out_oidc,
    );
    group.post(
        "/api/v1/auth/password",
        "change_password",
        "更换口令",
        "凭原口令或管理员签发的重置码设置新口令；初始口令和到期口令也由此更换。全部登录随之结束。",
        change_password,
    );

    group.post(
        "/api/v1/auth/reset-requests",
        "request_password_reset",
        "申请重置口令",
        "无论账户是否存在，答复相同；安全管理员据此签发重置码。",
        request_password_reset,
    );
}

async fn create_token(who: Anonymous, body: Json<LoginBody>) -> Result<Reply<TokenView>> {
    let LoginBody { username, password, totp_code } = body.0;
    let id = &who.ctx.request_id;
    let tokens = login::log_in(&who.app, id, &who.origin, &username, password, totp_code.as_deref()).await?;
    Reply::new(tokens.into())
}

async fn refresh_token(who: Anonymous, body: Json<RefreshBody>) -> Result<Reply<TokenView>> {
    Reply::new(login::refresh(&who.app, &who.ctx.request_id, &body.0.refresh_token).await?.into())
}

async fn log_out(who: Anonymous, body: Json<RefreshBody>) -> Result<NoContent> {
    login::log_out(&who.app, &who.ctx.request_id, &body.0.refresh_token).await?;
    Ok(NoContent)
}

async fn change_password(who: Anonymous, body: Json<PasswordBody>) -> Result<NoContent> {
    let PasswordBody { username, current_password, reset_code, totp_code, new_password } = body.0;
    let known = match (current_password, reset_code) {
        (Some(password), None) => Known::Password(password),
        (None, Some(code)) => Known::ResetCode(code),
        (Some(_), Some(_)) | (None, None) => return Err(dto::one_of_two()),
    };
    let id = &who.ctx.request_id;
    password::change(&who.app, id, &username, known, totp_code.as_deref(), new_password).await?;
    Ok(NoContent)
}

async fn request_password_reset(who: Anonymous, body: Json<ResetBody>) -> Result<NoContent> {
    password::request_reset(&who.app, &who.ctx.request_id, &body.0.username).await?;
    Ok(NoContent)
}

async fn begin_oidc(who: Anonymous) -> Result<Reply<OidcStartView>> {
    Reply::new(oidc::start(&who.app).await?.into())
}

async fn finish_oidc(who: Anonymous, body: Json<CallbackBody>) -> Result<Reply<TokenView>> {
    let CallbackBody { ticket, code, state, iss } = body.0;
    let back = oidc::Callback { ticket: &ticket, code, state: &state, issuer: iss.as_deref() };
    Reply::new(oidc::finish(&who.app, &who.ctx.request_id, &who.origin, back).await?.into())
}

async fn log_out_oidc(who: Anonymous, body: Json<RefreshBody>) -> Result<Reply<LogoutView>> {
    let logout_url = oidc::log_out(&who.app, &who.ctx.request_id, &body.0.refresh_token).await?;
    Reply::new(LogoutView { logout_url })
}
