//! 法律条款 one article of a law.

use domain::items::clauses::ClauseFacts;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "legal_clauses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub law: String,
    pub document_no: Option<String>,
    pub article: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub effective_on: Date,
    pub repealed_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub repeal_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for ClauseFacts {
    fn from(row: &Model) -> Self {
        Self { repealed_on: row.repealed_on }
    }
}
