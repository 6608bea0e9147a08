//! 线索处置措施 what was done about a clue, with what it is linked to.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "risk_clue_measures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub clue_id: Uuid,
    pub measure: String,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub inspection_id: Option<Uuid>,
    pub task_id: Option<Uuid>,
    pub penalty_no: Option<String>,
    pub classification_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub outcome: Option<String>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
