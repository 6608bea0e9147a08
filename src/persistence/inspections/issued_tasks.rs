//! 下发任务, their parts, objects and inspections.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::{by_department, nothing};
use domain::access::Reach;
use domain::inspections::inspections::InspectionStatus;
use domain::inspections::issued_tasks::{IssueLevel, IssuedTaskStatus, PartStatus};
use entity::inspections::issued_tasks::{Column, Entity, Model};
use entity::inspections::{inspections, issued_inspections, issued_objects, issued_parts};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(inspections::issued_tasks, "issued-tasks", scoped, |row| Some(row.department_id));
noun!(inspections::issued_parts, "issued-parts", parts_scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "issued-tasks",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "任务编号").sortable(),
        Field::new("status", Column::Status, Kind::Code(IssuedTaskStatus::CODES), "状态"),
        Field::new("level", Column::Level, Kind::Code(IssueLevel::CODES), "下发层级"),
        Field::new("due_on", Column::DueOn, Kind::Date, "办理期限").sortable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "接收时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

pub const PARTS: Listing<issued_parts::Entity> = Listing {
    name: "issued-parts",
    id: issued_parts::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("task_id", issued_parts::Column::TaskId, Kind::Id, "下发任务"),
        Field::new("department_id", issued_parts::Column::DepartmentId, Kind::Id, "办理部门"),
        Field::new("status", issued_parts::Column::Status, Kind::Code(PartStatus::CODES), "状态"),
        Field::new("created_at", issued_parts::Column::CreatedAt, Kind::Time, "下发时间").sortable(),
        Field::new("updated_at", issued_parts::Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// A department reads what it received, and what it has a part of.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Department => {
            let own = ctx.actor.departments.clone();
            let parts = issued_parts::Entity::find()
                .select_only()
                .column(issued_parts::Column::TaskId)
                .filter(issued_parts::Column::DepartmentId.is_in(own.clone()));
            let either = Condition::any()
                .add(Column::DepartmentId.is_in(own))
                .add(Column::Id.in_subquery(QueryTrait::into_query(parts)));
            Entity::find().filter(either)
        }
        Reach::Assigned | Reach::Region => Entity::find().filter(nothing()),
    }
}

pub fn parts_scoped(ctx: &Ctx) -> Select<issued_parts::Entity> {
    issued_parts::Entity::find().filter(by_department(ctx, issued_parts::Column::DepartmentId))
}

/// A task, whoever asks.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// A task by the number that the level above gave it.
pub async fn by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::Code.eq(code)).one(conn).await.or_app()
}

/// The parts of some tasks, in the order of their departments.
pub async fn parts(conn: &impl ConnectionTrait, tasks: Vec<Uuid>) -> Result<Vec<issued_parts::Model>> {
    let parts = issued_parts::Entity::find().filter(issued_parts::Column::TaskId.is_in(tasks));
    parts.order_by_asc(issued_parts::Column::DepartmentId).all(conn).await.or_app()
}

pub async fn objects(conn: &impl ConnectionTrait, tasks: Vec<Uuid>) -> Result<Vec<issued_objects::Model>> {
    let objects = issued_objects::Entity::find().filter(issued_objects::Column::TaskId.is_in(tasks));
    objects.order_by_asc(issued_objects::Column::Position).all(conn).await.or_app()
}

pub async fn replace_objects(
    conn: &impl ConnectionTrait,
    task: Uuid,
    objects: Vec<issued_objects::Model>,
) -> Result<()> {
    let old = issued_objects::Entity::delete_many().filter(issued_objects::Column::TaskId.eq(task));
    old.exec(conn).await.or_app()?;
    if !objects.is_empty() {
        let rows = objects.into_iter().map(|row| row.into_active_model().reset_all());
        issued_objects::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

/// An object of a task turned out to be one of the register.
pub async fn know_object(conn: &impl ConnectionTrait, row: issued_objects::Model) -> Result<()> {
    row.into_active_model().reset_all().update(conn).await.or_app()?;
    Ok(())
}

/// An inspection that was made for a part, and how far it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Made {
    pub part_id: Uuid,
    pub object_position: i32,
    pub inspection_id: Uuid,
    pub status: InspectionStatus,
}

pub async fn made(conn: &impl ConnectionTrait, parts: Vec<Uuid>) -> Result<Vec<Made>> {
    let of = |column: issued_inspections::Column| (issued_inspections::Entity, column);
    let same =
        Expr::col((inspections::Entity, inspections::Column::Id)).equals(of(issued_inspections::Column::InspectionId));
    let select = Query::select()
        .column(of(issued_inspections::Column::PartId))
        .column(of(issued_inspections::Column::ObjectPosition))
        .column(of(issued_inspections::Column::InspectionId))
        .column((inspections::Entity, inspections::Column::Status))
        .from(issued_inspections::Entity)
        .inner_join(inspections::Entity, same)
        .and_where(Expr::col(of(issued_inspections::Column::PartId)).is_in(parts))
        .order_by(of(issued_inspections::Column::InspectionId), Order::Asc)
        .take();

    let rows = conn.query_all(&select).await.or_app()?;
    rows.iter().map(|row| Made::from_query_result(row, "").or_app()).collect()
}

pub async fn keep_inspection(conn: &impl ConnectionTrait, link: issued_inspections::Model) -> Result<()> {
    let row = link.into_active_model().reset_all();
    issued_inspections::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Tasks of the caller's departments that were reported since a moment, or are not yet.
pub async fn of_year(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    since: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<Model>> {
    let now = Condition::any().add(Column::FirstReportedAt.gte(since)).add(Column::FirstReportedAt.is_null());
    let own = Entity::find().filter(by_department(ctx, Column::DepartmentId));
    own.filter(now).all(conn).await.or_app()
}

/// Number and name of some tasks, by id.
pub async fn names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|task| (task.id, (task.code, task.name))).collect())
}
