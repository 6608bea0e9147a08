//! 公平性统计 what was to be expected of a draw, and what came, by group.

use domain::spot_checks::fairness::FairnessKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "draw_figures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: FairnessKind,
    /// A township's code, an object type, a band of capital, a department.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Millionths.
    pub expected_micro: i64,
    pub variance_micro: i64,
    pub realised: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
