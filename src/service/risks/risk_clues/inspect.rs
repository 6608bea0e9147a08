//! A clue becomes an inspection in one action, and the inspection's approved result flows back to the clue.

use super::act::verified;
use super::bodies::InspectBody;
use super::{Clue, changed, decision_facts, put_clocks};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspections as visits;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::risks::risk_clues as store;
use crate::persistence::spot_checks::{draws, spot_check_items, tasks};
use crate::service::inspections::inspecting_bodies;
use crate::service::inspections::inspections::{check_frequency, pending, recused_from, valid_certificates};
use crate::service::oversight::worklist;
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use crate::service::spot_checks::tasks as tasking;
use chrono::Days;
use domain::access::Decide;
use domain::inspections::inspections::check_team;
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_clues::{ClueAction, Verdict, apply};
use domain::spot_checks::tasks::{Duty, SpotType, TaskKind, TaskSource, TaskStatus};
use entity::inspections::{inspection_officers, inspections};
use entity::risks::risk_clue_measures as measures;
use entity::risks::risk_clues::Entity;
use entity::spot_checks::{task_departments, task_items};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// 行政检查 in the dictionary clue-dispose-type.
const INSPECTION: &str = "1";
/// 未发现违法行为 in the dictionary spot-result.
const NO_VIOLATION: &str = "1";
/// Days in which the inspection of a clue is to be made.
const DAYS: u64 = 30;

pub async fn open_inspection(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: InspectBody,
) -> Result<Change<Clue>> {
    let before = store::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    decision_facts(&before, tx.ctx().now).decide(&tx.ctx().actor, ClueAction::OpenInspection)?;
    let department = before.department_id.ok_or_else(|| AppError::internal("a clue under way without department"))?;
    let object = before.object_id.ok_or_else(|| AppError::internal("decided without an object"))?;
    let certificates = check(app, tx, department, object, &body).await?;
    let (task, items, used) = task(app, tx, department, &body).await?;
    inspecting_bodies::check(app, tx, vec![(department, body.item_ids.clone())]).await?;
    check_qualifications(tx, &body, &used).await?;
    let now = tx.ctx().now;
    let code = format!("{}-1-0001", task.code);
    let inspection = pending(now, code, (task.id, None), object, department);
    let inspection = inspections::Model { exempt_ground: body.exempt_ground, ..inspection };
    check_frequency(tx, &inspection, &used).await?;
    let inspection = insert(tx, inspection).await?;
    let officers = body.officers.iter().map(|officer| inspection_officers::Model {
        inspection_id: inspection.id,
        personnel_id: officer.personnel_id,
        certificate_no: certificates.get(&officer.personnel_id).cloned(),
        is_leader: officer.is_leader,
    });
    draws::insert_all::<inspection_officers::Entity>(tx.conn(), officers.collect()).await?;
    let measure = measures::Model {
        id: new_id(),
        clue_id: id,
        measure: INSPECTION.to_owned(),
        content: format!("转检查 {}", inspection.code),
        inspection_id: Some(inspection.id),
        task_id: Some(task.id),
        penalty_no: None,
        classification_id: None,
        outcome: None,
        created_by: tx.ctx().actor.id,
        created_at: now,
    };
    store::add_measures(tx.conn(), vec![measure]).await?;
    let mut after = before.clone();
    put_clocks(app, &mut after, now)?;
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::InspectionOpened, "risk-clues", id).before(&before);
    let of_task = Event::new(AuditAction::Created, "tasks", task.id).department(department);
    let of_task = of_task.after(&json!({ "task": task, "items": items }));
    let made = Event::new(AuditAction::Created, "inspections", inspection.id).department(department).after(&inspection);

    Ok(changed(tx, saved, event).await?.and(of_task).and(made))
}

