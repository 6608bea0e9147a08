//! 抽取: frozen pools, rosters and recusals, what was drawn and who was matched.

mod figures;

pub use figures::{Grouped, earlier_visits, figures, given_up, grouped};

use super::tasks::taking_part;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use domain::inspections::inspections::{InspectionStatus, VoidCause};
use domain::spot_checks::draws::DrawStatus;
use domain::spot_checks::tasks::TaskStatus;
use entity::inspections::{inspection_replacements, inspections};
use entity::spot_checks::draws::{Column, Entity, Model};
use entity::spot_checks::{commitments, draw_pool, draw_recusals, draw_roster, draw_selections, draw_teams, tasks};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeSet;
use uuid::Uuid;

noun!(spot_checks::draws, "draws");

pub const LISTING: Listing<Entity> = Listing {
    name: "draws",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("task_id", Column::TaskId, Kind::Id, "抽查任务"),
        Field::new("epoch", Column::Epoch, Kind::Int, "轮次"),
        Field::new("status", Column::Status, Kind::Code(DrawStatus::CODES), "抽取状态"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "冻结时间").sortable(),
    ],
};

/// Commitments, public as soon as they are made: anybody can see that they came before the freeze.
pub const COMMITMENTS: Listing<commitments::Entity> = Listing {
    name: "commitments",
    id: commitments::Column::Id,
    default_sort: "-committed_at",
    fields: &[
        Field::new("task_id", commitments::Column::TaskId, Kind::Id, "抽查任务"),
        Field::new("epoch", commitments::Column::Epoch, Kind::Int, "轮次"),
        Field::new("department_id", commitments::Column::DepartmentId, Kind::Id, "封存部门"),
        Field::new("committed_at", commitments::Column::CommittedAt, Kind::Time, "封存时间").sortable(),
    ],
};

pub fn commitments() -> Select<commitments::Entity> {
    commitments::Entity::find()
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(taking_part(ctx, Column::TaskId))
}

/// The public record: every draw, its epochs and its voids, without identities.
pub fn public() -> Select<Entity> {
    Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn get_public(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    public().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// The draw of a task's epoch, of which there is at most one.
pub async fn of_epoch(conn: &impl ConnectionTrait, task: Uuid, epoch: i32) -> Result<Option<Model>> {
    Entity::find().filter(Column::TaskId.eq(task)).filter(Column::Epoch.eq(epoch)).one(conn).await.or_app()
}

/// How many epochs a task has had.
pub async fn epochs_of(conn: &impl ConnectionTrait, task: Uuid) -> Result<u64> {
    Entity::find().filter(Column::TaskId.eq(task)).count(conn).await.or_app()
}

/// Which of some draws published results may be linked to.
pub async fn linkable(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeSet<Uuid>> {
    let found = public().filter(Column::Id.is_in(ids)).filter(Column::Linkable.eq(true)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|draw| draw.id).collect())
}

/// Earlier epochs of the task, oldest first.
pub async fn previous(conn: &impl ConnectionTrait, draw: &Model) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::TaskId.eq(draw.task_id))
        .filter(Column::Epoch.lt(draw.epoch))
        .order_by_asc(Column::Epoch)
        .all(conn)
        .await
        .or_app()
}

/// Everything a transcript is made of.
pub struct Record {
    pub pool: Vec<draw_pool::Model>,
    pub roster: Vec<draw_roster::Model>,
    pub recusals: Vec<draw_recusals::Model>,
    pub selections: Vec<draw_selections::Model>,
    pub teams: Vec<draw_teams::Model>,
}

/// The frozen pool in its order.
pub async fn pool_of(conn: &impl ConnectionTrait, draw: Uuid) -> Result<Vec<draw_pool::Model>> {
    use draw_pool::Column as Pool;
    let pool = draw_pool::Entity::find().filter(Pool::DrawId.eq(draw)).order_by_asc(Pool::Position);
    pool.all(conn).await.or_app()
}

/// All of it; the pool may be large.
pub async fn record(conn: &impl ConnectionTrait, draw: Uuid) -> Result<Record> {
    use draw_recusals::Column as Recusals;
    use draw_roster::Column as Roster;
    use draw_selections::Column as Selections;
    use draw_teams::Column as Teams;

    Ok(Record {
        pool: pool_of(conn, draw).await?,
        roster: draw_roster::Entity::find()
            .filter(Roster::DrawId.eq(draw))
            .order_by_asc(Roster::DepartmentId)
            .order_by_asc(Roster::PersonnelId)
            .all(conn)
            .await
            .or_app()?,
        recusals: draw_recusals::Entity::find()
            .filter(Recusals::DrawId.eq(draw))
            .order_by_asc(Recusals::PersonnelId)
            .order_by_asc(Recusals::ObjectRef)
            .all(conn)
            .await
            .or_app()?,
        selections: draw_selections::Entity::find()
            .filter(Selections::DrawId.eq(draw))
            .order_by_asc(Selections::Position)
            .all(conn)
            .await
            .or_app()?,
        teams: draw_teams::Entity::find()
            .filter(Teams::DrawId.eq(draw))
            .order_by_asc(Teams::DepartmentId)
            .order_by_asc(Teams::ObjectId)
            .order_by_asc(Teams::PersonnelId)
            .all(conn)
            .await
            .or_app()?,
    })
}

