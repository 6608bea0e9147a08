//! 法律条款, and who cites them.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::tx::WriteTx;
use chrono::NaiveDate;
use domain::items::clauses::in_force;
use domain::kernel::versions::VersionState;
use entity::items::clause_citations as citations;
use entity::items::legal_clauses::{Column, Entity, Model};
use entity::kernel::versions;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

noun!(items::legal_clauses, "legal-clauses", |_| scoped(), |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "legal-clauses",
    id: Column::Id,
    default_sort: "law",
    fields: &[
        Field::new("law", Column::Law, Kind::Text, "法律名称").sortable(),
        Field::new("article", Column::Article, Kind::Text, "条款"),
        Field::new("effective_on", Column::EffectiveOn, Kind::Date, "施行日期"),
        Field::new("repealed_on", Column::RepealedOn, Kind::Date, "废止日期").nullable(),
    ],
};

/// Law is public: everybody who is logged in may see it.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Those of the clauses that are in force on a day.
pub async fn in_force_of(conn: &impl ConnectionTrait, ids: Vec<Uuid>, day: NaiveDate) -> Result<BTreeSet<Uuid>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found = scoped().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    let holds = |clause: &&Model| in_force(clause.effective_on, clause.repealed_on, day);
    Ok(found.iter().filter(holds).map(|clause| clause.id).collect())
}

/// Those of the clauses that are not repealed by a day; they may come into force later.
pub async fn standing_of(conn: &impl ConnectionTrait, ids: Vec<Uuid>, day: NaiveDate) -> Result<BTreeSet<Uuid>> {
    let ends = repeals_of(conn, ids).await?;
    let stands = |end: &Option<NaiveDate>| end.is_none_or(|end| day < end);
    Ok(ends.into_iter().filter(|(_, end)| stands(end)).map(|(clause, _)| clause).collect())
}

/// The known clauses with the day of their repeal, where there is one.
pub async fn repeals_of(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Option<NaiveDate>>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = scoped().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|clause| (clause.id, clause.repealed_on)).collect())
}

/// Replaces what a version cites.
pub async fn cite(tx: &WriteTx, version: &versions::Model, cited: Vec<(Uuid, String)>) -> Result<()> {
    let stale = citations::Entity::delete_many().filter(citations::Column::VersionId.eq(version.id));
    stale.exec(tx.conn()).await.or_app()?;
    let rows: Vec<_> = cited
        .into_iter()
        .map(|(clause_id, pointer)| citations::Model {
            id: crate::kernel::ctx::new_id(),
            clause_id,
            version_id: version.id,
            resource: version.resource.clone(),
            resource_id: version.resource_id,
            pointer,
        })
        .collect();
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        citations::Entity::insert_many(rows).exec_without_returning(tx.conn()).await.or_app()?;
    }

    Ok(())
}

/// Where a clause is cited by a version that is a draft, or is in force on a day or later.
pub async fn dependents(
    conn: &impl ConnectionTrait,
    clause: Uuid,
    day: NaiveDate,
) -> Result<Vec<(citations::Model, versions::Model)>> {
    let cited = citations::Entity::find().filter(citations::Column::ClauseId.eq(clause));
    let version_ids = cited.clone().select_only().column(citations::Column::VersionId);
    let live = Condition::any().add(versions::Column::EffectiveTo.is_null()).add(versions::Column::EffectiveTo.gt(day));
    let versions = versions::Entity::find()
        .filter(versions::Column::Id.in_subquery(QueryTrait::into_query(version_ids)))
        .filter(versions::Column::State.ne(VersionState::Discarded))
        .filter(live)
        .all(conn)
        .await
        .or_app()?;
    let rows = cited.order_by_asc(citations::Column::ResourceId).order_by_asc(citations::Column::Pointer);
    let rows = rows.all(conn).await.or_app()?;
    let pairs = rows.into_iter().filter_map(|row| {
        let version = versions.iter().find(|version| version.id == row.version_id)?.clone();
        Some((row, version))
    });

    Ok(pairs.collect())
}
