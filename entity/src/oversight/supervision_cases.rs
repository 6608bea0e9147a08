//! 行政执法监督案件 what the justice bureau looks into.

use domain::kernel::stored::Stored;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::supervision_cases::{MeasureTaken, SupervisionMeasure, SupervisionSource, SupervisionStatus};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "supervision_cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    /// Whose enforcement it is about.
    pub department_id: Uuid,
    pub source: SupervisionSource,
    pub alert: Option<EnforcementAlert>,
    /// What further alerts of the same kind join, while nothing has been sent.
    #[serde(skip)]
    pub open_key: Option<String>,
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    pub status: SupervisionStatus,
    pub measure: SupervisionMeasure,
    #[sea_orm(column_type = "JsonBinary")]
    pub measures: Stored<Vec<MeasureTaken>>,
    /// By when the newest document is answered.
    pub reply_due_on: Option<Date>,
    /// When the justice bureau was told that no answer came.
    pub escalated_at: Option<DateTimeUtc>,
    /// From then on the department sees it.
    pub first_issued_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub conclusion: Option<String>,
    pub ended_at: Option<DateTimeUtc>,
    /// The nil id where the platform did.
    pub opened_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
