//! 检查 one inspection an object and department.

use domain::inspections::grounds::ExemptGround;
use domain::inspections::inspections::{InspectionStatus, VoidCause};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub task_id: Uuid,
    pub draw_id: Option<Uuid>,
    pub object_id: Uuid,
    pub department_id: Uuid,
    /// 入企检查: the visit on which it is made; none where it is made from afar.
    pub visit_id: Option<Uuid>,
    pub status: InspectionStatus,
    pub started_at: Option<DateTimeUtc>,
    pub inspected_on: Option<Date>,
    #[sea_orm(column_type = "JsonBinary")]
    pub verify_ways: Stored<Vec<String>>,
    #[sea_orm(column_type = "Text")]
    pub summary: Option<String>,
    /// Why an officer finds nothing at the same object for the third time in a row.
    #[sea_orm(column_type = "Text")]
    pub repeat_explanation: Option<String>,
    /// How many pieces of evidence the officers say they captured.
    pub evidence_count: Option<i32>,
    pub entered_by: Option<Uuid>,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub opinion: Option<String>,
    pub publish_due_on: Option<Date>,
    /// On which ground it is made though the object was inspected as often as the lists allow.
    pub exempt_ground: Option<ExemptGround>,
    /// Grows with every correction of a result that was public.
    pub revision: i32,
    pub published_at: Option<DateTimeUtc>,
    pub withdrawn_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub withdrawn_reason: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub void_reason: Option<String>,
    pub void_cause: Option<VoidCause>,
    /// Who asked for it, where somebody else has to agree.
    pub void_asked_by: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
