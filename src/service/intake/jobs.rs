//! 后台作业: queued with the change that needs it, told of while it runs, and stopped when somebody asks.

use crate::app::App;
use crate::kernel::ctx::{new_id, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::intake::jobs as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use domain::intake::jobs::{JobKind, JobStatus};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::intake::jobs::{Entity, Model};
use std::sync::Arc;
use uuid::Uuid;

/// Where work on many rows tells how far it is; an error means that it has to stop.
pub trait Progress {
    fn tell(&self, done: i64, total: Option<i64>) -> impl Future<Output = Result<()>>;
}

/// Nobody is watching.
pub struct Unwatched;

impl Progress for Unwatched {
    async fn tell(&self, _: i64, _: Option<i64>) -> Result<()> {
        Ok(())
    }
}

/// Work under a job's lease.
pub struct UnderLease {
    pub app: Arc<App>,
    pub job: Uuid,
    pub owner: String,
}

impl Progress for UnderLease {
    async fn tell(&self, done: i64, total: Option<i64>) -> Result<()> {
        if self.app.is_stopping() {
            return Err(AppError::unavailable("the process ends"));
        }
        if !store::renew(&self.app.db, self.job, &self.owner, (done, total), now(), self.app.lease_until(now())).await?
        {
            return Err(AppError::unavailable("the job is carried out elsewhere"));
        }
        if store::is_cancelled(&self.app.db, self.job).await? {
            return Err(AppError::new(Code::JobCancelled, text!("作业已被取消。", "The job was cancelled.")));
        }
        Ok(())
    }
}

/// Queues work on a record; the runner is woken when the change has been committed.
pub async fn queue(tx: &WriteTx, kind: JobKind, resource: &'static str, resource_id: Uuid) -> Result<Model> {
    let ctx = tx.ctx();
    let job = Model {
        id: new_id(),
        kind,
        status: JobStatus::Queued,
        done: 0,
        total: None,
        error: None,
        result: None,
        resource: resource.to_owned(),
        resource_id,
        department_id: ctx.actor.department_id,
        created_by: ctx.actor.id,
        cancel_requested: false,
        lease_owner: None,
        lease_until: None,
        attempts: 0,
        started_at: None,
        finished_at: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    insert(tx, job).await
}

/// Asks a job to stop: one that waits ends at once, one that runs after the batch it is at. What is done stays done, and
/// a job that has ended meanwhile is as it is.
pub async fn cancel(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let before = store::get(tx.conn(), tx.ctx(), id).await?;
    let status = before.status;
    if status.is_over() {
        let event = Event::new(AuditAction::Cancelled, "jobs", id).department(before.department_id);
        return Ok(Change::new(before.clone(), event.reason("作业已结束".to_owned()).after(&before)));
    }
    // A job that runs changes its version at each batch: what it is asked for holds whatever batch it is at.
    if status == JobStatus::Queued {
        check_version::<Entity>(&before, version)?;
    }
    let mut after = Model { cancel_requested: true, ..before.clone() };
    if status == JobStatus::Queued {
        after.status = JobStatus::Cancelled;
        after.finished_at = Some(tx.ctx().now);
    }
    let saved = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
    let event = Event::new(AuditAction::Cancelled, "jobs", id).department(before.department_id);

    Ok(Change::new(saved.clone(), event.before(&before).after(&saved)))
}
