//! 自建系统事项 items of a department's own system, each mapped to one unified item.

use domain::items::mappings::MappingFacts;
use domain::items::mappings::{Difference, MappingState};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "own_system_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub department_id: Uuid,
    pub system: String,
    pub code: String,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub legal_basis: Option<String>,
    pub administrative_type: Option<String>,
    pub supervise_form: Option<String>,
    pub state: MappingState,
    pub item_id: Option<Uuid>,
    pub suggested_item_id: Option<Uuid>,
    pub score: Option<i32>,
    #[sea_orm(column_type = "JsonBinary")]
    pub differences: Stored<Vec<Difference>>,
    pub differences_count: i32,
    pub confirmed_by: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for MappingFacts {
    fn from(row: &Model) -> Self {
        Self { state: row.state, department_id: row.department_id }
    }
}
