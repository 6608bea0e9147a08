//! 对象库快照 a leaf of the frozen pool.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "draw_pool")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub object_id: Uuid,
    pub object_ref: String,
    pub stratum: String,
    pub salt: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
