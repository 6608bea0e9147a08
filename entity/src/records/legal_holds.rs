//! 档案保全 what must not be destroyed, and until when somebody looks at it again.

use domain::kernel::stored::Stored;
use domain::records::holds::{HoldStatus, HoldSubject};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "legal_holds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    /// Who placed it.
    pub department_id: Uuid,
    /// Whether it covers the files of every department.
    pub covers_all: bool,
    /// Else those of these: whoever placed it, and the departments below.
    #[sea_orm(column_type = "JsonBinary")]
    pub departments: Stored<Vec<Uuid>>,
    pub subject: HoldSubject,
    /// The enterprise, or the record.
    pub record_id: Uuid,
    /// Its code or name.
    pub label: String,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// 依据文号: the letter or decision that asks for it.
    pub basis: Option<String>,
    pub status: HoldStatus,
    /// When it is to be seen whether it is still needed.
    pub review_on: Date,
    #[sea_orm(column_type = "Text")]
    pub released_reason: Option<String>,
    pub released_at: Option<DateTimeUtc>,
    pub placed_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
