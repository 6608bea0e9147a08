//! 名册比对差异 what the register and the roll do not agree on.

use domain::officers::rolls::RollDifferenceKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "roll_differences")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: Uuid,
    pub kind: RollDifferenceKind,
    pub certificate_no: String,
    pub name: String,
    pub department_id: Option<Uuid>,
    pub personnel_id: Option<Uuid>,
    pub field: Option<String>,
    pub roll_value: Option<String>,
    pub register_value: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
