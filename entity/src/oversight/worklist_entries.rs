//! 待办 what waits for somebody.

use domain::oversight::worklist::Waiting;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "worklist_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: Waiting,
    pub resource: String,
    pub resource_id: Uuid,
    pub department_id: Option<Uuid>,
    pub title: String,
    pub due_on: Date,
    pub not_for: Option<Uuid>,
    pub assigned_to: Option<Uuid>,
    pub created_at: DateTimeUtc,
    /// When somebody else was told that it is late.
    pub escalated_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
