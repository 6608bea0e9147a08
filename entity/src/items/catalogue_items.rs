//! 监管事项目录清单 sub items as the level above publishes them.

use domain::items::catalogue::CatalogueStatus;
use domain::items::items::ItemContent;
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "catalogue_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub main_code: String,
    pub name: String,
    pub duty_code: String,
    pub county_level: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Stored<ItemContent>,
    pub digest: String,
    pub status: CatalogueStatus,
    pub first_version: String,
    pub last_version: String,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
