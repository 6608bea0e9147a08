//! Row 5: which stages of double random each department used, and how tasks ran.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::access::Reach;
use domain::inspections::inspections::{FAILED_POINT, InspectionStatus, problem_codes};
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::indicators::spot_checks::{RunFacts, Stage, StageFacts};
use domain::spot_checks::spot_check_items::SpotCheckItemStatus;
use domain::spot_checks::tasks::{TaskSource, TaskStatus};
use entity::inspections::{follow_ups, inspection_points, inspection_results, inspections};
use entity::spot_checks::{plans, spot_check_items, task_departments, tasks};
use entity::visits::visits;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What each department of the caller's did since a moment.
pub async fn used(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>, year: i32) -> Result<Vec<StageFacts>> {
    let mut found = Found::default();
    found.add(Stage::ItemList, listed(conn, ctx).await?);
    found.add(Stage::Plan, planned(conn, ctx, year).await?);
    for (department, status) in tasked(conn, ctx, since).await? {
        for stage in stages_of(status) {
            found.add(*stage, [department]);
        }
    }
    found.add(Stage::Notice, noticed(conn, ctx, since).await?);
    for row in inspected(conn, ctx, since).await? {
        let reached = [
            (Stage::Inspection, row.started),
            (Stage::Result, row.entered),
            (Stage::Review, row.reviewed),
            (Stage::Publication, row.published),
        ];
        for (stage, _) in reached.into_iter().filter(|(_, reached)| *reached > 0) {
            found.add(stage, [row.department_id]);
        }
    }
    found.add(Stage::FollowUp, followed_up(conn, ctx, since).await?);
    for department in with_problems(conn, ctx, since).await? {
        found.of(department).found_problems = true;
    }

    Ok(found.0.into_values().collect())
}

#[derive(Default)]
struct Found(BTreeMap<Uuid, StageFacts>);

impl Found {
    fn of(&mut self, department: Uuid) -> &mut StageFacts {
        self.0.entry(department).or_insert_with(|| StageFacts { department, ..StageFacts::default() })
    }

    fn add(&mut self, stage: Stage, departments: impl IntoIterator<Item = Uuid>) {
        for department in departments {
            self.of(department).used.insert(stage);
        }
    }
}

/// What a task in a state has behind it.
const fn stages_of(status: TaskStatus) -> &'static [Stage] {
    use Stage as S;
    match status {
        TaskStatus::Draft => &[S::Task],
        TaskStatus::PoolFrozen => &[S::Task, S::Pool],
        TaskStatus::Drawn => &[S::Task, S::Pool, S::Draw],
        TaskStatus::Matched | TaskStatus::InProgress | TaskStatus::Finished => &[S::Task, S::Pool, S::Draw, S::Team],
        TaskStatus::Cancelled => &[],
    }
}

