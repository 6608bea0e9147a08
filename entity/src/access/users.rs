//! 平台用户 accounts of the platform.

use domain::access::Role;
use domain::access::users::{IdentityState, UserStatus};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    pub role: Option<Role>,
    pub department_id: Option<Uuid>,
    pub region_code: Option<String>,
    pub personnel_id: Option<Uuid>,
    pub status: UserStatus,
    #[serde(skip)]
    pub password_hash: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    #[serde(skip)]
    pub password_history: Stored<Vec<String>>,
    pub password_expires_at: Option<DateTimeUtc>,
    #[serde(skip)]
    pub reset_digest: Option<String>,
    pub reset_expires_at: Option<DateTimeUtc>,
    pub reset_requested_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub totp_secret: Option<String>,
    pub totp_confirmed_at: Option<DateTimeUtc>,
    #[serde(skip)]
    pub totp_last_step: Option<i64>,
    pub external_issuer: Option<String>,
    pub external_subject: Option<String>,
    pub identity_state: IdentityState,
    #[serde(skip)]
    pub identity_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub id_number: Option<String>,
    #[serde(skip)]
    pub id_number_masked: Option<String>,
    #[serde(skip)]
    pub id_number_digest: Option<String>,
    #[serde(skip)]
    pub identity_certificate_no: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub identity_mismatches: Stored<Vec<String>>,
    #[sea_orm(column_type = "Text")]
    pub identity_evidence: Option<String>,
    pub identity_attempts: i32,
    pub failed_attempts: i32,
    pub locked_until: Option<DateTimeUtc>,
    pub last_login_at: Option<DateTimeUtc>,
    /// Who of another duty agreed that this privileged account be reset or authorized, and until when.
    pub consent_by: Option<Uuid>,
    pub consent_until: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
