//! 信用分类抽查策略 what each class means for a check, revision by revision.

use domain::credit::PolicyFacts;
use domain::credit::{PolicyState, StrategyRow};
use domain::kernel::stored::Stored;
use domain::spot_checks::tasks::TaskKind;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "credit_strategies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub revision: i32,
    pub name: String,
    pub state: PolicyState,
    #[sea_orm(column_type = "JsonBinary")]
    pub kinds: Stored<Vec<TaskKind>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub rows: Stored<Vec<StrategyRow>>,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub created_by: Uuid,
    pub activated_by: Option<Uuid>,
    pub activated_at: Option<DateTimeUtc>,
    pub retired_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for PolicyFacts {
    fn from(row: &Model) -> Self {
        Self { state: row.state, created_by: row.created_by }
    }
}
