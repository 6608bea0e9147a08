//! 抽查计划: written by a department, reviewed by somebody else, published.

mod bodies;

pub use bodies::{MAX_LINES, PlanBody, PlanLineBody};

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::{plans, spot_check_items};
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use domain::access::Decide;
use domain::items::items::Unusable;
use domain::kernel::refusal::Code;
use domain::kernel::rules::EFFECTIVE_ITEMS;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::{PlanAction, PlanFacts, PlanKind, PlanStatus, check_ratio};
use domain::spot_checks::spot_check_items::parse_ratio;
use entity::spot_checks::plan_lines;
use entity::spot_checks::plans::{Column, Entity, Model};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A plan with its lines.
pub struct Plan {
    pub plan: Model,
    pub lines: Vec<plan_lines::Model>,
}

pub async fn create(app: &App, tx: &WriteTx, body: PlanBody) -> Result<Change<Plan>> {
    let ctx = tx.ctx();
    let department = body.department_id.unwrap_or(ctx.actor.department_id);
    ctx.check_own(department, "/department_id")?;
    departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    let plan = insert(tx, Model { kind: body.kind, ..blank(app, tx, department, body.year, body.name).await? }).await?;
    let lines = save_lines(tx, plan.id, body.lines).await?;
    let event = Event::of::<Entity>(AuditAction::Created, &plan).after(&json!({ "plan": plan, "lines": lines }));

    Ok(Change::new(Plan { plan, lines }, event))
}

