//! Rows of a published plan become lines of drafts, one plan for each body and year. What has been submitted is not an
//! import's to change.

mod known;

use super::files::At;
use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{Noun, insert, lock_row, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::{plans, spot_check_items};
use crate::service::spot_checks::plans::{MAX_LINES, PlanLineBody, blank, line_at};
use domain::access::Decide;
use domain::intake::imports::plans::{self as plan_row, PlanRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::characters::name_form;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::{ItemKind, PlanAction, PlanFacts, check_ratio};
use entity::intake::imports;
use entity::register::departments::Model as Department;
use entity::spot_checks::plans::{Entity as PlanEntity, Model};
use entity::spot_checks::{plan_lines, spot_check_items::Model as Item};
use serde_json::json;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(super) struct Plans;

impl DataSet for Plans {
    type Row = PlanRow;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<PlanRow> {
        plan_row::parse(cells, context.today)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&PlanRow>],
    ) -> Result<Outcome> {
        apply(tx, context, outcome, rows).await
    }
}

/// What a table's names mean here: a county has some dozens of departments and some hundred items.
struct Known<'a> {
    tx: &'a WriteTx,
    context: &'a Context,
    departments: Vec<Department>,
    items: Vec<Item>,
}

/// A plan that takes up rows.
struct Draft {
    plan: Model,
    is_new: bool,
    before: Vec<plan_lines::Model>,
    lines: Vec<plan_lines::Model>,
    /// Lines that a row of this file has taken.
    taken: BTreeSet<usize>,
}

async fn apply(tx: &WriteTx, context: &Context, mut outcome: Outcome, rows: &[Numbered<&PlanRow>]) -> Result<Outcome> {
    let known = Known {
        tx,
        context,
        departments: departments::all(tx.conn()).await?,
        items: spot_check_items::all(tx.conn()).await?,
    };
    let mut drafts: BTreeMap<(Uuid, i32), Draft> = BTreeMap::new();

    for Numbered { at, row } in rows {
        let department = match known.department(row) {
            Ok((department, finding)) => {
                outcome.findings.extend(finding.map(|finding| (*at, finding)));
                department
            }
            Err(finding) => {
                outcome.refuse(*at, finding);
                continue;
            }
        };
        let draft = match drafts.entry((department.id, row.year)) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => place.insert(known.draft(department, row).await?),
        };
        draft.take(&known, department, (*at, row), &mut outcome);
    }

    for draft in drafts.into_values() {
        outcome.events.extend(draft.save(tx).await?);
    }

    Ok(outcome)
}

impl Known<'_> {
    /// The annual plan of a department and a year as it stands, or a new one; held, so that two files make one plan.
    ///
    /// It goes by its name, or by the row itself where somebody has renamed it.
    async fn draft(&self, department: &Department, row: &PlanRow) -> Result<Draft> {
        let (tx, conn, year) = (self.tx, self.tx.conn(), row.year);
        let name = format!("{year}年度{}双随机抽查计划", department.name);
        lock_row::<entity::register::departments::Entity>(conn, department.id).await?;
        let known = plans::annual(conn, department.id, year).await?;
        for plan in &known {
            lock_row::<PlanEntity>(conn, plan.id).await?;
        }
        let mut known = plans::annual(conn, department.id, year).await?;
        let mut lines = plans::lines(conn, known.iter().map(|plan| plan.id).collect()).await?;
        let named = known.iter().position(|plan| plan.name == name);
        let has_row = |plan: &Model| {
            lines.get(&plan.id).is_some_and(|lines| lines.iter().any(|line| may_mean(line, row, department)))
        };
        let found = named.or_else(|| known.iter().position(has_row)).map(|at| known.swap_remove(at));

        let is_new = found.is_none();
        let plan = match found {
            Some(plan) => plan,
            None => blank(&self.context.app, tx, department.id, year, name).await?,
        };
        let lines = lines.remove(&plan.id).unwrap_or_default();

        Ok(Draft { plan, is_new, before: lines.clone(), lines, taken: BTreeSet::new() })
    }
}

