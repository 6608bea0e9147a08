//! The facts that the figures of few records are made of, department by department.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::access::activity;
use crate::persistence::inspections::issued_tasks as issued;
use crate::persistence::intake::{data_sets, imports};
use crate::persistence::kernel::versions::ids_in_force;
use crate::persistence::officers::rolls;
use crate::persistence::oversight::behaviour_rows;
use crate::persistence::oversight::indicators as store;
use crate::persistence::oversight::stages;
use crate::service::inspections::issued_tasks::times;
use chrono::{DateTime, Datelike, Utc};
use domain::access::Reach;
use domain::access::users::{IdentityState, UserStatus};
use domain::intake::imports::Dataset;
use domain::items::implementation_lists::ListState;
use domain::kernel::clocks::calendar::start_of;
use domain::oversight::indicators::behaviours::{ClaimedFacts, FileFacts};
use domain::oversight::indicators::data_sets::SetFacts;
use domain::oversight::indicators::items::{ItemFacts, MappingFacts};
use domain::oversight::indicators::people::{AccountFacts, HolderFacts, RollFacts};
use domain::oversight::indicators::risks::{ModelFacts, TaskFacts};
use domain::oversight::indicators::spot_checks::{IssuedFacts, StageFacts};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The first moment of the year in Asia/Shanghai.
pub(super) fn begin_of_year(ctx: &Ctx) -> DateTime<Utc> {
    let today = ctx.today();
    start_of(today.with_ordinal(1).unwrap_or(today))
}

pub(super) async fn mapping_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, MappingFacts)>> {
    let facts = store::mappings(conn, ctx).await?.into_iter().map(|own| {
        let facts = MappingFacts { id: own.id, state: own.state, differences: own.differences.0 };
        (own.department_id, facts)
    });
    Ok(facts.collect())
}

pub(super) async fn task_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, TaskFacts)>> {
    let mut facts = Vec::new();
    for (task, draw) in store::drawn_tasks(conn, ctx, begin_of_year(ctx)).await? {
        let classes = task.strata.iter().map(|rule| rule.class);
        let strata = draw.strata.0;
        let batches = draw.class_batches.0;
        let classified = batches.iter().map(|batch| batch.objects).sum();
        let strata = classes.zip(strata).collect();
        facts.push((task.lead_department_id, TaskFacts { id: task.id, classified, strata }));
    }
    Ok(facts)
}

pub(super) async fn stage_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, StageFacts)>> {
    let used = stages::used(conn, ctx, begin_of_year(ctx), ctx.today().year()).await?;
    Ok(used.into_iter().map(|facts| (facts.department, facts)).collect())
}

pub(super) async fn issued_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, IssuedFacts)>> {
    let tasks = issued::of_year(conn, ctx, begin_of_year(ctx)).await?;
    let parts = issued::parts(conn, tasks.iter().map(|task| task.id).collect()).await?;
    let facts = tasks.iter().map(|task| {
        let own: Vec<_> = parts.iter().filter(|part| part.task_id == task.id).cloned().collect();
        (task.department_id, IssuedFacts { id: task.id, times: times(task, &own) })
    });
    Ok(facts.collect())
}

pub(super) async fn file_facts(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    dataset: Dataset,
) -> Result<Vec<(Uuid, FileFacts)>> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let facts = imports::received(conn, ctx, dataset, begin_of_year(ctx)).await?.into_iter().map(|file| {
        let taken = file.rows_created + file.rows_updated + file.rows_unchanged;
        let rows = count(taken + file.rows_rejected);
        (file.department_id, FileFacts { id: file.id, rows, refused: count(file.rows_rejected) })
    });
    Ok(facts.collect())
}

pub(super) async fn claimed_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, ClaimedFacts)>> {
    let facts = behaviour_rows::claimed(conn, ctx, begin_of_year(ctx)).await?.into_iter();
    let facts =
        facts.map(|item| (item.department_id, ClaimedFacts { id: item.id, code: item.code, is_named: item.is_named }));
    Ok(facts.collect())
}

