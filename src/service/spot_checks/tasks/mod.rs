//! 抽查任务: from a draft to the match of officers. One file a step of the draw.

mod bodies;
mod commit;
mod draft;
mod draw;
mod epochs;
mod freeze;
mod matching;
mod pool;

pub use bodies::{StratumBody, TaskBody, TaskDepartmentBody};
pub use commit::{CommitBody, RevealBody, commit, reveal};
pub use draft::{create, next_code, update};
pub use draw::draw;
pub use epochs::{cancel, redraw};
pub use freeze::freeze;
pub use matching::match_officers;
pub use pool::{Preview, preview};

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::persistence::spot_checks::tasks::Parts;
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use domain::spot_checks::tasks::{Committed, TaskFacts};
use entity::spot_checks::tasks::Model;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A task with its departments, items and commitments.
pub struct Task {
    pub task: Model,
    pub parts: Parts,
}

/// A task, as far as deciding about it needs.
pub fn decision_facts(app: &App, task: &Model, parts: &Parts) -> TaskFacts {
    let committed = parts.commitments.iter().filter(|made| made.epoch == task.epoch).map(|made| Committed {
        department_id: made.department_id,
        committed_by: made.committed_by,
        is_revealed: made.secret.is_some(),
    });
    TaskFacts {
        status: task.status,
        source: task.source,
        lead_department_id: task.lead_department_id,
        departments: parts.departments.iter().map(|department| department.department_id).collect(),
        committed: committed.collect(),
        minimum_parties: app.settings.rules.minimum_parties,
    }
}

async fn with_parts(tx: &WriteTx, task: Model) -> Result<Task> {
    let parts = crate::persistence::spot_checks::tasks::parts_of(tx.conn(), task.id).await?;
    Ok(Task { task, parts })
}

/// The task's items, effective and published today, with the versions in force; each that is not is named.
async fn check_items(tx: &WriteTx, parts: &Parts) -> Result<BTreeMap<Uuid, Used>> {
    let ids: Vec<_> = parts.items.iter().map(|item| item.spot_check_item_id).collect();
    let known = spot_check_items::by_ids(tx.conn(), ids).await?;
    let spots: Vec<_> = known.into_iter().map(|spot| (format!("/items/{}", spot.code), spot)).collect();
    check_usable(tx, &spots, tx.ctx().today()).await
}
