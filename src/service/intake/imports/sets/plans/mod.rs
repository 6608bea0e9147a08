//! Rows of a published plan become lines of drafts, one plan for each body and year. What has been submitted is not an
//! import's to change.

mod known;
mod lines;

use self::lines::{class_rates, contradiction, doubts, in_one_form, kind, may_mean, numbers, printed, says, targets};
use super::{At, Context, DataSet, Numbered, Outcome};
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{Noun, insert, lock_row, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::{plans, spot_check_items};
use crate::service::spot_checks::plans::{MAX_LINES, PlanLineBody, blank, facts, line_at};
use domain::access::Decide;
use domain::intake::imports::plans::{self as plan_row, PlanRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Finding, Parsed};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::PlanAction;
use entity::intake::imports;
use entity::register::departments::Model as Department;
use entity::spot_checks::plans::{Entity as PlanEntity, Model};
use entity::spot_checks::{plan_lines, spot_check_items::Model as Item};
use serde_json::json;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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
    /// Lines that a row of this file has taken, in the order of the rows.
    order: Vec<usize>,
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
        outcome.events.extend(draft.save(tx, &context.headings).await?);
    }

    Ok(outcome)
}

impl Known<'_> {
    /// The annual plan of a department and a year as it stands, or a new one; held, so that two files make one plan.
    ///
    /// It goes by its name, or by the row itself where somebody has renamed it.
    async fn draft(&self, department: &Department, row: &PlanRow) -> Result<Draft> {
        let (tx, conn, year) = (self.tx, self.tx.conn(), row.year);
        let whose = if row.joint { "部门联合" } else { &department.name };
        let name = format!("{year}年度{whose}双随机抽查计划");
        lock_row::<entity::register::departments::Entity>(conn, department.id).await?;
        let known = plans::annual(conn, department.id, year).await?;
        for plan in &known {
            lock_row::<PlanEntity>(conn, plan.id).await?;
        }
        let mut known = plans::annual(conn, department.id, year).await?;
        let mut lines = plans::lines(conn, known.iter().map(|plan| plan.id).collect()).await?;
        let named = known.iter().position(|plan| plan.name == name);
        let has_row = |plan: &Model| {
            lines
                .get(&plan.id)
                .is_some_and(|lines| lines.iter().any(|line| may_mean(line, row, &Known::unit(department, row))))
        };
        let found = named.or_else(|| known.iter().position(has_row)).map(|at| known.swap_remove(at));

        let is_new = found.is_none();
        let plan = match found {
            Some(plan) => plan,
            None => blank(&self.context.app, tx, department.id, year, name).await?,
        };
        let lines = lines.remove(&plan.id).unwrap_or_default();

        Ok(Draft { plan, is_new, before: lines.clone(), lines, order: Vec::new() })
    }
}

