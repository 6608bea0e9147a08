//! The job runner. Taking, renewing and ending a lease are single conditional updates, so two processes never share a job.

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id, now};
use crate::kernel::error::{Again, AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::intake::{imports as store, jobs};
use crate::service::intake::imports;
use crate::service::intake::jobs::UnderLease;
use crate::service::kernel::sealed;
use crate::service::risks::risk_models;
use domain::intake::jobs::{JobKind, JobStatus};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use entity::intake::jobs::Model;
use futures::FutureExt;
use futures::future::join_all;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A job that ended its process so often without getting on is not taken up again: the next process would end too.
const MAX_ATTEMPTS: i32 = 2;

/// Files do not wait for models, nor models for files.
const LANES: [&[JobKind]; 2] = [&[JobKind::Import], &[JobKind::Backtest, JobKind::RiskRun]];

/// How long the end of the process waits for a job to give its lease back: the rest of a batch.
const LAST_BATCH: Duration = Duration::from_secs(3);

/// The lanes at work.
pub struct Lanes(Vec<JoinHandle<()>>);

impl Lanes {
    /// Waits for what is under way to give its lease back; what takes longer is found again when its lease has lapsed.
    pub async fn ended(self) {
        let _late = actix_web::rt::time::timeout(LAST_BATCH, join_all(self.0)).await;
    }
}

/// Runs jobs until the process ends.
pub fn start(app: &Arc<App>) -> Lanes {
    let lane = |lane: &'static [JobKind]| {
        let (app, owner) = (Arc::clone(app), new_id().simple().to_string());
        actix_web::rt::spawn(async move {
            while !app.is_stopping() {
                match next(&app, lane, &owner).await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "the job queue could not be read"),
                }
                let nudge = app.jobs.notified();
                let _woken = actix_web::rt::time::timeout(Duration::from_secs(2), nudge).await;
            }
        })
    };
    Lanes(LANES.into_iter().map(lane).collect())
}

/// Does everything that waits, here and now.
pub async fn drain(app: &Arc<App>) -> Result<()> {
    let owner = new_id().simple().to_string();
    for lane in LANES {
        while next(app, lane, &owner).await? {}
    }
    Ok(())
}

/// Takes and does one job; false where there is none.
async fn next(app: &Arc<App>, lane: &[JobKind], owner: &str) -> Result<bool> {
    let Some(job) = jobs::next(&app.db, lane, now()).await? else { return Ok(false) };
    if !jobs::take(&app.db, &job, owner, now(), app.lease_until(now())).await? {
        return Ok(true);
    }
    let outcome = if job.attempts >= MAX_ATTEMPTS {
        Err(given_up())
    } else {
        // A job that panics must not take its lane with it.
        let done = AssertUnwindSafe(carry_out(app, &job, owner)).catch_unwind().await;
        done.unwrap_or_else(|_| Err(AppError::internal("the job panicked")))
    };
    finish(app, &job, owner, outcome).await?;
    store::drop_chunks_of_ended(&app.db).await?;

    Ok(true)
}

fn given_up() -> AppError {
    let detail = text!(
        "作业两次使处理进程异常终止，不再重试；请检查文件内容，或联系管理员。",
        "The job ended its process twice and is not tried again: look at what it was given, or ask the administrator."
    );
    AppError::new(Code::Internal, detail)
}

async fn carry_out(app: &Arc<App>, job: &Model, owner: &str) -> Result<Value> {
    let requester = crate::persistence::access::users::find(&app.db, job.created_by).await?;
    let kind = job.kind;
    let name = requester.map_or_else(|| kind.code().to_lowercase(), |user| user.display_name);
    let mut ctx = Ctx::system(&name);
    ctx.request_id = format!("job-{}", job.id);
    let progress = UnderLease { app: Arc::clone(app), job: job.id, owner: owner.to_owned() };
    match kind {
        JobKind::Import => import(app, &ctx, job, &progress).await,
        JobKind::Backtest => risk_models::backtest(app, &ctx, job.resource_id, &progress).await,
        JobKind::RiskRun => risk_models::run(app, &ctx, job.resource_id, &progress).await,
    }
}

async fn import(app: &Arc<App>, ctx: &Ctx, job: &Model, progress: &UnderLease) -> Result<Value> {
    let import = store::of_job(&app.db, ctx, job.id).await?;
    let mut file: File = tempfile::tempfile().map_err(AppError::internal)?;
    let mut position = 0;

    while let Some(chunk) = store::chunk(&app.db, import.id, position).await? {
        let place = Place { table: "import_chunks", column: "content", id: chunk.id };
        let content = sealed::open_bytes(app, place, &chunk.content).await?;
        file.write_all(&content).map_err(AppError::internal)?;
        position += 1;
    }

    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let done = Box::pin(imports::run(app, ctx, import.id, file, progress)).await?;

    Ok(json!({
        "import_id": done.id, "rows_total": done.rows_total, "rows_created": done.rows_created,
        "rows_updated": done.rows_updated, "rows_unchanged": done.rows_unchanged,
        "rows_rejected": done.rows_rejected, "findings_count": done.findings_count
    }))
}

async fn finish(app: &App, job: &Model, owner: &str, outcome: Result<Value>) -> Result<()> {
    let ended = match outcome {
        Ok(result) => (JobStatus::Succeeded, None, Some(result)),
        Err(error) if error.code == Code::JobCancelled => (JobStatus::Cancelled, None, None),
        Err(error) if error.again != Again::No || error.code == Code::Unavailable => {
            // The job is taken up again behind its last batch: at once where this process ends, else when the lease lapses.
            tracing::warn!(%error, job = %job.id, "a job was interrupted");
            if app.is_stopping() {
                return jobs::give_back(&app.db, job.id, owner, now()).await;
            }
            return jobs::forgive(&app.db, job.id, owner).await;
        }
        Err(error) => {
            tracing::warn!(%error, job = %job.id, "a job failed");
            (JobStatus::Failed, Some(error.detail.zh), None)
        }
    };
    jobs::end(&app.db, job, owner, ended, now()).await
}
