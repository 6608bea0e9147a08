//! 执法文书 a document of an inspection.

use domain::kernel::stored::Stored;
use domain::records::documents::{DocumentKind, DocumentStatus, LogMark, ServiceWay};
use domain::records::sheets::Stamp;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub inspection_id: Uuid,
    pub department_id: Uuid,
    pub object_id: Uuid,
    pub kind: DocumentKind,
    pub status: DocumentStatus,
    pub template_version: i32,
    /// What a receipt is the receipt of.
    pub about_id: Option<Uuid>,
    /// What is filled in, sealed: it names people. The trail has its digest.
    #[serde(skip)]
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub content_sha256: String,
    /// 文号; once given it stays.
    pub number: Option<String>,
    pub issued_on: Option<Date>,
    /// By which whoever holds the paper finds what was issued.
    #[serde(skip)]
    pub verify_code: Option<String>,
    /// In whose name it was issued.
    pub body_name: Option<String>,
    /// How large the log was just before.
    #[sea_orm(column_type = "JsonBinary")]
    pub checkpoint: Option<Stored<LogMark>>,
    /// What stands at the foot of its pages.
    #[serde(skip)]
    #[sea_orm(column_type = "JsonBinary")]
    pub stamp: Option<Stored<Stamp>>,
    #[serde(skip)]
    pub pdf_key: Option<String>,
    pub pdf_sha256: Option<String>,
    #[serde(skip)]
    pub docx_key: Option<String>,
    pub docx_sha256: Option<String>,
    pub issued_by: Option<Uuid>,
    pub issued_at: Option<DateTimeUtc>,
    /// To whom it was served and before whom, sealed; the trail has way and time.
    #[serde(skip)]
    #[sea_orm(column_type = "Text")]
    pub service: Option<String>,
    /// Who refused it, why and before whom, sealed; it stays when the document is served in the end.
    #[serde(skip)]
    #[sea_orm(column_type = "Text")]
    pub refusal: Option<String>,
    pub service_way: Option<ServiceWay>,
    pub served_at: Option<DateTimeUtc>,
    pub refused_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub void_reason: Option<String>,
    pub voided_at: Option<DateTimeUtc>,
    pub created_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
