//! 监管行为批次: what a department sent of one table under one batch number, and how much of it is right.

use domain::intake::behaviours::BehaviourSet;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "behaviour_batches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub department_id: Uuid,
    pub kind: BehaviourSet,
    pub cd_batch: String,
    /// Rows that are there.
    pub rows: i32,
    /// Rows with an error that is open.
    pub errors: i32,
    /// Rows that were wrong when they came, or were made wrong.
    pub first_errors: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
