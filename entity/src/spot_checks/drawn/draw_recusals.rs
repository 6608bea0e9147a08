//! 回避快照 a frozen pair that must not meet.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "draw_recusals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub personnel_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub object_ref: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
