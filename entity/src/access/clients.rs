//! 合作系统 partner systems and their grants.

use domain::access::clients::{ClientAuthMethod, ClientStatus, KeptSecret};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "clients")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub department_id: Uuid,
    pub region_code: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Stored<Vec<String>>,
    pub auth_method: ClientAuthMethod,
    #[sea_orm(column_type = "JsonBinary")]
    pub keys: Stored<Vec<Json>>,
    #[sea_orm(column_type = "JsonBinary")]
    #[serde(skip)]
    pub secrets: Stored<Vec<KeptSecret>>,
    pub requests_per_minute: i32,
    pub status: ClientStatus,
    pub last_used_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
