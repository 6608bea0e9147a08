//! What changes between the first commitment and the freeze is counted: whoever organises a draw also keeps the register.

use super::pool::{Candidate, eligible, roster};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::recusals;
use crate::persistence::spot_checks::tasks;
use crate::persistence::spot_checks::tasks::Parts;
use crate::service::spot_checks::draws::time;
use crate::service::spot_checks::libraries;
use chrono::{DateTime, Utc};
use domain::spot_checks::draws::changes::{Changes, Eligible};
use entity::spot_checks::task_eligible;
use entity::spot_checks::tasks::Model;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Keeps who is eligible when the first party of an epoch commits.
pub(super) async fn keep_first(app: &App, tx: &WriteTx, task: &Model, parts: &Parts) -> Result<()> {
    if parts.commitments.iter().any(|made| made.epoch == task.epoch) {
        return Ok(());
    }
    libraries::check_ready(tx, app, task, parts).await?;
    let today = tx.ctx().today();
    let within = libraries::now(tx.conn(), app, task, parts, today).await?;
    let objects = eligible(tx.conn(), tx.ctx(), app, task, parts, &within).await?.objects;
    let roster = roster(tx.conn(), parts, &within, today).await?;
    let row = task_eligible::Model {
        task_id: task.id,
        epoch: task.epoch,
        eligible: now(&objects, &roster).into(),
        taken_at: tx.ctx().now,
    };

    tasks::keep_eligible(tx.conn(), row).await
}

fn now(objects: &[Candidate], roster: &[(Uuid, Uuid)]) -> Eligible {
    Eligible {
        objects: objects.iter().map(|object| (object.id, object.class)).collect(),
        officers: roster.iter().map(|(department, officer)| (*officer, *department)).collect(),
    }
}

/// What has changed since then.
pub(super) async fn since_first(
    tx: &WriteTx,
    task: &Model,
    first_at: DateTime<Utc>,
    objects: &[Candidate],
    roster: &[(Uuid, Uuid)],
) -> Result<Changes> {
    let today = now(objects, roster);
    let first = tasks::eligible_at_first(tx.conn(), task.id, task.epoch).await?;
    let before = first.map_or_else(|| today.clone(), |first| first.eligible.0);
    let officers = roster.iter().map(|(_, officer)| *officer).collect();
    let pool: BTreeSet<_> = objects.iter().map(|object| object.id).collect();
    let declared = recusals::declared(tx.conn(), officers).await?;
    let meanwhile =
        declared.iter().filter(|pair| pair.created_at >= first_at && pool.contains(&pair.object_id)).count();

    Ok(before.until(&today, meanwhile, time(first_at)))
}
