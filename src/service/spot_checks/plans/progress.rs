//! 计划执行进度: line by line, what is planned, drawn, inspected and published.

use super::editions::{Carriage, lines_in_force};
use super::lines::{label, planned};
use crate::kernel::error::Result;
use chrono::NaiveDate;
use domain::spot_checks::plans::progress::LineState;
use entity::spot_checks::plans::Model;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

pub struct PlanProgress {
    pub plan: Model,
    pub lines: Vec<LineProgress>,
}

/// How far a line is; objects are counted once for all departments that went there together.
pub struct LineProgress {
    pub line_id: Uuid,
    pub label: String,
    pub category: String,
    pub state: LineState,
    /// Where the plan gives a number.
    pub planned: Option<u32>,
    pub drawn: u64,
    pub inspected: u64,
    pub published: u64,
    pub ends_on: Option<NaiveDate>,
    /// Its time is over and it is not.
    pub late: bool,
    pub tasks: Vec<Uuid>,
}

pub async fn progress(conn: &impl ConnectionTrait, plan: Model, today: NaiveDate) -> Result<PlanProgress> {
    let carriage = Carriage::of(conn, vec![plan.id]).await?;
    let in_force = lines_in_force(conn, &plan).await?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();

    let lines = in_force.iter().map(|line| {
        let (state, reached) = (carriage.state(line), carriage.reached(line.id));
        let is_open = !matches!(state, LineState::Done | LineState::Cancelled);
        let ends_on = line.ends_on.or(plan.due_on);

        LineProgress {
            line_id: line.id,
            label: label(line, &in_force),
            category: line.category.clone(),
            planned: planned(line),
            drawn: carriage.live(line.id).filter_map(|task| task.drawn).map(|drawn| count(drawn.into())).sum(),
            inspected: count(reached.inspected),
            published: count(reached.published),
            late: is_open && ends_on.is_some_and(|end| end < today),
            tasks: carriage.live(line.id).map(|task| task.task_id).collect(),
            state,
            ends_on,
        }
    });
    let lines = lines.collect();

    Ok(PlanProgress { plan, lines })
}
