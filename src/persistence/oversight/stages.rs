//! Rows 5 and 6: which stages of double random each department used, how tasks ran, and who was inspected where.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, NaiveDate, Utc};
use domain::inspections::inspections::{InspectionStatus, problem_codes};
use domain::oversight::indicators::spot_checks::{RunFacts, Stage, StageFacts};
use domain::register::objects::RegistrationStatus;
use domain::spot_checks::spot_check_items::SpotCheckItemStatus;
use domain::spot_checks::tasks::{TaskSource, TaskStatus};
use entity::inspections::{follow_ups, inspection_results, inspections};
use entity::register::objects;
use entity::spot_checks::{plan_lines, plans, spot_check_items, task_departments, tasks};
use entity::visits::{visit_parts, visits};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
};
use std::collections::BTreeMap;
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

/// Departments with a published plan of the year, or that lead a line of one.
async fn planned(conn: &impl ConnectionTrait, ctx: &Ctx, year: i32) -> Result<Vec<Uuid>> {
    let of_year = || crate::persistence::spot_checks::plans::published().filter(plans::Column::Year.eq(year));
    let own = of_year().filter(by_department(ctx, plans::Column::DepartmentId));
    let own = own.select_only().column(plans::Column::DepartmentId).distinct().into_tuple();
    let mut departments: Vec<Uuid> = own.all(conn).await.or_app()?;
    let published = of_year().select_only().column(plans::Column::Id);
    let led = plan_lines::Entity::find()
        .filter(by_department(ctx, plan_lines::Column::LeadDepartmentId))
        .filter(plan_lines::Column::LeadDepartmentId.is_not_null())
        .filter(plan_lines::Column::PlanId.in_subquery(published.into_query()));
    let led = led.select_only().column(plan_lines::Column::LeadDepartmentId).distinct().into_tuple();
    let led: Vec<Uuid> = led.all(conn).await.or_app()?;
    departments.extend(led);

    Ok(departments)
}

/// Tasks of the year, but for those that clues and daily visits asked for and those that were cancelled.
fn tasks_of_year(since: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(tasks::Column::CreatedAt.gte(since))
        .add(tasks::Column::Source.is_not_in([TaskSource::Clue, TaskSource::Visit]))
        .add(tasks::Column::Status.ne(TaskStatus::Cancelled.code()))
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
        .cond_where(tasks_of_year(since))
        .cond_where(by_department(ctx, task_departments::Column::DepartmentId))
        .take();
    let rows: Vec<Row> = rows(conn, &select).await?;

    Ok(rows.into_iter().map(|row| (row.department_id, row.status)).collect())
}

async fn noticed(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    use visit_parts::Column;
    let noticed = visits::Entity::find().select_only().column(visits::Column::Id);
    let noticed = noticed.filter(visits::Column::NotifiedAt.gte(since));
    let parts = visit_parts::Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(Column::VisitId.in_subquery(noticed.into_query()));
    parts.select_only().column(Column::DepartmentId).distinct().into_tuple().all(conn).await.or_app()
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
    let count = |column: C| -> SimpleExpr { Expr::col((inspections::Entity, column)).count() };
    inspections::Entity::find()
        .select_only()
        .column(C::DepartmentId)
        .expr_as(count(C::StartedAt), "started")
        .expr_as(count(C::InspectedOn), "entered")
        .expr_as(count(C::ApprovedBy), "reviewed")
        .expr_as(count(C::PublishedAt), "published")
        .filter(by_department(ctx, C::DepartmentId))
        .filter(C::CreatedAt.gte(since))
        .group_by(C::DepartmentId)
        .into_model()
        .all(conn)
        .await
        .or_app()
}

async fn followed_up(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    use inspections::Column;
    let made = follow_ups::Entity::find().select_only().column(follow_ups::Column::InspectionId);
    let made = made.filter(follow_ups::Column::CreatedAt.gte(since));
    let of_year = inspections::Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(Column::Id.in_subquery(made.into_query()));
    of_year.select_only().column(Column::DepartmentId).distinct().into_tuple().all(conn).await.or_app()
}