/// An annual plan with the next code of its year, as a draft.
pub async fn blank(app: &App, tx: &WriteTx, department_id: Uuid, year: i32, name: String) -> Result<Model> {
    let now = tx.ctx().now;
    let series = format!("{}{year}", app.settings.county.code);
    Ok(Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &series, 4).await?,
        year,
        name,
        kind: PlanKind::Annual,
        department_id,
        status: PlanStatus::Draft,
        submitted_by: None,
        approved_by: None,
        return_reason: None,
        published_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// Replaces the plan's content while it is a draft.
pub async fn update(tx: &WriteTx, id: Uuid, version: i32, body: PlanBody) -> Result<Change<Plan>> {
    let mut plan = tx.edit::<Entity>(id, version).await?;

    plan.status = PlanFacts::from(&*plan).decide(&tx.ctx().actor, PlanAction::Update)?;

    let moved = body.department_id.is_some_and(|department| department != plan.department_id);
    if moved || body.year != plan.year {
        // Both are part of what the plan's code stands for.
        let pointer = if moved { "/department_id" } else { "/year" };
        let detail = text!("牵头部门和年度不能更改。", "The lead department and the year cannot be changed.");
        return Err(AppError::invalid_field(pointer, "IMMUTABLE", detail));
    }

    let old_lines = plans::lines(tx.conn(), vec![id]).await?.remove(&id).unwrap_or_default();
    plan.name = body.name;
    plan.kind = body.kind;
    let lines = save_lines(tx, id, body.lines).await?;

    save_with_lines(plan, AuditAction::Updated, None, Some(old_lines), lines).await
}

async fn save_lines(tx: &WriteTx, plan: Uuid, lines: Vec<PlanLineBody>) -> Result<Vec<plan_lines::Model>> {
    let cited: Vec<_> = lines.iter().filter_map(|line| line.spot_check_item_id).collect();
    let known: Vec<_> = spot_check_items::by_ids(tx.conn(), cited).await?.into_iter().map(|item| item.id).collect();
    let mut rows = Vec::with_capacity(lines.len());
    let mut errors = Vec::new();

    for (index, line) in lines.into_iter().enumerate() {
        if line.spot_check_item_id.is_some_and(|item| !known.contains(&item)) {
            let detail = text!("引用的抽查事项不存在。", "There is no such spot-check item.");
            errors.push(FieldError::new(format!("/lines/{index}/spot_check_item_id"), "NO_SUCH_RECORD", detail));
        }
        rows.push(line_at(plan, index, line));
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    plans::replace_lines(tx.conn(), plan, rows.clone()).await?;

    Ok(rows)
}

/// A line at its place, counted from 0, with what its words say in numbers.
pub fn line_at(plan: Uuid, index: usize, line: PlanLineBody) -> plan_lines::Model {
    let ratio = parse_ratio(&line.ratio_text);
    plan_lines::Model {
        id: new_id(),
        plan_id: plan,
        position: i32::try_from(index + 1).unwrap_or(i32::MAX),
        category: line.category,
        item_name: line.item_name,
        targets: line.targets,
        item_kind: line.item_kind,
        executing_unit: line.executing_unit,
        ratio_bp: ratio.ceiling_bp.or(ratio.floor_bp).and_then(|value| i32::try_from(value).ok()),
        minimum_count: ratio.count.and_then(|value| i32::try_from(value).ok()),
        ratio_text: line.ratio_text,
        period_text: line.period_text,
        justification: line.justification,
        spot_check_item_id: line.spot_check_item_id,
        item_version: None,
        list_version: None,
    }
}

/// Submits, returns, approves, publishes, amends or finishes.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: PlanAction,
    reason: Option<String>,
) -> Result<Change<Plan>> {
    let mut plan = tx.edit::<Entity>(id, version).await?;
    let mut lines = plans::lines(tx.conn(), vec![id]).await?.remove(&id).unwrap_or_default();

    plan.status = PlanFacts::from(&*plan).decide(&tx.ctx().actor, action)?;

    let audit = match action {
        PlanAction::Update => AuditAction::Updated,
        PlanAction::Submit => {
            check_ceilings(app, &lines)?;
            check_items(tx, &lines).await?;
            plan.submitted_by = Some(tx.ctx().actor.id);
            plan.return_reason = None;
            AuditAction::Submitted
        }
        PlanAction::Return => {
            plan.return_reason.clone_from(&reason);
            AuditAction::Returned
        }
        PlanAction::Approve => {
            plan.approved_by = Some(tx.ctx().actor.id);
            AuditAction::Approved
        }
        PlanAction::Publish => {
            let used = check_items(tx, &lines).await?;
            for line in &mut lines {
                let used = line.spot_check_item_id.and_then(|id| used.get(&id)).cloned().unwrap_or_default();
                (line.item_version, line.list_version) = (used.item_version, used.list_version);
            }
            plans::replace_lines(tx.conn(), id, lines.clone()).await?;
            plan.published_at = Some(tx.ctx().now);
            AuditAction::Published
        }
        PlanAction::Amend => AuditAction::Withdrawn,
        PlanAction::Finish => AuditAction::Finished,
    };

    save_with_lines(plan, audit, reason, None, lines).await
}

/// A plan and its lines are one record to the trail; `old` are the lines before, where they changed.
async fn save_with_lines(
    plan: Edit<'_, Entity>,
    audit: AuditAction,
    reason: Option<String>,
    old: Option<Vec<plan_lines::Model>>,
    lines: Vec<plan_lines::Model>,
) -> Result<Change<Plan>> {
    let mut before = json!({ "plan": plan.before() });
    if let Some(old) = old {
        before["lines"] = serde_json::to_value(old)?;
    }
    let plan = plan.write().await?;
    let event = Event::of::<Entity>(audit, &plan).reason(reason).before(&before);
    let event = event.after(&json!({ "plan": plan, "lines": lines }));

    Ok(Change::new(Plan { plan, lines }, event))
}

/// Every line stands for an item that is effective and published, or is named; gives the versions in force today.
async fn check_items(tx: &WriteTx, lines: &[plan_lines::Model]) -> Result<BTreeMap<Uuid, Used>> {
    let ids = lines.iter().filter_map(|line| line.spot_check_item_id).collect();
    let known = spot_check_items::by_ids(tx.conn(), ids).await?;
    let mut spots = Vec::new();
    let mut errors = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let pointer = format!("/lines/{at}/spot_check_item_id");
        if let Some(spot) = known.iter().find(|spot| Some(spot.id) == line.spot_check_item_id) {
            spots.push((pointer, spot.clone()));
            continue;
        }
        let name = &line.item_name;
        let detail = text!(
            "“{name}”未对应抽查事项清单中的事项。",
            "\"{name}\" is not linked to an item of the spot-check list."
        );
        errors.push(FieldError::new(pointer, Unusable::NotLinked.code(), detail));
    }

    let checked = check_usable(tx, &spots, tx.ctx().today()).await;
    if errors.is_empty() {
        return checked;
    }
    errors.extend(checked.err().map(|error| error.errors).unwrap_or_default());
    let detail =
        text!("未生效、未公布的事项不得列入抽查计划。", "Only items that are effective and published may be planned.");
    let mut error = AppError::new(Code::ItemNotEffective, detail).with_errors(errors);
    error.basis = Some(EFFECTIVE_ITEMS);

    Err(error)
}

/// Every general line above the ceiling that gives no reason, by its pointer.
fn check_ceilings(app: &App, lines: &[plan_lines::Model]) -> Result<()> {
    let mut errors = Vec::new();
    let mut first = None;
    for (index, line) in lines.iter().enumerate() {
        let ratio = line.ratio_bp.and_then(|value| u32::try_from(value).ok());
        let checked = check_ratio(&app.settings.rules, line.item_kind, ratio);
        if let (Err(refusal), None) = (checked, &line.justification) {
            let pointer = format!("/lines/{index}/justification");
            errors.push(FieldError::new(pointer, Code::RatioAboveCeiling.code(), refusal.detail.clone()));
            first.get_or_insert(refusal);
        }
    }
    match first {
        None => Ok(()),
        Some(refusal) => Err(AppError::from(refusal).with_errors(errors)),
    }
}
