//! 离线作业包: what an officer took along on a device.

use domain::kernel::stored::Stored;
use domain::visits::offline::PassStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "offline_passes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub personnel_id: Uuid,
    pub department_id: Uuid,
    pub device: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub visit_ids: Stored<Vec<Uuid>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub inspection_ids: Stored<Vec<Uuid>>,
    pub status: PassStatus,
    pub issued_at: DateTimeUtc,
    /// What happens later is not done with this pass.
    pub expires_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub revoked_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
