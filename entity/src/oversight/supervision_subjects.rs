//! 监督涉及的记录 what a case is about.

use domain::oversight::supervision_cases::SupervisionSubject;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "supervision_subjects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: SupervisionSubject,
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
    /// What an official reads: its code or its day.
    pub label: String,
    pub added_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
