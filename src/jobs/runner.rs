//! The job runner. Taking, renewing and ending a lease are single conditional updates, so two processes never share a job.

use crate::app::App;
use crate::ctx::{Ctx, new_id, now};
use crate::domain::jobs::JobStatus;
use crate::error::{AppError, Result};
use crate::persistence::errors::AppResult;
use crate::persistence::imports as store;
use crate::service::{imports, sealed};
use crate::vault::Place;
use chrono::Duration;
use entity::jobs::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde_json::json;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

const LEASE_SECONDS: i64 = 30;
const MAX_ATTEMPTS: i32 = 5;

/// Runs jobs until the process ends.
pub fn start(app: Arc<App>) {
    let owner = new_id().simple().to_string();
    actix_web::rt::spawn(async move {
        loop {
            match next(&app, &owner).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the job queue could not be read"),
            }
            let nudge = app.jobs.notified();
            let _woken = actix_web::rt::time::timeout(std::time::Duration::from_secs(2), nudge).await;
        }
    });
}

/// Takes and does one job; false where there is none.
async fn next(app: &Arc<App>, owner: &str) -> Result<bool> {
    let Some(job) = store::next_job(&app.db, now()).await? else { return Ok(false) };
    if !take(app, &job, owner).await? {
        return Ok(true);
    }
    let outcome = if job.attempts >= MAX_ATTEMPTS {
        Err(AppError::internal("given up after several attempts"))
    } else {
        do_import(app, &job, owner).await
    };
    finish(app, &job, owner, outcome).await?;
    store::drop_chunks_of_ended(&app.db).await?;
    Ok(true)
}

async fn take(app: &App, job: &Model, owner: &str) -> Result<bool> {
    let now = now();
    let taken = Entity::update_many()
        .col_expr(Column::Status, Expr::value(JobStatus::Running.code()))
        .col_expr(Column::LeaseOwner, Expr::value(owner))
        .col_expr(Column::LeaseUntil, Expr::value(now + Duration::seconds(LEASE_SECONDS)))
        .col_expr(Column::StartedAt, Expr::value(job.started_at.unwrap_or(now)))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(job.id))
        .filter(Column::Version.eq(job.version))
        .exec(&app.db)
        .await
        .or_app()?;
    Ok(taken.rows_affected == 1)
}

async fn do_import(app: &Arc<App>, job: &Model, owner: &str) -> Result<serde_json::Value> {
    let import = store::of_job(&app.db, &Ctx::system("import"), job.id).await?;
    let mut file: File = tempfile::tempfile().map_err(AppError::internal)?;
    let mut position = 0;
    while let Some(chunk) = store::chunk(&app.db, import.id, position).await? {
        let place = Place { table: "import_chunks", column: "content", id: chunk.id };
        let content = sealed::open_bytes(app, place, &chunk.content).await?;
        file.write_all(&content).map_err(AppError::internal)?;
        position += 1;
    }
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let requester = crate::persistence::users::find(&app.db, job.created_by).await?;
    let name = requester.map_or_else(|| "import".to_owned(), |user| user.display_name);
    let mut ctx = Ctx::system(&name);
    ctx.request_id = format!("job-{}", job.id);
    let renew = |done: i64| {
        let (app, job, owner) = (Arc::clone(app), job.id, owner.to_owned());
        actix_web::rt::spawn(async move {
            let renewed = Entity::update_many()
                .col_expr(Column::Done, Expr::value(done))
                // A job that gets on is not given up, however often its server is restarted.
                .col_expr(Column::Attempts, Expr::value(1))
                .col_expr(Column::Version, Expr::col(Column::Version).add(1))
                .col_expr(Column::LeaseUntil, Expr::value(now() + Duration::seconds(LEASE_SECONDS)))
                .col_expr(Column::UpdatedAt, Expr::value(now()))
                .filter(Column::Id.eq(job))
                .filter(Column::LeaseOwner.eq(owner))
                .filter(Column::Status.eq(JobStatus::Running.code()))
                .exec(&app.db)
                .await;
            if let Err(error) = renewed {
                tracing::warn!(%error, %job, "a lease was not renewed");
            }
        });
    };
    let done = imports::run(app, &ctx, import.id, file, &renew).await?;
    Ok(json!({
        "import_id": done.id, "rows_total": done.rows_total, "rows_created": done.rows_created,
        "rows_updated": done.rows_updated, "rows_unchanged": done.rows_unchanged,
        "rows_rejected": done.rows_rejected, "findings_count": done.findings_count
    }))
}

async fn finish(app: &App, job: &Model, owner: &str, outcome: Result<serde_json::Value>) -> Result<()> {
    let now = now();
    let (status, error, result) = match outcome {
        Ok(result) => (JobStatus::Succeeded, None, Some(result)),
        Err(error) if error.transient || error.code == crate::domain::refusal::Code::Unavailable => {
            // The lease will lapse and the job be taken up again, behind its last batch.
            tracing::warn!(%error, job = %job.id, "a job was interrupted");
            return Ok(());
        }
        Err(error) => {
            tracing::warn!(%error, job = %job.id, "a job failed");
            (JobStatus::Failed, Some(error.detail.zh), None)
        }
    };
    let total = result.as_ref().and_then(|result| result["rows_total"].as_i64());
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.code()))
        .col_expr(Column::Error, Expr::value(error))
        .col_expr(Column::Result, Expr::value(result))
        .col_expr(Column::Total, Expr::value(total))
        .col_expr(Column::Done, Expr::value(total.unwrap_or(job.done)))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(job.id))
        .filter(Column::LeaseOwner.eq(owner))
        .exec(&app.db)
        .await
        .or_app()?;
    Ok(())
}
