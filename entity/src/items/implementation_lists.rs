//! 检查实施清单 one an item of type 行政检查.

use domain::items::implementation_lists::ListFacts;
use domain::items::implementation_lists::ListState;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "implementation_lists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub item_id: Uuid,
    pub department_id: Uuid,
    pub code: String,
    pub name: String,
    pub state: ListState,
    pub approved_version: Option<i32>,
    pub upheld_version: Option<i32>,
    pub basis_lost_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub submitted_by: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for ListFacts {
    fn from(row: &Model) -> Self {
        Self {
            state: row.state,
            basis_lost: row.basis_lost_on.is_some(),
            department_id: row.department_id,
            submitted_by: row.submitted_by,
        }
    }
}
