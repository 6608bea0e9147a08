//! 版本 of items and implementation lists, and what was in force on a day.

use super::errors::AppResult;
use super::noun::Noun;
use super::tx::WriteTx;
use crate::kernel::error::Result;
use crate::persistence::kernel::noun::history::end_of;
use chrono::{DateTime, NaiveDate, Utc};
use domain::kernel::versions::{Span, VersionState};
use entity::kernel::history;
use entity::kernel::versions::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A batch stays below the databases' limits of bound values.
const BATCH: usize = 500;

fn of<E: Noun>() -> Condition {
    Condition::all().add(Column::Resource.eq(E::NAME))
}

/// Approved and covering the day.
fn on(day: NaiveDate) -> Condition {
    Condition::all()
        .add(Column::State.eq(VersionState::Approved))
        .add(Column::EffectiveFrom.lte(day))
        .add(Condition::any().add(Column::EffectiveTo.is_null()).add(Column::EffectiveTo.gt(day)))
}

/// Records with a version in force on a day, as a condition on their id.
pub fn in_force_on<E: Noun>(day: NaiveDate) -> Condition {
    let versions = Entity::find().select_only().column(Column::ResourceId).filter(of::<E>()).filter(on(day));
    Condition::all().add(E::ID.in_subquery(QueryTrait::into_query(versions)))
}

/// Every version of a record, the newest first.
pub async fn of_record<E: Noun>(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Model>> {
    let found = Entity::find().filter(of::<E>()).filter(Column::ResourceId.eq(id)).order_by_desc(Column::Number);
    found.all(conn).await.or_app()
}

/// The versions in force on a day, by record.
pub async fn in_force<E: Noun>(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
    day: NaiveDate,
) -> Result<BTreeMap<Uuid, Model>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(BATCH) {
        let rows = Entity::find().filter(of::<E>()).filter(Column::ResourceId.is_in(ids.to_vec())).filter(on(day));
        found.extend(rows.all(conn).await.or_app()?.into_iter().map(|version| (version.resource_id, version)));
    }
    Ok(found)
}

/// The day that is asked about, and by what was known at the end of which day; else by what is known now.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub on: NaiveDate,
    pub known: Option<NaiveDate>,
}

/// The versions in force on a day, by what was known at the end of another.
pub async fn known_in_force<E: Noun>(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
    asked: Asked,
) -> Result<BTreeMap<Uuid, Model>> {
    let Some(known) = asked.known else { return in_force::<E>(conn, ids, asked.on).await };
    let end = end_of(known);
    let mut found = BTreeMap::new();

    for ids in ids.chunks(BATCH) {
        let approved = Entity::find()
            .filter(of::<E>())
            .filter(Column::ResourceId.is_in(ids.to_vec()))
            .filter(Column::State.eq(VersionState::Approved))
            .filter(Column::DecidedAt.lt(end));
        let approved = approved.all(conn).await.or_app()?;
        let mut then = ends_of(conn, approved.iter().map(|row| row.id).collect(), end).await?;
        for version in approved {
            // What has not changed since ended then as it does now.
            let effective_to = then.remove(&version.id).unwrap_or(version.effective_to);
            let Some(from) = version.effective_from else { continue };
            if (Span { number: version.number, from, to: effective_to }).covers(asked.on) {
                found.insert(version.resource_id, Model { effective_to, ..version });
            }
        }
    }
    Ok(found)
}

/// Until when versions were in force as was known just before a moment.
async fn ends_of(
    conn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
    before: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, Option<NaiveDate>>> {
    use history::Column as C;
    let states = history::Entity::find()
        .filter(C::Resource.eq(NAME))
        .filter(C::RecordId.is_in(ids))
        .filter(C::UntilAt.gte(before))
        .order_by_desc(C::Version);
    let states = states.all(conn).await.or_app()?;

    // The first that ended later is the one that was.
    let ends = states.into_iter().map(|state| (state.record_id, state.content["effective_to"].clone()));
    let ends = ends.map(|(id, end)| Ok((id, serde_json::from_value(end)?)));
    ends.collect()
}

/// What the states of versions are kept under.
const NAME: &str = "versions";

/// The newest versions that were not discarded, by record: the open draft where there is one, else the last approved.
pub async fn newest<E: Noun>(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Model>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(BATCH) {
        let rows = Entity::find().filter(of::<E>()).filter(Column::ResourceId.is_in(ids.to_vec()));
        let rows = rows.filter(Column::State.ne(VersionState::Discarded)).order_by_asc(Column::Number);
        let rows = rows.all(conn).await.or_app()?;
        found.extend(rows.into_iter().map(|version| (version.resource_id, version)));
    }
    Ok(found)
}

/// The last approved versions, by record.
pub async fn newest_approved<E: Noun>(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Model>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(BATCH) {
        let rows = Entity::find().filter(of::<E>()).filter(Column::ResourceId.is_in(ids.to_vec()));
        let rows = rows.filter(Column::State.eq(VersionState::Approved)).order_by_asc(Column::Number);
        found.extend(rows.all(conn).await.or_app()?.into_iter().map(|version| (version.resource_id, version)));
    }
    Ok(found)
}

/// The ids of all records of the departments that have a version in force on a day.
pub async fn ids_in_force<E: Noun>(conn: &impl ConnectionTrait, day: NaiveDate) -> Result<Vec<Uuid>> {
    let rows = Entity::find().select_only().column(Column::ResourceId).filter(of::<E>()).filter(on(day));
    rows.into_tuple().all(conn).await.or_app()
}

pub async fn insert_all(tx: &WriteTx, models: Vec<Model>) -> Result<()> {
    for rows in models.chunks(BATCH) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(tx.conn()).await.or_app()?;
    }
    Ok(())
}

/// Writes the days of a version that was approved; what they were is kept.
pub async fn save_span(tx: &WriteTx, before: &Model, to: Option<NaiveDate>) -> Result<Model> {
    let own = Condition::all().add(history::Column::Resource.eq(NAME)).add(history::Column::RecordId.eq(before.id));
    let kept = history::Entity::find().filter(own).count(tx.conn()).await.or_app()?;
    let state = history::Model {
        resource: NAME.to_owned(),
        record_id: before.id,
        version: i32::try_from(kept + 1).unwrap_or(i32::MAX),
        object_id: None,
        content: json!({ "effective_from": before.effective_from, "effective_to": before.effective_to }),
        since: before.updated_at,
        until_at: tx.ctx().now,
    };

    history::Entity::insert(state.into_active_model().reset_all()).exec_without_returning(tx.conn()).await.or_app()?;
    save(tx, Model { effective_to: to, ..before.clone() }).await
}

/// Writes a version that the record's own version guards.
pub async fn save(tx: &WriteTx, model: Model) -> Result<Model> {
    let model = Model { updated_at: tx.ctx().now, ..model };
    model.into_active_model().reset_all().update(tx.conn()).await.or_app()
}

/// The approved versions' days.
pub fn spans(versions: &[Model]) -> Vec<Span> {
    let approved = versions.iter().filter(|version| version.state == VersionState::Approved);
    let spans = approved.filter_map(|version| {
        Some(Span { number: version.number, from: version.effective_from?, to: version.effective_to })
    });
    spans.collect()
}