async fn listed(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<Uuid>> {
    use spot_check_items::Column;
    let published = spot_check_items::Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(Column::DepartmentId.is_not_null())
        .filter(Column::Status.eq(SpotCheckItemStatus::Published.code()));
    published.select_only().column(Column::DepartmentId).distinct().into_tuple().all(conn).await.or_app()
}

/// Departments with a published plan of the year, or that lead a line of one as it is in force.
async fn planned(conn: &impl ConnectionTrait, ctx: &Ctx, year: i32) -> Result<Vec<Uuid>> {
    use crate::persistence::spot_checks::plans as store;
    let published = store::published().filter(plans::Column::Year.eq(year)).all(conn).await.or_app()?;
    let editions = store::in_force(conn, &published.iter().collect::<Vec<_>>()).await?;
    let lines = editions.values().flat_map(|edition| edition.lines.iter());
    let led = lines.filter(|line| line.cancelled_reason.is_none()).filter_map(|line| line.lead_department_id);
    let own = published.iter().map(|plan| plan.department_id);
    let is_seen = |department: &Uuid| ctx.reach == Reach::All || ctx.actor.departments.contains(department);

    Ok(own.chain(led).filter(is_seen).collect())
}

/// Tasks that draw, but for those that were cancelled.
fn drawing() -> Condition {
    Condition::all()
        .add(tasks::Column::Source.is_in([TaskSource::Plan, TaskSource::Temporary]))
        .add(tasks::Column::Status.ne(TaskStatus::Cancelled.code()))
}

/// Inspections of such tasks on which something was done this year, but for void ones.
fn drawn(ctx: &Ctx, since: DateTime<Utc>) -> Select<inspections::Entity> {
    use inspections::Column as C;
    let of_tasks = tasks::Entity::find().select_only().column(tasks::Column::Id).filter(drawing());
    inspections::Entity::find()
        .filter(by_department(ctx, C::DepartmentId))
        .filter(C::UpdatedAt.gte(since))
        .filter(C::Status.ne(InspectionStatus::Void.code()))
        .filter(C::TaskId.in_subquery(of_tasks.into_query()))
}

/// The departments of some inspections.
async fn departments_of(conn: &impl ConnectionTrait, found: Select<inspections::Entity>) -> Result<Vec<Uuid>> {
    let departments = found.select_only().column(inspections::Column::DepartmentId).distinct();
    departments.into_tuple().all(conn).await.or_app()
}

/// Departments and how far tasks are in which they take part.
async fn tasked(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<(Uuid, TaskStatus)>> {
    #[derive(FromQueryResult)]
    struct Row {
        department_id: Uuid,
        status: TaskStatus,
    }
    let of_task = Expr::col((tasks::Entity, tasks::Column::Id))
        .equals((task_departments::Entity, task_departments::Column::TaskId));
    let select = Query::select()
        .distinct()
        .column((task_departments::Entity, task_departments::Column::DepartmentId))
        .column((tasks::Entity, tasks::Column::Status))
        .from(tasks::Entity)
        .inner_join(task_departments::Entity, of_task)
        .cond_where(drawing().add(tasks::Column::CreatedAt.gte(since)))
        .cond_where(by_department(ctx, task_departments::Column::DepartmentId))
        .take();

    let rows: Vec<Row> = rows(conn, &select).await?;
    Ok(rows.into_iter().map(|row| (row.department_id, row.status)).collect())
}

async fn noticed(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let told = visits::Entity::find().select_only().column(visits::Column::Id);
    let told = told.filter(visits::Column::NotifiedAt.gte(since)).into_query();
    departments_of(conn, drawn(ctx, since).filter(inspections::Column::VisitId.in_subquery(told))).await
}

/// How far a department's inspections of the year came: how many reached each stage.
#[derive(FromQueryResult)]
struct Inspected {
    department_id: Uuid,
    started: i64,
    entered: i64,
    reviewed: i64,
    published: i64,
}

async fn inspected(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Inspected>> {
    use inspections::Column as C;
    let column = |column: C| Expr::col((inspections::Entity, column));
    let count = |holds: Expr| Expr::expr(CaseStatement::new().case(holds, 1_i64)).count();
    drawn(ctx, since)
        .select_only()
        .column(C::DepartmentId)
        .expr_as(count(column(C::StartedAt).gte(since)), "started")
        .expr_as(count(column(C::InspectedOn).gte(local_date(since))), "entered")
        .expr_as(count(column(C::ApprovedBy).is_not_null()), "reviewed")
        .expr_as(count(column(C::PublishedAt).gte(since)), "published")
        .group_by(C::DepartmentId)
        .into_model()
        .all(conn)
        .await
        .or_app()
}

async fn followed_up(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let made = follow_ups::Entity::find().select_only().column(follow_ups::Column::InspectionId);
    let made = made.filter(follow_ups::Column::CreatedAt.gte(since)).into_query();
    let of_tasks = tasks::Entity::find().select_only().column(tasks::Column::Id).filter(drawing());
    let followed = inspections::Entity::find()
        .filter(by_department(ctx, inspections::Column::DepartmentId))
        .filter(inspections::Column::TaskId.in_subquery(of_tasks.into_query()))
        .filter(inspections::Column::Id.in_subquery(made));
    departments_of(conn, followed).await
}

/// Departments that found a problem: by a code of the result, or by a check point that failed.
async fn with_problems(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let own = || drawn(ctx, since).select_only().column(inspections::Column::Id).into_query();
    let coded = inspection_results::Entity::find()
        .select_only()
        .column(inspection_results::Column::InspectionId)
        .filter(inspection_results::Column::InspectionId.in_subquery(own()))
        .filter(inspection_results::Column::Code.is_in(problem_codes()));
    let failed = inspection_points::Entity::find()
        .select_only()
        .column(inspection_points::Column::InspectionId)
        .filter(inspection_points::Column::InspectionId.in_subquery(own()))
        .filter(inspection_points::Column::Result.eq(FAILED_POINT));
    let either = Condition::any()
        .add(inspections::Column::Id.in_subquery(coded.into_query()))
        .add(inspections::Column::Id.in_subquery(failed.into_query()));
    departments_of(conn, drawn(ctx, since).filter(either)).await
}

/// How the tasks ran that were finished this year or had to be, each with the department that leads it.
pub async fn runs(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<(Uuid, RunFacts)>> {
    use tasks::Column;
    let first = local_date(since);
    let last = first.with_year(first.year() + 1).unwrap_or(first);
    let finished = || Column::Status.eq(TaskStatus::Finished.code());
    let now = Condition::all().add(finished()).add(Column::UpdatedAt.gte(since));
    let due = Condition::all()
        .add(Column::EndsOn.gte(first))
        .add(Column::EndsOn.lt(last))
        .add(Column::Status.ne(TaskStatus::Finished.code()));
    let of_year = tasks::Entity::find()
        .filter(by_department(ctx, Column::LeadDepartmentId))
        .filter(drawing())
        .filter(Condition::any().add(now).add(due))
        .select_only()
        .columns([Column::Id, Column::LeadDepartmentId, Column::Status, Column::EndsOn]);
    let rows: Vec<(Uuid, Uuid, TaskStatus, NaiveDate)> = of_year.into_tuple().all(conn).await.or_app()?;

    let mut published: BTreeSet<Uuid> = BTreeSet::new();
    for part in rows.chunks(500) {
        let shown = inspections::Entity::find()
            .select_only()
            .column(inspections::Column::TaskId)
            .distinct()
            .filter(inspections::Column::TaskId.is_in(part.iter().map(|(id, ..)| *id)))
            .filter(inspections::Column::PublishedAt.is_not_null())
            .filter(inspections::Column::Status.ne(InspectionStatus::Void.code()));
        let shown: Vec<Uuid> = shown.into_tuple().all(conn).await.or_app()?;
        published.extend(shown);
    }
    let runs = rows.into_iter().map(|(id, lead, status, ends_on)| {
        (lead, RunFacts { id, status, ends_on, published: published.contains(&id) })
    });

    Ok(runs.collect())
}

pub(super) async fn rows<R: FromQueryResult>(conn: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<R>> {
    let found = conn.query_all(select).await.or_app()?;
    found.iter().map(|row| R::from_query_result(row, "").or_app()).collect()
}
