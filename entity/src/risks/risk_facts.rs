//! 风险事实 what happened to an object on a day: all that models look at.

use domain::risks::risk_models::FactKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "risk_facts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub object_id: Uuid,
    pub happened_on: Date,
    pub kind: FactKind,
    pub amount: i32,
    pub party_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
    pub source_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
