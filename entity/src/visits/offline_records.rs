//! 离线记录: what was done without a network, as it was sent, and what became of it.

use domain::kernel::stored::Stored;
use domain::visits::offline::{OfflineAction, OfflineProblem, OfflineStatus};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "offline_records")]
pub struct Model {
    /// Made on the device: the same record sent twice is one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub pass_id: Uuid,
    pub user_id: Uuid,
    pub department_id: Uuid,
    /// What the official reads in the list.
    pub title: String,
    pub action: OfflineAction,
    /// The visit that was entered or left, or the inspection that has the result.
    pub subject_id: Uuid,
    /// The visit that it belongs to.
    pub visit_id: Option<Uuid>,
    /// By the device's clock.
    pub device_at: DateTimeUtc,
    pub sent_at: DateTimeUtc,
    /// By the service's.
    pub arrived_at: DateTimeUtc,
    /// The device's time, put right by how far its clock was off.
    pub happened_at: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub body: Json,
    pub status: OfflineStatus,
    /// What stands against it.
    #[sea_orm(column_type = "JsonBinary")]
    pub problem: Option<Stored<OfflineProblem>>,
    /// The version that the inspection or visit had when this was applied.
    pub subject_version: Option<i32>,
    pub applied_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub discarded_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
