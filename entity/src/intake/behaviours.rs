//! 监管行为: a national row as it is known now, with what is wrong with it. What a person's row says of the person is sealed.

use domain::intake::behaviours::exchange::Operation;
use domain::intake::behaviours::quality::RowFinding;
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet, BehaviourStatus};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "behaviours")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: BehaviourSet,
    /// 行为编号
    pub code: Option<String>,
    pub title: Option<String>,
    /// With `cd_id` and `kind`: which record of which sender it is.
    pub cd_source: String,
    pub cd_id: String,
    pub cd_batch: String,
    /// When its sender wrote what is known now.
    pub cd_time: DateTimeUtc,
    pub cd_operation: Operation,
    /// An I has come.
    pub has_base: bool,
    pub origin: BehaviourOrigin,
    pub status: BehaviourStatus,
    pub department_id: Uuid,
    /// The batch that it came in first.
    pub batch_id: Uuid,
    pub object_id: Option<Uuid>,
    pub township_code: Option<String>,
    pub item_code: Option<String>,
    pub happened_on: Option<Date>,
    /// When it came first, or again after it was deleted.
    pub arrived_at: DateTimeUtc,
    /// The first day of the month in which it came; none until the figures have counted it.
    pub month: Option<Date>,
    /// Whole days from when it happened to when it came; none where the day is not known.
    pub delay_days: Option<i32>,
    /// It came within the days that it may take.
    pub in_time: bool,
    /// Its columns that are filled; a person's name and number are masked.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Stored<BTreeMap<String, String>>,
    /// A row about a person, whole.
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub person: Option<String>,
    /// Keyed digest of the person's number.
    #[serde(skip)]
    pub person_digest: Option<String>,
    /// Keyed digest of what it says.
    #[serde(skip)]
    pub digest: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub findings: Stored<Vec<RowFinding>>,
    /// Errors that are open.
    pub errors: i32,
    /// It was wrong when it came, or was made wrong.
    pub was_wrong: bool,
    /// Which set of rules looked at it.
    pub rules_version: String,
    /// The inspection that wrote it.
    pub inspection_id: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
