//! 信用分类结果 scheme, level, batch and source of a pushed class; a correction is a further revision.

use domain::credit::CreditClass;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "credit_classifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub object_id: Uuid,
    pub batch_id: Uuid,
    pub scheme: String,
    pub level: String,
    pub batch: String,
    pub source: String,
    pub revision: i32,
    pub score_centi: Option<i32>,
    pub valid_until: Option<Date>,
    pub mapping_revision: i32,
    pub local_class: CreditClass,
    pub received_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
