//! 投诉举报 from its receipt to its end. Who it was is sealed, apart from the rest.

use domain::complaints::{
    ComplaintChannel, ComplaintClock, ComplaintKind, ComplaintOutcome, ComplaintStatus, EndedTerm, HotlineTicket,
    RefusalGround,
};
use domain::kernel::clocks::legal::Stop;
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "complaints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    /// What the hotline calls it.
    pub ticket: Option<HotlineTicket>,
    /// The channel's own number.
    pub source_no: Option<String>,
    /// The platform that sent it; the nil id where people or a file did.
    pub sender_id: Uuid,
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub problem_type: Option<String>,
    pub object_id: Option<Uuid>,
    pub object_name: Option<String>,
    pub uscc: Option<String>,
    pub item_id: Option<Uuid>,
    pub region_code: String,
    pub township_code: Option<String>,
    pub incident_on: Option<Date>,
    pub incident_place: Option<String>,
    pub is_anonymous: bool,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub reporter_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub reporter_phone: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub reporter_id_number: Option<String>,
    /// Keyed digest of the ID number.
    #[serde(skip)]
    pub reporter_digest: Option<String>,
    pub status: ComplaintStatus,
    /// Whose it is; none while the county office has not said.
    pub department_id: Option<Uuid>,
    pub received_at: DateTimeUtc,
    pub accepted_at: Option<DateTimeUtc>,
    pub concluded_at: Option<DateTimeUtc>,
    pub notified_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    /// The clock whose day comes first, and its day.
    pub clock: Option<ComplaintClock>,
    pub due_on: Option<Date>,
    /// While materials were waited for.
    #[sea_orm(column_type = "JsonBinary")]
    pub waits: Stored<Vec<Stop>>,
    /// While something was tested or appraised.
    #[sea_orm(column_type = "JsonBinary")]
    pub stops: Stored<Vec<Stop>>,
    /// Clocks that are over.
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Stored<Vec<EndedTerm>>,
    /// Working days added.
    pub extension: i32,
    #[sea_orm(column_type = "Text")]
    pub extension_reason: Option<String>,
    /// What was asked for.
    #[sea_orm(column_type = "Text")]
    pub materials: Option<String>,
    pub refusal_ground: Option<RefusalGround>,
    pub outcome: Option<ComplaintOutcome>,
    /// What came of it, or why not.
    #[sea_orm(column_type = "Text")]
    pub result: Option<String>,
    /// 立案编号, where a case was filed.
    pub case_no: Option<String>,
    /// The inspection by which it was verified.
    pub inspection_id: Option<Uuid>,
    /// How whoever complained was told.
    #[sea_orm(column_type = "Text")]
    pub told: Option<String>,
    pub clue_id: Option<Uuid>,
    pub transferred_to: Option<String>,
    /// The matter that it went into.
    pub master_id: Option<Uuid>,
    /// When the county office was told that it was not handled in time.
    pub escalated_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
