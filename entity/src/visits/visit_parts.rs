//! 入企检查的部门 a body's part of a visit, which its own head approves.

use domain::inspections::grounds::ExemptGround;
use domain::kernel::stored::Stored;
use domain::visits::VisitKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "visit_parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub visit_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub department_id: Uuid,
    pub kind: VisitKind,
    pub ground: Option<ExemptGround>,
    /// It takes one of its body's budget; false where a ground exempts it, or while nothing is reserved.
    pub counts: bool,
    pub requested_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    /// Its head did not approve an urgent entry afterwards.
    pub refused: bool,
    #[sea_orm(column_type = "Text")]
    pub opinion: Option<String>,
    /// Inspections that its ground exempts from the lists' maximum, since it was approved.
    #[sea_orm(column_type = "JsonBinary")]
    pub exempted_ids: Stored<Vec<Uuid>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
