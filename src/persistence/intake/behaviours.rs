//! 监管行为 and the batches that they came in.

use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use crate::persistence::kernel::tx::WriteTx;
use chrono::{DateTime, Utc};
use domain::access::Reach;
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet, BehaviourStatus};
use entity::intake::behaviour_batches as batches;
use entity::intake::behaviours::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use uuid::Uuid;

noun!(intake::behaviours, "behaviours", scoped, |row| Some(row.department_id), history of |row| row.object_id);
noun!(intake::behaviour_batches, "behaviour-batches", scoped_batches, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "behaviours",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Text, "行为编号").nullable(),
        Field::new("kind", Column::Kind, Kind::Code(BehaviourSet::CODES), "监管行为数据集"),
        Field::new("origin", Column::Origin, Kind::Code(BehaviourOrigin::CODES), "来源"),
        Field::new("status", Column::Status, Kind::Code(BehaviourStatus::CODES), "状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门"),
        Field::new("batch_id", Column::BatchId, Kind::Id, "批次"),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象").nullable(),
        Field::new("township_code", Column::TownshipCode, Kind::Text, "乡镇").nullable(),
        Field::new("item_code", Column::ItemCode, Kind::Text, "监管事项目录编码").nullable(),
        Field::new("was_wrong", Column::WasWrong, Kind::Bool, "曾有错误"),
        Field::new("in_time", Column::InTime, Kind::Bool, "是否按时到达"),
        Field::new("happened_on", Column::HappenedOn, Kind::Date, "发生日期").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "到达时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

pub const BATCHES: Listing<batches::Entity> = Listing {
    name: "behaviour-batches",
    id: batches::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("kind", batches::Column::Kind, Kind::Code(BehaviourSet::CODES), "监管行为数据集"),
        Field::new("department_id", batches::Column::DepartmentId, Kind::Id, "部门"),
        Field::new("cd_batch", batches::Column::CdBatch, Kind::Text, "批次号"),
        Field::new("created_at", batches::Column::CreatedAt, Kind::Time, "首次到达时间").sortable(),
        Field::new("updated_at", batches::Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Departments have their own.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let scope = match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => Condition::all().add(Column::DepartmentId.is_in(ctx.actor.departments.clone())),
        Reach::Assigned | Reach::Region => nothing(),
    };
    Entity::find().filter(scope)
}

pub fn scoped_batches(ctx: &Ctx) -> Select<batches::Entity> {
    let scope = match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => Condition::all().add(batches::Column::DepartmentId.is_in(ctx.actor.departments.clone())),
        Reach::Assigned | Reach::Region => nothing(),
    };
    batches::Entity::find().filter(scope)
}

/// The records of senders' keys.
pub async fn known(conn: &impl ConnectionTrait, keys: &BTreeSet<Key>) -> Result<Vec<Model>> {
    let mut found = Vec::new();
    for select in of_keys(keys) {
        found.extend(select.all(conn).await.or_app()?);
    }
    Ok(found)
}

/// The statements of [`known`].
pub fn of_keys(keys: &BTreeSet<Key>) -> impl Iterator<Item = Select<Entity>> {
    by_sender(keys).into_iter().map(|of_keys| Entity::find().filter(of_keys))
}

/// Which record a key names, and the batch that it came in first.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Place {
    kind: BehaviourSet,
    cd_source: String,
    cd_id: String,
    pub batch_id: Uuid,
}

impl Place {
    pub fn key(&self) -> Key {
        (self.kind, self.cd_source.clone(), self.cd_id.clone())
    }
}

/// Where the records of senders' keys are, and nothing of what they say.
pub async fn places(conn: &impl ConnectionTrait, keys: &BTreeSet<Key>) -> Result<Vec<Place>> {
    let mut found = Vec::new();
    for of_keys in by_sender(keys) {
        let place =
            Entity::find().select_only().columns([Column::Kind, Column::CdSource, Column::CdId, Column::BatchId]);
        found.extend(place.filter(of_keys).into_model::<Place>().all(conn).await.or_app()?);
    }
    Ok(found)
}

/// Keys table by table and sender by sender: so the index is asked for each key, where any of several columns at once would have
/// PostgreSQL read everything of the sender.
fn by_sender(keys: &BTreeSet<Key>) -> Vec<Condition> {
    let mut senders: BTreeMap<(BehaviourSet, &str), Vec<&str>> = BTreeMap::new();
    for (kind, source, id) in keys {
        senders.entry((*kind, source)).or_default().push(id);
    }
    let of_sender = |((kind, source), ids): ((BehaviourSet, &str), Vec<&str>)| {
        let some = |ids: &[&str]| {
            let own = Condition::all().add(Column::Kind.eq(kind)).add(Column::CdSource.eq(source));
            own.add(Column::CdId.is_in(ids.to_vec()))
        };
        ids.chunks(500).map(some).collect::<Vec<_>>()
    };
    senders.into_iter().flat_map(of_sender).collect()
}

/// Which record of which sender a row is: table, `cd_source` and `cd_id`.
pub type Key = (BehaviourSet, String, String);

pub fn key_of(row: &Model) -> Key {
    (row.kind, row.cd_source.clone(), row.cd_id.clone())
}

