//! 行政执法监督文书 a document of a case, with its answer.

use domain::oversight::supervision_cases::{ReplyVerdict, SupervisionPaper};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "supervision_papers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    pub kind: SupervisionPaper,
    pub number: String,
    #[sea_orm(column_type = "Text")]
    pub requirements: String,
    pub term_days: i32,
    pub issued_at: DateTimeUtc,
    pub issued_by: Uuid,
    /// Days that were added.
    pub extension_days: i32,
    #[sea_orm(column_type = "Text")]
    pub extension_reason: Option<String>,
    pub due_on: Date,
    #[sea_orm(column_type = "Text")]
    pub reply: Option<String>,
    pub replied_at: Option<DateTimeUtc>,
    pub replied_by: Option<Uuid>,
    pub verdict: Option<ReplyVerdict>,
    #[sea_orm(column_type = "Text")]
    pub opinion: Option<String>,
    pub judged_at: Option<DateTimeUtc>,
    pub judged_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