async fn with_problems(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    use inspections::Column;
    let problems = inspection_results::Entity::find().select_only().column(inspection_results::Column::InspectionId);
    let problems = problems.filter(inspection_results::Column::Code.is_in(problem_codes()));
    let of_year = inspections::Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(Column::CreatedAt.gte(since))
        .filter(Column::Id.in_subquery(problems.into_query()));
    of_year.select_only().column(Column::DepartmentId).distinct().into_tuple().all(conn).await.or_app()
}

/// How the tasks of the year ran, each with the department that leads it.
pub async fn runs(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<(Uuid, RunFacts)>> {
    use tasks::Column;
    let of_year = tasks::Entity::find()
        .filter(by_department(ctx, Column::LeadDepartmentId))
        .filter(tasks_of_year(since))
        .select_only()
        .columns([Column::Id, Column::LeadDepartmentId, Column::Status, Column::EndsOn]);
    let rows: Vec<(Uuid, Uuid, TaskStatus, NaiveDate)> = of_year.into_tuple().all(conn).await.or_app()?;

    Ok(rows.into_iter().map(|(id, lead, status, ends_on)| (lead, RunFacts { id, status, ends_on })).collect())
}

/// A number of enterprises by township; those whose township is unknown have none.
#[derive(FromQueryResult)]
struct ByTownship {
    township_code: Option<String>,
    count: i64,
}

/// 企业 of the register that are there today; 个体工商户 are known by their code or by their type.
fn enterprises(individuals: bool) -> Condition {
    use objects::Column as C;
    let column = |column: C| Expr::col((objects::Entity, column));
    let enterprise = Condition::all()
        .add(column(C::ObjectType).eq("1"))
        .add(column(C::RegistrationStatus).eq(RegistrationStatus::Active.code()));
    if individuals {
        return enterprise;
    }
    let is_individual = CaseStatement::new()
        .case(column(C::Uscc).like("92%"), 1_i64)
        .case(column(C::EnterpriseType).like("个体%"), 1_i64)
        .finally(0_i64);
    enterprise.add(Expr::expr(is_individual).eq(0_i64))
}

/// Enterprises registered in each township.
pub async fn registered(conn: &impl ConnectionTrait, individuals: bool) -> Result<BTreeMap<Option<String>, u64>> {
    let select = Query::select()
        .column(objects::Column::TownshipCode)
        .expr_as(Expr::col(objects::Column::Id).count(), "count")
        .from(objects::Entity)
        .cond_where(enterprises(individuals))
        .group_by_col(objects::Column::TownshipCode)
        .take();
    by_township(conn, &select).await
}

/// Enterprises of each township that were inspected between two days with an approved result, each once.
pub async fn reached(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
    individuals: bool,
) -> Result<BTreeMap<Option<String>, u64>> {
    use inspections::Column as C;
    let of_object = Expr::col((objects::Entity, objects::Column::Id)).equals((inspections::Entity, C::ObjectId));
    let approved = [InspectionStatus::Approved.code(), InspectionStatus::Published.code()];
    let select = Query::select()
        .column((objects::Entity, objects::Column::TownshipCode))
        .expr_as(Expr::col((inspections::Entity, C::ObjectId)).count_distinct(), "count")
        .from(inspections::Entity)
        .inner_join(objects::Entity, of_object)
        .and_where(Expr::col((inspections::Entity, C::InspectedOn)).between(from, to))
        .and_where(Expr::col((inspections::Entity, C::Status)).is_in(approved))
        .cond_where(enterprises(individuals))
        .group_by_col((objects::Entity, objects::Column::TownshipCode))
        .take();
    by_township(conn, &select).await
}

async fn by_township(conn: &impl ConnectionTrait, select: &SelectStatement) -> Result<BTreeMap<Option<String>, u64>> {
    let counts: Vec<ByTownship> = rows(conn, select).await?;
    let count = |row: &ByTownship| u64::try_from(row.count).unwrap_or_default();
    Ok(counts.into_iter().map(|row| (row.township_code.clone(), count(&row))).collect())
}

async fn rows<R: FromQueryResult>(conn: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<R>> {
    let found = conn.query_all(select).await.or_app()?;
    found.iter().map(|row| R::from_query_result(row, "").or_app()).collect()
}
