//! 抽查计划 annual and special plans.

use domain::kernel::stored::Stored;
use domain::spot_checks::plans::{PlanKind, PlanStatus};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub year: i32,
    pub name: String,
    pub kind: PlanKind,
    pub department_id: Uuid,
    pub status: PlanStatus,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub return_reason: Option<String>,
    pub published_at: Option<DateTimeUtc>,
    /// How often it was published: the number of the edition in force.
    pub edition: i32,
    /// Why it is amended.
    #[sea_orm(column_type = "Text")]
    pub amend_reason: Option<String>,
    /// 合法性审核意见 of whoever approved it.
    #[sea_orm(column_type = "Text")]
    pub legal_opinion: Option<String>,
    /// 集体讨论 of a special plan.
    pub discussed_on: Option<Date>,
    /// 批准文号 of the county's government, of a special plan.
    pub approval_no: Option<String>,
    pub filing_no: Option<String>,
    pub filed_on: Option<Date>,
    pub filed_by: Option<Uuid>,
    /// By when it is carried out.
    pub due_on: Option<Date>,
    /// The headings of the table it came from, in their order.
    #[sea_orm(column_type = "JsonBinary")]
    pub table_headings: Stored<Vec<String>>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
