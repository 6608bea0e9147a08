//! Freezing the pool: who is eligible, in which stratum, under which opaque reference; roster and recusals with it.

use super::frozen::{Frozen, V3, references, save};
use super::pool::{Candidate, Eligible, class_batches, count, eligible, roster};
use super::{Task, chance, changes, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{departments, objects};
use crate::persistence::spot_checks::tasks::Parts;
use crate::persistence::spot_checks::{draws, tasks};
use crate::service::inspections::inspecting_bodies;
use crate::service::oversight::log::sign;
use crate::service::spot_checks::draws::{acts, frozen, time};
use crate::service::spot_checks::libraries;
use crate::service::spot_checks::plans;
use chrono::{DateTime, Duration, Utc};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::TWO_OFFICERS;
use domain::kernel::text::{listed, text};
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::DrawStatus;
use domain::spot_checks::draws::changes::without_chance;
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::draws::pool::{pool_root, recusal_root, roster_root, shielded};
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::draws::transcript::{Conditions, LeftOut, NamedLibrary};
use domain::spot_checks::tasks::{
    TaskAction, check_ceiling, check_coverage, check_strata as check_rules, classes_left_out, is_linkable,
};
use entity::spot_checks::tasks::{Entity, Model};
use uuid::Uuid;

pub async fn freeze(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let status = decision_facts(app, tx.ctx().now, &before, &parts).decide(&tx.ctx().actor, TaskAction::Freeze)?;
    let checked = parts.items.iter().map(|item| item.spot_check_item_id).collect();
    plans::check_in_force(tx, &before, &checked).await?;
    let used = super::check_items(tx, &parts).await?;
    let asked = parts.departments.iter().map(|part| (part.department_id, items_of(&parts, part.department_id)));
    inspecting_bodies::check(app, tx, asked.collect()).await?;
    check_team_size(&before, used.values().filter_map(|used| used.minimum_officers).max())?;
    let ceiling = used.values().filter_map(|used| used.ceiling_bp).min();
    for (spot, used) in used {
        tasks::keep_versions(tx.conn(), id, spot, (used.item_version, used.list_version)).await?;
    }

    check_rules(&before.strata)?;
    check_coverage(&before.strata, before.left_out_reason.as_deref())?;
    let (within, named, refreshed) = libraries::for_draw(app, tx, &before, &parts).await?;
    let eligible = eligible(tx.conn(), tx.ctx(), app, &before, &parts, &within).await?;
    let strata = count(&eligible.objects, &before.strata.0);
    check_strata(&before, &eligible.objects, &strata)?;
    if let (Some(ceiling), None) = (ceiling, before.excess_approved_by) {
        check_ceiling(&strata, ceiling)?;
    }
    let staff = roster(tx.conn(), &parts, &within, tx.ctx().today()).await?;
    check_roster(&before, &parts, &staff)?;
    let frozen = references(app, tx, &before, &eligible.objects, &staff).await?;
    check_shielded(tx, &before, &frozen).await?;

    let draw = draw_of(app, tx, &before, &parts, (&eligible, strata, &staff), named, &frozen).await?;
    let draw = insert(tx, draw).await?;
    save(tx, draw.id, frozen).await?;
    let after = Model { status, ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let task = with_parts(tx, task).await?;
    let lead = before.lead_department_id;
    let event = Event::new(AuditAction::Frozen, "tasks", id).department(lead).before(&before).after(&task.task);

    let of_draw = Event::new(AuditAction::Frozen, "draws", draw.id).department(lead).after(&draw);
    Ok(Change::new(task, event).and(of_draw).and(acts::frozen(&draw)).and_all(refreshed))
}

fn items_of(parts: &Parts, department: Uuid) -> Vec<Uuid> {
    let own = parts.items.iter().filter(|item| item.department_id == department);
    own.map(|item| item.spot_check_item_id).collect()
}

/// The draw's own row: roots, conditions, terms and the receipt of them.
async fn draw_of(
    app: &App,
    tx: &WriteTx,
    task: &Model,
    parts: &Parts,
    (eligible, strata, staff): (&Eligible, Vec<Stratum>, &[(Uuid, Uuid)]),
    libraries: Option<Vec<NamedLibrary>>,
    made: &Frozen,
) -> Result<entity::spot_checks::draws::Model> {
    let committed: Vec<_> = parts.commitments.iter().filter(|made| made.epoch == task.epoch).collect();
    let times = || committed.iter().map(|made| made.committed_at);
    // Commitments come before the freeze, whatever the clocks of two servers say.
    let now = times().max().map_or(tx.ctx().now, |latest| latest.max(tx.ctx().now));
    let first_at = times().min().unwrap_or(now);
    let changes = changes::since_first(tx, task, first_at, &eligible.objects, staff).await?;

    let mut draw = entity::spot_checks::draws::Model {
        id: new_id(),
        task_id: task.id,
        epoch: task.epoch,
        status: DrawStatus::Frozen,
        algorithm: V3.name().to_owned(),
        lead_department_id: task.lead_department_id,
        pool_count: i32::try_from(made.pool.len()).unwrap_or(i32::MAX),
        selected_count: 0,
        pool_root: hex::encode(pool_root(&made.leaves())),
        roster_root: hex::encode(roster_root(V3, &made.roster())),
        recusal_root: hex::encode(recusal_root(V3, &made.recusals())),
        linkable: is_linkable(&task.strata, &strata),
        strata: strata.into(),
        strategy_id: task.strategy_id,
        class_batches: class_batches(tx.conn(), &eligible.objects).await?.into(),
        officers_per_object: task.officers_per_object,
        eligibility: eligibility(task, eligible)?.into(),
        terms: String::new(),
        seed: None,
        previous_draw_id: draws::of_epoch(tx.conn(), task.id, task.epoch - 1).await?.map(|draw| draw.id),
        void_reason: None,
        conditions: Some(
            Conditions {
                chance: chance::named(app, task, reveal_from(app, now))?,
                changes,
                left_out: left_out(task, eligible),
                libraries,
                lone_object_reason: task.lone_object_reason.clone(),
                reveal_from: time(reveal_from(app, now)),
            }
            .into(),
        ),
        chance: None,
        receipt_key: None,
        receipt_signature: None,
        ended: None,
        frozen_at: now,
        drawn_at: None,
        matched_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let previous = draws::previous(tx.conn(), &draw).await?;
    let transcript = frozen(&draw, &parts.commitments, previous)?;
    let (key, signature) = sign(app, &transcript.receipted().message())?;
    draw.terms = hex::encode(transcript.terms);
    draw.receipt_key = Some(hex::encode(key));
    draw.receipt_signature = Some(hex::encode(signature));

    Ok(draw)
}

fn reveal_from(app: &App, frozen_at: DateTime<Utc>) -> DateTime<Utc> {
    frozen_at + Duration::minutes(i64::from(app.settings.rules.reveal_wait_minutes))
}

/// Something can be drawn, and where a stratum leaves nothing to chance it is said why.
fn check_strata(task: &Model, objects: &[Candidate], strata: &[Stratum]) -> Result<()> {
    if objects.is_empty() {
        let detail = text!("没有符合条件的对象，请调整筛选。", "No object is eligible; change the filter.");
        return Err(Refusal::new(Code::PoolEmpty, detail).into());
    }
    if strata.iter().all(|stratum| stratum.count == 0) {
        let detail = text!(
            "按现有比例和最低户数一户也抽不到，请调整分层。",
            "With these rates and minimums nobody would be drawn; change the strata."
        );
        return Err(Refusal::new(Code::PoolEmpty, detail).into());
    }
    if task.lone_object_reason.is_some() {
        return Ok(());
    }

    let alone: Vec<_> = without_chance(strata).map(|stratum| stratum.stratum.as_str()).collect();
    if alone.is_empty() {
        return Ok(());
    }
    let strata = listed(alone);
    Err(Refusal::new(
        Code::LoneObject,
        text!(
            "{zh} 层只有一户，抽取等于指定；请放宽筛选，或另建任务并写明理由（lone_object_reason，将公开）。",
            "Stratum {en} has one object only, so drawing it is naming it: widen the filter, or make the task anew with a reason (lone_object_reason, which is public).",
            zh = strata.zh,
            en = strata.en
        ),
    )
    .into())
}

/// What the task leaves out by its credit class, as one sum.
fn left_out(task: &Model, eligible: &Eligible) -> Option<LeftOut> {
    let reason = task.left_out_reason.clone()?;
    let objects = u32::try_from(eligible.left_out).unwrap_or(u32::MAX);
    (!classes_left_out(&task.strata).is_empty()).then_some(LeftOut { objects, reason })
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
fn check_roster(task: &Model, parts: &Parts, staff: &[(Uuid, Uuid)]) -> Result<()> {
    let needed = usize::try_from(task.officers_per_object).unwrap_or(2);
    for department in &parts.departments {
        let available = staff.iter().filter(|entry| entry.0 == department.department_id).count();
        if available < needed {
            let id = department.department_id;
            return Err(Refusal::new(
                Code::TooFewOfficers,
                text!(
                    "部门 {id} 证件有效且具备所需专业资格的执法人员只有 {available} 人，每户需 {needed} 人。",
                    "Department {id} has {available} officers with a valid certificate and the qualifications that its items ask for; {needed} an object are needed."
                ),
            )
            .under(TWO_OFFICERS)
            .into());
        }
    }

    Ok(())
}

/// An object that recusals leave without a team could never be inspected, and would stop every draw of it.
async fn check_shielded(tx: &WriteTx, task: &Model, frozen: &Frozen) -> Result<()> {
    let size = usize::try_from(task.officers_per_object).unwrap_or(2);
    let found = shielded(&frozen.roster(), &frozen.recusals(), size);
    let Some(first) = found.first() else { return Ok(()) };
    let object =
        frozen.pool.iter().find(|(leaf, ..)| leaf.object_ref == first.object_ref).map(|(_, object, _)| *object);
    let names = objects::by_ids(tx.conn(), object.into_iter().collect()).await?;
    let name = object.and_then(|object| names.get(&object)).map_or("", |object| object.name.as_str());
    let department = departments::get(tx.conn(), first.department).await?.name;
    let (count, available) = (found.len(), first.available);

    Err(Refusal::new(
        Code::ObjectsShielded,
        text!(
            "有 {count} 户因回避无人可派（如“{name}”，{department}只剩 {available} 人，需 {size} 人）；请补充执法人员，或核实回避登记。",
            "Recusals leave {count} object(s) without a team, such as {name}: {department} has {available} of {size} officers. Add officers, or check the recusals."
        ),
    )
    .under(TWO_OFFICERS)
    .into())
}
