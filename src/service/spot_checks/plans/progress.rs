//! 计划执行进度: line by line, what is planned, drawn, inspected and published.

use super::editions::{lines_in_force, state_of};
use super::lines::{label, planned};
use crate::kernel::error::Result;
use crate::persistence::spot_checks::plans;
use crate::persistence::spot_checks::plans::{Carried, Reached};
use chrono::NaiveDate;
use domain::spot_checks::plans::progress::LineState;
use domain::spot_checks::tasks::TaskStatus;
use entity::spot_checks::plans::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
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
    let carried = plans::carried(conn, vec![plan.id]).await?;
    let reached = plans::reached(conn, carried.iter().map(|task| task.task_id).collect()).await?;
    let reached: BTreeMap<Uuid, Reached> = reached.into_iter().map(|row| (row.task_id, row)).collect();
    let count = |number: i64| u64::try_from(number).unwrap_or_default();

    let lines = lines_in_force(conn, &plan).await?.into_iter().map(|line| {
        let live = |task: &&Carried| task.line_id == line.id && task.status != TaskStatus::Cancelled;
        let tasks: Vec<&Carried> = carried.iter().filter(live).collect();
        let sum = |of: fn(&Reached) -> i64| {
            tasks.iter().filter_map(|task| reached.get(&task.task_id)).map(|row| count(of(row))).sum()
        };
        let state = state_of(&line, &carried);
        let is_open = !matches!(state, LineState::Done | LineState::Cancelled);
        let ends_on = line.ends_on.or(plan.due_on);

        LineProgress {
            line_id: line.id,
            label: label(&line),
            planned: planned(&line),
            drawn: tasks.iter().filter_map(|task| task.drawn).map(|drawn| count(drawn.into())).sum(),
            inspected: sum(|row| row.inspected),
            published: sum(|row| row.published),
            late: is_open && ends_on.is_some_and(|end| end < today),
            tasks: tasks.iter().map(|task| task.task_id).collect(),
            category: line.category,
            state,
            ends_on,
        }
    });

    Ok(PlanProgress { lines: lines.collect(), plan })
}
