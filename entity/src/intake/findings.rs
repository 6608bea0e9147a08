//! 数据检核问题 one row a doubtful field or refused row.

use domain::intake::imports::{Dimension, Severity};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "findings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: Uuid,
    pub row_no: i64,
    pub sheet_row: Option<i64>,
    pub field: String,
    pub rule: String,
    pub dimension: Dimension,
    pub severity: Severity,
    #[sea_orm(column_type = "Text")]
    pub message_zh: String,
    #[sea_orm(column_type = "Text")]
    pub message_en: String,
    #[sea_orm(column_type = "Text")]
    pub value: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
