//! 抽查计划 and their lines.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, Utc};
use domain::inspections::inspections::InspectionStatus;
use domain::spot_checks::plans::{PlanKind, PlanStatus};
use domain::spot_checks::tasks::TaskStatus;
use entity::inspections::inspections;
use entity::spot_checks::plans::{Column, Entity, Model};
use entity::spot_checks::{draws, plan_editions, plan_lines, task_plan_lines, tasks};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query as SelectQuery};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(spot_checks::plans, "plans", scoped, |row| Some(row.department_id), history of |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "plans",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "计划编号").sortable(),
        Field::new("year", Column::Year, Kind::Int, "年度"),
        Field::new("name", Column::Name, Kind::Text, "计划名称").sortable(),
        Field::new("kind", Column::Kind, Kind::Code(PlanKind::CODES), "计划类别"),
        Field::new("status", Column::Status, Kind::Code(PlanStatus::CODES), "计划状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "牵头部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// What the public may ask for: nothing of what is worked on.
pub const PUBLIC_LISTING: Listing<Entity> = Listing {
    name: "public-plans",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "计划编号").sortable(),
        Field::new("year", Column::Year, Kind::Int, "年度"),
        Field::new("kind", Column::Kind, Kind::Code(PlanKind::CODES), "计划类别"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "牵头部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

/// What the public sees: editions, and plans that were published before editions were kept.
pub fn published() -> Select<Entity> {
    let former = [PlanStatus::Published.code(), PlanStatus::Finished.code()];
    Entity::find().filter(Condition::any().add(Column::Edition.gt(0)).add(Column::Status.is_in(former)))
}

/// Whether an edition of a plan is in force.
pub fn is_public(plan: &Model) -> bool {
    plan.edition > 0 || matches!(plan.status, PlanStatus::Published | PlanStatus::Finished)
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn get_published(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    published().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// How many special plans of a department and a year were submitted, but for one.
pub async fn special(conn: &impl ConnectionTrait, department: Uuid, year: i32, but: Uuid) -> Result<u64> {
    let own = Entity::find().filter(Column::DepartmentId.eq(department)).filter(Column::Year.eq(year));
    let special = own.filter(Column::Kind.eq(PlanKind::Special.code())).filter(Column::Id.ne(but));
    special.filter(Column::SubmittedBy.is_not_null()).count(conn).await.or_app()
}

/// The annual plans of a department and a year, the latest first.
pub async fn annual(conn: &impl ConnectionTrait, department: Uuid, year: i32) -> Result<Vec<Model>> {
    let own = Entity::find().filter(Column::DepartmentId.eq(department)).filter(Column::Year.eq(year));
    let annual = own.filter(Column::Kind.eq(PlanKind::Annual.code()));
    annual.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(conn).await.or_app()
}

pub async fn lines(conn: &impl ConnectionTrait, plans: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<plan_lines::Model>>> {
    let rows = plan_lines::Entity::find()
        .filter(plan_lines::Column::PlanId.is_in(plans))
        .order_by_asc(plan_lines::Column::Position)
        .all(conn)
        .await
        .or_app()?;
    let mut by_plan: BTreeMap<Uuid, Vec<plan_lines::Model>> = BTreeMap::new();
    for row in rows {
        by_plan.entry(row.plan_id).or_default().push(row);
    }
    Ok(by_plan)
}

pub async fn replace_lines(conn: &impl ConnectionTrait, plan: Uuid, lines: Vec<plan_lines::Model>) -> Result<()> {
    plan_lines::Entity::delete_many().filter(plan_lines::Column::PlanId.eq(plan)).exec(conn).await.or_app()?;
    let rows = lines.into_iter().map(|line| line.into_active_model().reset_all());
    plan_lines::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// The editions of a plan, the newest first.
pub async fn editions(conn: &impl ConnectionTrait, plan: Uuid) -> Result<Vec<plan_editions::Model>> {
    let own = plan_editions::Entity::find().filter(plan_editions::Column::PlanId.eq(plan));
    own.order_by_desc(plan_editions::Column::Edition).all(conn).await.or_app()
}

/// The newest edition that was published before a moment.
pub async fn edition_before(
    conn: &impl ConnectionTrait,
    plan: Uuid,
    before: DateTime<Utc>,
) -> Result<Option<plan_editions::Model>> {
    let own = plan_editions::Entity::find()
        .filter(plan_editions::Column::PlanId.eq(plan))
        .filter(plan_editions::Column::PublishedAt.lt(before));
    own.order_by_desc(plan_editions::Column::Edition).one(conn).await.or_app()
}

/// The edition in force of each of some plans, where one is kept.
pub async fn in_force(conn: &impl ConnectionTrait, plans: &[&Model]) -> Result<BTreeMap<Uuid, plan_editions::Model>> {
    let mut wanted = Condition::any();
    for plan in plans.iter().filter(|plan| plan.edition > 0) {
        let one = plan_editions::Column::PlanId.eq(plan.id).and(plan_editions::Column::Edition.eq(plan.edition));
        wanted = wanted.add(one);
    }
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = plan_editions::Entity::find().filter(wanted).all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| (row.plan_id, row)).collect())
}

pub async fn keep_edition(conn: &impl ConnectionTrait, edition: plan_editions::Model) -> Result<()> {
    let row = edition.into_active_model().reset_all();
    plan_editions::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// A task of a line: which, how far, and how many objects its epoch drew.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Carried {
    pub line_id: Uuid,
    pub task_id: Uuid,
    pub status: TaskStatus,
    pub drawn: Option<i32>,
}

/// The tasks that carry out the lines of some plans, as they were made.
pub async fn carried(conn: &impl ConnectionTrait, plans: Vec<Uuid>) -> Result<Vec<Carried>> {
    let of_epoch = Condition::all()
        .add(Expr::col((draws::Entity, draws::Column::TaskId)).equals((tasks::Entity, tasks::Column::Id)))
        .add(Expr::col((draws::Entity, draws::Column::Epoch)).equals((tasks::Entity, tasks::Column::Epoch)));
    let of_task = Expr::col((tasks::Entity, tasks::Column::Id))
        .equals((task_plan_lines::Entity, task_plan_lines::Column::TaskId));
    let select = SelectQuery::select()
        .column((task_plan_lines::Entity, task_plan_lines::Column::LineId))
        .column((task_plan_lines::Entity, task_plan_lines::Column::TaskId))
        .column((tasks::Entity, tasks::Column::Status))
        .expr_as(Expr::col((draws::Entity, draws::Column::SelectedCount)), "drawn")
        .from(task_plan_lines::Entity)
        .inner_join(tasks::Entity, of_task)
        .left_join(draws::Entity, of_epoch)
        .and_where(Expr::col((task_plan_lines::Entity, task_plan_lines::Column::PlanId)).is_in(plans))
        .order_by((task_plan_lines::Entity, task_plan_lines::Column::TaskId), Order::Asc)
        .take();

    let rows = conn.query_all(&select).await.or_app()?;
    rows.iter().map(|row| Carried::from_query_result(row, "").or_app()).collect()
}

/// Objects of a line, each once however many of its tasks drew it: how many were inspected, and are published, by all
/// departments that went there for one of them.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
pub struct Reached {
    pub line_id: Uuid,
    pub inspected: i64,
    pub published: i64,
}

/// How far the lines of some plans are. What was made void, and what a cancelled task asked for, is left out.
pub async fn reached(conn: &impl ConnectionTrait, plans: Vec<Uuid>) -> Result<Vec<Reached>> {
    use inspections::Column as C;
    use task_plan_lines::Column as L;
    let of = |column: C| Expr::col((inspections::Entity, column));
    let flag = |holds: Expr| Expr::expr(Expr::case(holds, 1_i64).finally(0_i64));
    let named = |name: &'static str| Expr::col(Alias::new(name));
    let live = Expr::col((tasks::Entity, tasks::Column::Status)).ne(TaskStatus::Cancelled.code());

    // All departments of a task have been there; one task of the line suffices.
    let by_task = SelectQuery::select()
        .column((task_plan_lines::Entity, L::LineId))
        .column((inspections::Entity, C::ObjectId))
        .expr_as(flag(of(C::InspectedOn).is_not_null()).min(), "inspected")
        .expr_as(flag(of(C::Status).eq(InspectionStatus::Published.code())).min(), "published")
        .from(task_plan_lines::Entity)
        .inner_join(
            tasks::Entity,
            Expr::col((tasks::Entity, tasks::Column::Id)).equals((task_plan_lines::Entity, L::TaskId)),
        )
        .inner_join(inspections::Entity, of(C::TaskId).equals((task_plan_lines::Entity, L::TaskId)))
        .and_where(Expr::col((task_plan_lines::Entity, L::PlanId)).is_in(plans))
        .and_where(of(C::Status).ne(InspectionStatus::Void.code()))
        .and_where(live)
        .group_by_col((task_plan_lines::Entity, L::LineId))
        .group_by_col((task_plan_lines::Entity, L::TaskId))
        .group_by_col((inspections::Entity, C::ObjectId))
        .take();
    let by_object = SelectQuery::select()
        .column(L::LineId)
        .expr_as(named("inspected").max(), "inspected")
        .expr_as(named("published").max(), "published")
        .from_subquery(by_task, "by_task")
        .group_by_col(L::LineId)
        .group_by_col(C::ObjectId)
        .take();
    let whole = |name: &'static str| named(name).sum().cast_as(Alias::new("bigint"));
    let select = SelectQuery::select()
        .column(L::LineId)
        .expr_as(whole("inspected"), "inspected")
        .expr_as(whole("published"), "published")
        .from_subquery(by_object, "by_object")
        .group_by_col(L::LineId)
        .take();

    let rows = conn.query_all(&select).await.or_app()?;
    rows.iter().map(|row| Reached::from_query_result(row, "").or_app()).collect()
}

/// The lines that some tasks carry out.
pub async fn lines_of_tasks(conn: &impl ConnectionTrait, tasks: Vec<Uuid>) -> Result<Vec<task_plan_lines::Model>> {
    let of_tasks = task_plan_lines::Entity::find().filter(task_plan_lines::Column::TaskId.is_in(tasks));
    of_tasks.order_by_asc(task_plan_lines::Column::LineId).all(conn).await.or_app()
}

/// Which lines a task carries out, from now on.
pub async fn carry(conn: &impl ConnectionTrait, task: Uuid, lines: Vec<task_plan_lines::Model>) -> Result<()> {
    let of_task = task_plan_lines::Entity::delete_many().filter(task_plan_lines::Column::TaskId.eq(task));
    of_task.exec(conn).await.or_app()?;
    if !lines.is_empty() {
        let rows = lines.into_iter().map(|row| row.into_active_model().reset_all());
        task_plan_lines::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}
