//! 已销毁文书 what whoever holds a paper is told when its file is gone: that it was issued, and with which digest.

use domain::kernel::stored::Stored;
use domain::records::documents::IssuedPaper;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "destroyed_papers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub verify_code: String,
    pub line_id: Uuid,
    #[sea_orm(column_type = "JsonBinary")]
    pub paper: Stored<IssuedPaper>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
