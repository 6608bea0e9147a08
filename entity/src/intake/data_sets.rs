//! 数据集目录 the sets that the county must gather.

use domain::intake::data_sets::{Cadence, DataGrade, DataSetContent, DataSetLack, DataSetStatus, ShareClass};
use domain::kernel::stored::Stored;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "data_sets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// One of each.
    #[sea_orm(unique)]
    pub content: DataSetContent,
    pub name: String,
    /// Who has it; none until somebody has described it.
    pub department_id: Option<Uuid>,
    pub source_system: Option<String>,
    /// As it is written down; in force when the plan is signed.
    pub cadence: Cadence,
    pub grade: Option<DataGrade>,
    pub share: Option<ShareClass>,
    #[sea_orm(column_type = "Text")]
    pub share_basis: Option<String>,
    /// Who is to sign the plan.
    pub duty_user_id: Option<Uuid>,
    /// 汇集方案
    #[sea_orm(column_type = "Text")]
    pub plan: Option<String>,
    pub status: DataSetStatus,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    /// What was agreed: it holds while a revision is written.
    pub agreed_department_id: Option<Uuid>,
    pub agreed_cadence: Cadence,
    pub signed_by: Option<Uuid>,
    pub in_force_on: Option<Date>,
    pub review_on: Option<Date>,
    /// What it lacked when it was looked at last; nothing while nothing was agreed.
    #[sea_orm(column_type = "JsonBinary")]
    pub lacks: Stored<Vec<DataSetLack>>,
    /// Its duty person did nothing in time.
    pub escalated_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
