//! 监管事项目录清单版本 one published catalogue, as it was imported.

use domain::items::catalogue::CatalogueVersionStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "catalogue_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub import_id: Uuid,
    pub filename: String,
    pub status: CatalogueVersionStatus,
    pub items_total: i64,
    pub items_new: i64,
    pub items_changed: i64,
    pub items_cancelled: i64,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
