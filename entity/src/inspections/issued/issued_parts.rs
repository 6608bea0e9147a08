//! 部门任务 what one department does of an issued task.

use domain::inspections::issued_tasks::{Feedback, PartStatus};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "issued_parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub task_id: Uuid,
    pub department_id: Uuid,
    /// Number and name of its task, for whoever has it in a list.
    pub title: String,
    pub due_on: Date,
    pub status: PartStatus,
    pub signed_at: Option<DateTimeUtc>,
    /// When it was handed in for the first time: whether that was in time stays.
    pub first_submitted_at: Option<DateTimeUtc>,
    pub submitted_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub summary: Option<String>,
    /// Penalties, enforcement and other behaviours beside the inspections.
    #[sea_orm(column_type = "JsonBinary")]
    pub feedback: Stored<Vec<Feedback>>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
