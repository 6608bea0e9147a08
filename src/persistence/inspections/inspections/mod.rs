//! 检查, their officers, results, points and follow-ups.

mod parts;

pub use parts::{Parts, parts, parts_of};

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::{by_department, nothing};
use domain::access::Reach;
use domain::inspections::inspections::InspectionStatus;
use entity::inspections::inspections::{Column, Entity, Model};
use entity::inspections::{
    inspection_checks, inspection_officers, inspection_points, inspection_replacements, inspection_results,
    inspection_revisions,
};
use entity::register::objects;
use entity::spot_checks::task_items;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(inspections::inspections, "inspections", scoped, |row| Some(row.department_id), history of |row| Some(row.object_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "inspections",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "检查编号").sortable(),
        Field::new("task_id", Column::TaskId, Kind::Id, "抽查任务"),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "检查部门"),
        Field::new("status", Column::Status, Kind::Code(InspectionStatus::CODES), "检查状态"),
        Field::new("inspected_on", Column::InspectedOn, Kind::Date, "检查日期").nullable(),
        Field::new("publish_due_on", Column::PublishDueOn, Kind::Date, "公示期限").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// The public list offers less: no officer, no review, no deadline.
pub const PUBLIC_LISTING: Listing<Entity> = Listing {
    name: "public-inspections",
    id: Column::Id,
    default_sort: "-published_at",
    fields: &[
        Field::new("task_id", Column::TaskId, Kind::RelatedId(of_linkable_task), "抽查任务"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "检查部门"),
        Field::new("visit_id", Column::VisitId, Kind::Id, "入企检查").nullable(),
        Field::new("published_at", Column::PublishedAt, Kind::Time, "公示时间").sortable(),
    ],
};

/// Results of a task's draw, where they may be linked to it.
fn of_linkable_task(task: Uuid) -> Condition {
    use entity::spot_checks::draws;
    let draws = draws::Entity::find()
        .select_only()
        .column(draws::Column::Id)
        .filter(draws::Column::TaskId.eq(task))
        .filter(draws::Column::Linkable.eq(true));
    Condition::all().add(Column::DrawId.in_subquery(QueryTrait::into_query(draws)))
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let scope = match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => Condition::all().add(Column::DepartmentId.is_in(ctx.actor.departments.clone())),
        Reach::Assigned => match ctx.actor.personnel_id {
            None => nothing(),
            Some(officer) => {
                let own = inspection_officers::Entity::find()
                    .select_only()
                    .column(inspection_officers::Column::InspectionId)
                    .filter(inspection_officers::Column::PersonnelId.eq(officer));
                Condition::all().add(Column::Id.in_subquery(QueryTrait::into_query(own)))
            }
        },
        Reach::Region => match &ctx.actor.region_code {
            None => nothing(),
            Some(region) => {
                let own = objects::Entity::find()
                    .select_only()
                    .column(objects::Column::Id)
                    .filter(crate::persistence::register::objects::in_region(region));
                Condition::all().add(Column::ObjectId.in_subquery(QueryTrait::into_query(own)))
            }
        },
    };
    Entity::find().filter(scope)
}

/// What the public sees: whatever was published once. A withdrawn result leaves a tombstone, also while it is corrected.
pub fn published() -> Select<Entity> {
    Entity::find().filter(Column::PublishedAt.is_not_null())
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    crate::persistence::kernel::edit::find::<Entity>(conn, ctx, id).await
}

/// Inspections by id.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Inspections of the caller's scope by id; whoever attaches them to a visit holds them.
pub async fn open_by_ids(conn: &impl ConnectionTrait, ctx: &Ctx, ids: &[Uuid]) -> Result<Vec<Model>> {
    crate::persistence::kernel::noun::lock_rows::<Entity>(conn, ids.iter().copied()).await?;
    let rows = scoped(ctx).filter(Column::Id.is_in(ids.to_vec())).order_by_asc(Column::Id);
    rows.all(conn).await.or_app()
}

