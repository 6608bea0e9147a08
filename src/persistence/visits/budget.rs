//! 企业检查额度的使用: how often an enterprise is visited in a year, kept as a number for its body and for all.

use super::growing;
use super::visits::standing;
use crate::kernel::error::Result;
use crate::persistence::inspections::follow_ups::led_to_a_case;
use crate::persistence::kernel::errors::AppResult;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::clocks::calendar::local_date;
use domain::visits::LONGEST_WINDOW;
use domain::visits::budget::Usage;
use entity::inspections::{follow_ups, inspections};
use entity::register::objects;
use entity::risks::{risk_clue_measures, risk_clues};
use entity::visits::visit_counts::{Column, Entity, Model};
use entity::visits::{visit_parts, visits};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What an enterprise has had, as far as the rows ask: `apart`, the longest interval in days.
pub async fn usage(
    conn: &impl ConnectionTrait,
    object: &objects::Model,
    department: Uuid,
    (from, to): (NaiveDate, NaiveDate),
    own: Uuid,
    apart: Option<u32>,
) -> Result<Usage> {
    let counts = Entity::find()
        .filter(Column::ObjectId.eq(object.id))
        .filter(Column::Year.eq(from.year()))
        .filter(Column::DepartmentId.is_in([Uuid::nil(), department]));
    let counts = counts.all(conn).await.or_app()?;
    let count = |of: Uuid| {
        let found = counts.iter().find(|row| row.department_id == of).map_or(0, |row| row.visits);
        u32::try_from(found).unwrap_or(0)
    };

    Ok(Usage {
        by_all: count(Uuid::nil()),
        by_department: count(department),
        near: match apart {
            Some(apart) => near(conn, object.id, (from, to), own, apart).await?,
            None => Vec::new(),
        },
        last_penalty: last_penalty(conn, object.id).await?,
        known_since: object.established_on,
    })
}

/// Windows of other counting visits around one, as near as matters.
async fn near(
    conn: &impl ConnectionTrait,
    object: Uuid,
    (from, to): (NaiveDate, NaiveDate),
    own: Uuid,
    apart: u32,
) -> Result<Vec<(NaiveDate, NaiveDate)>> {
    // Another window that began so long ago may reach as near.
    let days = Days::new(u64::from(apart + LONGEST_WINDOW));
    let first = from.checked_sub_days(days).unwrap_or(from);
    let last = to.checked_add_days(days).unwrap_or(to);
    let found = standing(object, (first, last)).filter(visits::Column::Id.ne(own)).all(conn).await.or_app()?;
    let ids: Vec<_> = found.iter().map(|visit| visit.id).collect();
    let counting = visit_parts::Entity::find()
        .filter(visit_parts::Column::VisitId.is_in(ids))
        .filter(visit_parts::Column::Counts.eq(true));
    let counting: BTreeSet<_> = counting.all(conn).await.or_app()?.into_iter().map(|part| part.visit_id).collect();

    // Whoever was there on a day was there on that day, and not for the whole window.
    let window = |visit: &visits::Model| match visit.entered_on {
        Some(day) => (day, day),
        None => (visit.window_from, visit.window_to),
    };
    Ok(found.iter().filter(|visit| counting.contains(&visit.id)).map(window).collect())
}

/// The last day on which an inspection or a clue led to a penalty. Until penalties are recorded themselves, what was handed over
/// for a case stands for them.
async fn last_penalty(conn: &impl ConnectionTrait, object: Uuid) -> Result<Option<NaiveDate>> {
    let inspected = inspections::Entity::find()
        .select_only()
        .column(inspections::Column::Id)
        .filter(inspections::Column::ObjectId.eq(object))
        .filter(inspections::Column::Status.ne(InspectionStatus::Void));
    let of_inspections = follow_ups::Entity::find()
        .select_only()
        .column(follow_ups::Column::CreatedAt)
        .filter(follow_ups::Column::InspectionId.in_subquery(QueryTrait::into_query(inspected)))
        .filter(led_to_a_case())
        .order_by_desc(follow_ups::Column::CreatedAt);
    let clues = risk_clues::Entity::find()
        .select_only()
        .column(risk_clues::Column::Id)
        .filter(risk_clues::Column::ObjectId.eq(object));
    let of_clues = risk_clue_measures::Entity::find()
        .select_only()
        .column(risk_clue_measures::Column::CreatedAt)
        .filter(risk_clue_measures::Column::ClueId.in_subquery(QueryTrait::into_query(clues)))
        .filter(risk_clue_measures::Column::PenaltyNo.is_not_null())
        .order_by_desc(risk_clue_measures::Column::CreatedAt);

    let one: Option<DateTime<Utc>> = of_inspections.into_tuple().one(conn).await.or_app()?;
    let other: Option<DateTime<Utc>> = of_clues.into_tuple().one(conn).await.or_app()?;
    Ok(one.max(other).map(local_date))
}

/// Adds to what is used of a year; whoever calls holds the object.
pub async fn add(
    conn: &impl ConnectionTrait,
    (object, year, department): (Uuid, i32, Uuid),
    visits: i32,
) -> Result<()> {
    let grown = growing::<Entity>([Column::ObjectId, Column::Year, Column::DepartmentId], [(Column::Visits, visits)]);
    let row = Model { object_id: object, year, department_id: department, visits }.into_active_model().reset_all();
    Entity::insert(row).on_conflict(grown).exec_without_returning(conn).await.or_app()?;
    Ok(())
}
