//! 入企检查 one visit of one or more bodies to an object.

use domain::kernel::stored::Stored;
use domain::oversight::alerts::EnforcementAlert;
use domain::visits::{EntryMode, VisitStatus};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "visits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub object_id: Uuid,
    /// Who asked first: one date, one place, one lead.
    pub lead_department_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// Why looking from afar does not do.
    #[sea_orm(column_type = "Text")]
    pub on_site_reason: String,
    pub surprise: bool,
    pub window_from: Date,
    pub window_to: Date,
    pub status: VisitStatus,
    /// Why it is not merged with the visits that were offered.
    #[sea_orm(column_type = "Text")]
    pub apart_reason: Option<String>,
    pub urgent: bool,
    #[sea_orm(column_type = "Text")]
    pub urgent_reason: Option<String>,
    /// The year whose budget it takes one of, for the enterprise; none where nothing is reserved.
    pub budget_year: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub notified_at: Option<DateTimeUtc>,
    pub entered_at: Option<DateTimeUtc>,
    pub entered_on: Option<Date>,
    pub entry_mode: Option<EntryMode>,
    #[sea_orm(column_type = "Text")]
    pub make_up_reason: Option<String>,
    /// What ties the entry code to this visit.
    #[serde(skip)]
    pub nonce: String,
    pub scanned_at: Option<DateTimeUtc>,
    /// How many of its scans were given a right to say something.
    #[serde(skip)]
    pub tokens: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub alerts: Stored<Vec<EnforcementAlert>>,
    pub left_at: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
    pub found_problems: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub ended_reason: Option<String>,
    pub merged_into: Option<Uuid>,
    pub created_by: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
