//! 后续处置 measures after an inspection.

use domain::inspections::follow_ups::FollowUpStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "follow_ups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub inspection_id: Uuid,
    /// Of the inspection; not known of measures of before.
    pub object_id: Option<Uuid>,
    pub measure: String,
    #[sea_orm(column_type = "Text")]
    pub detail: Option<String>,
    pub due_on: Option<Date>,
    pub status: FollowUpStatus,
    pub done_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub note: Option<String>,
    /// The newest re-check.
    pub recheck_inspection_id: Option<Uuid>,
    /// The case that it became.
    pub referral_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub extension_reason: Option<String>,
    /// When the reviewer was told that it is late.
    pub escalated_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
