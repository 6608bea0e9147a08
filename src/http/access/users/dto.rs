//! Bodies and views of accounts.

use crate::app::App;
use crate::http::kernel::reply::{View, versioned};
use crate::kernel::error::Result;
use crate::service::access::passwords;
use crate::service::access::users::{Binding, NewUser};
use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::access::users::{IdentityState, UserAction, UserStatus, next};
use entity::access::users::Model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 账户
#[derive(Serialize, ToSchema)]
pub struct UserView {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    /// null until the account is bound
    #[schema(required)]
    pub role: Option<Role>,
    #[schema(required)]
    pub department_id: Option<Uuid>,
    #[schema(required)]
    pub region_code: Option<String>,
    #[schema(required)]
    pub personnel_id: Option<Uuid>,
    pub status: UserStatus,
    pub identity_state: IdentityState,
    /// 实名信息与名册不一致的字段
    pub identity_mismatches: Vec<String>,
    /// Whether the account signs in by the unified service platform.
    pub external: bool,
    pub second_factor: bool,
    #[schema(required)]
    pub password_expires_at: Option<DateTime<Utc>>,
    /// 申请重置口令的时间; null where there is no request
    #[schema(required)]
    pub reset_requested_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub locked_until: Option<DateTime<Utc>>,
    /// 特权账户：复核同意的截止时间
    #[schema(required)]
    pub consent_until: Option<DateTime<Utc>>,
    #[schema(required)]
    pub last_login_at: Option<DateTime<Utc>>,
    /// What the account's state allows, for those who may.
    pub allowed_actions: Vec<&'static str>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(UserView);

impl From<Model> for UserView {
    fn from(user: Model) -> Self {
        let allowed = |action: &UserAction| next(user.status, *action).is_some();
        Self {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            role: user.role,
            department_id: user.department_id,
            region_code: user.region_code,
            personnel_id: user.personnel_id,
            allowed_actions: UserAction::ALL.iter().copied().filter(allowed).map(UserAction::code).collect(),
            status: user.status,
            identity_state: user.identity_state,
            identity_mismatches: user.identity_mismatches.0,
            external: user.external_subject.is_some(),
            second_factor: user.totp_confirmed_at.is_some(),
            password_expires_at: user.password_expires_at,
            reset_requested_at: user.reset_requested_at,
            locked_until: user.locked_until,
            consent_until: user.consent_until,
            last_login_at: user.last_login_at,
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// 账户与一次性重置码
#[derive(Serialize, ToSchema)]
pub struct ResetView {
    pub id: Uuid,
    pub username: String,
    /// Shown once: the person sets a new password with it (POST /api/v1/auth/password).
    #[schema(example = "hV3k9…")]
    pub reset_code: String,
    pub expires_at: DateTime<Utc>,
    pub version: i32,
}

impl View for ResetView {
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl ResetView {
    pub fn of(user: Model, reset_code: String) -> Self {
        let expires_at = user.reset_expires_at.unwrap_or(user.updated_at);
        Self { id: user.id, username: user.username, reset_code, expires_at, version: user.version }
    }
}

/// 可分派的账户
#[derive(Serialize, ToSchema)]
pub struct AssigneeView {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    #[schema(required)]
    pub role: Option<Role>,
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 对应的执法人员
    #[schema(required)]
    pub personnel_id: Option<Uuid>,
}

impl View for AssigneeView {}

impl From<Model> for AssigneeView {
    fn from(user: Model) -> Self {
        Self {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            role: user.role,
            department_id: user.department_id,
            personnel_id: user.personnel_id,
        }
    }
}

/// 对特权账户的复核
#[derive(Serialize, ToSchema)]
pub struct ConsentView {
    pub id: Uuid,
    pub username: String,
    #[schema(required)]
    pub role: Option<Role>,
    /// Until when the account may be authorized or reset, once.
    #[schema(required)]
    pub consent_until: Option<DateTime<Utc>>,
    pub version: i32,
}

impl View for ConsentView {
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl From<Model> for ConsentView {
    fn from(user: Model) -> Self {
        Self {
            id: user.id,
            username: user.username,
            role: user.role,
            consent_until: user.consent_until,
            version: user.version,
        }
    }
}

/// 账户的部门、角色与管理范围
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"role": "REVIEWER", "department_id": "01930000-0000-7000-8000-000000000001"})))]
pub struct BindingBody {
    pub role: Role,
    pub department_id: Uuid,
    /// 乡镇代码, for township staff.
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub region_code: Option<String>,
    /// 对应的执法人员
    #[serde(default)]
    pub personnel_id: Option<Uuid>,
}

impl From<BindingBody> for Binding {
    fn from(body: BindingBody) -> Self {
        let BindingBody { role, department_id, region_code, personnel_id } = body;
        Self { role, department_id, region_code, personnel_id }
    }
}

/// 新账户
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "username": "li.si", "display_name": "李四", "password": "Correct horse battery", "role": "REVIEWER",
    "department_id": "01930000-0000-7000-8000-000000000001"
})))]
pub struct UserBody {
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{2,63}$")]
    pub username: String,
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub display_name: String,
    /// 初始口令: the person has to change it before the first log-in.
    #[schema(min_length = 12, max_length = 200, format = Password, write_only)]
    pub password: String,
    pub role: Role,
    pub department_id: Uuid,
    /// 乡镇代码, for township staff.
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub region_code: Option<String>,
    /// 对应的执法人员
    #[serde(default)]
    pub personnel_id: Option<Uuid>,
}

impl UserBody {
    /// The account to be made: it waits for its authorization, and its password for its owner's.
    pub async fn into_new(self, app: &App) -> Result<NewUser> {
        passwords::check_policy(app, "/password", &self.username, &self.password)?;
        Ok(NewUser {
            username: self.username,
            display_name: self.display_name,
            binding: Binding {
                role: self.role,
                department_id: self.department_id,
                region_code: self.region_code,
                personnel_id: self.personnel_id,
            },
            password_hash: passwords::hash_async(app, self.password).await?,
            password_expires_at: Some(crate::kernel::ctx::now()),
            status: UserStatus::Pending,
        })
    }
}
