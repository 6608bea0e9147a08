//! 承诺 a party's committed, later revealed secret.

use domain::kernel::stored::Stored;
use domain::spot_checks::draws::transcript::Who;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "commitments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub task_id: Uuid,
    pub epoch: i32,
    pub department_id: Uuid,
    pub commitment: String,
    pub secret: Option<String>,
    pub committed_by: Uuid,
    pub committed_at: DateTimeUtc,
    pub revealed_at: Option<DateTimeUtc>,
    /// Who the party was when it committed; null before `mingjian-draw/3`.
    #[sea_orm(column_type = "JsonBinary")]
    pub who: Option<Stored<Who>>,
    /// The party's own signature of the receipt.
    pub signature: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