/// The team: of the department, two at least with one leader, certificates that hold today, nobody recused.
async fn check(
    app: &App,
    tx: &WriteTx,
    department: Uuid,
    object: Uuid,
    body: &InspectBody,
) -> Result<std::collections::BTreeMap<Uuid, String>> {
    let ids: BTreeSet<_> = body.officers.iter().map(|officer| officer.personnel_id).collect();
    let leaders = body.officers.iter().filter(|officer| officer.is_leader).count();
    check_team(&app.settings.rules, ids.len(), leaders)?;
    let people = personnel::by_ids(tx.conn(), ids.iter().copied().collect()).await?;
    let mut errors = Vec::new();

    for (at, officer) in body.officers.iter().enumerate() {
        if people.get(&officer.personnel_id).is_none_or(|person| person.department_id != department) {
            let detail = text!("人员不存在或不属于承办部门。", "There is no such officer in the department.");
            errors.push(FieldError::new(format!("/officers/{at}/personnel_id"), "NO_SUCH_RECORD", detail));
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let recused = recused_from(app, tx, ids.iter().copied().collect(), object).await?;
    for (at, officer) in body.officers.iter().enumerate() {
        if let Some(kind) = recused.get(&officer.personnel_id) {
            let detail =
                text!("该人员应当回避：{l}。", "This officer is recused: {c}.", l = kind.label(), c = kind.code());
            errors.push(FieldError::new(format!("/officers/{at}/personnel_id"), "RECUSED", detail));
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    valid_certificates(tx, ids.into_iter().collect()).await
}

/// The task that the inspection belongs to: a special one, with the clue as its source.
async fn task(
    app: &App,
    tx: &WriteTx,
    department: Uuid,
    body: &InspectBody,
) -> Result<(entity::spot_checks::tasks::Model, Vec<task_items::Model>, BTreeMap<Uuid, Used>)> {
    let wanted: BTreeSet<_> = body.item_ids.iter().copied().collect();
    let spots = spot_check_items::by_ids(tx.conn(), wanted.iter().copied().collect()).await?;
    let mut errors = Vec::new();
    let mut named = Vec::new();

    for (at, id) in body.item_ids.iter().enumerate() {
        let pointer = format!("/item_ids/{at}");
        let own = |owner: Option<Uuid>| owner.is_none_or(|owner| owner == department);
        if let Some(spot) = spots.iter().find(|spot| spot.id == *id && own(spot.department_id)) {
            named.push((pointer, spot.clone()));
        } else {
            let detail = text!("抽查事项不存在或属于其他部门。", "There is no such item of the department.");
            errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let used = check_usable(tx, &named, tx.ctx().today()).await?;
    let today = tx.ctx().today();
    let code = tasking::next_code(app, tx).await?;
    let task = entity::spot_checks::tasks::Model {
        id: new_id(),
        // The name is public with the result: it tells nothing of the clue.
        name: format!("专项检查 {code}"),
        code,
        source: TaskSource::Clue,
        kind: TaskKind::Special,
        plan_id: None,
        strategy_id: None,
        spot_type: SpotType::Targeted,
        lead_department_id: department,
        starts_on: today,
        ends_on: today.checked_add_days(Days::new(DAYS)).unwrap_or(today),
        pool_filter: Stored::default(),
        strata: Stored::default(),
        exclude_months: 0,
        officers_per_object: i32::try_from(body.officers.len()).unwrap_or(2),
        status: TaskStatus::Matched,
        epoch: 1,
        reason: None,
        lone_object_reason: None,
        left_out_reason: None,
        excess_reason: None,
        excess_asked_by: None,
        excess_approved_by: None,
        chance: None,
        leaving: None,
        version: 1,
        created_at: tx.ctx().now,
        updated_at: tx.ctx().now,
    };
    let task = insert(tx, task).await.map_err(AppError::again)?;
    let duty = Duty::Lead;
    let departments = vec![task_departments::Model { task_id: task.id, department_id: department, duty }];
    let items: Vec<_> = wanted
        .into_iter()
        .map(|spot| {
            let versions = used.get(&spot).cloned().unwrap_or_default();
            task_items::Model {
                task_id: task.id,
                department_id: department,
                spot_check_item_id: spot,
                item_version: versions.item_version,
                list_version: versions.list_version,
            }
        })
        .collect();
    tasks::replace_parts(tx.conn(), task.id, departments, items.clone()).await?;

    Ok((task, items, used))
}

/// Each officer has what the lists ask for.
async fn check_qualifications(tx: &WriteTx, body: &InspectBody, used: &BTreeMap<Uuid, Used>) -> Result<()> {
    let ids = body.officers.iter().map(|officer| officer.personnel_id).collect();
    let people = personnel::by_ids(tx.conn(), ids).await?;
    let mut errors = Vec::new();
    for (at, officer) in body.officers.iter().enumerate() {
        let has = |wanted: &&String| {
            people.get(&officer.personnel_id).is_some_and(|person| person.qualifications.contains(wanted))
        };
        if let Some(wanted) = used.values().filter_map(|used| used.qualification.as_ref()).find(|wanted| !has(wanted)) {
            let detail = text!(
                "该事项要求检查人员具备“{wanted}”资格。",
                "The item asks for officers with the qualification {wanted}."
            );
            errors.push(FieldError::new(format!("/officers/{at}/personnel_id"), "NOT_QUALIFIED", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// The approved result of an inspection that a clue asked for: noted beside its measure, and the verdict of a clue that
/// is still being verified. Problems found make it true, a clean result false; any other leaves it open.
pub async fn inspection_approved(app: &App, tx: &WriteTx, inspection: &inspections::Model) -> Result<Vec<Event>> {
    let Some((measure, before)) = store::of_inspection(tx.conn(), inspection.id).await? else {
        return Ok(Vec::new());
    };
    let parts = visits::parts_of(tx.conn(), inspection.id).await?;
    let outcome = format!(
        "检查 {} 结果代码 {}，不合格检查项 {} 个。{}",
        inspection.code,
        parts.results.join("、"),
        parts.failed_points(),
        inspection.summary.clone().unwrap_or_default()
    );
    store::put_outcome(tx.conn(), measure, outcome.clone()).await?;
    let mut after = before.clone();
    let status = before.status;
    let verdict = if parts.found_problems() {
        Some(Verdict::True)
    } else {
        // Whoever was not found, or did not cooperate, was not cleared either.
        (parts.results == [NO_VIOLATION]).then_some(Verdict::False)
    };
    // A verdict that this inspection gave is mended by its corrected result, until something was done about the clue.
    let own = before.verification.as_ref().is_some_and(|said| said.starts_with(&format!("检查 {} ", inspection.code)));
    let mends = own && before.verdict != verdict && apply(status, ClueAction::Dispose).is_ok();
    let next = apply(status, ClueAction::Verify).ok().or(mends.then_some(status));
    let decides = next.zip(verdict);

    if let Some((next, verdict)) = decides {
        after.status = next;
        after.verdict = Some(verdict);
        after.verification = Some(outcome);
        after.verified_by = Some(tx.ctx().actor.id);
        after.verified_at = Some(tx.ctx().now);
    }

    put_clocks(app, &mut after, tx.ctx().now)?;
    let saved = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
    worklist::clue(app, tx, &saved).await?;
    let mut events = vec![
        Event::new(AuditAction::ResultReceived, "risk-clues", before.id)
            .department(saved.department_id)
            .before(&before)
            .after(&saved),
    ];
    if decides.is_some() {
        events.extend(verified(tx, &saved).await?);
    }

    Ok(events)
}
