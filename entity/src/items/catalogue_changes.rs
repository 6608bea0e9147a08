//! 目录变化 what a catalogue version changed.

use domain::items::catalogue::{ChangeKind, FieldChange};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "catalogue_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub catalogue_version_id: Uuid,
    pub catalogue_item_id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: ChangeKind,
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Stored<Vec<FieldChange>>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
