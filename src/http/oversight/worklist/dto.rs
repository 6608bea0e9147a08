//! Views of the worklist.

use crate::http::kernel::reply::View;
use crate::persistence::oversight::worklist::Count;
use chrono::{DateTime, NaiveDate, Utc};
use domain::oversight::worklist::Waiting;
use entity::oversight::worklist_entries::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 一件待办
#[derive(Serialize, ToSchema)]
pub struct WorklistEntryView {
    pub id: Uuid,
    pub kind: Waiting,
    /// items, implementation-lists, item-mappings or risk-clues
    pub resource: String,
    pub resource_id: Uuid,
    /// null for what no department has taken yet
    #[schema(required)]
    pub department_id: Option<Uuid>,
    pub title: String,
    /// 办理期限, by the working-day calendar
    pub due_on: NaiveDate,
    pub overdue: bool,
    pub created_at: DateTime<Utc>,
}

impl View for WorklistEntryView {}

impl WorklistEntryView {
    pub fn of(entry: Model, today: NaiveDate) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            resource: entry.resource,
            resource_id: entry.resource_id,
            department_id: entry.department_id,
            title: entry.title,
            due_on: entry.due_on,
            overdue: entry.due_on < today,
            created_at: entry.created_at,
        }
    }
}

/// 一类待办的件数
#[derive(Serialize, ToSchema)]
pub struct WorklistCountView {
    pub kind: Waiting,
    pub label: String,
    pub count: i64,
    pub overdue: i64,
}

/// 待办统计
#[derive(Serialize, ToSchema)]
pub struct WorklistSummaryView {
    pub total: i64,
    pub overdue: i64,
    pub items: Vec<WorklistCountView>,
}

impl View for WorklistSummaryView {}

impl WorklistSummaryView {
    pub fn of(all: &[Count], late: &[Count]) -> Self {
        let of = |counts: &[Count], kind: Waiting| {
            counts.iter().find(|count| count.kind == kind).map_or(0, |count| count.count)
        };
        let items: Vec<_> = Waiting::ALL
            .iter()
            .map(|kind| WorklistCountView {
                kind: *kind,
                label: kind.label().to_owned(),
                count: of(all, *kind),
                overdue: of(late, *kind),
            })
            .collect();
        let sum = |part: fn(&WorklistCountView) -> i64| items.iter().map(part).sum();

        Self { total: sum(|row| row.count), overdue: sum(|row| row.overdue), items }
    }
}
