//! 公示版次: what was published stays in force while the plan is amended; each edition says what it changed.

use super::lines::{items, label, planned};
use super::table::cells;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::noun::history;
use crate::persistence::kernel::noun::history::end_of;
use crate::persistence::spot_checks::plans::{Carried, Reached, is_public};
use crate::persistence::spot_checks::{plans, spot_check_items};
use chrono::{DateTime, NaiveDate, Utc};
use domain::kernel::text::text;
use domain::spot_checks::plans::changes::{LineChange, Printed, changes};
use domain::spot_checks::plans::progress::{LineState, state};
use domain::spot_checks::plans::{PlanFacts, PlanStatus};
use domain::spot_checks::tasks::TaskStatus;
use entity::spot_checks::plan_editions::Model as Edition;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::plans::{Entity, Model};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A plan with its lines as they are worked on, and what deciding about it needs.
pub struct Plan {
    pub plan: Model,
    pub lines: Vec<Line>,
    pub facts: PlanFacts,
}

/// What of a plan is in force.
pub struct Published {
    pub plan: Model,
    pub name: String,
    pub lines: Vec<Line>,
    pub changes: Vec<LineChange>,
    pub reason: Option<String>,
    pub filing_no: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
}

/// Plans with their lines: three statements, however many plans; two more for those that are carried out.
pub async fn with_lines(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Plan>> {
    let mut lines = plans::lines(conn, rows.iter().map(|plan| plan.id).collect()).await?;
    let running = rows.iter().filter(|plan| plan.status == PlanStatus::Published).map(|plan| plan.id);
    let carriage = Carriage::of(conn, running.collect()).await?;
    let rows = rows.into_iter().map(|plan| {
        let lines = lines.remove(&plan.id).unwrap_or_default();
        // While a plan is published, its lines are those of the edition in force.
        let open = if plan.status == PlanStatus::Published { carriage.open(&lines) } else { Vec::new() };
        let facts = facts(&plan, open);
        Plan { plan, lines, facts }
    });

    Ok(rows.collect())
}

/// A plan at the end of a day: the edition that was in force, whatever was worked on meanwhile.
pub async fn on_a_day(conn: &impl ConnectionTrait, plan: Model, day: NaiveDate) -> Result<Plan> {
    let id = plan.id;
    let is_first = plan.edition == 0;
    let plan = history::at::<Entity>(conn, plan, day).await?;
    let edition = plans::edition_before(conn, id, end_of(day)).await?;
    let Some(edition) = edition else {
        // Published before editions were kept, and not amended since: its lines are what they were.
        if is_public(&plan) && is_first {
            let lines = plans::lines(conn, vec![id]).await?.remove(&id).unwrap_or_default();
            let facts = facts(&plan, Vec::new());
            return Ok(Plan { plan, lines, facts });
        }
        let detail = text!(
            "{day} 该计划尚未公示，其条目没有留存。",
            "On {day} the plan was not published: its lines of then are not kept."
        );
        return Err(AppError::not_found_because(detail));
    };

    let plan = Model {
        edition: edition.edition,
        name: edition.name,
        discussed_on: edition.discussed_on,
        approval_no: edition.approval_no,
        approved_by: edition.approved_by,
        legal_opinion: edition.legal_opinion,
        filing_no: edition.filing_no,
        filed_on: edition.filed_on,
        filed_by: edition.filed_by,
        published_at: Some(edition.published_at),
        submitted_by: None,
        return_reason: None,
        ..plan
    };
    let facts = facts(&plan, Vec::new());
    Ok(Plan { plan, lines: edition.lines.0, facts })
}

/// A plan, as far as deciding about it needs; `open`: lines in force that have not come to an end.
pub fn facts(plan: &Model, open: Vec<String>) -> PlanFacts {
    PlanFacts {
        status: plan.status,
        department_id: plan.department_id,
        submitted_by: plan.submitted_by,
        public: is_public(plan),
        open_lines: open,
    }
}

/// How the lines of some plans are carried out.
#[derive(Default)]
pub struct Carriage {
    pub tasks: Vec<Carried>,
    reached: BTreeMap<Uuid, Reached>,
}

impl Carriage {
    pub async fn of(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Self> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let tasks = plans::carried(conn, ids.clone()).await?;
        let reached = plans::reached(conn, ids).await?;
        Ok(Self { tasks, reached: reached.into_iter().map(|row| (row.line_id, row)).collect() })
    }

    /// The tasks of a line that were not cancelled.
    pub fn live(&self, line: Uuid) -> impl Iterator<Item = &Carried> {
        self.tasks.iter().filter(move |task| task.line_id == line && task.status != TaskStatus::Cancelled)
    }

    pub fn reached(&self, line: Uuid) -> Reached {
        self.reached.get(&line).copied().unwrap_or_default()
    }

    pub fn state(&self, line: &Line) -> LineState {
        let statuses: Vec<_> = self.live(line.id).map(|task| task.status).collect();
        let published = u64::try_from(self.reached(line.id).published).unwrap_or_default();
        state(line.cancelled_reason.is_some(), planned(line), &statuses, published)
    }

    /// Lines that are neither done nor cancelled, as the public knows them.
    pub fn open(&self, lines: &[Line]) -> Vec<String> {
        let open = |line: &&Line| !matches!(self.state(line), LineState::Done | LineState::Cancelled);
        lines.iter().filter(open).map(|line| label(line, lines)).collect()
    }
}

/// What of some published plans is in force.
pub async fn published(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Published>> {
    let mut editions = plans::in_force(conn, &rows.iter().collect::<Vec<_>>()).await?;

    let former = rows.iter().filter(|plan| !editions.contains_key(&plan.id)).map(|plan| plan.id).collect();
    let mut lines: BTreeMap<Uuid, Vec<Line>> = plans::lines(conn, former).await?;
    let published = rows.into_iter().map(|plan| {
        if let Some(edition) = editions.remove(&plan.id) {
            let Edition { name, lines, changes, reason, filing_no, published_at, .. } = edition;
            let published_at = Some(published_at);
            return Published { plan, name, lines: lines.0, changes: changes.0, reason, filing_no, published_at };
        }
        let lines = lines.remove(&plan.id).unwrap_or_default();
        let (name, published_at) = (plan.name.clone(), plan.published_at);
        Published { plan, name, lines, changes: Vec::new(), reason: None, filing_no: None, published_at }
    });

    Ok(published.collect())
}

/// The lines of one plan that are in force.
pub async fn lines_in_force(conn: &impl ConnectionTrait, plan: &Model) -> Result<Vec<Line>> {
    Ok(published(conn, vec![plan.clone()]).await?.pop().map(|published| published.lines).unwrap_or_default())
}

/// What some lines changed of others: the words of the table, what they stand on, and why they may.
pub async fn changed(conn: &impl ConnectionTrait, before: &[Line], after: &[Line]) -> Result<Vec<LineChange>> {
    let named: BTreeSet<Uuid> = before.iter().chain(after).flat_map(items).collect();
    let named = spot_check_items::by_ids(conn, named.into_iter().collect()).await?;
    let codes: BTreeMap<Uuid, &str> = named.iter().map(|item| (item.id, item.code.as_str())).collect();
    let printed = |lines: &[Line]| {
        let lines = lines.iter().map(|line| {
            let mut cells = cells(line);
            let codes: Vec<&str> = items(line).filter_map(|item| codes.get(&item).copied()).collect();
            cells.push(("关联抽查事项", codes.join("、")));
            cells.push(("超比例说明", line.justification.clone().unwrap_or_default()));
            Printed { id: line.id, line: label(line, lines), cancelled: line.cancelled_reason.is_some(), cells }
        });
        lines.collect::<Vec<_>>()
    };

    Ok(changes(&printed(before), &printed(after)))
}
