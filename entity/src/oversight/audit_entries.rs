//! 审计 who did what, appended only; of a record that was destroyed by law the digests stay.

use domain::oversight::audit::AuditAction;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub actor_role: String,
    pub on_behalf_of: Option<Uuid>,
    pub department_id: Option<Uuid>,
    pub action: AuditAction,
    pub resource: String,
    pub resource_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub request_id: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub before: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub after: Option<Json>,
    /// SHA-256 of what `before` and `after` said, where the record was destroyed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_sha256: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
