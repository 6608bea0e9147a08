//! The lines of a plan: what their words say, whom and what they mean, and what has to be right before they are reviewed.

use super::bodies::{CooperatingBody, PlanLineBody};
use super::carried::check_carried;
use super::editions::lines_in_force;
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::plans::is_public;
use crate::persistence::spot_checks::{plans, spot_check_items};
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use domain::items::items::Unusable;
use domain::kernel::refusal::Code;
use domain::kernel::rules::EFFECTIVE_ITEMS;
use domain::kernel::text::text;
use domain::spot_checks::plans::check_ratio;
use domain::spot_checks::plans::lines::{Cooperating, check_class_counts, exact_count, parse_period};
use domain::spot_checks::spot_check_items::{parse_modes, parse_ratio};
use entity::register::departments::Model as Department;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::plans::Model;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Puts a plan's lines in place of what it had. Lines that tasks carry out stay; they are cancelled, not removed.
pub async fn save(tx: &WriteTx, plan: &Model, bodies: Vec<PlanLineBody>) -> Result<Vec<Line>> {
    let conn = tx.conn();
    let before = plans::lines(conn, vec![plan.id]).await?.remove(&plan.id).unwrap_or_default();
    let named = bodies.iter().flat_map(|line| line.cooperating.iter().map(|part| part.department_id));
    let named = named
        .chain(bodies.iter().map(|line| line.lead_department_id))
        .flatten()
        .chain([plan.department_id])
        .collect::<Vec<_>>();
    let departments = departments::existing(conn, &named).await?;
    let mut errors = check_references(tx, &bodies, &departments).await?;
    let in_force = if is_public(plan) { lines_in_force(conn, plan).await? } else { Vec::new() };
    let known: Vec<Line> = before.iter().chain(&in_force).cloned().collect();
    errors.extend(check_ids(&bodies, &known));

    let printed = |id: Uuid| known.iter().find(|line| line.id == id).map(|line| line.printed.clone());
    let rows = bodies.into_iter().enumerate().map(|(index, line)| {
        let row = line_at(plan, index, line, &departments);
        Line { printed: printed(row.id).unwrap_or_default(), ..row }
    });
    let rows: Vec<Line> = rows.collect();
    for (index, row) in rows.iter().enumerate() {
        errors.extend(check_classes(index, row));
    }
    // Tasks carry out what is in force.
    let held = if in_force.is_empty() { &before } else { &in_force };
    if let Some(refused) = check_carried(tx, plan, held, &rows).await? {
        errors.push(FieldError::new("/lines", refused.code.code(), refused.detail));
    }

    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    plans::replace_lines(conn, plan.id, rows.clone()).await?;

    Ok(rows)
}

/// A line at its place, counted from 0, with what its words say in numbers.
pub fn line_at(plan: &Model, index: usize, line: PlanLineBody, departments: &[Department]) -> Line {
    let name_of = |id: Option<Uuid>| {
        let found = departments.iter().find(|known| Some(known.id) == id);
        found.map(|department| department.name.clone())
    };
    let small = |value: u32| i32::try_from(value).ok();
    let ratio = parse_ratio(&line.ratio_text);
    let period = parse_period(&line.period_text, plan.year).unzip();
    let lead_name = line.lead_name.or_else(|| name_of(line.lead_department_id));
    let unit = line.executing_unit.or_else(|| lead_name.clone()).or_else(|| name_of(Some(plan.department_id)));
    let cooperating =
        line.cooperating.into_iter().map(|CooperatingBody { name, department_id, spot_check_item_id }| {
            let name = name.or_else(|| name_of(department_id)).unwrap_or_default();
            Cooperating { name, department_id, spot_check_item_id }
        });

    Line {
        id: line.id.unwrap_or_else(new_id),
        plan_id: plan.id,
        position: i32::try_from(index + 1).unwrap_or(i32::MAX),
        number: line.number,
        spot_type: line.spot_type,
        executing_unit: unit.unwrap_or_default(),
        lead_name,
        lead_department_id: line.lead_department_id,
        cooperating: cooperating.collect::<Vec<_>>().into(),
        check_modes: line.mode_text.as_deref().map(parse_modes).unwrap_or_default().into(),
        mode_text: line.mode_text,
        starts_on: period.0,
        ends_on: period.1,
        class_rates: line.class_rates.into(),
        cancelled_reason: line.cancelled_reason,
        printed: BTreeMap::new().into(),
        category: line.category,
        item_name: line.item_name,
        targets: line.targets,
        item_kind: line.item_kind,
        ratio_bp: ratio.ceiling_bp.or(ratio.floor_bp).and_then(small),
        minimum_count: ratio.count.and_then(small),
        ratio_text: line.ratio_text,
        period_text: line.period_text,
        justification: line.justification,
        spot_check_item_id: line.spot_check_item_id,
        item_version: None,
        list_version: None,
    }
}

/// How the public knows a line among others: its number, with what it is about where others have the same, and its place where
/// that is the same too.
pub fn label(line: &Line, all: &[Line]) -> String {
    let others = || all.iter().filter(|other| other.id != line.id);
    let about = format!("“{}”", line.item_name);
    let named = match &line.number {
        Some(number) if others().any(|other| other.number.as_ref() == Some(number)) => format!("{number}{about}"),
        Some(number) => return number.clone(),
        None => about,
    };
    let is_shared = others().any(|other| other.number == line.number && other.item_name == line.item_name);
    if is_shared { format!("{named}({})", line.position) } else { named }
}

