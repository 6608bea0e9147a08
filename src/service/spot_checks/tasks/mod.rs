//! 抽查任务: from a draft to the match of officers. One file a step of the draw.

mod bodies;
mod chance;
mod changes;
mod commit;
mod draft;
mod draw;
mod epochs;
mod freeze;
mod frozen;
mod parties;
mod pool;
mod preview;
mod visits;

pub use bodies::{ChanceBody, StratumBody, TaskBody, TaskDepartmentBody};
pub use chance::{ChanceValueBody, enter_chance};
pub use commit::{CommitBody, RevealBody, commit, reveal};
pub use draft::{approve_excess, create, next_code, update};
pub use draw::draw;
pub use epochs::{VoidEpochBody, cancel, consent_void, decline_void, redraw};
pub use freeze::freeze;
pub use preview::{Preview, preview};

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::persistence::spot_checks::tasks::Parts;
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use chrono::{DateTime, Utc};
use domain::spot_checks::draws::transcript::PartyDuty;
use domain::spot_checks::tasks::{ChanceFacts, Committed, TaskFacts};
use entity::spot_checks::commitments;
use entity::spot_checks::tasks::Model;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A task with its departments, items and commitments.
pub struct Task {
    pub task: Model,
    pub parts: Parts,
}

/// A task, as far as deciding about it needs.
pub fn decision_facts(app: &App, now: DateTime<Utc>, task: &Model, parts: &Parts) -> TaskFacts {
    let current = || parts.commitments.iter().filter(|made| made.epoch == task.epoch);
    let who = |made: &commitments::Model| made.who.as_ref().map(|who| (who.duty, who.house));
    let lead_house = current().filter(|made| made.department_id == task.lead_department_id).find_map(who);
    let is_outside = |made: &commitments::Model| {
        // Of a party that committed before houses were kept it is only known who it is.
        who(made).map_or(made.department_id != task.lead_department_id, |(duty, house)| {
            duty == PartyDuty::Witness || lead_house.is_some_and(|(_, lead)| house != lead)
        })
    };

    let committed = current().map(|made| Committed {
        department_id: made.department_id,
        committed_by: made.committed_by,
        is_revealed: made.secret.is_some(),
        is_outside: is_outside(made),
        is_former: made.who.is_none(),
        name: made.who.as_ref().map_or_else(|| made.department_id.to_string(), |who| who.name.clone()),
    });

    let draw = parts.draw.as_ref().filter(|draw| draw.epoch == task.epoch);
    let conditions = draw.and_then(|draw| draw.conditions.as_ref());
    let reveal_from = conditions.and_then(|conditions| conditions.reveal_from.parse().ok());
    let said_by = draw.and_then(|draw| draw.chance.as_ref()).map(|said| said.by.clone()).unwrap_or_default();
    // Once the pool is frozen, the terms say what is waited for.
    let named = conditions.map(|conditions| conditions.chance.as_ref());
    let chance = match named {
        Some(named) => named.and_then(|named| Some((named.at.parse().ok()?, named.voices()))),
        None => task.chance.as_ref().map(|plan| (plan.at, plan.source.voices())),
    };
    let chance = chance.map(|(at, voices)| ChanceFacts { at, voices, said_by });
    TaskFacts {
        status: task.status,
        source: task.source,
        lead_department_id: task.lead_department_id,
        departments: parts.departments.iter().map(|department| department.department_id).collect(),
        committed: committed.collect(),
        minimum_parties: app.settings.rules.minimum_parties,
        leaving: task.leaving.as_ref().map(|leaving| leaving.0.clone()),
        reveal_from,
        chance,
        asks_for_excess: task.excess_reason.is_some(),
        excess_asked_by: task.excess_asked_by,
        excess_approved_by: task.excess_approved_by,
        now,
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
