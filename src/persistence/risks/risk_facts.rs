//! 风险事实 of objects, and the objects that have new ones.

use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use domain::risks::risk_models::FactKind;
use entity::register::objects;
use entity::risks::risk_changes;
use entity::risks::risk_facts::{Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub async fn insert(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<()> {
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

pub async fn delete_of(conn: &impl ConnectionTrait, source: Uuid, kind: Option<FactKind>) -> Result<()> {
    let mut told = Entity::delete_many().filter(Column::SourceId.eq(source));
    if let Some(kind) = kind {
        told = told.filter(Column::Kind.eq(kind.code()));
    }
    told.exec(conn).await.or_app()?;
    Ok(())
}

/// Notes that objects have changed; a note that is there already is made anew, so that a run in progress leaves it.
pub async fn mark(conn: &impl ConnectionTrait, objects: BTreeSet<Uuid>) -> Result<()> {
    let objects: Vec<_> = objects.into_iter().collect();
    for objects in objects.chunks(500) {
        let rows = objects
            .iter()
            .map(|object| risk_changes::Model { object_id: *object, token: new_id() }.into_active_model().reset_all());
        let again =
            OnConflict::column(risk_changes::Column::ObjectId).update_column(risk_changes::Column::Token).to_owned();
        risk_changes::Entity::insert_many(rows).on_conflict(again).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

/// The next objects with new facts.
pub async fn changed(conn: &impl ConnectionTrait, after: Option<Uuid>, limit: u64) -> Result<Vec<risk_changes::Model>> {
    let mut query = risk_changes::Entity::find();
    if let Some(after) = after {
        query = query.filter(risk_changes::Column::ObjectId.gt(after));
    }
    query.order_by_asc(risk_changes::Column::ObjectId).limit(limit).all(conn).await.or_app()
}

/// The notes there are about some objects.
pub async fn notes(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Uuid>> {
    let found =
        risk_changes::Entity::find().filter(risk_changes::Column::ObjectId.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|note| (note.object_id, note.token)).collect())
}

pub async fn count_changed(conn: &impl ConnectionTrait) -> Result<u64> {
    risk_changes::Entity::find().count(conn).await.or_app()
}

/// Forgets the notes that were dealt with, unless they were made anew meanwhile.
pub async fn settle(conn: &impl ConnectionTrait, done: &[risk_changes::Model]) -> Result<()> {
    for done in done.chunks(200) {
        let mut dealt_with = Condition::any();
        for note in done {
            dealt_with = dealt_with.add(
                Condition::all()
                    .add(risk_changes::Column::ObjectId.eq(note.object_id))
                    .add(risk_changes::Column::Token.eq(note.token)),
            );
        }
        risk_changes::Entity::delete_many().filter(dealt_with).exec(conn).await.or_app()?;
    }
    Ok(())
}

/// All facts of some objects, by object and in the order of their days.
pub async fn of_objects(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<Model>>> {
    let rows = Entity::find()
        .filter(Column::ObjectId.is_in(ids))
        .order_by_asc(Column::ObjectId)
        .order_by_asc(Column::HappenedOn)
        .all(conn)
        .await
        .or_app()?;
    let mut grouped: BTreeMap<Uuid, Vec<Model>> = BTreeMap::new();
    for row in rows {
        grouped.entry(row.object_id).or_default().push(row);
    }
    Ok(grouped)
}

/// The next objects of the register, with what a backtest compares by.
pub async fn subjects(conn: &impl ConnectionTrait, after: Option<Uuid>, limit: u64) -> Result<Vec<Subject>> {
    use objects::Column as Of;
    let mut query = objects::Entity::find().select_only().columns([
        Of::Id,
        Of::TownshipCode,
        Of::ObjectType,
        Of::RegisteredCapitalFen,
    ]);
    if let Some(after) = after {
        query = query.filter(Of::Id.gt(after));
    }
    query.order_by_asc(Of::Id).limit(limit).into_model().all(conn).await.or_app()
}

/// An object of a backtest.
#[derive(sea_orm::FromQueryResult)]
pub struct Subject {
    pub id: Uuid,
    pub township_code: Option<String>,
    pub object_type: String,
    pub registered_capital_fen: Option<i64>,
}

pub async fn count_objects(conn: &impl ConnectionTrait) -> Result<u64> {
    objects::Entity::find().count(conn).await.or_app()
}
