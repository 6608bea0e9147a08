//! An inspection that nobody drew: of a clue, or of a daily check. Its team and items are named, and checked as a drawn one's are.

use super::inspecting_bodies;
use super::inspections::{check_frequency, pending, recused_from, valid_certificates};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::spot_checks::{draws, spot_check_items, tasks};
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use crate::service::spot_checks::tasks as tasking;
use chrono::Days;
use domain::inspections::grounds::ExemptGround;
use domain::inspections::inspections::check_team;
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::{Duty, SpotType, TaskKind, TaskSource, TaskStatus};
use entity::inspections::{inspection_officers, inspections};
use entity::spot_checks::{task_departments, task_items};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Days in which it is to be made.
const DAYS: u64 = 30;

/// 检查人员
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct InspectOfficerBody {
    pub personnel_id: Uuid,
    pub is_leader: bool,
}

/// What is to be inspected, by whom.
pub struct Opening {
    pub source: TaskSource,
    pub department: Uuid,
    pub object: Uuid,
    pub item_ids: Vec<Uuid>,
    pub officers: Vec<InspectOfficerBody>,
    pub exempt_ground: Option<ExemptGround>,
}

/// An inspection that waits to be started, and the lines of the trail that tell of it and of its task.
pub async fn open(app: &App, tx: &WriteTx, opening: &Opening) -> Result<(inspections::Model, Vec<Event>)> {
    let certificates = check_officers(app, tx, opening).await?;
    let (task, items, used) = task(app, tx, opening).await?;
    inspecting_bodies::check(app, tx, vec![(opening.department, opening.item_ids.clone())]).await?;
    check_qualifications(tx, opening, &used).await?;

    let code = format!("{}-1-0001", task.code);
    let inspection = pending(tx.ctx().now, code, (task.id, None), opening.object, opening.department);
    let inspection = inspections::Model { exempt_ground: opening.exempt_ground, ..inspection };
    // A visit is drafted before it is asked for; whether the lists allow one more is looked at then.
    if opening.source != TaskSource::Visit {
        check_frequency(tx, &inspection, &used).await?;
    }
    let inspection = insert(tx, inspection).await?;
    let officers = opening.officers.iter().map(|officer| inspection_officers::Model {
        inspection_id: inspection.id,
        personnel_id: officer.personnel_id,
        certificate_no: certificates.get(&officer.personnel_id).cloned(),
        is_leader: officer.is_leader,
    });
    draws::insert_all::<inspection_officers::Entity>(tx.conn(), officers.collect()).await?;

    let of_task = Event::new(AuditAction::Created, "tasks", task.id).department(opening.department);
    let of_task = of_task.after(&json!({ "task": task, "items": items }));
    let made = Event::new(AuditAction::Created, "inspections", inspection.id);
    let made = made.department(opening.department).after(&inspection);
    Ok((inspection, vec![of_task, made]))
}

/// The team: of the department, two at least with one leader, certificates that hold today, nobody recused.
async fn check_officers(app: &App, tx: &WriteTx, opening: &Opening) -> Result<BTreeMap<Uuid, String>> {
    let ids: BTreeSet<_> = opening.officers.iter().map(|officer| officer.personnel_id).collect();
    let leaders = opening.officers.iter().filter(|officer| officer.is_leader).count();
    check_team(&app.settings.rules, ids.len(), leaders)?;
    let people = personnel::by_ids(tx.conn(), ids.iter().copied().collect()).await?;
    let mut errors = Vec::new();

    for (at, officer) in opening.officers.iter().enumerate() {
        if people.get(&officer.personnel_id).is_none_or(|person| person.department_id != opening.department) {
            let detail = text!("人员不存在或不属于承办部门。", "There is no such officer in the department.");
            errors.push(FieldError::new(format!("/officers/{at}/personnel_id"), "NO_SUCH_RECORD", detail));
        }
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let recused = recused_from(app, tx, ids.iter().copied().collect(), opening.object).await?;
    for (at, officer) in opening.officers.iter().enumerate() {
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

/// The task that the inspection belongs to: a special one of which nothing is drawn.
async fn task(
    app: &App,
    tx: &WriteTx,
    opening: &Opening,
) -> Result<(entity::spot_checks::tasks::Model, Vec<task_items::Model>, BTreeMap<Uuid, Used>)> {
    let department = opening.department;
    let wanted: BTreeSet<_> = opening.item_ids.iter().copied().collect();
    let spots = spot_check_items::by_ids(tx.conn(), wanted.iter().copied().collect()).await?;
    let mut errors = Vec::new();
    let mut named = Vec::new();

    for (at, id) in opening.item_ids.iter().enumerate() {
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
        // The name is public with the result: it tells nothing of a clue.
        name: format!("专项检查 {code}"),
        code,
        source: opening.source,
        kind: TaskKind::Special,
        plan_id: None,
        object_library_id: None,
        strategy_id: None,
        spot_type: SpotType::Targeted,
        lead_department_id: department,
        starts_on: today,
        ends_on: today.checked_add_days(Days::new(DAYS)).unwrap_or(today),
        pool_filter: Stored::default(),
        strata: Stored::default(),
        exclude_months: 0,
        officers_per_object: i32::try_from(opening.officers.len()).unwrap_or(2),
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
    let part = task_departments::Model { task_id: task.id, department_id: department, duty, officer_library_id: None };
    let departments = vec![part];
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
async fn check_qualifications(tx: &WriteTx, opening: &Opening, used: &BTreeMap<Uuid, Used>) -> Result<()> {
    let ids = opening.officers.iter().map(|officer| officer.personnel_id).collect();
    let people = personnel::by_ids(tx.conn(), ids).await?;
    let mut errors = Vec::new();
    for (at, officer) in opening.officers.iter().enumerate() {
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
