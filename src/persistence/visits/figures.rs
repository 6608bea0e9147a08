//! 入企检查统计: sums by month, kept as visits end.

use super::growing;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use chrono::NaiveDate;
use entity::visits::visit_figures::{Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

/// Adds a visit to the sums of a body, or of the county.
pub async fn add(conn: &impl ConnectionTrait, visit: Model) -> Result<()> {
    let sums = [
        (Column::Visits, visit.visits),
        (Column::Scanned, visit.scanned),
        (Column::Joint, visit.joint),
        (Column::WithProblem, visit.with_problem),
        (Column::Unapproved, visit.unapproved),
    ];
    let grown = growing::<Entity>([Column::DepartmentId, Column::Month], sums);
    let row = visit.into_active_model().reset_all();
    Entity::insert(row).on_conflict(grown).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// The sums of months.
pub async fn between(conn: &impl ConnectionTrait, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::Month.between(from, to)).order_by_asc(Column::DepartmentId);
    rows.all(conn).await.or_app()
}