pub(super) async fn data_set_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, SetFacts)>> {
    let arrivals = data_sets::arrivals(conn).await?;
    let sets = data_sets::all(conn).await?.into_iter().map(|set| {
        let arrived = arrivals.get(&set.content).copied();
        // What is nobody's yet is the county's; a draft moves nothing.
        let owner = set.agreed_department_id.or(set.department_id).unwrap_or_default();
        (owner, SetFacts { id: set.id, cadence: set.agreed_cadence, arrived })
    });
    let is_own = |owner: Uuid| match ctx.reach {
        Reach::All => true,
        Reach::Department => ctx.actor.departments.contains(&owner),
        Reach::Assigned | Reach::Region => false,
    };
    Ok(sets.filter(|(owner, _)| is_own(*owner)).collect())
}

pub(super) async fn model_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, ModelFacts)>> {
    let count = |number: i32| u64::try_from(number).unwrap_or(0);
    let models = store::models(conn, ctx).await?.into_iter().map(|(model, version)| {
        let required = count(version.elements_required);
        (model.department_id, ModelFacts { id: model.id, required, filled: count(version.elements_filled) })
    });
    Ok(models.collect())
}

pub(super) async fn holder_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, HolderFacts)>> {
    let mut accounts = BTreeMap::new();
    for row in store::accounts(conn, ctx).await? {
        let Some(officer) = row.personnel_id else { continue };
        let state = (row.status, row.identity_state);
        // The best of several accounts counts.
        let best = accounts.entry(officer).or_insert(state);
        if state == (UserStatus::Active, IdentityState::Verified) {
            *best = state;
        }
    }
    let holders = store::holders(conn, ctx).await?.into_iter();
    Ok(holders.map(|(id, department)| (department, HolderFacts { id, account: accounts.get(&id).copied() })).collect())
}

pub(super) async fn account_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, AccountFacts)>> {
    let today = ctx.today();
    let first = today.with_day(1).unwrap_or(today);
    let seen: BTreeSet<Uuid> = activity::active_between(conn, first, today).await?.into_iter().collect();
    let accounts = store::accounts(conn, ctx).await?.into_iter().filter(store::is_active);
    Ok(accounts
        .filter_map(|row| Some((row.department_id?, AccountFacts { id: row.id, seen: seen.contains(&row.id) })))
        .collect())
}

pub(super) async fn roll_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, RollFacts)>> {
    let Some(newest) = rolls::newest(conn).await? else { return Ok(Vec::new()) };
    let mut rows = store::roll(conn, ctx, newest.import_id).await?;
    let facts = rows.entries.into_iter().map(|(entry, department)| {
        let differing = rows.differing.remove(&entry.certificate_no).unwrap_or_default();
        (department, RollFacts { id: entry.id, uploaded: !rows.missing.contains(&entry.certificate_no), differing })
    });
    Ok(facts.collect())
}

pub(super) async fn item_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, ItemFacts)>> {
    let today = ctx.today();
    let in_force = ids_in_force::<entity::items::items::Entity>(conn, today).await?;
    let in_force: BTreeSet<Uuid> = in_force.into_iter().collect();
    let lists_in_force = ids_in_force::<entity::items::implementation_lists::Entity>(conn, today).await?;
    let lists_in_force: BTreeSet<Uuid> = lists_in_force.into_iter().collect();
    let lists = store::lists(conn, ctx).await?;
    let lists: BTreeMap<Uuid, (Uuid, ListState)> =
        lists.into_iter().map(|row| (row.item_id, (row.id, row.state))).collect();
    let mut facts = Vec::new();

    for item in store::items(conn, ctx).await? {
        let list = lists.get(&item.id).map(|(id, state)| (*state, lists_in_force.contains(id)));
        facts.push((
            item.department_id,
            ItemFacts {
                id: item.id,
                origin: item.origin,
                state: item.state,
                administrative_type: item.administrative_type,
                in_force: in_force.contains(&item.id),
                list,
            },
        ));
    }

    Ok(facts)
}
