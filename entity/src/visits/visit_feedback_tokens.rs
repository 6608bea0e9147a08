//! 评价凭证 a receipt's right to say something once: it knows the bodies and the month, not the visit.

use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_feedback_tokens")]
pub struct Model {
    /// SHA-256 of the token, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub department_ids: Stored<Vec<Uuid>>,
    pub month: Date,
    pub used: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
