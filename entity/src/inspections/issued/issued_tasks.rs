//! 国家、省、市下发任务 tasks that upper levels issue to the county.

use domain::inspections::issued_tasks::{IssueChannel, IssueLevel, IssuedTaskStatus};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "issued_tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// 任务编号 of the level that issued it.
    pub code: String,
    pub name: String,
    pub level: IssueLevel,
    pub channel: IssueChannel,
    pub issuer: String,
    pub matter_code: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    #[sea_orm(column_type = "Text")]
    pub requirements: Option<String>,
    /// Who received it.
    pub department_id: Uuid,
    pub received_at: DateTimeUtc,
    pub due_on: Date,
    pub sign_due_on: Date,
    pub issue_due_on: Date,
    pub status: IssuedTaskStatus,
    pub signed_at: Option<DateTimeUtc>,
    pub issued_at: Option<DateTimeUtc>,
    pub checked_by: Option<Uuid>,
    pub checked_at: Option<DateTimeUtc>,
    /// Why objects were not inspected.
    #[sea_orm(column_type = "Text")]
    pub uninspected_reason: Option<String>,
    /// When it was reported for the first time: whether that was in time stays.
    pub first_reported_at: Option<DateTimeUtc>,
    pub reported_at: Option<DateTimeUtc>,
    pub report_no: Option<String>,
    pub acknowledged_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