impl Draft {
    fn take(&mut self, known: &Known, department: &Department, (at, row): (At, &PlanRow), outcome: &mut Outcome) {
        let free = |fits: fn(&plan_lines::Model, &PlanRow, &Department) -> bool| {
            let mut lines = self.lines.iter().enumerate().filter(|(at, _)| !self.taken.contains(at));
            lines.find(|(_, line)| fits(line, row, department)).map(|(at, _)| at)
        };
        let place = free(says).or_else(|| free(may_mean));
        self.taken.insert(place.unwrap_or(self.lines.len()));
        let stored = place.map(|place| self.lines[place].clone());
        let item = known.item(department.id, &row.item_name);
        let line = PlanLineBody {
            category: row.category.clone(),
            item_name: row.item_name.clone(),
            targets: targets(row, stored.as_ref(), item),
            item_kind: kind(row, stored.as_ref(), item),
            executing_unit: row.executing_unit.clone().unwrap_or_else(|| department.name.clone()),
            ratio_text: row.ratio_text.clone(),
            period_text: row.period_text.clone(),
            justification: stored.as_ref().and_then(|line| line.justification.clone()),
            spot_check_item_id: stored
                .as_ref()
                .and_then(|line| line.spot_check_item_id)
                .or_else(|| item.map(|item| item.id)),
        };
        let mut read = line_at(self.plan.id, place.unwrap_or(self.lines.len()), line);
        if let Some(stored) = &stored {
            read.id = stored.id;
        }
        if stored.as_ref().is_some_and(|stored| in_one_form(stored) == in_one_form(&read)) {
            outcome.count(false);
            return;
        }

        if let Some(finding) = self.closed(known, row, place.is_none()) {
            outcome.refuse(at, finding);
            return;
        }
        outcome.findings.extend(doubts(known.context, row, &read).into_iter().map(|finding| (at, finding)));
        if let Some(place) = place {
            self.lines[place] = read;
            outcome.count(true);
        } else {
            self.lines.push(read);
            outcome.created += 1;
        }
    }

    /// Why the plan takes no row.
    fn closed(&self, known: &Known, row: &PlanRow, one_more: bool) -> Option<Finding> {
        const FIELD: &str = "抽查事项";
        if PlanFacts::from(&self.plan).decide(&known.tx.ctx().actor, PlanAction::Update).is_err() {
            let code = &self.plan.code;
            let message = text!(
                "该部门本年度的计划（{code}）已提交或已公示，不能以导入修改；请先退回或调整。",
                "The department's plan of this year ({code}) is submitted or published, so an import does not change it; return or amend it first."
            );
            return Some(Finding::error(FIELD, "PLAN_NOT_DRAFT", &row.item_name, message));
        }
        (one_more && self.lines.len() >= MAX_LINES).then(|| {
            let message = text!(
                "一个计划至多 {MAX_LINES} 条，本行未收。",
                "A plan has at most {MAX_LINES} lines; this one was not taken."
            );
            Finding::error(FIELD, "PLAN_TOO_LONG", &row.item_name, message)
        })
    }

    /// Writes the plan where it took something up.
    async fn save(self, tx: &WriteTx) -> Result<Option<Event>> {
        if self.lines == self.before {
            return Ok(None);
        }
        let plan = if self.is_new {
            insert(tx, self.plan.clone()).await?
        } else {
            replace::<PlanEntity>(tx, &self.plan, self.plan.clone()).await?
        };
        plans::replace_lines(tx.conn(), plan.id, self.lines.clone()).await?;

        let event = Event::new(AuditAction::Imported, PlanEntity::NAME, plan.id).department(plan.department_id);
        let event = if self.is_new { event } else { event.before(&json!({ "plan": self.plan, "lines": self.before })) };
        Ok(Some(event.after(&json!({ "plan": plan, "lines": self.lines }))))
    }
}

