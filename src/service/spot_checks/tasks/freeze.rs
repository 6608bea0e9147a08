//! Freezing the pool: who is eligible, in which stratum, under which opaque reference; roster and recusals with it.

use super::pool::{Candidate, Eligible, class_batches, count, eligible, roster};
use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::ctx::{new_id, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::tasks::Parts;
use crate::persistence::spot_checks::{draws, tasks};
use crate::service::officers::personnel::recusals::all_of;
use crate::service::spot_checks::draws::frozen;
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::{TWO_OFFICERS, TWO_PARTIES};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::draws::pool::{Leaf, Recusal, RosterEntry, object_ref, pool_root, recusal_root, roster_root};
use domain::spot_checks::draws::{ALGORITHM, DrawStatus};
use domain::spot_checks::tasks::{TaskAction, is_linkable, stratum_label};
use entity::spot_checks::tasks::{Entity, Model};
use entity::spot_checks::{draw_pool, draw_recusals, draw_roster};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn freeze(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let status = decision_facts(app, &before, &parts).decide(&tx.ctx().actor, TaskAction::Freeze)?;
    check_outside_party(tx.conn(), &before, &parts).await?;
    let used = super::check_items(tx, &parts).await?;
    check_team_size(&before, used.values().filter_map(|used| used.minimum_officers).max())?;
    for (spot, used) in used {
        tasks::keep_versions(tx.conn(), id, spot, (used.item_version, used.list_version)).await?;
    }
    let eligible = eligible(tx.conn(), tx.ctx(), app, &before, &parts).await?;
    if eligible.objects.is_empty() {
        let detail = text!("没有符合条件的对象，请调整筛选。", "No object is eligible; change the filter.");
        return Err(Refusal::new(Code::PoolEmpty, detail).into());
    }
    let rules = before.strata.0.clone();
    let strata = count(&eligible.objects, &rules);
    if strata.iter().all(|stratum| stratum.count == 0) {
        let detail = text!(
            "按现有比例和最低户数一户也抽不到，请调整分层。",
            "With these rates and minimums nobody would be drawn; change the strata."
        );
        return Err(Refusal::new(Code::PoolEmpty, detail).into());
    }
    let class_batches = class_batches(tx.conn(), &eligible.objects).await?;
    let draw_id = new_id();
    let mut pool = Vec::with_capacity(eligible.objects.len());
    let mut refs = BTreeMap::new();
    for Candidate { id: object, class, .. } in &eligible.objects {
        let salt = random::<16>();
        let stratum = stratum_label(&rules, *class).ok_or_else(|| AppError::internal("class without stratum"))?;
        let reference = object_ref(*object, &salt);
        refs.insert(*object, reference);
        pool.push((Leaf { object_ref: reference, stratum }, *object, salt));
    }
    pool.sort_by_key(|a| a.0.object_ref);
    let leaves: Vec<_> = pool.iter().map(|(leaf, _, _)| leaf.clone()).collect();
    let roster = roster(tx.conn(), &parts, tx.ctx().today()).await?;
    check_roster(&before, &parts, &roster)?;
    let recusals = recusals(app, tx, &roster, &refs).await?;
    // Commitments come before the freeze, whatever the clocks of two servers say.
    let committed = parts.commitments.iter().filter(|made| made.epoch == before.epoch).map(|made| made.committed_at);
    let now = committed.max().map_or(tx.ctx().now, |latest| latest.max(tx.ctx().now));
    let mut draw = entity::spot_checks::draws::Model {
        id: draw_id,
        task_id: id,
        epoch: before.epoch,
        status: DrawStatus::Frozen,
        algorithm: ALGORITHM.to_owned(),
        lead_department_id: before.lead_department_id,
        pool_count: i32::try_from(pool.len()).unwrap_or(i32::MAX),
        selected_count: 0,
        pool_root: hex::encode(pool_root(&leaves)),
        roster_root: hex::encode(roster_root(&roster)),
        recusal_root: hex::encode(recusal_root(&recusals)),
        strata: strata.clone().into(),
        strategy_id: before.strategy_id,
        class_batches: class_batches.into(),
        officers_per_object: before.officers_per_object,
        eligibility: eligibility(&before, &eligible)?.into(),
        terms: String::new(),
        linkable: is_linkable(&strata),
        seed: None,
        previous_draw_id: draws::of_epoch(tx.conn(), id, before.epoch - 1).await?.map(|draw| draw.id),
        void_reason: None,
        frozen_at: now,
        drawn_at: None,
        matched_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let previous = draws::previous(tx.conn(), &draw).await?;
    draw.terms = hex::encode(frozen(&draw, &parts.commitments, previous)?.terms);
    let draw = insert(tx, draw).await?;
    save(tx, draw_id, pool, roster, recusals).await?;
    let after = Model { status, ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let task = with_parts(tx, task).await?;
    let lead = before.lead_department_id;
    let event = Event::new(AuditAction::Frozen, "tasks", id).department(lead).before(&before).after(&task.task);
    Ok(Change::new(task, event).and(Event::new(AuditAction::Frozen, "draws", draw_id).department(lead).after(&draw)))
}

/// Who could be drawn at all, as the transcript says it.
fn eligibility(task: &Model, eligible: &Eligible) -> Result<Eligibility> {
    let count = |excluded: usize| u32::try_from(excluded).map_err(AppError::internal);
    Ok(Eligibility {
        exclude_months: u32::try_from(task.exclude_months).map_err(AppError::internal)?,
        excluded_by_frequency: count(eligible.excluded_by_frequency)?,
        excluded_recently: count(eligible.excluded_recently)?,
        filter: task.pool_filter.0.clone().into(),
    })
}

async fn check_outside_party(conn: &impl ConnectionTrait, task: &Model, parts: &Parts) -> Result<()> {
    let committed = parts.commitments.iter().filter(|made| made.epoch == task.epoch).map(|made| made.department_id);

    // A bureau and its own brigade are one interest.
    let below_lead = departments::subtree(conn, task.lead_department_id).await?;
    for party in committed {
        if !below_lead.contains(&party) && !departments::subtree(conn, party).await?.contains(&task.lead_department_id)
        {
            return Ok(());
        }
    }
    Err(Refusal::new(
        Code::TooFewCommitments,
        text!(
            "封存方都属于发起部门系统；冻结前须有发起部门上下级以外的部门（如司法行政部门）封存随机数。",
            "All parties belong to the lead department; one outside it, such as the justice bureau, must commit before the freeze."
        ),
    )
    .under(TWO_PARTIES)
    .into())
}

/// An implementation list may ask for more officers than the task sends.
fn check_team_size(task: &Model, asked: Option<u32>) -> Result<()> {
    let (asked, sent) = (asked.unwrap_or(0), u32::try_from(task.officers_per_object).unwrap_or(0));
    if asked <= sent {
        return Ok(());
    }
    Err(Refusal::new(
        Code::TooFewOfficers,
        text!(
            "检查实施清单要求每户不少于 {asked} 人，本任务为 {sent} 人；请修改任务。",
            "An implementation list asks for {asked} officers an object, the task sends {sent}; change the task."
        ),
    )
    .under(TWO_OFFICERS)
    .into())
}

/// Too few officers are said now, not after the secrets are out.
fn check_roster(task: &Model, parts: &Parts, roster: &[RosterEntry]) -> Result<()> {
    let needed = usize::try_from(task.officers_per_object).unwrap_or(2);
    for department in &parts.departments {
        let available = roster.iter().filter(|entry| entry.department == department.department_id).count();
        if available < needed {
            let id = department.department_id;
            return Err(Refusal::new(
                Code::TooFewOfficers,
                text!(
                    "部门 {id} 证件有效的执法人员只有 {available} 人，每户需 {needed} 人。",
                    "Department {id} has {available} officers with a valid certificate; {needed} an object are needed."
                ),
            )
            .under(TWO_OFFICERS)
            .into());
        }
    }

    Ok(())
}

async fn recusals(
    app: &App,
    tx: &WriteTx,
    roster: &[RosterEntry],
    refs: &BTreeMap<Uuid, domain::spot_checks::draws::Digest>,
) -> Result<Vec<Recusal>> {
    let officers = roster.iter().map(|entry| entry.officer).collect();
    let pairs = all_of(app, tx.conn(), officers, tx.ctx().today()).await?;
    let pair = |(officer, object, _)| Some(Recusal { officer, object_ref: *refs.get(&object)? });
    let mut recusals: Vec<_> = pairs.into_iter().filter_map(pair).collect();
    recusals.sort();
    recusals.dedup();
    Ok(recusals)
}

async fn save(
    tx: &WriteTx,
    draw_id: Uuid,
    pool: Vec<(Leaf, Uuid, [u8; 16])>,
    roster: Vec<RosterEntry>,
    recusals: Vec<Recusal>,
) -> Result<()> {
    let pool = pool.into_iter().enumerate().map(|(at, (leaf, object_id, salt))| draw_pool::Model {
        draw_id,
        position: i32::try_from(at).unwrap_or(i32::MAX),
        object_id,
        object_ref: hex::encode(leaf.object_ref),
        stratum: leaf.stratum,
        salt: hex::encode(salt),
    });
    draws::insert_all::<draw_pool::Entity>(tx.conn(), pool.collect()).await?;
    let roster = roster.into_iter().map(|entry| draw_roster::Model {
        draw_id,
        department_id: entry.department,
        personnel_id: entry.officer,
        unavailable_reason: None,
    });
    draws::insert_all::<draw_roster::Entity>(tx.conn(), roster.collect()).await?;
    let recusals = recusals.into_iter().map(|pair| draw_recusals::Model {
        draw_id,
        personnel_id: pair.officer,
        object_ref: hex::encode(pair.object_ref),
    });

    draws::insert_all::<draw_recusals::Entity>(tx.conn(), recusals.collect()).await
}
