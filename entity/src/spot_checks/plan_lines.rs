//! 计划条目 the rows of a plan.

use domain::kernel::stored::Stored;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::plans::lines::{ClassRate, Cooperating};
use domain::spot_checks::tasks::SpotType;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "plan_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub plan_id: Uuid,
    pub position: i32,
    /// 编号, as the table prints it.
    pub number: Option<String>,
    pub spot_type: Option<SpotType>,
    /// 发起部门, as the table prints it, and the department of the county, where it is known.
    pub lead_name: Option<String>,
    pub lead_department_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub cooperating: Stored<Vec<Cooperating>>,
    pub mode_text: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub check_modes: Stored<Vec<String>>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    #[sea_orm(column_type = "JsonBinary")]
    pub class_rates: Stored<Vec<ClassRate>>,
    #[sea_orm(column_type = "Text")]
    pub cancelled_reason: Option<String>,
    /// The words of its table where what is read from them would be printed in others, by the column.
    #[sea_orm(column_type = "JsonBinary")]
    pub printed: Stored<BTreeMap<String, String>>,
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
