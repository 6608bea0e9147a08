//! 名录库的版次: what was in a library, and why that changed.

use domain::spot_checks::libraries::EditionCause;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "library_editions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub library_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition: i32,
    pub cause: EditionCause,
    /// The filter that it was looked up with, as it was hashed.
    #[sea_orm(column_type = "Text")]
    pub filter: String,
    pub members: i32,
    pub entered: i32,
    pub gone: i32,
    /// SHA-256 of the members as text.
    pub digest: String,
    pub made_by: Uuid,
    pub made_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
