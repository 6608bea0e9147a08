//! 更换检查人员 who took whose place at an inspection, and why.

use domain::inspections::inspections::ReplacementCause;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_replacements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    /// Whoever has left does not come back.
    #[sea_orm(primary_key, auto_increment = false)]
    pub left_id: Uuid,
    pub joined_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// What the records showed; null before causes were kept.
    pub cause: Option<ReplacementCause>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
