//! 企业评价 what enterprises say of visits: by body and month, never by visit.

use domain::kernel::stored::Stored;
use domain::visits::feedback::FeedbackStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "visit_feedback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "JsonBinary")]
    pub department_ids: Stored<Vec<Uuid>>,
    /// The first day of the month of the visit.
    pub month: Date,
    pub score: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub complaint: Option<String>,
    pub status: FeedbackStatus,
    #[sea_orm(column_type = "Text")]
    pub answer: Option<String>,
    pub handled_by: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
