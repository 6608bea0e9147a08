//! 入企检查额度规则 one row of what limits visits.

use domain::credit::CreditClass;
use domain::kernel::stored::Stored;
use domain::visits::VisitKind;
use domain::visits::budget::RuleKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "visit_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub basis: String,
    pub kind: RuleKind,
    /// Visits a year, days between two, or years without a penalty.
    pub amount: i32,
    pub day_from: Option<i32>,
    pub day_to: Option<i32>,
    #[sea_orm(column_type = "JsonBinary")]
    pub kinds: Stored<Vec<VisitKind>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub department_ids: Stored<Vec<Uuid>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub classes: Stored<Vec<CreditClass>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub object_types: Stored<Vec<String>>,
    pub starts_on: Date,
    /// The last day on which it binds.
    pub ends_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub ended_reason: Option<String>,
    pub created_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
