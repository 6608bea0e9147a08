//! Bodies and views of log-in.

use crate::http::kernel::reply::View;
use crate::kernel::error::AppError;
use crate::service::access::auth::Tokens;
use crate::service::access::auth::oidc::Begun;
use domain::kernel::text::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// 用户名和口令
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"username": "zhang.san", "password": "correct horse battery"})))]
pub struct LoginBody {
    #[schema(min_length = 1, max_length = 64)]
    pub username: String,
    #[schema(min_length = 1, max_length = 200, format = Password)]
    pub password: String,
    /// 动态口令, for accounts that have one.
    #[schema(pattern = "^[0-9]{6}$")]
    #[serde(default)]
    pub totp_code: Option<String>,
}

/// 刷新令牌
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"refresh_token": "dGhpcyBpcyBvbmx5IGFuIGV4YW1wbGUgb2YgYSB0b2s"})))]
pub struct RefreshBody {
    #[schema(min_length = 16, max_length = 200)]
    pub refresh_token: String,
}

/// 更换口令: with the current password or with a reset code, one of the two.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "username": "zhang.san", "current_password": "correct horse battery", "new_password": "Another horse, another battery"
})))]
pub struct PasswordBody {
    #[schema(min_length = 1, max_length = 64)]
    pub username: String,
    #[schema(min_length = 1, max_length = 200, format = Password)]
    #[serde(default)]
    pub current_password: Option<String>,
    /// 管理员当面交付的重置码
    #[schema(min_length = 16, max_length = 64)]
    #[serde(default)]
    pub reset_code: Option<String>,
    #[schema(pattern = "^[0-9]{6}$")]
    #[serde(default)]
    pub totp_code: Option<String>,
    #[schema(min_length = 8, max_length = 200, format = Password)]
    pub new_password: String,
}

/// The error of a body with both proofs or none.
pub fn one_of_two() -> AppError {
    let detail = text!("请提供 current_password 或 reset_code 之一。", "Send either current_password or reset_code.");
    AppError::invalid_field("/current_password", "ONE_OF_TWO", detail)
}

/// 申请重置口令
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"username": "zhang.san"})))]
pub struct ResetBody {
    #[schema(min_length = 1, max_length = 64)]
    pub username: String,
}

/// 令牌
#[derive(Serialize, ToSchema)]
pub struct TokenView {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: u32,
    /// Good for one use.
    pub refresh_token: String,
}

impl View for TokenView {}

impl From<Tokens> for TokenView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token,
        }
    }
}

/// 单点登录的开始
#[derive(Serialize, ToSchema)]
pub struct OidcStartView {
    /// Where to send the browser.
    pub authorization_url: String,
    /// To be kept by the frontend and sent with the callback; good once.
    pub ticket: String,
    /// Seconds until the ticket ends.
    pub expires_in: u32,
}

impl View for OidcStartView {}

impl From<Begun> for OidcStartView {
    fn from(begun: Begun) -> Self {
        Self { authorization_url: begun.authorization_url, ticket: begun.ticket, expires_in: begun.expires_in }
    }
}

/// 单点登录的回传
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"ticket": "4f0c9a1e5d3b2a10.c2VhbGVk", "code": "from-the-provider", "state": "from-the-provider"})))]
pub struct CallbackBody {
    #[schema(min_length = 16, max_length = 2048)]
    pub ticket: String,
    #[schema(min_length = 1, max_length = 2048)]
    pub code: String,
    #[schema(min_length = 1, max_length = 512)]
    pub state: String,
    /// As the provider sent it (RFC 9207).
    #[schema(max_length = 512)]
    #[serde(default)]
    pub iss: Option<String>,
}

/// 退出
#[derive(Serialize, ToSchema)]
pub struct LogoutView {
    /// Where to send the browser to log out of the platform; null where the session did not come from it.
    #[schema(required)]
    pub logout_url: Option<String>,
}

impl View for LogoutView {}