/// The seed of a draw and the reference under which it drew an object.
pub async fn place(conn: &impl ConnectionTrait, draw: Uuid, object: Uuid) -> Result<(String, String)> {
    use draw_selections::Column as Selections;
    let seed = Entity::find_by_id(draw).one(conn).await.or_app()?.and_then(|draw| draw.seed);
    let drawn =
        draw_selections::Entity::find().filter(Selections::DrawId.eq(draw)).filter(Selections::ObjectId.eq(object));
    let drawn = drawn.one(conn).await.or_app()?;
    seed.zip(drawn).map(|(seed, drawn)| (seed, drawn.object_ref)).ok_or_else(|| AppError::internal("not drawn"))
}

/// Whether an object was drawn.
pub async fn is_drawn(conn: &impl ConnectionTrait, draw: Uuid, object: Uuid) -> Result<bool> {
    use draw_selections::Column as Selections;
    let drawn = draw_selections::Entity::find().filter(Selections::DrawId.eq(draw));
    Ok(drawn.filter(Selections::ObjectId.eq(object)).one(conn).await.or_app()?.is_some())
}

/// Officers whom a freeze recused from an object that was drawn.
pub async fn frozen_recusals(conn: &impl ConnectionTrait, draw: Uuid, object: Uuid) -> Result<BTreeSet<Uuid>> {
    let (_, object_ref) = place(conn, draw, object).await?;
    let pairs = draw_recusals::Entity::find()
        .filter(draw_recusals::Column::DrawId.eq(draw))
        .filter(draw_recusals::Column::ObjectRef.eq(object_ref));
    Ok(pairs.all(conn).await.or_app()?.into_iter().map(|pair| pair.personnel_id).collect())
}

/// The names of a draw's roster, and the references of what it drew.
pub async fn named(
    conn: &impl ConnectionTrait,
    draw: Uuid,
) -> Result<(Vec<draw_roster::Model>, Vec<draw_selections::Model>)> {
    let roster = draw_roster::Entity::find().filter(draw_roster::Column::DrawId.eq(draw)).all(conn).await.or_app()?;
    let drawn = draw_selections::Entity::find().filter(draw_selections::Column::DrawId.eq(draw));
    Ok((roster, drawn.all(conn).await.or_app()?))
}

/// A department's officers on the frozen roster.
pub async fn roster_of(conn: &impl ConnectionTrait, draw: Uuid, department: Uuid) -> Result<Vec<draw_roster::Model>> {
    use draw_roster::Column as Roster;
    let rows = draw_roster::Entity::find().filter(Roster::DrawId.eq(draw)).filter(Roster::DepartmentId.eq(department));
    rows.all(conn).await.or_app()
}

/// Whether a draw whose inspections are not over has an officer on its roster and an object in its pool.
pub async fn holds(conn: &impl ConnectionTrait, officer: Uuid, object: Uuid) -> Result<bool> {
    let open = [TaskStatus::PoolFrozen, TaskStatus::Drawn, TaskStatus::Matched, TaskStatus::InProgress];
    let rosters = draw_roster::Entity::find()
        .select_only()
        .column(draw_roster::Column::DrawId)
        .filter(draw_roster::Column::PersonnelId.eq(officer));
    let pools = draw_pool::Entity::find()
        .select_only()
        .column(draw_pool::Column::DrawId)
        .filter(draw_pool::Column::ObjectId.eq(object));
    let tasks = tasks::Entity::find().select_only().column(tasks::Column::Id).filter(tasks::Column::Status.is_in(open));
    let found = Entity::find()
        .filter(Column::Status.ne(DrawStatus::Void))
        .filter(Column::Id.in_subquery(QueryTrait::into_query(rosters)))
        .filter(Column::Id.in_subquery(QueryTrait::into_query(pools)))
        .filter(Column::TaskId.in_subquery(QueryTrait::into_query(tasks)))
        .limit(1);

    Ok(found.one(conn).await.or_app()?.is_some())
}

/// How many visits of a draw are in which state, and why those were given up that were.
pub async fn visits(
    conn: &impl ConnectionTrait,
    draw: Uuid,
) -> Result<Vec<(InspectionStatus, Option<VoidCause>, i64)>> {
    use inspections::Column as Inspections;
    let counted = inspections::Entity::find()
        .select_only()
        .column(Inspections::Status)
        .column(Inspections::VoidCause)
        .column_as(Inspections::Id.count(), "visits")
        .filter(Inspections::DrawId.eq(draw))
        .group_by(Inspections::Status)
        .group_by(Inspections::VoidCause);
    counted.into_tuple().all(conn).await.or_app()
}

/// Who took whose place at the visits of a draw, the oldest first.
pub async fn replacements(conn: &impl ConnectionTrait, draw: Uuid) -> Result<Vec<inspection_replacements::Model>> {
    use inspection_replacements::Column as Replacements;
    let visits = inspections::Entity::find()
        .select_only()
        .column(inspections::Column::Id)
        .filter(inspections::Column::DrawId.eq(draw));
    inspection_replacements::Entity::find()
        .filter(Replacements::InspectionId.in_subquery(QueryTrait::into_query(visits)))
        .order_by_asc(Replacements::CreatedAt)
        .all(conn)
        .await
        .or_app()
}

/// Inserts rows in batches below the limit of bound values.
pub async fn insert_all<E>(conn: &impl ConnectionTrait, models: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for batch in models.chunks(500) {
        let rows = batch.iter().map(|model| model.clone().into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}
