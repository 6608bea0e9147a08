//! 更正前的公示 what was public of a result before it was withdrawn and corrected.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    pub inspected_on: Option<Date>,
    pub published_at: DateTimeUtc,
    pub withdrawn_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub withdrawn_reason: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
