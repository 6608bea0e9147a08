//! 数据集目录, and when something of each set came last.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::{DateTime, Utc};
use domain::access::Reach;
use domain::intake::behaviours::BehaviourSet;
use domain::intake::data_sets::{DataSetContent, DataSetStatus};
use domain::intake::imports::Dataset;
use domain::items::implementation_lists::ListState;
use domain::items::items::ItemState;
use entity::complaints::complaints;
use entity::credit::credit_batches;
use entity::inspections::inspections;
use entity::intake::data_sets::{Column, Entity, Model};
use entity::intake::{behaviour_batches, imports};
use entity::items::{implementation_lists, items};
use entity::officers::personnel;
use entity::register::objects;
use entity::risks::risk_clues;
use entity::spot_checks::plans;
use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, Select};
use std::collections::BTreeMap;
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

/// Those of which something was agreed.
pub async fn in_force(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Entity::find().filter(Column::InForceOn.is_not_null()).all(conn).await.or_app()
}

/// Those that the caller sees, whole.
pub async fn seen(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<Model>> {
    scoped(ctx).all(conn).await.or_app()
}

/// Code and name.
pub async fn names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| (row.id, (row.content.code().to_owned(), row.name))).collect())
}

pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// When something of a set came last.
#[derive(FromQueryResult)]
struct Arrival {
    content: DataSetContent,
    at: Option<DateTime<Utc>>,
}

/// When something that is right came last, set by set: one statement, and of each table the end of an index. A file that brought
/// nothing new has come as well.
pub async fn arrivals(conn: &impl ConnectionTrait) -> Result<BTreeMap<DataSetContent, DateTime<Utc>>> {
    let mut newest: BTreeMap<DataSetContent, DateTime<Utc>> = BTreeMap::new();
    for row in conn.query_all(&last_arrivals()).await.or_app()? {
        let Arrival { content, at: Some(at) } = Arrival::from_query_result(&row, "").or_app()? else { continue };
        let known = newest.entry(content).or_insert(at);
        *known = Ord::max(at, *known);
    }
    Ok(newest)
}

/// The statement itself.
pub fn last_arrivals() -> SelectStatement {
    let all = of_tables().into_iter().chain(of_files());
    let joined = all.reduce(|mut query, other| query.union(UnionType::All, other).to_owned());
    joined.unwrap_or_default()
}

/// The last of what the platform itself keeps.
fn of_tables() -> Vec<SelectStatement> {
    use DataSetContent as Set;

    let every = Condition::all;
    let effective = every().add(items::Column::State.eq(ItemState::Effective));
    let complete = every().add(implementation_lists::Column::State.eq(ListState::Effective));
    let mut asked = vec![
        last(Set::Items, items::Entity, items::Column::UpdatedAt, effective),
        last(Set::ImplementationLists, implementation_lists::Entity, implementation_lists::Column::UpdatedAt, complete),
        last(Set::Objects, objects::Entity, objects::Column::UpdatedAt, every()),
        last(Set::Officers, personnel::Entity, personnel::Column::UpdatedAt, every()),
        last(Set::Complaints, complaints::Entity, complaints::Column::CreatedAt, every()),
        last(Set::Credit, credit_batches::Entity, credit_batches::Column::LastReceivedAt, every()),
        last(Set::Clues, risk_clues::Entity, risk_clues::Column::CreatedAt, every()),
        last(Set::Plans, plans::Entity, plans::Column::PublishedAt, every()),
        last(Set::Results, inspections::Entity, inspections::Column::PublishedAt, every()),
    ];

    for set in BehaviourSet::ALL {
        use behaviour_batches::{Column, Entity};
        let content = DataSetContent::of_behaviours(*set);
        let own = Condition::all().add(Column::Kind.eq(*set));
        asked.push(last(content, Entity, Column::ArrivedAt, own.clone()));
        // Of before arrivals were noted: a batch that has a right row came when it began.
        let right = Expr::col(Column::Rows).gt(Expr::col(Column::Errors));
        asked.push(last(content, Entity, Column::CreatedAt, own.add(right)));
    }
    asked
}

/// The last file of each set in which a row was right.
fn of_files() -> Vec<SelectStatement> {
    use imports::{Column, Entity};

    let files = Dataset::ALL.iter().filter_map(|dataset| Some((*dataset, DataSetContent::of_file(*dataset)?)));
    let taken = || {
        let rows = Expr::col(Column::RowsCreated).add(Expr::col(Column::RowsUpdated));
        rows.add(Expr::col(Column::RowsUnchanged)).gt(0)
    };
    files
        .map(|(dataset, content)| {
            let own = Condition::all().add(Column::Dataset.eq(dataset)).add(taken());
            last(content, Entity, Column::CreatedAt, own)
        })
        .collect()
}

fn last<E: EntityTrait>(content: DataSetContent, of: E, at: E::Column, filter: Condition) -> SelectStatement {
    Query::select()
        .expr_as(Expr::val(content.code()).cast_as(Alias::new("text")), Alias::new("content"))
        .expr_as(Expr::col(at).max(), Alias::new("at"))
        .from(of)
        .cond_where(filter)
        .to_owned()
}
