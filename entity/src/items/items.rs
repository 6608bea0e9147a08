//! 监管事项 a department's supervision item, from claim to cancellation.

use domain::items::items::{ItemFacts, ItemLife};
use domain::items::items::{ItemOrigin, ItemState, Upstream};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub department_id: Uuid,
    pub code: String,
    pub catalogue_item_id: Option<Uuid>,
    pub origin: ItemOrigin,
    pub state: ItemState,
    pub name: String,
    pub administrative_type: String,
    pub approved_version: Option<i32>,
    pub upheld_version: Option<i32>,
    pub upstream: Upstream,
    pub upstream_due_on: Option<Date>,
    pub basis_lost_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub statement: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub submitted_by: Option<Uuid>,
    pub successor_id: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for ItemFacts {
    fn from(row: &Model) -> Self {
        Self { life: row.into(), department_id: row.department_id, submitted_by: row.submitted_by }
    }
}

impl From<&Model> for ItemLife {
    fn from(row: &Model) -> Self {
        Self { origin: row.origin, state: row.state, upstream: row.upstream, basis_lost: row.basis_lost_on.is_some() }
    }
}
