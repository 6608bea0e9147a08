//! Rows that indicators 4.1 and 13.1 leave out, page by page; how many there are, the kept sums say. And which items rows name.

use super::clue_figures::Part;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, Utc};
use domain::intake::behaviours::{BehaviourOrigin, BehaviourStatus};
use domain::items::items::ItemState;
use domain::kernel::clocks::calendar::local_date;
use entity::intake::behaviours::{Column, Entity, Model};
use entity::items::items;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a row may lack, to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It has an error that is open.
    OpenError,
    /// It did not come in time.
    InTime,
}

/// Rows that came since a day and lack something, as they came, behind one of them.
pub async fn lacking(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    lack: Lack,
    since: DateTime<Utc>,
    part: Part,
) -> Result<Vec<Model>> {
    let lacking = match lack {
        Lack::OpenError => Condition::all().add(Column::Status.eq(BehaviourStatus::Quarantined)),
        Lack::InTime => Condition::all()
            .add(Column::InTime.eq(false))
            .add(Column::Origin.ne(BehaviourOrigin::Stock))
            .add(Column::Status.ne(BehaviourStatus::Removed)),
    };
    let behind = match part.after {
        Some(id) => Entity::find_by_id(id).one(conn).await.or_app()?,
        None => None,
    };

    Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(lacking)
        .filter(Column::CreatedAt.gte(since))
        .filter(Column::Month.is_not_null())
        .apply_if(part.department, |select, id| select.filter(Column::DepartmentId.eq(id)))
        .apply_if(behind, |select, last| {
            let same = Condition::all().add(Column::CreatedAt.eq(last.created_at)).add(Column::Id.gt(last.id));
            select.filter(Condition::any().add(Column::CreatedAt.gt(last.created_at)).add(same))
        })
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(part.limit)
        .all(conn)
        .await
        .or_app()
}

/// Numbers and names of rows.
pub async fn names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    let names = rows.into_iter().map(|row| (row.id, (row.code.unwrap_or(row.cd_id), row.title.unwrap_or_default())));
    Ok(names.collect())
}

/// A claimed item, and whether a behaviour of the year names it.
#[derive(FromQueryResult)]
pub struct Claimed {
    pub id: Uuid,
    pub department_id: Uuid,
    pub code: String,
    pub is_named: bool,
}

/// The claimed items of the caller's departments; of each, the rows of its code that came this year are asked for one that
/// happened this year. What happens arrives later, so that nothing is left out.
pub async fn claimed(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Claimed>> {
    use items::Column as Item;
    let same = |own: Column, of: Item| Expr::col((Entity, own)).equals((items::Entity, of));
    let naming = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(same(Column::ItemCode, Item::Code))
        .and_where(same(Column::DepartmentId, Item::DepartmentId))
        .and_where(Column::CreatedAt.gte(since))
        .and_where(Column::HappenedOn.gte(local_date(since)))
        .and_where(Column::Status.eq(BehaviourStatus::Accepted))
        .to_owned();

    let claimed = items::Entity::find()
        .select_only()
        .columns([Item::Id, Item::DepartmentId, Item::Code])
        .expr_as(Expr::exists(naming), "is_named")
        .filter(by_department(ctx, Item::DepartmentId))
        .filter(Item::State.eq(ItemState::Effective));
    claimed.into_model().all(conn).await.or_app()
}