/// 抽查数量 that a line has to reach, by its ratio or class by class.
pub fn planned(line: &Line) -> Option<u32> {
    let of_classes = || {
        let counts: Option<Vec<u32>> = line.class_rates.iter().map(|rate| rate.count).collect();
        counts.filter(|counts| !counts.is_empty()).map(|counts| counts.into_iter().sum())
    };
    exact_count(&line.ratio_text).or_else(of_classes)
}

/// The items that a line names, its lead's first.
pub fn items(line: &Line) -> impl Iterator<Item = Uuid> {
    line.spot_check_item_id.into_iter().chain(line.cooperating.iter().filter_map(|part| part.spot_check_item_id))
}

/// Lines whose classes come twice, or do not add up.
pub fn check_all_classes(lines: &[Line]) -> Result<()> {
    let errors: Vec<_> = lines.iter().enumerate().filter_map(|(index, line)| check_classes(index, line)).collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// A class that comes twice, or classes that do not add up.
fn check_classes(index: usize, line: &Line) -> Option<FieldError> {
    let pointer = format!("/lines/{index}/class_rates");
    let classes: BTreeSet<_> = line.class_rates.iter().map(|rate| rate.class).collect();
    if classes.len() != line.class_rates.len() {
        let detail = text!("同一信用类别只能出现一次。", "A class comes once only.");
        return Some(FieldError::new(pointer, "DUPLICATE", detail));
    }
    let refused = check_class_counts(exact_count(&line.ratio_text), &line.class_rates).err()?;
    Some(FieldError::new(pointer, refused.code.code(), refused.detail))
}

/// Lines that are sent by their ids are the plan's own, as it is worked on or in force, and each comes once.
fn check_ids(bodies: &[PlanLineBody], known: &[Line]) -> Vec<FieldError> {
    let mut seen = BTreeSet::new();
    let mut errors = Vec::new();

    for (index, line) in bodies.iter().enumerate() {
        let Some(id) = line.id else { continue };
        let pointer = format!("/lines/{index}/id");
        if !known.iter().any(|line| line.id == id) {
            let detail = text!("本计划没有此条目。", "The plan has no such line.");
            errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
        } else if !seen.insert(id) {
            let detail = text!("同一条目出现两次。", "The line comes twice.");
            errors.push(FieldError::new(pointer, "DUPLICATE", detail));
        }
    }
    errors
}

async fn check_references(
    tx: &WriteTx,
    bodies: &[PlanLineBody],
    departments: &[Department],
) -> Result<Vec<FieldError>> {
    let cited = bodies.iter().flat_map(|line| {
        line.spot_check_item_id.into_iter().chain(line.cooperating.iter().filter_map(|part| part.spot_check_item_id))
    });
    let known = spot_check_items::by_ids(tx.conn(), cited.collect()).await?;
    let no_item = |id: Option<Uuid>| id.is_some_and(|id| !known.iter().any(|item| item.id == id));
    let nobody = |id: Option<Uuid>| id.is_some_and(|id| !departments.iter().any(|known| known.id == id));
    let no_such_item = || text!("引用的抽查事项不存在。", "There is no such spot-check item.");
    let no_such_department = || text!("部门不存在。", "There is no such department.");
    let mut errors = Vec::new();

    let mut refuse = |pointer: String, detail| errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));

    for (index, line) in bodies.iter().enumerate() {
        let at = format!("/lines/{index}");
        if no_item(line.spot_check_item_id) {
            refuse(format!("{at}/spot_check_item_id"), no_such_item());
        }
        if nobody(line.lead_department_id) {
            refuse(format!("{at}/lead_department_id"), no_such_department());
        }
        for (place, part) in line.cooperating.iter().enumerate() {
            if no_item(part.spot_check_item_id) {
                refuse(format!("{at}/cooperating/{place}/spot_check_item_id"), no_such_item());
            }
            if nobody(part.department_id) {
                refuse(format!("{at}/cooperating/{place}/department_id"), no_such_department());
            }
            if part.name.is_none() && part.department_id.is_none() {
                let detail =
                    text!("请写明参与部门的名称或选定部门。", "Name the cooperating department, or choose it.");
                refuse(format!("{at}/cooperating/{place}"), detail);
            }
        }
    }

    Ok(errors)
}

/// Every line that is not cancelled stands for an item that is effective and published, or is named; gives the versions in
/// force today.
pub async fn check_items(tx: &WriteTx, lines: &[Line]) -> Result<BTreeMap<Uuid, Used>> {
    let known = spot_check_items::by_ids(tx.conn(), lines.iter().flat_map(items).collect()).await?;
    let find = |id: Uuid| known.iter().find(|spot| spot.id == id).cloned();
    let mut spots = Vec::new();
    let mut errors = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.cancelled_reason.is_none()) {
        let pointer = format!("/lines/{at}/spot_check_item_id");
        if let Some(spot) = line.spot_check_item_id.and_then(find) {
            spots.push((pointer, spot));
        } else {
            let name = &line.item_name;
            let detail = text!(
                "“{name}”未对应抽查事项清单中的事项。",
                "\"{name}\" is not linked to an item of the spot-check list."
            );
            errors.push(FieldError::new(pointer, Unusable::NotLinked.code(), detail));
        }
        for (place, part) in line.cooperating.iter().enumerate() {
            if let Some(spot) = part.spot_check_item_id.and_then(find) {
                spots.push((format!("/lines/{at}/cooperating/{place}/spot_check_item_id"), spot));
            }
        }
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
pub fn check_ceilings(app: &App, lines: &[Line]) -> Result<()> {
    let mut errors = Vec::new();
    let mut first = None;

    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.cancelled_reason.is_none()) {
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
