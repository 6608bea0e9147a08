//! 人员库快照 an officer of the frozen roster.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "draw_roster")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub department_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub personnel_id: Uuid,
    pub unavailable_reason: Option<String>,
    /// What the record calls the officer; null before `mingjian-draw/3`.
    pub officer_ref: Option<String>,
    pub salt: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
