//! 风险预警模型版本 content, tests, backtest and shadow comparison.

use domain::kernel::stored::Stored;
use domain::risks::risk_models::{Content, ModelState};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "risk_model_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub model_id: Uuid,
    pub number: i32,
    pub state: ModelState,
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Stored<Content>,
    pub elements_required: i32,
    pub elements_filled: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub test: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub backtest: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub shadow: Option<Json>,
    pub created_by: Uuid,
    pub tested_at: Option<DateTimeUtc>,
    pub shadow_at: Option<DateTimeUtc>,
    pub activated_by: Option<Uuid>,
    pub activated_at: Option<DateTimeUtc>,
    pub retired_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub retired_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
