//! 待办 entries, written with the change that makes somebody wait.

use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::tx::WriteTx;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::oversight::worklist::Waiting;
use entity::oversight::worklist_entries::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QuerySelect, Select,
};
use uuid::Uuid;

pub const LISTING: Listing<Entity> = Listing {
    name: "worklist",
    id: Column::Id,
    default_sort: "due_on",
    fields: &[
        Field::new("due_on", Column::DueOn, Kind::Date, "办理期限").sortable(),
        Field::new("kind", Column::Kind, Kind::Code(Waiting::CODES), "待办类别"),
        Field::new("resource", Column::Resource, Kind::Text, "资源"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "产生时间"),
    ],
};

/// What waits for the caller: what their role may end, where it reaches, except what they submitted themselves.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let mut mine = Condition::any();
    for kind in Waiting::ALL {
        let Some(reach) = ctx.actor.reach(kind.permission()) else { continue };
        let of_kind = Condition::all().add(Column::Kind.eq(kind.code()));
        match reach {
            Reach::All => mine = mine.add(of_kind),
            Reach::Department => {
                // What no department has taken yet waits for all of them.
                let own = Condition::any()
                    .add(Column::DepartmentId.is_in(ctx.actor.departments.clone()))
                    .add(Column::DepartmentId.is_null());
                mine = mine.add(of_kind.add(own));
            }
            Reach::Assigned => mine = mine.add(of_kind.add(Column::AssignedTo.eq(ctx.actor.id))),
            Reach::Region => {}
        }
    }

    let mine = if mine.is_empty() { crate::persistence::kernel::scope::nothing() } else { mine };
    let others = Condition::any().add(Column::NotFor.is_null()).add(Column::NotFor.ne(ctx.actor.id));

    Entity::find().filter(mine).filter(others)
}

/// How many entries of a kind there are, and how many of them are late.
#[derive(FromQueryResult)]
pub struct Count {
    pub kind: Waiting,
    pub count: i64,
}

pub async fn counts(conn: &impl ConnectionTrait, ctx: &Ctx, before: Option<NaiveDate>) -> Result<Vec<Count>> {
    let mut query = scoped(ctx).select_only().column(Column::Kind).column_as(Column::Id.count(), "count");
    if let Some(day) = before {
        query = query.filter(Column::DueOn.lt(day));
    }
    query.group_by(Column::Kind).into_model().all(conn).await.or_app()
}

/// What a record waits for from now on. An entry that stays keeps its deadline.
pub struct Wanted<'a> {
    pub resource: &'static str,
    pub resource_id: Uuid,
    pub department_id: Uuid,
    pub title: &'a str,
    /// Each kind, its deadline, and who may not end it.
    pub kinds: Vec<(Waiting, NaiveDate, Option<Uuid>)>,
}

pub async fn sync(tx: &WriteTx, wanted: Wanted<'_>) -> Result<()> {
    let of_record =
        Condition::all().add(Column::Resource.eq(wanted.resource)).add(Column::ResourceId.eq(wanted.resource_id));
    let known = Entity::find().filter(of_record).all(tx.conn()).await.or_app()?;
    let over: Vec<_> = known
        .iter()
        .filter(|entry| !wanted.kinds.iter().any(|(kind, _, not_for)| *kind == entry.kind && *not_for == entry.not_for))
        .map(|entry| entry.id)
        .collect();
    let kept = |kind: Waiting| known.iter().any(|entry| entry.kind == kind && !over.contains(&entry.id));
    let new: Vec<_> = wanted.kinds.iter().filter(|(kind, ..)| !kept(*kind)).copied().collect();
    if !over.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(over.clone())).exec(tx.conn()).await.or_app()?;
    }
    let rows = new.into_iter().map(|(kind, due_on, not_for)| Model {
        id: new_id(),
        kind,
        resource: wanted.resource.to_owned(),
        resource_id: wanted.resource_id,
        department_id: Some(wanted.department_id),
        title: wanted.title.to_owned(),
        due_on,
        not_for,
        assigned_to: None,
        created_at: tx.ctx().now,
    });

    insert_all(tx, rows.collect()).await
}

pub async fn insert_all(tx: &WriteTx, models: Vec<Model>) -> Result<()> {
    for rows in models.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(tx.conn()).await.or_app()?;
    }
    Ok(())
}

/// Nothing waits any more for these records.
pub async fn clear(tx: &WriteTx, resource: &'static str, ids: Vec<Uuid>) -> Result<()> {
    for ids in ids.chunks(500) {
        let gone =
            Entity::delete_many().filter(Column::Resource.eq(resource)).filter(Column::ResourceId.is_in(ids.to_vec()));
        gone.exec(tx.conn()).await.or_app()?;
    }
    Ok(())
}
