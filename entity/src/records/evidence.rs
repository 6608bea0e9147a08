//! 证据 a piece of evidence of an inspection.

use domain::kernel::stored::Stored;
use domain::records::evidence::{EvidenceFault, EvidenceKind, EvidenceStatus, Position};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub inspection_id: Uuid,
    pub department_id: Uuid,
    pub object_id: Uuid,
    /// From 1, given by the device; once an inspection.
    pub seq: i32,
    pub kind: EvidenceKind,
    pub status: EvidenceStatus,
    /// As the device calls it; for show only.
    pub filename: String,
    pub size_bytes: i64,
    /// SHA-256 made at capture, hexadecimal.
    pub sha256: String,
    /// What the content is.
    pub media_type: Option<String>,
    pub captured_at: DateTimeUtc,
    pub device: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub position: Option<Stored<Position>>,
    pub spot_check_item_id: Option<Uuid>,
    /// The check point's number in its list.
    pub check_number: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub note: Option<String>,
    pub fault: Option<EvidenceFault>,
    #[sea_orm(column_type = "Text")]
    pub discarded_reason: Option<String>,
    /// The first day on which it need not be kept any more.
    pub retain_until: Date,
    pub declared_by: Uuid,
    pub received_at: Option<DateTimeUtc>,
    /// How much of it is here; not part of the representation.
    #[serde(skip)]
    pub received_bytes: i64,
    /// The digest's state after those bytes.
    #[serde(skip)]
    #[sea_orm(column_type = "Text")]
    pub hash_state: Option<String>,
    /// Where the small picture is, in the file store.
    #[serde(skip)]
    pub thumbnail_key: Option<String>,
    /// Until when a process holds it to check it, and how often one has begun to.
    #[serde(skip)]
    pub lease_until: Option<DateTimeUtc>,
    #[serde(skip)]
    pub attempts: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
