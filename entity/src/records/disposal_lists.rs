//! 到期档案鉴定清册 what of a department's files is due, and what is to become of it.

use domain::kernel::stored::Stored;
use domain::records::disposal::{DisposalStatus, HandOver};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "disposal_lists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub department_id: Uuid,
    /// What was due on 1 January of this year.
    pub year: i32,
    pub status: DisposalStatus,
    /// There is more than a list holds: another follows when this one is done.
    pub is_cut: bool,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: Option<DateTimeUtc>,
    /// Why it was sent back, last.
    #[sea_orm(column_type = "Text")]
    pub opinion: Option<String>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    /// 移交接收.
    #[sea_orm(column_type = "JsonBinary")]
    pub handed_over: Option<Stored<HandOver>>,
    /// 监销人, and the one who stood by as well.
    pub supervised_by: Option<Uuid>,
    pub witness: Option<String>,
    pub carried_out_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
