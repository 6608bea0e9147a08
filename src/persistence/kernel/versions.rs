//! 版本 of items and implementation lists, and what was in force on a day.

use super::errors::AppResult;
use super::noun::Noun;
use super::tx::WriteTx;
use crate::kernel::error::Result;
use chrono::NaiveDate;
use domain::kernel::versions::{Span, VersionState};
use entity::kernel::versions::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
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
