//! 抽查计划 annual and special plans.

use domain::spot_checks::plans::PlanFacts;
use domain::spot_checks::plans::{PlanKind, PlanStatus};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub year: i32,
    pub name: String,
    pub kind: PlanKind,
    pub department_id: Uuid,
    pub status: PlanStatus,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub published_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for PlanFacts {
    fn from(row: &Model) -> Self {
        Self { status: row.status, department_id: row.department_id, submitted_by: row.submitted_by }
    }
}
