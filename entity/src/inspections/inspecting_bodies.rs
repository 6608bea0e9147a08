//! 行政检查主体 who may inspect.

use domain::inspections::inspecting_bodies::{BodyKind, BodyStatus};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspecting_bodies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub department_id: Uuid,
    pub name: String,
    pub kind: BodyKind,
    /// In whose name an entrusted body acts.
    pub principal_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub basis: String,
    #[sea_orm(column_type = "Text")]
    pub duties: String,
    /// The supervision items that it may check; empty: all of its department.
    #[sea_orm(column_type = "JsonBinary")]
    pub item_ids: Stored<Vec<Uuid>>,
    /// The last day of its standing.
    pub valid_to: Option<Date>,
    pub status: BodyStatus,
    pub submitted_by: Option<Uuid>,
    pub confirmed_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub published_at: Option<DateTimeUtc>,
    pub withdrawn_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub withdrawn_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
