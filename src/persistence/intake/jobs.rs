//! 后台作业: who may see them, and the leases by which one process holds one.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::db::Db;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, Utc};
use domain::intake::jobs::{JobKind, JobStatus};
use entity::intake::jobs::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, Select,
};
use serde_json::Value;
use uuid::Uuid;

noun!(intake::jobs, "jobs");

/// A department sees what its own people began.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// The oldest job of some kinds that waits, or whose worker has gone away.
pub async fn next(conn: &impl ConnectionTrait, kinds: &[JobKind], now: DateTime<Utc>) -> Result<Option<Model>> {
    let lapsed = Condition::all().add(Column::Status.eq(JobStatus::Running)).add(Column::LeaseUntil.lt(now));
    let waiting = Condition::any().add(Column::Status.eq(JobStatus::Queued)).add(lapsed);
    Entity::find()
        .filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.code())))
        .filter(waiting)
        .order_by_asc(Column::CreatedAt)
        .one(conn)
        .await
        .or_app()
}

/// Whether work of a kind on a record is under way or waits.
pub async fn is_pending(conn: &impl ConnectionTrait, kind: JobKind) -> Result<bool> {
    let pending = Entity::find()
        .filter(Column::Kind.eq(kind.code()))
        .filter(Column::Status.is_in([JobStatus::Queued.code(), JobStatus::Running.code()]));
    Ok(pending.count(conn).await.or_app()? > 0)
}

/// Takes a job's lease until a moment; false where somebody else was faster.
pub async fn take(db: &Db, job: &Model, owner: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool> {
    let taken = Entity::update_many()
        .col_expr(Column::Status, Expr::value(JobStatus::Running.code()))
        .col_expr(Column::LeaseOwner, Expr::value(owner))
        .col_expr(Column::LeaseUntil, Expr::value(until))
        .col_expr(Column::StartedAt, Expr::value(job.started_at.unwrap_or(now)))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(job.id))
        .filter(Column::Version.eq(job.version))
        .exec(db)
        .await
        .or_app()?;
    Ok(taken.rows_affected == 1)
}

/// A job that was interrupted by nothing of its own keeps its lease until that lapses, and the attempt does not count.
pub async fn forgive(db: &Db, job: Uuid, owner: &str) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(0))
        .filter(Column::Id.eq(job))
        .filter(Column::LeaseOwner.eq(owner));
    update.exec(db).await.or_app()?;
    Ok(())
}

/// A process that ends gives a job's lease back: whoever looks next takes it up at once.
pub async fn give_back(db: &Db, job: Uuid, owner: &str, now: DateTime<Utc>) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::LeaseUntil, Expr::value(now))
        .filter(Column::Id.eq(job))
        .filter(Column::LeaseOwner.eq(owner));
    update.exec(db).await.or_app()?;
    Ok(())
}

/// Tells how far a job is and keeps its lease; false where the job is another's by now, or nobody's any more.
pub async fn renew(
    db: &Db,
    job: Uuid,
    owner: &str,
    (done, total): (i64, Option<i64>),
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let mut update = Entity::update_many()
        .col_expr(Column::Done, Expr::value(done))
        // A job that gets on is not given up, however often its server is restarted.
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::LeaseUntil, Expr::value(until))
        .col_expr(Column::UpdatedAt, Expr::value(now));
    if total.is_some() {
        update = update.col_expr(Column::Total, Expr::value(total));
    }
    let renewed = update
        .filter(Column::Id.eq(job))
        .filter(Column::LeaseOwner.eq(owner))
        .filter(Column::Status.eq(JobStatus::Running))
        .exec(db)
        .await
        .or_app()?;

    Ok(renewed.rows_affected == 1)
}

/// Whether somebody wants the job to stop.
pub async fn is_cancelled(conn: &impl ConnectionTrait, job: Uuid) -> Result<bool> {
    let wanted = Entity::find().filter(Column::Id.eq(job)).filter(Column::CancelRequested.eq(true));
    Ok(wanted.count(conn).await.or_app()? > 0)
}

/// Writes how a job ended.
pub async fn end(
    db: &Db,
    job: &Model,
    owner: &str,
    (status, error, result): (JobStatus, Option<String>, Option<Value>),
    now: DateTime<Utc>,
) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.code()))
        .col_expr(Column::Error, Expr::value(error))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    if let Some(rows) = result.as_ref().and_then(|result| result["rows_total"].as_i64()) {
        update = update.col_expr(Column::Total, Expr::value(rows)).col_expr(Column::Done, Expr::value(rows));
    }
    update
        .col_expr(Column::Result, Expr::value(result))
        .filter(Column::Id.eq(job.id))
        .filter(Column::LeaseOwner.eq(owner))
        .exec(db)
        .await
        .or_app()?;

    Ok(())
}
