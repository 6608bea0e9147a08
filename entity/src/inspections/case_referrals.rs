//! 案件移送 a case that came of an inspection.

use domain::inspections::case_referrals::ReferralStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "case_referrals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub follow_up_id: Uuid,
    pub inspection_id: Uuid,
    pub object_id: Uuid,
    /// Who sent it.
    pub department_id: Uuid,
    /// Who decides on it, or writes down what somebody outside decided.
    pub handler_department_id: Uuid,
    /// Who received it, where that is nobody on the platform.
    pub receiver_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    pub status: ReferralStatus,
    pub referred_by: Uuid,
    pub filing_due_on: Date,
    /// 立案号.
    pub case_no: Option<String>,
    pub filed_on: Option<Date>,
    pub decision_due_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub decline_reason: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub outcome: Option<String>,
    pub closed_on: Option<Date>,
    pub decided_by: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
