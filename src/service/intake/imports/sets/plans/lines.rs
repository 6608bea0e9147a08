//! Which line of a plan a row means, and what a row leaves to be filled in or settled.

use super::Context;
use domain::intake::imports::plans::PlanRow;
use domain::intake::imports::{Dimension, Finding};
use domain::kernel::characters::name_form;
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::spot_checks::plans::lines::{ClassRate, TARGETS_NOT_SAID, check_class_counts, exact_count};
use domain::spot_checks::plans::{ItemKind, check_ratio};
use entity::spot_checks::plan_lines;
use entity::spot_checks::spot_check_items::Model as Item;
use std::collections::BTreeMap;

/// Whether a line is the one that a row numbers: the same number, lead and item, whatever else has changed.
pub(super) fn numbers(line: &plan_lines::Model, row: &PlanRow, _: &str) -> bool {
    let same =
        |told: &Option<String>, line: &Option<String>| told.as_deref().map(name_form) == line.as_deref().map(name_form);
    row.number.is_some()
        && same(&row.number, &line.number)
        && is_led_alike(line, row)
        && name_form(&row.item_name) == name_form(&line.item_name)
        && name_form(&row.category) == name_form(&line.category)
}

/// Whether a line says what a row says; what the row leaves out was filled in.
pub(super) fn says(line: &plan_lines::Model, row: &PlanRow, unit: &str) -> bool {
    let filled = |told: &Option<String>, line: &str, filling: &str| {
        told.as_deref().map_or(line == filling, |told| name_form(told) == name_form(line))
    };
    is_of_task(line, row)
        && filled(&row.targets, &line.targets, TARGETS_NOT_SAID)
        && filled(&row.executing_unit, &line.executing_unit, unit)
}

/// Whether a line is the one of a row that tells more, or less, than it did when it came first.
pub(super) fn may_mean(line: &plan_lines::Model, row: &PlanRow, unit: &str) -> bool {
    let open = |told: &Option<String>, line: &str, filling: &str| {
        told.as_deref().is_none_or(|told| line == filling || name_form(told) == name_form(line))
    };
    is_of_task(line, row)
        && open(&row.targets, &line.targets, TARGETS_NOT_SAID)
        && open(&row.executing_unit, &line.executing_unit, unit)
}

fn is_of_task(line: &plan_lines::Model, row: &PlanRow) -> bool {
    let told = [&row.category, &row.item_name, &row.period_text].map(|text| name_form(text));
    told == [&line.category, &line.item_name, &line.period_text].map(|text| name_form(text)) && is_led_alike(line, row)
}

/// Two lines that others lead are two lines.
fn is_led_alike(line: &plan_lines::Model, row: &PlanRow) -> bool {
    match (&row.lead, &line.lead_name) {
        (Some(told), Some(known)) => name_form(told) == name_form(known),
        (Some(_) | None, _) => true,
    }
}

/// A line by what it says: its widths, and the versions that its publication noted, change nothing.
pub(super) fn in_one_form(line: &plan_lines::Model) -> plan_lines::Model {
    plan_lines::Model {
        category: name_form(&line.category),
        item_name: name_form(&line.item_name),
        targets: name_form(&line.targets),
        executing_unit: name_form(&line.executing_unit),
        ratio_text: name_form(&line.ratio_text),
        mode_text: line.mode_text.as_deref().map(name_form),
        period_text: name_form(&line.period_text),
        printed: Stored::default(),
        item_version: None,
        list_version: None,
        ..line.clone()
    }
}

/// 信用分类抽查比例: what the row says, what the line says already.
pub(super) fn class_rates(row: &PlanRow, stored: Option<&plan_lines::Model>) -> Vec<ClassRate> {
    match stored {
        Some(stored) if row.class_rates.is_empty() => stored.class_rates.0.clone(),
        _ => row.class_rates.clone(),
    }
}

/// Words of columns: what the row prints, and of columns that its file lacks what is known already.
pub(super) fn printed(row: &PlanRow, stored: Option<&plan_lines::Model>) -> BTreeMap<String, String> {
    let mut words = stored.map(|line| line.printed.0.clone()).unwrap_or_default();
    words.extend(row.printed.clone());
    words
}

/// A line whose classes, known before or told now, do not add up to the number told now.
pub(super) fn contradiction(row: &PlanRow, read: &plan_lines::Model) -> Option<Finding> {
    let refusal = check_class_counts(exact_count(&read.ratio_text), &read.class_rates).err()?;
    Some(Finding::error("抽查比例", "CLASS_COUNTS_DIFFER", &row.ratio_text, refusal.detail))
}

/// 检查对象: what the row says, what the line says already, what the item is about.
pub(super) fn targets(row: &PlanRow, stored: Option<&plan_lines::Model>, item: Option<&Item>) -> String {
    let stored = stored.map(|line| line.targets.clone());
    let told = row.targets.clone().or(stored).or_else(|| item.map(|item| item.targets.clone()));
    told.unwrap_or_else(|| TARGETS_NOT_SAID.to_owned())
}

/// General items are bounded, so what nobody says is general.
pub(super) fn kind(row: &PlanRow, stored: Option<&plan_lines::Model>, item: Option<&Item>) -> ItemKind {
    let stored = stored.map(|line| line.item_kind);
    row.item_kind.or(stored).or_else(|| item.map(|item| item.item_kind)).unwrap_or(ItemKind::General)
}

/// What has to be settled before the plan can be submitted.
pub(super) fn doubts(context: &Context, row: &PlanRow, line: &plan_lines::Model) -> Vec<Finding> {
    let mut findings = Vec::new();
    if line.spot_check_item_id.is_none() {
        let message = text!(
            "抽查事项清单中没有（或有多个）同名事项；提交前须在计划中选定事项。",
            "No item, or several, of the spot-check list has this name; choose one in the plan before it is submitted."
        );
        findings.push(Finding::warning("抽查事项", "ITEM_NOT_LINKED", &row.item_name, message).of(Dimension::Linkage));
    }
    let strange = |name: &str, field: &'static str| {
        let message = text!(
            "没有（或有多个）这样的部门，保留原名；请在计划中选定部门。",
            "No department, or several, has this name; the name is kept. Choose the department in the plan."
        );
        Finding::warning(field, "UNKNOWN_DEPARTMENT", name, message).of(Dimension::Linkage)
    };
    if let Some(lead) = row.lead.as_deref().filter(|_| line.lead_department_id.is_none()) {
        findings.push(strange(lead, "发起部门"));
    }
    let nobody = line.cooperating.iter().filter(|part| part.department_id.is_none());
    findings.extend(nobody.map(|part| strange(&part.name, "参与部门")));
    if line.targets == TARGETS_NOT_SAID {
        let message = text!("没有检查对象，请在计划中补充。", "Whom it is about is not said; add it in the plan.");
        findings.push(Finding::warning("检查对象", "TARGETS_MISSING", "", message).of(Dimension::Completeness));
    }

    let share = line.ratio_bp.and_then(|value| u32::try_from(value).ok());
    if let Err(refusal) = check_ratio(&context.app.settings.rules, line.item_kind, share) {
        findings.push(Finding::warning("抽查比例", "GENERAL_ITEM_CEILING", &row.ratio_text, refusal.detail));
    }
    findings
}
