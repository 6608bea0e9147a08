//! 计划的公示版次: what was published, and what it changed.

use crate::spot_checks::plan_lines;
use domain::kernel::stored::Stored;
use domain::spot_checks::plans::changes::LineChange;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "plan_editions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition: i32,
    pub name: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub lines: Stored<Vec<plan_lines::Model>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub changes: Stored<Vec<LineChange>>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub discussed_on: Option<Date>,
    pub approval_no: Option<String>,
    pub approved_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub legal_opinion: Option<String>,
    pub filing_no: Option<String>,
    pub filed_on: Option<Date>,
    pub filed_by: Option<Uuid>,
    pub published_by: Uuid,
    pub published_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
