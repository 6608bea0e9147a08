//! 数据导入, their findings, and the jobs that carry them out.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, Utc};
use domain::intake::imports::{Dataset, Severity};
use entity::intake::imports::{Column, Entity, Model};
use entity::intake::{findings, import_chunks, jobs};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(intake::imports, "imports");

pub const LISTING: Listing<Entity> = Listing {
    name: "imports",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("dataset", Column::Dataset, Kind::Code(Dataset::CODES), "数据集"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "接收时间").sortable(),
    ],
};

pub const FINDINGS: Listing<findings::Entity> = Listing {
    name: "findings",
    id: findings::Column::Id,
    default_sort: "row_no",
    fields: &[
        Field::new("row_no", findings::Column::RowNo, Kind::Int, "行号").sortable(),
        Field::new("field", findings::Column::Field, Kind::Text, "字段"),
        Field::new("rule", findings::Column::Rule, Kind::Text, "规则"),
        Field::new("severity", findings::Column::Severity, Kind::Code(Severity::CODES), "级别"),
    ],
};

/// A department sees what its own people sent.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

pub fn findings_of(import: Uuid) -> Select<findings::Entity> {
    findings::Entity::find().filter(findings::Column::ImportId.eq(import))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// What a file of the caller's departments brought.
#[derive(FromQueryResult)]
pub struct Received {
    pub id: Uuid,
    pub department_id: Uuid,
    pub rows_created: i64,
    pub rows_updated: i64,
    pub rows_unchanged: i64,
    pub rows_rejected: i64,
}

pub async fn received(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    dataset: Dataset,
    since: DateTime<Utc>,
) -> Result<Vec<Received>> {
    let of_year = scoped(ctx).filter(Column::Dataset.eq(dataset)).filter(Column::CreatedAt.gte(since));
    of_year.into_model().all(conn).await.or_app()
}

/// Code and name of some files, by id.
pub async fn names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|row| (row.id, (row.dataset.code().to_owned(), row.filename))).collect())
}

/// For whoever carries it out: the sender may have moved to another department since.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn of_job(conn: &impl ConnectionTrait, ctx: &Ctx, job: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::JobId.eq(job)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Rows of an import that were refused so far.
pub async fn refused_rows(conn: &impl ConnectionTrait, import: Uuid) -> Result<Vec<i64>> {
    let refused = findings_of(import).filter(findings::Column::Severity.eq(Severity::Error));
    refused.select_only().column(findings::Column::RowNo).into_tuple().all(conn).await.or_app()
}

/// The pieces of a received file, in order.
pub async fn chunk(conn: &impl ConnectionTrait, import: Uuid, position: i32) -> Result<Option<import_chunks::Model>> {
    let found = import_chunks::Entity::find()
        .filter(import_chunks::Column::ImportId.eq(import))
        .filter(import_chunks::Column::Position.eq(position));
    found.one(conn).await.or_app()
}

/// Forgets the files of jobs that have ended, well or not: they may hold personal data.
pub async fn drop_chunks_of_ended(conn: &impl ConnectionTrait) -> Result<()> {
    use domain::intake::jobs::JobStatus;
    let ended = jobs::Entity::find().select_only().column(jobs::Column::Id).filter(
        jobs::Column::Status.is_in(JobStatus::ALL.iter().filter(|status| status.is_over()).map(|status| status.code())),
    );
    let imports = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::JobId.in_subquery(QueryTrait::into_query(ended)));
    import_chunks::Entity::delete_many()
        .filter(import_chunks::Column::ImportId.in_subquery(QueryTrait::into_query(imports)))
        .exec(conn)
        .await
        .or_app()?;

    Ok(())
}
