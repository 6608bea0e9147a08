//! 模型命中 which model fired for which object, and why.

use domain::kernel::stored::Stored;
use domain::risks::risk_models::Trace;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "risk_hits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub model_id: Uuid,
    pub number: i32,
    pub shadow: bool,
    pub object_id: Uuid,
    pub fired_on: Date,
    pub score: i32,
    /// Empty where the model gives none.
    pub level: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub trace: Stored<Trace>,
    pub clue_id: Option<Uuid>,
    pub run_id: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
