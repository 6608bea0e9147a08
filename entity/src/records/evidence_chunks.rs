//! The pieces of a file, as they arrived: sealed, each under a key of the file store.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_chunks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evidence_id: Uuid,
    /// Where it begins in the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start: i64,
    /// Of the plain content.
    pub size: i32,
    pub key: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
