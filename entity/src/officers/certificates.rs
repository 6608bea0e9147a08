//! 执法证 enforcement certificates.

use domain::officers::certificates::CertificateStatus;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "certificates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub personnel_id: Uuid,
    pub certificate_no: Option<String>,
    pub kind: String,
    pub issuing_authority: Option<String>,
    pub enforcement_area: Option<String>,
    pub enforcement_type: Option<String>,
    pub issued_on: Option<Date>,
    pub valid_until: Option<Date>,
    pub annual_exam_due_on: Option<Date>,
    pub status: CertificateStatus,
    pub suspended_until: Option<Date>,
    pub replaces_id: Option<Uuid>,
    pub applied_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
