//! 抽中对象 an object drawn.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "draw_selections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub object_id: Uuid,
    pub object_ref: String,
    pub stratum: String,
    pub ticket: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