pub async fn get_published(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    published().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// The states of inspections: one statement however many.
pub async fn statuses(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, InspectionStatus>> {
    let found = Entity::find().select_only().columns([Column::Id, Column::Status]).filter(Column::Id.is_in(ids));
    Ok(found.into_tuple().all(conn).await.or_app()?.into_iter().collect())
}

/// Those that an officer or a department has records of, by the columns of the records that name department and inspection.
pub fn records_of(ctx: &Ctx, department: impl ColumnTrait, inspection: impl ColumnTrait) -> Condition {
    match ctx.reach {
        Reach::All | Reach::Department => by_department(ctx, department),
        Reach::Assigned => {
            let own = scoped(ctx).select_only().column(Column::Id);
            Condition::all().add(inspection.in_subquery(QueryTrait::into_query(own)))
        }
        Reach::Region => Condition::all().add(nothing()),
    }
}

/// The officers of inspections: one statement however many.
pub async fn teams(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<Uuid>>> {
    let officers = inspection_officers::Entity::find().filter(inspection_officers::Column::InspectionId.is_in(ids));
    let mut teams: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();
    for row in officers.all(conn).await.or_app()? {
        teams.entry(row.inspection_id).or_default().push(row.personnel_id);
    }
    Ok(teams)
}

/// Puts another officer in the place of one, and notes it.
pub async fn replace_officer(
    conn: &impl ConnectionTrait,
    joins: inspection_officers::Model,
    note: inspection_replacements::Model,
) -> Result<()> {
    let leaves = inspection_officers::Entity::delete_by_id((note.inspection_id, note.left_id));
    leaves.exec(conn).await.or_app()?;
    let row = joins.into_active_model().reset_all();
    inspection_officers::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    let row = note.into_active_model().reset_all();
    inspection_replacements::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

pub async fn keep_revision(conn: &impl ConnectionTrait, row: inspection_revisions::Model) -> Result<()> {
    let row = row.into_active_model().reset_all();
    inspection_revisions::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// What was found before gives way to what is found now.
pub async fn replace_results(
    conn: &impl ConnectionTrait,
    id: Uuid,
    codes: &[String],
    points: Vec<inspection_points::Model>,
    checks: Vec<inspection_checks::Model>,
) -> Result<()> {
    let old = inspection_results::Entity::delete_many().filter(inspection_results::Column::InspectionId.eq(id));
    old.exec(conn).await.or_app()?;
    let old = inspection_points::Entity::delete_many().filter(inspection_points::Column::InspectionId.eq(id));
    old.exec(conn).await.or_app()?;
    let old = inspection_checks::Entity::delete_many().filter(inspection_checks::Column::InspectionId.eq(id));
    old.exec(conn).await.or_app()?;

    let rows = codes.iter().map(|code| {
        inspection_results::Model { inspection_id: id, code: code.clone() }.into_active_model().reset_all()
    });
    inspection_results::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    let rows = points.into_iter().map(|row| row.into_active_model().reset_all());
    inspection_points::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    // A statement takes so many values only.
    for rows in checks.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        inspection_checks::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

/// The items that a department checks in a task.
pub async fn items_of(conn: &impl ConnectionTrait, task: Uuid, department: Uuid) -> Result<Vec<Uuid>> {
    let rows = task_items::Entity::find()
        .filter(task_items::Column::TaskId.eq(task))
        .filter(task_items::Column::DepartmentId.eq(department));
    Ok(rows.all(conn).await.or_app()?.into_iter().map(|row| row.spot_check_item_id).collect())
}

/// Whether an inspection is a department's, and of an object where one is given.
pub async fn is_of_department(
    conn: &impl ConnectionTrait,
    id: Uuid,
    department: Option<Uuid>,
    object: Option<Uuid>,
) -> Result<bool> {
    let mut own = Entity::find().filter(Column::Id.eq(id)).filter(Column::DepartmentId.eq(department));
    if let Some(object) = object {
        own = own.filter(Column::ObjectId.eq(object));
    }
    Ok(own.count(conn).await.or_app()? > 0)
}

/// Whether an object has an inspection in the caller's scope.
pub async fn are_of(conn: &impl ConnectionTrait, ctx: &Ctx, object: Uuid) -> Result<bool> {
    Ok(scoped(ctx).filter(Column::ObjectId.eq(object)).count(conn).await.or_app()? > 0)
}

/// How many inspections of a task are in one of the states.
pub async fn count_in(conn: &impl ConnectionTrait, task: Uuid, statuses: &[InspectionStatus]) -> Result<u64> {
    let codes: Vec<_> = statuses.iter().map(|status| status.code()).collect();
    Entity::find().filter(Column::TaskId.eq(task)).filter(Column::Status.is_in(codes)).count(conn).await.or_app()
}
