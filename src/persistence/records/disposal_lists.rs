//! 到期档案鉴定清册: which files are due, what was decided about each, and what became of it.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, NaiveDate, Utc};
use domain::records::disposal::{DisposalDecision, DisposalOutcome, DisposalStatus};
use domain::records::retention::FileClass;
use entity::records::disposal_lists::{Column, Entity, Model};
use entity::records::{destroyed_papers, disposal_lines as lines};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

noun!(records::disposal_lists, "disposal-lists", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "disposal-lists",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "清册编号").sortable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门"),
        Field::new("year", Column::Year, Kind::Int, "年度"),
        Field::new("status", Column::Status, Kind::Code(DisposalStatus::CODES), "状态"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

pub const LINES: Listing<lines::Entity> = Listing {
    name: "disposal-lines",
    id: lines::Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", lines::Column::Code, Kind::Text, "案卷编号").sortable(),
        Field::new("class", lines::Column::Class, Kind::Code(FileClass::CODES), "档案门类"),
        Field::new("object_id", lines::Column::ObjectId, Kind::Id, "监管对象").nullable(),
        Field::new("decision", lines::Column::Decision, Kind::Code(DisposalDecision::CODES), "鉴定意见").nullable(),
        Field::new("outcome", lines::Column::Outcome, Kind::Code(DisposalOutcome::CODES), "处置结果").nullable(),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

/// A list, whoever asks.
pub async fn any(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// The lines of a list.
pub fn lines_of(list: Uuid) -> Select<lines::Entity> {
    lines::Entity::find().filter(lines::Column::ListId.eq(list))
}

/// The list that a department is at, or the newest that it had for a year.
pub async fn newest_of(conn: &impl ConnectionTrait, department: Uuid, year: i32) -> Result<Option<Model>> {
    let newest = Entity::find()
        .filter(Column::DepartmentId.eq(department))
        .filter(Column::Year.eq(year).or(Column::Status.ne(DisposalStatus::Done)))
        .order_by_desc(Column::CreatedAt);
    newest.one(conn).await.or_app()
}

pub async fn add_lines(conn: &impl ConnectionTrait, rows: Vec<lines::Model>) -> Result<()> {
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        lines::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

pub async fn put_line(conn: &impl ConnectionTrait, row: lines::Model) -> Result<lines::Model> {
    row.into_active_model().reset_all().update(conn).await.or_app()
}

/// How many lines of a list there are, by what was decided and what became of them.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Count {
    pub list_id: Uuid,
    pub decision: Option<DisposalDecision>,
    pub outcome: Option<DisposalOutcome>,
    pub count: i64,
}

/// Of lists: one statement however many.
pub async fn counts(conn: &impl ConnectionTrait, lists: Vec<Uuid>) -> Result<Vec<Count>> {
    use lines::Column as C;
    let counts = lines::Entity::find()
        .select_only()
        .columns([C::ListId, C::Decision, C::Outcome])
        .column_as(C::Id.count(), "count")
        .filter(C::ListId.is_in(lists))
        .group_by(C::ListId)
        .group_by(C::Decision)
        .group_by(C::Outcome);
    counts.into_model().all(conn).await.or_app()
}

/// Who decided about lines of lists, by list.
pub async fn appraisers(conn: &impl ConnectionTrait, lists: Vec<Uuid>) -> Result<Vec<(Uuid, Uuid)>> {
    use lines::Column as C;
    let decided = lines::Entity::find()
        .select_only()
        .columns([C::ListId, C::DecidedBy])
        .filter(C::ListId.is_in(lists))
        .filter(C::DecidedBy.is_not_null())
        .distinct();
    decided.into_tuple().all(conn).await.or_app()
}

/// Lines of a list by their ids.
pub async fn lines_by_ids(conn: &impl ConnectionTrait, list: Uuid, ids: Vec<Uuid>) -> Result<Vec<lines::Model>> {
    lines_of(list).filter(lines::Column::Id.is_in(ids)).all(conn).await.or_app()
}

/// The lines about which nothing is decided.
pub async fn undecided(conn: &impl ConnectionTrait, list: Uuid) -> Result<Vec<lines::Model>> {
    lines_of(list).filter(lines::Column::Decision.is_null()).all(conn).await.or_app()
}

/// What is decided about lines of a list.
pub struct Decided {
    pub decision: DisposalDecision,
    pub keep_until: Option<NaiveDate>,
    pub reason: String,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

pub async fn decide(conn: &impl ConnectionTrait, list: Uuid, ids: &[Uuid], decided: &Decided) -> Result<()> {
    use lines::Column as C;
    for ids in ids.chunks(500) {
        let update = lines::Entity::update_many()
            .col_expr(C::Decision, Expr::value(decided.decision.code()))
            .col_expr(C::KeepUntil, Expr::value(decided.keep_until))
            .col_expr(C::Reason, Expr::value(decided.reason.as_str()))
            .col_expr(C::DecidedBy, Expr::value(decided.by))
            .col_expr(C::DecidedAt, Expr::value(decided.at))
            .filter(C::ListId.eq(list))
            .filter(C::Id.is_in(ids.to_vec()));
        update.exec(conn).await.or_app()?;
    }
    Ok(())
}

/// What is kept on is kept from now on.
pub async fn keep(conn: &impl ConnectionTrait, list: Uuid, at: DateTime<Utc>) -> Result<()> {
    use lines::Column as C;
    let kept = lines::Entity::update_many()
        .col_expr(C::Outcome, Expr::value(DisposalOutcome::Kept.code()))
        .col_expr(C::OutcomeAt, Expr::value(at))
        .filter(C::ListId.eq(list))
        .filter(C::Decision.eq(DisposalDecision::Keep))
        .filter(C::Outcome.is_null());

    kept.exec(conn).await.or_app()?;
    Ok(())
}

/// Lines that have no outcome, the next of them.
pub async fn without_outcome(conn: &impl ConnectionTrait, list: Uuid, most: u64) -> Result<Vec<lines::Model>> {
    let next = lines_of(list).filter(lines::Column::Outcome.is_null()).order_by_asc(lines::Column::Code).limit(most);
    next.all(conn).await.or_app()
}

/// The line of a list, as it is now.
pub async fn line(conn: &impl ConnectionTrait, id: Uuid) -> Result<lines::Model> {
    lines::Entity::find_by_id(id).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Lists that are being carried out.
pub async fn under_way(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Entity::find().filter(Column::Status.eq(DisposalStatus::CarryingOut)).all(conn).await.or_app()
}

/// What goes to the archive with a list, in its order.
pub async fn to_hand_over(conn: &impl ConnectionTrait, list: Uuid) -> Result<Vec<lines::Model>> {
    let going = lines_of(list).filter(lines::Column::Decision.eq(DisposalDecision::HandOver));
    going.order_by_asc(lines::Column::Code).all(conn).await.or_app()
}

/// What is left of a record of the caller's reach that was destroyed.
pub async fn tombstone(conn: &impl ConnectionTrait, ctx: &Ctx, record: Uuid) -> Result<Option<(lines::Model, Model)>> {
    let own = scoped(ctx).select_only().column(Column::Id);
    let found = lines::Entity::find()
        .filter(lines::Column::RecordId.eq(record))
        .filter(lines::Column::Outcome.eq(DisposalOutcome::Destroyed))
        .filter(lines::Column::ListId.in_subquery(QueryTrait::into_query(own)));
    let Some(line) = found.one(conn).await.or_app()? else { return Ok(None) };
    let list = Entity::find_by_id(line.list_id).one(conn).await.or_app()?;
    Ok(list.map(|list| (line, list)))
}

pub async fn keep_paper(conn: &impl ConnectionTrait, paper: destroyed_papers::Model) -> Result<()> {
    let row = paper.into_active_model().reset_all();
    destroyed_papers::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// A paper whose file was destroyed, by the code that stands on it.
pub async fn destroyed_paper(conn: &impl ConnectionTrait, code: &str) -> Result<Option<destroyed_papers::Model>> {
    destroyed_papers::Entity::find_by_id(code).one(conn).await.or_app()
}

/// Whether nothing of a list is left to be done.
pub async fn is_done(conn: &impl ConnectionTrait, list: Uuid) -> Result<bool> {
    Ok(lines_of(list).filter(lines::Column::Outcome.is_null()).count(conn).await.or_app()? == 0)
}
