//! Lines that were written and have no place yet.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "log_pending")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Uuid,
    /// Sixteen bytes of chance in hexadecimal, so that nobody guesses what a leaf says.
    pub salt: String,
    /// The leaf's hash, in hexadecimal.
    pub leaf: String,
    /// By the service's secret over id and leaf, in hexadecimal: what another hand queues gets no place.
    pub mac: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
