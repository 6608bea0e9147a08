//! 检查要点结果 what was found at one check point of an item; the point's words are those of the list's version in force.

use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_checks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub spot_check_item_id: Uuid,
    /// Its place in the list, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub result: String,
    #[sea_orm(column_type = "Text")]
    pub fact: Option<String>,
    /// 证据编号
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: Stored<Vec<String>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
