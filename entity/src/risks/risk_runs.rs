//! 模型运行 one evaluation of the models in force.

use domain::kernel::stored::Stored;
use domain::risks::risk_models::RunTally;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "risk_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub whole: bool,
    pub evaluated: i64,
    pub fired: i64,
    pub raised: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub models: Stored<BTreeMap<Uuid, RunTally>>,
    pub finished_at: Option<DateTimeUtc>,
    pub created_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
