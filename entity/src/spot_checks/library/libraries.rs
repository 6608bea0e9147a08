//! 名录库 libraries of objects and of officers: saved filters.

use domain::kernel::stored::Stored;
use domain::spot_checks::libraries::{LibraryKind, LibraryProblem, LibraryStatus, OfficerFilter, TagRule};
use domain::spot_checks::tasks::PoolFilter;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "libraries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: LibraryKind,
    pub department_id: Uuid,
    /// Of a library of objects.
    #[sea_orm(column_type = "JsonBinary")]
    pub pool_filter: Stored<PoolFilter>,
    #[sea_orm(column_type = "JsonBinary")]
    pub tag_rules: Stored<Vec<TagRule>>,
    /// Of a library of officers.
    #[sea_orm(column_type = "JsonBinary")]
    pub officer_filter: Stored<OfficerFilter>,
    pub status: LibraryStatus,
    pub edition: i32,
    pub members: i32,
    pub problem: Option<LibraryProblem>,
    /// The day on which its members were looked up last.
    pub refreshed_on: Date,
    #[sea_orm(column_type = "Text")]
    pub retired_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
