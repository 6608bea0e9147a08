//! 抽查任务 spot-check tasks.

use domain::kernel::stored::Stored;
use domain::spot_checks::draws::chance::ChancePlan;
use domain::spot_checks::tasks::{Leaving, PoolFilter, SpotType, StratumRule, TaskKind, TaskSource, TaskStatus};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub source: TaskSource,
    pub kind: TaskKind,
    pub plan_id: Option<Uuid>,
    /// 检查对象名录库 that its pool comes from.
    pub object_library_id: Option<Uuid>,
    pub strategy_id: Option<Uuid>,
    pub spot_type: SpotType,
    pub lead_department_id: Uuid,
    pub starts_on: Date,
    pub ends_on: Date,
    #[sea_orm(column_type = "JsonBinary")]
    pub pool_filter: Stored<PoolFilter>,
    #[sea_orm(column_type = "JsonBinary")]
    pub strata: Stored<Vec<StratumRule>>,
    pub exclude_months: i32,
    pub officers_per_object: i32,
    pub status: TaskStatus,
    pub epoch: i32,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// Why a stratum may have one object only.
    #[sea_orm(column_type = "Text")]
    pub lone_object_reason: Option<String>,
    /// Why credit classes are left out.
    #[sea_orm(column_type = "Text")]
    pub left_out_reason: Option<String>,
    /// Why more is drawn than the ceiling of the general items allows, and who agreed.
    #[sea_orm(column_type = "Text")]
    pub excess_reason: Option<String>,
    pub excess_asked_by: Option<Uuid>,
    pub excess_approved_by: Option<Uuid>,
    /// That the epoch is to be given up, until the witness has agreed or not.
    #[sea_orm(column_type = "JsonBinary")]
    pub leaving: Option<Stored<Leaving>>,
    /// The public value that the draw waits for.
    #[sea_orm(column_type = "JsonBinary")]
    pub chance: Option<Stored<ChancePlan>>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
