//! 鉴定清册条目 one file that is due. What was destroyed leaves this behind: its code, its dates, the digest of what it said.

use domain::records::disposal::{DisposalDecision, DisposalOutcome, Obstacle};
use domain::records::retention::FileClass;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "disposal_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub list_id: Uuid,
    pub class: FileClass,
    pub record_id: Uuid,
    pub code: String,
    pub object_id: Option<Uuid>,
    /// 办结日期: of its last change.
    pub closed_on: Date,
    /// 保管期限届满日.
    pub due_on: Date,
    pub decision: Option<DisposalDecision>,
    /// Of what is kept on, until when.
    pub keep_until: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub outcome: Option<DisposalOutcome>,
    /// Why it was not destroyed after all.
    pub obstacle: Option<Obstacle>,
    pub outcome_at: Option<DateTimeUtc>,
    /// SHA-256 of the canonical JSON of the file that was destroyed.
    pub sha256: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
