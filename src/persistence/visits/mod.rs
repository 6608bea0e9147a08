//! 入企检查: visits, what limits them, and what enterprises say of them.

pub mod budget;
pub mod feedback;
pub mod figures;
pub mod grounds;
pub mod offline;
pub mod visit_rules;
pub mod visits;

use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};

/// A row of sums that is there already grows by what another brings.
fn growing<E: EntityTrait>(
    keys: impl IntoIterator<Item = E::Column>,
    sums: impl IntoIterator<Item = (E::Column, i32)>,
) -> OnConflict {
    let grown = sums.into_iter().map(|(column, value)| (column, Expr::col((E::default(), column)).add(value)));
    OnConflict::columns(keys).values(grown).to_owned()
}
