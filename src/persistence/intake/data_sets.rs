//! 数据集目录, and the days on which something of each set came.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use crate::persistence::kernel::tx::WriteTx;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Reach;
use domain::intake::behaviours::BehaviourSet;
use domain::intake::data_sets::{DataSetContent, DataSetStatus, arrival};
use domain::items::implementation_lists::ListState;
use domain::items::items::ItemState;
use domain::kernel::clocks::calendar::local_date;
use entity::complaints::complaints;
use entity::credit::credit_classifications;
use entity::inspections::inspections;
use entity::intake::data_sets::{Column, Entity, Model};
use entity::intake::{behaviour_batches, data_set_arrivals};
use entity::items::{implementation_lists, items};
use entity::officers::personnel;
use entity::register::objects;
use entity::risks::risk_clues;
use entity::spot_checks::plans;
use sea_orm::sea_query::{Alias, Expr, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

noun!(intake::data_sets, "data-sets", scoped, |row| row.department_id);

pub const LISTING: Listing<Entity> = Listing {
    name: "data-sets",
    id: Column::Id,
    default_sort: "created_at",
    fields: &[
        Field::new("content", Column::Content, Kind::Code(DataSetContent::CODES), "数据集内容"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "责任部门").nullable(),
        Field::new("status", Column::Status, Kind::Code(DataSetStatus::CODES), "状态"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// What is gathered is for everybody to know; whoever is named signs their own.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let seen = match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => Condition::all().add(Column::DepartmentId.is_in(ctx.actor.departments.clone())),
        Reach::Assigned => Condition::all().add(Column::DutyUserId.eq(ctx.actor.id)),
        Reach::Region => nothing(),
    };
    Entity::find().filter(seen)
}

/// All of them, whoever asks.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Entity::find().all(conn).await.or_app()
}

/// Those of which something was agreed, or is to be signed.
pub async fn waiting(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    let agreed = Condition::any().add(Column::InForceOn.is_not_null());
    let waiting = Entity::find().filter(agreed.add(Column::Status.eq(DataSetStatus::Approved)));
    waiting.all(conn).await.or_app()
}

/// Code and name.
pub async fn names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| (row.id, (row.content.code().to_owned(), row.name))).collect())
}

pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// The day on which something of a set came last.
#[derive(FromQueryResult)]
struct Newest {
    content: DataSetContent,
    day: Option<NaiveDate>,
}

/// The day on which something that is right came last, set by set: the end of an index for each.
pub async fn arrivals(conn: &impl ConnectionTrait) -> Result<BTreeMap<DataSetContent, NaiveDate>> {
    use data_set_arrivals::{Column as Of, Entity as Arrivals};
    let newest = Query::select()
        .expr(Expr::col((Arrivals, Of::Day)).max())
        .from(Arrivals)
        .and_where(Expr::col((Arrivals, Of::Content)).equals((Entity, Column::Content)))
        .to_owned();
    let asked = Entity::find().select_only().column(Column::Content).expr_as(newest, "day");
    let rows = asked.into_model::<Newest>().all(conn).await.or_app()?;
    Ok(rows.into_iter().filter_map(|row| Some((row.content, row.day?))).collect())
}

/// The sets of which something came with the lines of a change.
pub fn arrived(events: &[Event]) -> BTreeSet<DataSetContent> {
    let of = |event: &Event| arrival(event.resource, event.action, event.after.as_ref());
    events.iter().filter_map(of).collect()
}

/// Notes that something of these sets has come today.
pub fn note_today(tx: &WriteTx, sets: BTreeSet<DataSetContent>) -> Result<()> {
    let day = tx.ctx().today();
    note(tx, sets.into_iter().map(|content| (content, day)).collect())
}

/// Notes days on which something of sets came: each once, so that nobody who notes it waits for another but the first of a day.
pub fn note(tx: &WriteTx, days: BTreeMap<DataSetContent, NaiveDate>) -> Result<()> {
    use data_set_arrivals::{ActiveModel, Column as Of, Entity as Arrivals};
    if days.is_empty() {
        return Ok(());
    }
    let rows = days.into_iter().map(|(content, day)| ActiveModel { content: Set(content), day: Set(day) });
    let once = OnConflict::columns([Of::Content, Of::Day]).do_nothing().to_owned();
    let insert = Arrivals::insert_many(rows).on_conflict(once).into_query();
    tx.insert_last(tx.conn().get_database_backend().build(&insert))
}

/// When something of each set was made last, where there were no sets until now; read once.
pub async fn made_before(conn: &impl ConnectionTrait) -> Result<BTreeMap<DataSetContent, NaiveDate>> {
    let mut days = BTreeMap::new();
    for (content, query) in of_tables() {
        let row = conn.query_one(&query).await.or_app()?;
        let at: Option<DateTime<Utc>> = row.map(|row| row.try_get("", "at")).transpose().or_app()?.flatten();
        days.extend(at.map(|at| (content, local_date(at))));
    }
    Ok(days)
}

/// The last of what the platform keeps.
fn of_tables() -> Vec<(DataSetContent, SelectStatement)> {
    use DataSetContent as Set;

    let every = Condition::all;
    let effective = every().add(items::Column::State.eq(ItemState::Effective));
    let complete = every().add(implementation_lists::Column::State.eq(ListState::Effective));
    let mut asked = vec![
        (Set::Items, last(items::Entity, items::Column::UpdatedAt, effective)),
        (
            Set::ImplementationLists,
            last(implementation_lists::Entity, implementation_lists::Column::UpdatedAt, complete),
        ),
        (Set::Objects, last(objects::Entity, objects::Column::CreatedAt, every())),
        (Set::Officers, last(personnel::Entity, personnel::Column::CreatedAt, every())),
        (Set::Complaints, last(complaints::Entity, complaints::Column::CreatedAt, every())),
        (Set::Credit, last(credit_classifications::Entity, credit_classifications::Column::ReceivedAt, every())),
        (Set::Clues, last(risk_clues::Entity, risk_clues::Column::CreatedAt, every())),
        (Set::Plans, last(plans::Entity, plans::Column::PublishedAt, every())),
        (Set::Results, last(inspections::Entity, inspections::Column::PublishedAt, every())),
    ];
    asked.extend(BehaviourSet::ALL.iter().map(|set| {
        use behaviour_batches::{Column, Entity};
        let right = Expr::col(Column::Rows).gt(Expr::col(Column::Errors));
        let own = every().add(Column::Kind.eq(*set)).add(right);
        (DataSetContent::of_behaviours(*set), last(Entity, Column::CreatedAt, own))
    }));
    asked
}

fn last<E: EntityTrait>(of: E, at: E::Column, filter: Condition) -> SelectStatement {
    Query::select().expr_as(Expr::col(at).max(), Alias::new("at")).from(of).cond_where(filter).to_owned()
}