/// Whether a line says what a row says; what the row leaves out was filled in.
fn says(line: &plan_lines::Model, row: &PlanRow, department: &Department) -> bool {
    let filled = |told: &Option<String>, line: &str, filling: &str| {
        told.as_deref().map_or(line == filling, |told| name_form(told) == name_form(line))
    };
    is_of_task(line, row)
        && filled(&row.targets, &line.targets, NO_TARGETS)
        && filled(&row.executing_unit, &line.executing_unit, &department.name)
}

/// Whether a line is the one of a row that tells more, or less, than it did when it came first.
fn may_mean(line: &plan_lines::Model, row: &PlanRow, department: &Department) -> bool {
    let open = |told: &Option<String>, line: &str, filling: &str| {
        told.as_deref().is_none_or(|told| line == filling || name_form(told) == name_form(line))
    };
    is_of_task(line, row)
        && open(&row.targets, &line.targets, NO_TARGETS)
        && open(&row.executing_unit, &line.executing_unit, &department.name)
}

fn is_of_task(line: &plan_lines::Model, row: &PlanRow) -> bool {
    let told = [&row.category, &row.item_name, &row.period_text].map(|text| name_form(text));
    told == [&line.category, &line.item_name, &line.period_text].map(|text| name_form(text))
}

/// A line by what it says: its widths, and the versions that its publication noted, change nothing.
fn in_one_form(line: &plan_lines::Model) -> plan_lines::Model {
    plan_lines::Model {
        category: name_form(&line.category),
        item_name: name_form(&line.item_name),
        targets: name_form(&line.targets),
        executing_unit: name_form(&line.executing_unit),
        ratio_text: name_form(&line.ratio_text),
        period_text: name_form(&line.period_text),
        item_version: None,
        list_version: None,
        ..line.clone()
    }
}

/// 检查对象: what the row says, what the line says already, what the item is about.
fn targets(row: &PlanRow, stored: Option<&plan_lines::Model>, item: Option<&Item>) -> String {
    let stored = stored.map(|line| line.targets.clone());
    let told = row.targets.clone().or(stored).or_else(|| item.map(|item| item.targets.clone()));
    told.unwrap_or_else(|| NO_TARGETS.to_owned())
}

const NO_TARGETS: &str = "计划表未列明";

/// General items are bounded, so what nobody says is general.
fn kind(row: &PlanRow, stored: Option<&plan_lines::Model>, item: Option<&Item>) -> ItemKind {
    let stored = stored.map(|line| line.item_kind);
    row.item_kind.or(stored).or_else(|| item.map(|item| item.item_kind)).unwrap_or(ItemKind::General)
}

/// What has to be settled before the plan can be submitted.
fn doubts(context: &Context, row: &PlanRow, line: &plan_lines::Model) -> Vec<Finding> {
    let mut findings = Vec::new();
    if line.spot_check_item_id.is_none() {
        let message = text!(
            "抽查事项清单中没有（或有多个）同名事项；提交前须在计划中选定事项。",
            "No item, or several, of the spot-check list has this name; choose one in the plan before it is submitted."
        );
        findings.push(Finding::warning("抽查事项", "ITEM_NOT_LINKED", &row.item_name, message).of(Dimension::Linkage));
    }
    if line.targets == NO_TARGETS {
        let message = text!("没有检查对象，请在计划中补充。", "Whom it is about is not said; add it in the plan.");
        findings.push(Finding::warning("检查对象", "TARGETS_MISSING", "", message).of(Dimension::Completeness));
    }

    let share = line.ratio_bp.and_then(|value| u32::try_from(value).ok());
    if let Err(refusal) = check_ratio(&context.app.settings.rules, line.item_kind, share) {
        findings.push(Finding::warning("抽查比例", "GENERAL_ITEM_CEILING", &row.ratio_text, refusal.detail));
    }
    findings
}
