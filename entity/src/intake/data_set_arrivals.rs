//! The days on which something of a data set came.

use domain::intake::data_sets::DataSetContent;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_set_arrivals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub content: DataSetContent,
    /// In Asia/Shanghai.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
