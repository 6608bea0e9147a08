//! 历史 what a record was before it changed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
    /// The version that it had.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The enterprise that it is about.
    pub object_id: Option<Uuid>,
    /// As the trail has it: without what is sealed.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// When it became so.
    pub since: DateTimeUtc,
    /// When it became something else.
    pub until_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
