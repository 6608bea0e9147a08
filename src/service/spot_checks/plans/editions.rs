//! 公示版次: what was published stays in force while the plan is amended; each edition says what it changed.

use super::lines::label;
use super::table::cells;
use crate::kernel::error::Result;
use crate::persistence::spot_checks::plans;
use crate::persistence::spot_checks::plans::{Carried, is_public};
use chrono::{DateTime, Utc};
use domain::spot_checks::plans::changes::{LineChange, Printed, changes};
use domain::spot_checks::plans::progress::{LineState, LineTask, state};
use domain::spot_checks::plans::{PlanFacts, PlanStatus};
use entity::spot_checks::plan_editions::Model as Edition;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::plans::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
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

/// Plans with their lines: four statements, however many plans.
pub async fn with_lines(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Plan>> {
    let mut lines = plans::lines(conn, rows.iter().map(|plan| plan.id).collect()).await?;
    let running: Vec<_> = rows.iter().filter(|plan| plan.status == PlanStatus::Published).collect();
    let carried = plans::carried(conn, running.iter().map(|plan| plan.id).collect()).await?;
    let rows = rows.into_iter().map(|plan| {
        let lines = lines.remove(&plan.id).unwrap_or_default();
        // While a plan is published, its lines are those of the edition in force.
        let open = if plan.status == PlanStatus::Published { open_lines(&lines, &carried) } else { Vec::new() };
        let facts = facts(&plan, open);
        Plan { plan, lines, facts }
    });

    Ok(rows.collect())
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

/// Lines that are neither done nor cancelled.
pub fn open_lines(lines: &[Line], carried: &[Carried]) -> Vec<String> {
    let open = |line: &&Line| !matches!(state_of(line, carried), LineState::Done | LineState::Cancelled);
    lines.iter().filter(open).map(label).collect()
}

pub fn state_of(line: &Line, carried: &[Carried]) -> LineState {
    let own = carried.iter().filter(|task| task.line_id == line.id);
    let drawn = |task: &Carried| task.drawn.and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    let tasks: Vec<_> = own.map(|task| LineTask { status: task.status, drawn: drawn(task) }).collect();
    state(line.cancelled_reason.is_some(), super::lines::planned(line), &tasks)
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

/// What some lines changed of others, in the words of the table.
pub fn changed(before: &[Line], after: &[Line]) -> Vec<LineChange> {
    let printed = |lines: &[Line]| {
        let lines = lines.iter().map(|line| Printed {
            id: line.id,
            line: label(line),
            cancelled: line.cancelled_reason.is_some(),
            cells: cells(line),
        });
        lines.collect::<Vec<_>>()
    };
    changes(&printed(before), &printed(after))
}
