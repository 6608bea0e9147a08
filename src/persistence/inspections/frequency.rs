//! How often, and how lately, objects were inspected.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use chrono::{Datelike, NaiveDate};
use domain::inspections::inspections::{FAILED_POINT, InspectionStatus, PASSED_POINT};
use domain::kernel::clocks::calendar::start_of;
use domain::spot_checks::tasks::TaskSource;
use domain::visits::VisitStatus;
use entity::inspections::inspection_points;
use entity::inspections::inspections::{Column, Entity, Model};
use entity::spot_checks::{task_items, tasks};
use entity::visits::visits;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Objects inspected for one of the items since a day.
pub fn inspected_since(items: &[Uuid], since: NaiveDate) -> sea_orm::sea_query::SelectStatement {
    let with_items = inspection_points::Entity::find()
        .select_only()
        .column(inspection_points::Column::InspectionId)
        .filter(inspection_points::Column::SpotCheckItemId.is_in(items.to_vec()))
        // 未检查 and 合理缺项 are no inspection of the item.
        .filter(inspection_points::Column::Result.is_in([PASSED_POINT, FAILED_POINT]));
    let inspected = Entity::find()
        .select_only()
        .column(Column::ObjectId)
        .filter(Column::InspectedOn.gte(since))
        .filter(Column::Id.in_subquery(QueryTrait::into_query(with_items)));
    QueryTrait::into_query(inspected)
}

/// Visits for an item that count for the calendar year of a day: that began in it, or wait to be made. Visits on a ground of
/// exemption do not count, and of those given up only what was looked at.
fn visits_for(item: Uuid, today: NaiveDate) -> Select<Entity> {
    let of_item = task_items::Entity::find()
        .select_only()
        .column(task_items::Column::TaskId)
        .filter(task_items::Column::SpotCheckItemId.eq(item));
    let first = today.with_ordinal(1).unwrap_or(today);
    let made = Condition::any().add(Column::Status.ne(InspectionStatus::Void)).add(Column::InspectedOn.is_not_null());
    let begun = Condition::all().add(Column::StartedAt.gte(start_of(first))).add(made);
    Entity::find()
        .filter(Column::TaskId.in_subquery(QueryTrait::into_query(of_item)))
        .filter(Condition::any().add(begun).add(waiting()))
        .filter(Column::ExemptGround.is_null())
}

/// What waits to be made. A daily check that is only drafted was not asked for yet.
fn waiting() -> Condition {
    let drafted = visits::Entity::find()
        .select_only()
        .column(visits::Column::Id)
        .filter(visits::Column::Status.eq(VisitStatus::Draft));
    let daily = tasks::Entity::find()
        .select_only()
        .column(tasks::Column::Id)
        .filter(Expr::col((tasks::Entity, tasks::Column::Id)).eq(Expr::col((Entity, Column::TaskId))))
        .filter(tasks::Column::Source.eq(TaskSource::Visit));
    let asked = Condition::any()
        .add(Column::DrawId.is_not_null())
        .add(Column::VisitId.is_null())
        .add(Expr::exists(QueryTrait::into_query(daily)).not())
        .add(Column::VisitId.not_in_subquery(QueryTrait::into_query(drafted)));
    Condition::all().add(Column::Status.eq(InspectionStatus::Pending)).add(asked)
}

/// Objects that are, or are to be, inspected for an item as often in the year as its list allows.
pub async fn inspected_often(
    conn: &impl ConnectionTrait,
    item: Uuid,
    today: NaiveDate,
    maximum: u32,
) -> Result<BTreeSet<Uuid>> {
    let visits = Expr::expr(Func::coalesce([Column::DrawId.into_expr(), Column::Id.into_expr()])).count_distinct();
    let often = visits_for(item, today)
        .select_only()
        .column(Column::ObjectId)
        .group_by(Column::ObjectId)
        .having(visits.gte(i64::from(maximum)));
    Ok(often.into_tuple().all(conn).await.or_app()?.into_iter().collect())
}

/// How often an object was inspected for an item in the year, beside one inspection. To open one, what waits to be made counts
/// as well: a drawn visit is not displaced by another. To begin one, what has begun counts.
pub async fn counted_for(conn: &impl ConnectionTrait, own: &Model, item: Uuid, today: NaiveDate) -> Result<u64> {
    let mut others = visits_for(item, today).filter(Column::ObjectId.eq(own.object_id)).filter(Column::Id.ne(own.id));
    if own.status != InspectionStatus::Pending {
        others = others.filter(Column::StartedAt.is_not_null());
    }
    let others = others.all(conn).await.or_app()?;
    let visits: BTreeSet<_> = others.into_iter().map(|row| row.draw_id.unwrap_or(row.id)).collect();
    Ok(visits.iter().filter(|visit| Some(**visit) != own.draw_id).count() as u64)
}

/// How often each object was visited since a day: all departments of a draw make one visit (进一次门、查多事项).
pub async fn counts_since(conn: &impl ConnectionTrait, since: NaiveDate) -> Result<HashMap<Uuid, u64>> {
    let counts: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::ObjectId)
        .column_as(
            Expr::expr(Func::coalesce([Column::DrawId.into_expr(), Column::Id.into_expr()])).count_distinct(),
            "visits",
        )
        .filter(Column::InspectedOn.gte(since))
        .group_by(Column::ObjectId)
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    Ok(counts.into_iter().map(|(object, count)| (object, u64::try_from(count).unwrap_or(0))).collect())
}

/// What was found at an object in a day's year, beside one inspection: results that somebody submitted.
pub async fn others_this_year(conn: &impl ConnectionTrait, own: &Model, on: NaiveDate) -> Result<Vec<Model>> {
    let first = on.with_ordinal(1).unwrap_or(on);
    let last = NaiveDate::from_ymd_opt(on.year(), 12, 31).unwrap_or(on);
    let told = [
        InspectionStatus::UnderReview,
        InspectionStatus::Approved,
        InspectionStatus::Published,
        InspectionStatus::Withdrawn,
    ];
    Entity::find()
        .filter(Column::ObjectId.eq(own.object_id))
        .filter(Column::InspectedOn.between(first, last))
        .filter(Column::Id.ne(own.id))
        .filter(Column::Status.is_in(told))
        .order_by_asc(Column::InspectedOn)
        .all(conn)
        .await
        .or_app()
}
