//! 风险模型, their versions, and what running them found.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::risks::risk_clues::RiskLevel;
use domain::risks::risk_models::ModelState;
use entity::risks::risk_models::{Column, Entity, Model};
use entity::risks::{risk_hits as hits, risk_model_versions as versions, risk_runs as runs};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use std::collections::BTreeSet;
use uuid::Uuid;

noun!(risks::risk_models, "risk-models");
noun!(risks::risk_model_versions, "risk-model-versions");
noun!(risks::risk_runs, "risk-runs");

pub const LISTING: Listing<Entity> = Listing {
    name: "risk-models",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "模型编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "模型名称").sortable(),
        Field::new("domain", Column::Domain, Kind::Text, "风险预警领域（国家代码）"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "编制部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

pub const RUNS: Listing<runs::Entity> = Listing {
    name: "risk-runs",
    id: runs::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("whole", runs::Column::Whole, Kind::Bool, "是否全量"),
        Field::new("created_at", runs::Column::CreatedAt, Kind::Time, "发起时间").sortable(),
    ],
};

pub const HITS: Listing<hits::Entity> = Listing {
    name: "risk-hits",
    id: hits::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("model_id", hits::Column::ModelId, Kind::Id, "风险模型"),
        Field::new("run_id", hits::Column::RunId, Kind::Id, "运行"),
        Field::new("object_id", hits::Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("shadow", hits::Column::Shadow, Kind::Bool, "是否影子运行"),
        Field::new("level", hits::Column::Level, Kind::Code(RiskLevel::CODES), "风险等级"),
        Field::new("created_at", hits::Column::CreatedAt, Kind::Time, "命中时间").sortable(),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Runs look at all models and objects: they are the county's.
pub fn all_runs() -> Select<runs::Entity> {
    runs::Entity::find()
}

pub async fn run(conn: &impl ConnectionTrait, id: Uuid) -> Result<runs::Model> {
    all_runs().filter(runs::Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// What the caller's models found.
pub fn scoped_hits(ctx: &Ctx) -> Select<hits::Entity> {
    if ctx.reach == Reach::All {
        return hits::Entity::find();
    }
    let own = scoped(ctx).select_only().column(Column::Id);
    hits::Entity::find().filter(hits::Column::ModelId.in_subquery(QueryTrait::into_query(own)))
}

/// Versions of models, newest first.
pub async fn versions(conn: &impl ConnectionTrait, models: Vec<Uuid>) -> Result<Vec<versions::Model>> {
    versions::Entity::find()
        .filter(versions::Column::ModelId.is_in(models))
        .order_by_asc(versions::Column::ModelId)
        .order_by_desc(versions::Column::Number)
        .all(conn)
        .await
        .or_app()
}

/// A version of a model in the caller's scope, with its model.
pub async fn version(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<(versions::Model, Model)> {
    let found = versions::Entity::find().filter(versions::Column::Id.eq(id)).one(conn).await.or_app()?;
    let found = found.ok_or_else(AppError::not_found)?;
    let model = get(conn, ctx, found.model_id).await?;
    Ok((found, model))
}

pub async fn numbered(conn: &impl ConnectionTrait, model: Uuid, number: i32) -> Result<Option<versions::Model>> {
    versions::Entity::find()
        .filter(versions::Column::ModelId.eq(model))
        .filter(versions::Column::Number.eq(number))
        .one(conn)
        .await
        .or_app()
}

/// The versions that run: in force or in shadow.
pub async fn running(conn: &impl ConnectionTrait) -> Result<Vec<versions::Model>> {
    versions::Entity::find()
        .filter(versions::Column::State.is_in([ModelState::Active.code(), ModelState::Shadow.code()]))
        .order_by_asc(versions::Column::ModelId)
        .order_by_asc(versions::Column::Number)
        .all(conn)
        .await
        .or_app()
}

pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()
}

/// Objects that a version has hit since a day; what it hit in shadow says nothing of what it raised.
pub async fn hit_since(
    conn: &impl ConnectionTrait,
    (model, number, shadow): (Uuid, i32, bool),
    objects: Vec<Uuid>,
    since: NaiveDate,
) -> Result<BTreeSet<Uuid>> {
    let found: Vec<Uuid> = hits::Entity::find()
        .select_only()
        .column(hits::Column::ObjectId)
        .filter(hits::Column::ModelId.eq(model))
        .filter(hits::Column::Number.eq(number))
        .filter(hits::Column::Shadow.eq(shadow))
        .filter(hits::Column::ObjectId.is_in(objects))
        .filter(hits::Column::FiredOn.gt(since))
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    Ok(found.into_iter().collect())
}

pub async fn insert_hits(conn: &impl ConnectionTrait, rows: Vec<hits::Model>) -> Result<()> {
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        hits::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}
