//! 风险预警线索 from its receipt to its end.

use domain::kernel::clocks::Flag;
use domain::kernel::clocks::legal::Stop;
use domain::kernel::stored::Stored;
use domain::risks::risk_clues::{ClueSource, ClueStatus, RiskLevel, Verdict};
use domain::risks::risk_models::Trace;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "risk_clues")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub domain: String,
    pub level: RiskLevel,
    pub source: ClueSource,
    pub source_no: Option<String>,
    pub sender_id: Uuid,
    pub model_id: Option<Uuid>,
    pub model_number: Option<i32>,
    pub object_id: Option<Uuid>,
    pub object_name: String,
    pub uscc: Option<String>,
    pub item_id: Option<Uuid>,
    pub region_code: String,
    pub township_code: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub trace: Option<Stored<Trace>>,
    pub issued_at: DateTimeUtc,
    pub department_id: Option<Uuid>,
    /// 交办或转办时间, the latest.
    pub dispatched_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub transfer_reason: Option<String>,
    pub status: ClueStatus,
    pub signed_by: Option<Uuid>,
    pub signed_at: Option<DateTimeUtc>,
    pub assigned_to: Option<Uuid>,
    pub assigned_at: Option<DateTimeUtc>,
    pub accepted_at: Option<DateTimeUtc>,
    pub verdict: Option<Verdict>,
    #[sea_orm(column_type = "Text")]
    pub verification: Option<String>,
    pub verified_by: Option<Uuid>,
    pub verified_at: Option<DateTimeUtc>,
    pub disposed_by: Option<Uuid>,
    pub disposed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub feedback: Option<String>,
    pub fed_back_by: Option<Uuid>,
    pub fed_back_at: Option<DateTimeUtc>,
    pub signed_late: bool,
    pub fed_back_late: bool,
    #[sea_orm(column_type = "Text")]
    pub opinion: Option<String>,
    pub reviewed_by: Option<Uuid>,
    pub reviewed_at: Option<DateTimeUtc>,
    pub closed_by: Option<Uuid>,
    pub closed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub return_evidence: Stored<Vec<String>>,
    pub return_requested_by: Option<Uuid>,
    pub master_id: Option<Uuid>,
    pub rework_count: i32,
    #[sea_orm(column_type = "Text")]
    pub rework_reason: Option<String>,
    pub clock_from: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub clock_stops: Stored<Vec<Stop>>,
    pub extension: i32,
    #[sea_orm(column_type = "Text")]
    pub extension_reason: Option<String>,
    pub sign_due_at: DateTimeUtc,
    pub assign_due_at: Option<DateTimeUtc>,
    pub feed_back_due_at: Option<DateTimeUtc>,
    pub flag: Flag,
    pub next_flag_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