impl Draft {
    fn take(&mut self, known: &Known, department: &Department, (at, row): (At, &PlanRow), outcome: &mut Outcome) {
        let unit = Known::unit(department, row);
        let free = |fits: fn(&plan_lines::Model, &PlanRow, &str) -> bool| {
            let mut lines = self.lines.iter().enumerate().filter(|(at, _)| !self.order.contains(at));
            lines.find(|(_, line)| fits(line, row, &unit)).map(|(at, _)| at)
        };
        let place = free(says).or_else(|| free(numbers)).or_else(|| free(may_mean));
        let stored = place.map(|place| self.lines[place].clone());
        let lead = row.lead.as_deref().map(|lead| known.named(lead));
        let item = known.item(lead.flatten().map_or(department.id, |lead| lead.id), &row.item_name);
        let said = |text: &Option<String>, before: fn(&plan_lines::Model) -> Option<String>| {
            text.clone().or_else(|| stored.as_ref().and_then(before))
        };
        let line = PlanLineBody {
            id: stored.as_ref().map(|line| line.id),
            number: said(&row.number, |line| line.number.clone()),
            spot_type: row.spot_type.or_else(|| stored.as_ref()?.spot_type),
            lead_name: said(&row.lead.clone().or_else(|| row.body.clone()), |line| line.lead_name.clone()),
            lead_department_id: lead
                .map_or_else(|| stored.as_ref()?.lead_department_id, |lead| lead.map(|department| department.id)),
            cooperating: known.cooperating(row, stored.as_ref()),
            class_rates: class_rates(row, stored.as_ref()),
            mode_text: said(&row.mode_text, |line| line.mode_text.clone()),
            cancelled_reason: said(&row.cancelled_reason, |line| line.cancelled_reason.clone()),
            category: row.category.clone(),
            item_name: row.item_name.clone(),
            targets: targets(row, stored.as_ref(), item),
            item_kind: kind(row, stored.as_ref(), item),
            executing_unit: said(&row.executing_unit, |line| Some(line.executing_unit.clone())).or(Some(unit)),
            ratio_text: row.ratio_text.clone(),
            period_text: row.period_text.clone(),
            justification: stored.as_ref().and_then(|line| line.justification.clone()),
            spot_check_item_id: stored
                .as_ref()
                .and_then(|line| line.spot_check_item_id)
                .or_else(|| item.map(|item| item.id)),
        };
        let read = line_at(&self.plan, place.unwrap_or(self.lines.len()), line, &known.departments);
        let read = plan_lines::Model { printed: printed(row, stored.as_ref()).into(), ..read };
        if stored.as_ref().is_some_and(|stored| in_one_form(stored) == in_one_form(&read)) {
            self.order.extend(place);
            outcome.count(false);
            return;
        }

        if let Some(finding) = self.closed(known, row, place.is_none()).or_else(|| contradiction(row, &read)) {
            outcome.refuse(at, finding);
            return;
        }
        self.order.push(place.unwrap_or(self.lines.len()));
        outcome.findings.extend(doubts(known.context, row, &read).into_iter().map(|finding| (at, finding)));
        if let Some(place) = place {
            self.lines[place] = read;
            outcome.count(true);
        } else {
            self.lines.push(read);
            outcome.created += 1;
        }
    }

    /// A file that holds the whole plan says its order too.
    fn in_order_of_the_file(&mut self) {
        if self.order.len() != self.lines.len() {
            return;
        }
        self.lines = self.order.iter().map(|place| self.lines[*place].clone()).collect();
        for (at, line) in self.lines.iter_mut().enumerate() {
            line.position = i32::try_from(at + 1).unwrap_or(i32::MAX);
        }
    }

    /// Why the plan takes no row.
    fn closed(&self, known: &Known, row: &PlanRow, one_more: bool) -> Option<Finding> {
        const FIELD: &str = "抽查事项";
        if facts(&self.plan, Vec::new()).decide(&known.tx.ctx().actor, PlanAction::Update).is_err() {
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
    async fn save(mut self, tx: &WriteTx, headings: &[String]) -> Result<Option<Event>> {
        self.in_order_of_the_file();
        if self.lines == self.before {
            return Ok(None);
        }
        // A file that brings a few lines does not say how the table of all of them looks.
        let is_whole = self.order.len() == self.lines.len();
        let table_headings = if is_whole { headings.to_vec().into() } else { self.plan.table_headings.clone() };
        let plan = Model { table_headings, ..self.plan.clone() };
        let plan =
            if self.is_new { insert(tx, plan).await? } else { replace::<PlanEntity>(tx, &self.plan, plan).await? };
        plans::replace_lines(tx.conn(), plan.id, self.lines.clone()).await?;

        let event = Event::new(AuditAction::Imported, PlanEntity::NAME, plan.id).department(plan.department_id);
        let event = if self.is_new { event } else { event.before(&json!({ "plan": self.plan, "lines": self.before })) };
        Ok(Some(event.after(&json!({ "plan": plan, "lines": self.lines }))))
    }
}
