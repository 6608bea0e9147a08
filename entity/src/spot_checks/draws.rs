//! 抽取 one draw an epoch of a task; nothing is deleted.

use domain::credit::ClassBatch;
use domain::kernel::stored::Stored;
use domain::spot_checks::draws::DrawStatus;
use domain::spot_checks::draws::chance::ChanceSaid;
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::draws::transcript::{Conditions, Ended};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "draws")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub task_id: Uuid,
    pub epoch: i32,
    pub status: DrawStatus,
    pub algorithm: String,
    pub lead_department_id: Uuid,
    pub pool_count: i32,
    pub selected_count: i32,
    pub pool_root: String,
    pub roster_root: String,
    pub recusal_root: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub strata: Stored<Vec<Stratum>>,
    pub strategy_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub class_batches: Stored<Vec<ClassBatch>>,
    pub officers_per_object: i32,
    /// Filter and exclusions, as the transcript shows them.
    #[sea_orm(column_type = "JsonBinary")]
    pub eligibility: Stored<Eligibility>,
    /// Digest of everything that was fixed at the freeze.
    pub terms: String,
    /// Whether published results may name the task.
    pub linkable: bool,
    pub seed: Option<String>,
    pub previous_draw_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub void_reason: Option<String>,
    /// What else was fixed; null before `mingjian-draw/3`, like the receipt.
    #[sea_orm(column_type = "JsonBinary")]
    pub conditions: Option<Stored<Conditions>>,
    pub receipt_key: Option<String>,
    pub receipt_signature: Option<String>,
    /// How it was given up.
    #[sea_orm(column_type = "JsonBinary")]
    pub ended: Option<Stored<Ended>>,
    /// What the parties say was published.
    #[sea_orm(column_type = "JsonBinary")]
    pub chance: Option<Stored<ChanceSaid>>,
    pub frozen_at: DateTimeUtc,
    pub drawn_at: Option<DateTimeUtc>,
    pub matched_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
