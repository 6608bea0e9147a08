//! 抽查任务, their departments, items and commitments.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use domain::access::Reach;
use domain::spot_checks::tasks::{SpotType, TaskSource, TaskStatus};
use entity::spot_checks::tasks::{Column, Entity, Model};
use entity::spot_checks::{commitments, draws, task_departments, task_eligible, task_items};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(spot_checks::tasks, "tasks", scoped, |row| Some(row.lead_department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "tasks",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "任务编号").sortable(),
        Field::new("name", Column::Name, Kind::Text, "任务名称"),
        Field::new("status", Column::Status, Kind::Code(TaskStatus::CODES), "任务状态"),
        Field::new("source", Column::Source, Kind::Code(TaskSource::CODES), "任务来源"),
        Field::new("spot_type", Column::SpotType, Kind::Code(SpotType::CODES), "抽查方式"),
        Field::new("plan_id", Column::PlanId, Kind::Id, "抽查计划").nullable(),
        Field::new("lead_department_id", Column::LeadDepartmentId, Kind::Id, "发起部门"),
        Field::new("starts_on", Column::StartsOn, Kind::Date, "开始日期"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Tasks in which one's departments take part, as a condition on a column of task ids.
pub fn taking_part(ctx: &Ctx, column: impl ColumnTrait) -> Condition {
    match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => {
            let own = task_departments::Entity::find()
                .select_only()
                .column(task_departments::Column::TaskId)
                .filter(task_departments::Column::DepartmentId.is_in(ctx.actor.departments.clone()));
            Condition::all().add(column.in_subquery(QueryTrait::into_query(own)))
        }
        Reach::Assigned | Reach::Region => nothing(),
    }
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(taking_part(ctx, Column::Id))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// A task, whoever asks.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Whether a department takes part in a task.
pub async fn takes_part(conn: &impl ConnectionTrait, task: Uuid, department: Option<Uuid>) -> Result<bool> {
    let part = task_departments::Entity::find()
        .filter(task_departments::Column::TaskId.eq(task))
        .filter(task_departments::Column::DepartmentId.eq(department));
    Ok(part.count(conn).await.or_app()? > 0)
}

/// A task that one's own department leads: only the lead organises it.
pub async fn get_led(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    let task = get(conn, ctx, id).await?;
    let led = ctx.reach == Reach::All || ctx.actor.departments.contains(&task.lead_department_id);
    if led { Ok(task) } else { Err(AppError::not_found()) }
}

/// What a task consists of beside its own row.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub departments: Vec<task_departments::Model>,
    pub items: Vec<task_items::Model>,
    pub commitments: Vec<commitments::Model>,
    /// Lines of its plan that it carries out.
    pub plan_lines: Vec<Uuid>,
    /// The newest epoch that was frozen.
    pub draw: Option<draws::Model>,
}

/// Departments, items, lines, commitments and newest draws of tasks: five statements however many tasks.
pub async fn parts(conn: &impl ConnectionTrait, tasks: Vec<Uuid>) -> Result<BTreeMap<Uuid, Parts>> {
    let mut parts: BTreeMap<Uuid, Parts> = BTreeMap::new();
    let departments = task_departments::Entity::find()
        .filter(task_departments::Column::TaskId.is_in(tasks.clone()))
        .order_by_asc(task_departments::Column::DepartmentId);
    for row in departments.all(conn).await.or_app()? {
        parts.entry(row.task_id).or_default().departments.push(row);
    }
    let items = task_items::Entity::find()
        .filter(task_items::Column::TaskId.is_in(tasks.clone()))
        .order_by_asc(task_items::Column::DepartmentId)
        .order_by_asc(task_items::Column::SpotCheckItemId);
    for row in items.all(conn).await.or_app()? {
        parts.entry(row.task_id).or_default().items.push(row);
    }
    let commitments = commitments::Entity::find()
        .filter(commitments::Column::TaskId.is_in(tasks.clone()))
        .order_by_asc(commitments::Column::Epoch)
        .order_by_asc(commitments::Column::DepartmentId);
    for row in commitments.all(conn).await.or_app()? {
        parts.entry(row.task_id).or_default().commitments.push(row);
    }
    for row in super::plans::lines_of_tasks(conn, tasks.clone()).await? {
        parts.entry(row.task_id).or_default().plan_lines.push(row.line_id);
    }
    let frozen = draws::Entity::find().filter(draws::Column::TaskId.is_in(tasks)).order_by_asc(draws::Column::Epoch);
    for row in frozen.all(conn).await.or_app()? {
        let task = row.task_id;
        parts.entry(task).or_default().draw = Some(row);
    }

    Ok(parts)
}

pub async fn parts_of(conn: &impl ConnectionTrait, task: Uuid) -> Result<Parts> {
    Ok(parts(conn, vec![task]).await?.remove(&task).unwrap_or_default())
}

/// Whether a commitment, or a secret, was ever used, by whomever.
pub async fn is_used(conn: &impl ConnectionTrait, column: commitments::Column, text: &str) -> Result<bool> {
    Ok(commitments::Entity::find().filter(column.eq(text)).limit(1).one(conn).await.or_app()?.is_some())
}

/// Who was eligible when the first party of an epoch committed.
pub async fn eligible_at_first(
    conn: &impl ConnectionTrait,
    task: Uuid,
    epoch: i32,
) -> Result<Option<task_eligible::Model>> {
    task_eligible::Entity::find_by_id((task, epoch)).one(conn).await.or_app()
}

pub async fn keep_eligible(conn: &impl ConnectionTrait, eligible: task_eligible::Model) -> Result<()> {
    let row = eligible.into_active_model().reset_all();
    task_eligible::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Replaces departments and items.
pub async fn replace_parts(
    conn: &impl ConnectionTrait,
    task: Uuid,
    departments: Vec<task_departments::Model>,
    items: Vec<task_items::Model>,
) -> Result<()> {
    task_items::Entity::delete_many().filter(task_items::Column::TaskId.eq(task)).exec(conn).await.or_app()?;
    let of_task = task_departments::Entity::delete_many().filter(task_departments::Column::TaskId.eq(task));
    of_task.exec(conn).await.or_app()?;
    let rows = departments.into_iter().map(|row| row.into_active_model().reset_all());
    task_departments::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    let rows = items.into_iter().map(|row| row.into_active_model().reset_all());
    task_items::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Tasks not yet over that use an item, through any spot-check item of it or of those whose successor it is.
pub async fn open_using(conn: &impl ConnectionTrait, item: Uuid) -> Result<Vec<Model>> {
    use entity::spot_checks::spot_check_items;
    let items = crate::persistence::items::items::with_predecessors(conn, item).await?;
    let spots = spot_check_items::Entity::find()
        .select_only()
        .column(spot_check_items::Column::Id)
        .filter(spot_check_items::Column::ItemId.is_in(items));
    let used = task_items::Entity::find()
        .select_only()
        .column(task_items::Column::TaskId)
        .filter(task_items::Column::SpotCheckItemId.in_subquery(QueryTrait::into_query(spots)));

    Entity::find()
        .filter(Column::Status.is_not_in([TaskStatus::Finished.code(), TaskStatus::Cancelled.code()]))
        .filter(Column::Id.in_subquery(QueryTrait::into_query(used)))
        .order_by_asc(Column::Code)
        .limit(20)
        .all(conn)
        .await
        .or_app()
}

/// Notes the versions that a task's items had when its pool was frozen.
pub async fn keep_versions(
    conn: &impl ConnectionTrait,
    task: Uuid,
    spot_check_item: Uuid,
    versions: (Option<i32>, Option<i32>),
) -> Result<()> {
    use sea_orm::sea_query::Expr;
    task_items::Entity::update_many()
        .col_expr(task_items::Column::ItemVersion, Expr::value(versions.0))
        .col_expr(task_items::Column::ListVersion, Expr::value(versions.1))
        .filter(task_items::Column::TaskId.eq(task))
        .filter(task_items::Column::SpotCheckItemId.eq(spot_check_item))
        .exec(conn)
        .await
        .or_app()?;

    Ok(())
}
