//! 名录库 and their editions.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::spot_checks::libraries::{LibraryKind, LibraryStatus};
use domain::spot_checks::tasks::TaskStatus;
use entity::spot_checks::libraries::{Column, Entity, Model};
use entity::spot_checks::{commitments, library_editions, task_departments, tasks};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(spot_checks::libraries, "libraries", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "libraries",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "名录库编号").sortable(),
        Field::new("name", Column::Name, Kind::Text, "名称"),
        Field::new("kind", Column::Kind, Kind::Code(LibraryKind::CODES), "类别"),
        Field::new("status", Column::Status, Kind::Code(LibraryStatus::CODES), "状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// The register is everybody's, and so are libraries of objects; officers are their department's.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Department => {
            let own = Column::DepartmentId.is_in(ctx.actor.departments.clone());
            Entity::find().filter(Condition::any().add(Column::Kind.eq(LibraryKind::Objects)).add(own))
        }
        Reach::Assigned | Reach::Region => Entity::find().filter(nothing()),
    }
}

/// Libraries by their ids, whoever asks.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|library| (library.id, library)).collect())
}

/// How many libraries in use a department has.
pub async fn count_of(conn: &impl ConnectionTrait, department: Uuid) -> Result<u64> {
    let own = Entity::find().filter(Column::DepartmentId.eq(department));
    own.filter(Column::Status.eq(LibraryStatus::Active)).count(conn).await.or_app()
}

/// Libraries in use that were not looked up on this day yet.
pub async fn to_refresh(conn: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<Uuid>> {
    let due = Entity::find().select_only().column(Column::Id).filter(Column::Status.eq(LibraryStatus::Active));
    due.filter(Column::RefreshedOn.lt(today)).order_by_asc(Column::Id).into_tuple().all(conn).await.or_app()
}

/// Notes that a library was looked up and found as it was.
pub async fn looked_up(conn: &impl ConnectionTrait, library: Uuid, today: NaiveDate) -> Result<()> {
    let found = Entity::update_many().col_expr(Column::RefreshedOn, Expr::value(today));
    found.filter(Column::Id.eq(library)).exec(conn).await.or_app()?;
    Ok(())
}

/// A task that is to be drawn from a library and is not frozen yet.
#[derive(Clone, Debug)]
pub struct Draft {
    pub code: String,
    /// A party has committed to its draw.
    pub committed: bool,
}

/// Tasks that are to be drawn from libraries and are not frozen yet, by library: three statements however many.
pub async fn drafts(conn: &impl ConnectionTrait, libraries: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<Draft>>> {
    let open = || {
        let drafts = tasks::Entity::find().select_only().filter(tasks::Column::Status.eq(TaskStatus::Draft));
        drafts.order_by_asc(tasks::Column::Code).limit(MOST_NAMED)
    };
    let row = [tasks::Column::Id, tasks::Column::Code];
    let of_objects = open().column(tasks::Column::ObjectLibraryId).columns(row).column(tasks::Column::Epoch);
    let of_objects = of_objects.filter(tasks::Column::ObjectLibraryId.is_in(libraries.clone()));
    let mut named: Vec<(Uuid, Uuid, String, i32)> = of_objects.into_tuple().all(conn).await.or_app()?;
    let of_officers = open()
        .column_as(task_departments::Column::OfficerLibraryId, "library")
        .columns(row)
        .column(tasks::Column::Epoch)
        .join_rev(
            JoinType::InnerJoin,
            task_departments::Entity::belongs_to(tasks::Entity)
                .from(task_departments::Column::TaskId)
                .to(tasks::Column::Id)
                .into(),
        )
        .filter(task_departments::Column::OfficerLibraryId.is_in(libraries));
    named.extend(of_officers.into_tuple::<(Uuid, Uuid, String, i32)>().all(conn).await.or_app()?);

    let ids: Vec<_> = named.iter().map(|(_, task, ..)| *task).collect();
    let made = commitments::Entity::find().filter(commitments::Column::TaskId.is_in(ids)).all(conn).await.or_app()?;
    let committed = |task: Uuid, epoch: i32| made.iter().any(|made| made.task_id == task && made.epoch == epoch);
    let mut drafts: BTreeMap<Uuid, Vec<Draft>> = BTreeMap::new();
    for (library, task, code, epoch) in named {
        drafts.entry(library).or_default().push(Draft { code, committed: committed(task, epoch) });
    }
    Ok(drafts)
}

/// Tasks that are named where something waits for them.
const MOST_NAMED: u64 = 1_000;

/// Tasks that are to be drawn from one library and are not frozen yet.
pub async fn drafts_of(conn: &impl ConnectionTrait, library: Uuid) -> Result<Vec<Draft>> {
    Ok(drafts(conn, vec![library]).await?.remove(&library).unwrap_or_default())
}

pub async fn keep_edition(conn: &impl ConnectionTrait, edition: library_editions::Model) -> Result<()> {
    let row = edition.into_active_model().reset_all();
    library_editions::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// An edition of a library.
pub async fn edition(conn: &impl ConnectionTrait, library: Uuid, edition: i32) -> Result<library_editions::Model> {
    let found = library_editions::Entity::find_by_id((library, edition)).one(conn).await.or_app()?;
    found.ok_or_else(AppError::not_found)
}

/// The newest editions of a library, or those before one, the newest first.
pub async fn editions(
    conn: &impl ConnectionTrait,
    library: Uuid,
    before: Option<i32>,
    limit: u64,
) -> Result<Vec<library_editions::Model>> {
    let older = before.map(|before| library_editions::Column::Edition.lt(before));
    let found = library_editions::Entity::find().filter(library_editions::Column::LibraryId.eq(library));
    let found = found.filter(Condition::all().add_option(older));
    found.order_by_desc(library_editions::Column::Edition).limit(limit).all(conn).await.or_app()
}
