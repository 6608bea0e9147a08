//! Bodies and views of log-in.

use crate::ctx::Ctx;
use crate::domain::access::{Permission, Reach, Role, reach};
use crate::error::Result;
use crate::http::reply::View;
use crate::service::auth::Tokens;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 用户名和密码
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"username": "zhang.san", "password": "correct horse battery"})))]
pub struct LoginBody {
    #[schema(min_length = 1, max_length = 64)]
    pub username: String,
    #[schema(min_length = 1, max_length = 200, format = Password)]
    pub password: String,
}

/// 刷新令牌
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"refresh_token": "dGhpcyBpcyBvbmx5IGFuIGV4YW1wbGUgb2YgYSB0b2s"})))]
pub struct RefreshBody {
    #[schema(min_length = 16, max_length = 200)]
    pub refresh_token: String,
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

/// 本人
#[derive(Serialize, ToSchema)]
pub struct MeView {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    pub role: Role,
    pub department_id: Uuid,
    #[schema(required)]
    pub region_code: Option<String>,
    #[schema(required)]
    pub personnel_id: Option<Uuid>,
    #[schema(required)]
    pub last_login_at: Option<DateTime<Utc>>,
    pub permissions: Vec<GrantView>,
}

impl View for MeView {}

/// 权限及其范围
#[derive(Serialize, ToSchema)]
pub struct GrantView {
    #[schema(example = "plans:read")]
    pub permission: &'static str,
    #[schema(example = "查看抽查计划")]
    pub label: &'static str,
    /// ALL 全县，DEPARTMENT 本部门及下级，TOWNSHIP 本乡镇，ASSIGNED 本人承担
    #[schema(example = "DEPARTMENT")]
    pub reach: &'static str,
}

impl MeView {
    pub fn of(ctx: &Ctx, user: entity::users::Model) -> Result<Self> {
        let role = Role::of(&user.role)?;
        let grants = Permission::ALL.iter().filter_map(|permission| {
            reach(role, *permission).map(|reach| GrantView {
                permission: permission.code(),
                label: permission.label(),
                reach: match reach {
                    Reach::All => "ALL",
                    Reach::Department => "DEPARTMENT",
                    Reach::Township => "TOWNSHIP",
                    Reach::Assigned => "ASSIGNED",
                },
            })
        });
        Ok(Self {
            id: ctx.actor.id,
            username: user.username,
            display_name: user.display_name,
            role,
            department_id: user.department_id,
            region_code: user.region_code,
            personnel_id: user.personnel_id,
            last_login_at: user.last_login_at,
            permissions: grants.collect(),
        })
    }
}