/// Records that have one of these codes of their own, and are not removed.
pub async fn coded(conn: &impl ConnectionTrait, codes: Vec<String>) -> Result<Vec<Model>> {
    let there = Entity::find().filter(Column::Code.is_in(codes)).filter(Column::Status.ne(BehaviourStatus::Removed));
    there.all(conn).await.or_app()
}

/// New rows, many in one statement. Somebody else may bring one of them at once: the second reads again.
pub async fn insert_all(tx: &WriteTx, rows: Vec<Model>) -> Result<()> {
    // A statement binds some thirty thousand values at most on SQLite.
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        let insert = Entity::insert_many(rows).exec_without_returning(tx.conn()).await;
        insert.or_app().map_err(AppError::again)?;
    }
    Ok(())
}

/// Rows of a batch that are wrong, as they came, without those that the platform writes by itself.
pub async fn wrong_of(conn: &impl ConnectionTrait, batch: Uuid, most: u64) -> Result<Vec<Model>> {
    let of_batch = Entity::find().filter(Column::BatchId.eq(batch));
    let wrong = of_batch.filter(Column::Status.eq(BehaviourStatus::Quarantined)).filter(Column::InspectionId.is_null());
    wrong.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(most).all(conn).await.or_app()
}

/// A row that waits to be looked at, and the batch that is held for it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Waiting {
    pub id: Uuid,
    pub batch_id: Uuid,
    pub created_at: DateTime<Utc>,
}

/// Where the last turn ended: when its last row came, and its id.
pub type Last = Option<(DateTime<Utc>, Uuid)>;

/// Rows that are there and that other rules have looked at, behind the last turn.
pub async fn seen_by_others(conn: &impl ConnectionTrait, rules: &str, last: Last, most: u64) -> Result<Vec<Waiting>> {
    let other = Condition::all().add(Column::Status.ne(BehaviourStatus::Removed)).add(Column::RulesVersion.ne(rules));
    waiting(conn, other, last, most).await
}

/// Rows that no sum has yet, behind the last turn.
pub async fn uncounted(conn: &impl ConnectionTrait, last: Last, most: u64) -> Result<Vec<Waiting>> {
    waiting(conn, Condition::all().add(Column::Month.is_null()), last, most).await
}

async fn waiting(conn: &impl ConnectionTrait, of: Condition, last: Last, most: u64) -> Result<Vec<Waiting>> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::BatchId, Column::CreatedAt])
        .filter(of)
        .apply_if(last, |select, (at, id)| {
            let same = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.gt(id));
            select.filter(Condition::any().add(Column::CreatedAt.gt(at)).add(same))
        })
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(most)
        .into_model()
        .all(conn)
        .await
        .or_app()
}

pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    let found = Entity::find().filter(Column::Id.is_in(ids));
    found.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(conn).await.or_app()
}

/// Somebody sent the same again, or rules looked at it once more: nothing changes but when it was written and by which rules it
/// was seen.
pub async fn advance(conn: &impl ConnectionTrait, row: &Model) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::CdTime, Expr::value(row.cd_time))
        .col_expr(Column::RulesVersion, Expr::value(row.rules_version.as_str()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version));
    update.exec(conn).await.or_app()?;
    Ok(())
}

/// What is right and wrong in a batch, as a sum or as a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: i64,
    pub errors: i64,
    pub first_errors: i64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.errors += other.errors;
        self.first_errors += other.first_errors;
    }
}

/// The batch of a department's table and number; it is made where there is none.
pub async fn batch_of(tx: &WriteTx, (department, kind, number): (Uuid, BehaviourSet, &str)) -> Result<Uuid> {
    use batches::{Column as Of, Entity as Batches};
    let now = tx.ctx().now;
    let new = batches::Model {
        id: new_id(),
        department_id: department,
        kind,
        cd_batch: number.to_owned(),
        rows: 0,
        errors: 0,
        first_errors: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let there = OnConflict::columns([Of::DepartmentId, Of::Kind, Of::CdBatch]).do_nothing().to_owned();
    let row = new.into_active_model().reset_all();
    Batches::insert(row).on_conflict(there).exec_without_returning(tx.conn()).await.or_app()?;

    let own = Batches::find().filter(Of::DepartmentId.eq(department)).filter(Of::Kind.eq(kind));
    let found = own.filter(Of::CdBatch.eq(number)).one(tx.conn()).await.or_app()?;
    found.map(|batch| batch.id).ok_or_else(|| AppError::internal("a batch that was just made"))
}

/// Adds to a batch; gives it as it is then.
pub async fn count(tx: &WriteTx, batch: Uuid, by: Tally) -> Result<batches::Model> {
    use batches::{Column as Of, Entity as Batches};
    let add = |column: Of, by: i64| Expr::col(column).add(by);
    let update = Batches::update_many()
        .col_expr(Of::Rows, add(Of::Rows, by.rows))
        .col_expr(Of::Errors, add(Of::Errors, by.errors))
        .col_expr(Of::FirstErrors, add(Of::FirstErrors, by.first_errors))
        .col_expr(Of::Version, add(Of::Version, 1))
        .col_expr(Of::UpdatedAt, Expr::value(tx.ctx().now))
        .filter(Of::Id.eq(batch));
    update.exec(tx.conn()).await.or_app()?;
    let found = Batches::find_by_id(batch).one(tx.conn()).await.or_app()?;
    found.ok_or_else(|| AppError::internal("a row without its batch"))
}
