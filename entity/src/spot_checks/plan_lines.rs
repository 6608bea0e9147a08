//! 计划条目 the rows of a plan.

use domain::spot_checks::plans::ItemKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "plan_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub plan_id: Uuid,
    pub position: i32,
    pub category: String,
    pub item_name: String,
    pub targets: String,
    pub item_kind: ItemKind,
    pub executing_unit: String,
    pub ratio_text: String,
    pub ratio_bp: Option<i32>,
    pub minimum_count: Option<i32>,
    pub period_text: String,
    #[sea_orm(column_type = "Text")]
    pub justification: Option<String>,
    pub spot_check_item_id: Option<Uuid>,
    pub item_version: Option<i32>,
    pub list_version: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
