//! 检查项结果 the result of one item of an inspection.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_points")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub spot_check_item_id: Uuid,
    pub item_version: Option<i32>,
    pub list_version: Option<i32>,
    pub result: String,
    #[sea_orm(column_type = "Text")]
    pub problem: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub handling: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
