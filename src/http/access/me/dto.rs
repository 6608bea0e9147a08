//! Bodies and views of the own account.

use crate::http::kernel::reply::View;
use crate::http::kernel::view::view;
use crate::kernel::ctx::{Actor, Ctx};
use crate::service::access::auth::second_factor::Enrolment;
use chrono::{DateTime, Utc};
use domain::access::users::IdentityState;
use domain::access::{Permission, Reach, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

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
    /// 委托人; null where the caller acts for nobody else.
    #[schema(required)]
    pub acts_for: Option<Uuid>,
    pub identity_state: IdentityState,
    /// 实名信息与名册不一致的字段
    pub identity_mismatches: Vec<String>,
    pub second_factor: bool,
    /// The role demands a one-time code that this session has not proved.
    pub second_factor_due: bool,
    #[schema(required)]
    pub password_expires_at: Option<DateTime<Utc>>,
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
    pub reach: Reach,
}

/// 权限清单
#[derive(Serialize, ToSchema)]
pub struct GrantsView {
    pub role: Role,
    pub department_id: Uuid,
    #[schema(required)]
    pub region_code: Option<String>,
    #[schema(required)]
    pub acts_for: Option<Uuid>,
    pub items: Vec<GrantView>,
}

impl View for GrantsView {}

pub fn grants(actor: &Actor) -> Vec<GrantView> {
    let grant = |permission: &Permission| {
        let (code, label) = (permission.code(), permission.label());
        actor.reach(*permission).map(|reach| GrantView { permission: code, label, reach })
    };
    Permission::ALL.iter().filter_map(grant).collect()
}

impl GrantsView {
    pub fn of(actor: &Actor) -> Self {
        Self {
            role: actor.role,
            department_id: actor.department_id,
            region_code: actor.region_code.clone(),
            acts_for: actor.acts_for,
            items: grants(actor),
        }
    }
}

impl MeView {
    pub fn of(ctx: &Ctx, user: entity::access::users::Model) -> Self {
        Self {
            id: ctx.actor.id,
            username: user.username,
            display_name: user.display_name,
            role: ctx.actor.role,
            department_id: ctx.actor.department_id,
            region_code: ctx.actor.region_code.clone(),
            personnel_id: user.personnel_id,
            acts_for: ctx.actor.acts_for,
            identity_state: user.identity_state,
            identity_mismatches: user.identity_mismatches.0,
            second_factor: user.totp_confirmed_at.is_some(),
            second_factor_due: ctx.actor.second_factor_due,
            password_expires_at: user.password_expires_at,
            last_login_at: user.last_login_at,
            permissions: grants(&ctx.actor),
        }
    }
}

view! {
    /// 登录会话
    pub struct SessionView of entity::access::sessions::Model {
        id: Uuid,
        /// PASSWORD 本地账户，OIDC 统一平台
        method: String,
        second_factor: bool,
        address: Option<String>,
        user_agent: Option<String>,
        created_at: DateTime<Utc>,
        last_used_at: DateTime<Utc>,
        /// 最迟结束时间
        ends_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
    }
}

impl View for SessionView {}

/// 实名认证的结果
#[derive(Serialize, ToSchema)]
pub struct IdentityView {
    pub identity_state: IdentityState,
    /// 不一致的字段
    #[schema(example = json!(["id_number"]))]
    pub identity_mismatches: Vec<String>,
    #[schema(required, example = "5108************13")]
    pub id_number_masked: Option<String>,
    /// 认证通过后对应的执法人员
    #[schema(required)]
    pub personnel_id: Option<Uuid>,
}

impl View for IdentityView {}

impl From<entity::access::users::Model> for IdentityView {
    fn from(user: entity::access::users::Model) -> Self {
        Self {
            identity_state: user.identity_state,
            identity_mismatches: user.identity_mismatches.0,
            id_number_masked: user.id_number_masked,
            personnel_id: user.personnel_id,
        }
    }
}

/// 动态口令的绑定信息，只显示一次
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    /// Base32, to be typed into an authenticator.
    pub secret: String,
    /// To be shown as a QR code.
    #[schema(example = "otpauth://totp/mingjian:zhang.san?secret=…&issuer=mingjian")]
    pub uri: String,
}

impl View for EnrolmentView {}

impl From<Enrolment> for EnrolmentView {
    fn from(enrolment: Enrolment) -> Self {
        Self { secret: enrolment.secret, uri: enrolment.uri }
    }
}

/// 动态口令
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"code": "123456"})))]
pub struct CodeBody {
    #[schema(pattern = "^[0-9]{6}$")]
    pub code: String,
}

/// 已完成
#[derive(Serialize, ToSchema)]
pub struct DoneView {
    pub done: bool,
}

impl View for DoneView {}

pub const DONE: DoneView = DoneView { done: true };
