//! The reach of a permission as a condition on a query.

use crate::kernel::ctx::Ctx;
use domain::access::Reach;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ExprTrait};

/// Records of a department: all, or those of the own department and below.
pub fn by_department(ctx: &Ctx, column: impl ColumnTrait) -> Condition {
    match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => Condition::all().add(column.is_in(ctx.actor.departments.clone())),
        Reach::Assigned | Reach::Region => nothing(),
    }
}

/// Matches no row.
pub fn nothing() -> Condition {
    Condition::all().add(Expr::val(1).eq(0))
}
