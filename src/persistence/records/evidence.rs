//! 证据, and the pieces in which their files arrive.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::db::Db;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::tx::keep;
use chrono::{DateTime, Utc};
use domain::records::evidence::{EvidenceKind, EvidenceStatus};
use domain::records::holds::HoldStatus;
use entity::records::evidence::{Column, Entity, Model};
use entity::records::{evidence_chunks, legal_holds};
use sea_orm::sea_query::{Expr, Func, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

noun!(records::evidence, "evidence", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "evidence",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("inspection_id", Column::InspectionId, Kind::Id, "检查"),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "检查部门"),
        Field::new("kind", Column::Kind, Kind::Code(EvidenceKind::CODES), "证据种类"),
        Field::new("status", Column::Status, Kind::Code(EvidenceStatus::CODES), "证据状态"),
        Field::new("captured_at", Column::CapturedAt, Kind::Time, "采集时间").sortable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "登记时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// A department has the evidence of its inspections, an officer that of the inspections they are assigned to.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(inspections::records_of(ctx, Column::DepartmentId, Column::InspectionId))
}

/// Numbers and states of the evidence of inspections: one statement however many.
pub async fn numbers(
    conn: &impl ConnectionTrait,
    inspections: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<(i32, EvidenceStatus)>>> {
    let found = Entity::find()
        .select_only()
        .columns([Column::InspectionId, Column::Seq, Column::Status])
        .filter(Column::InspectionId.is_in(inspections))
        .order_by_asc(Column::Seq)
        .into_tuple::<(Uuid, i32, EvidenceStatus)>();
    let mut numbers: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();

    for (inspection, seq, status) in found.all(conn).await.or_app()? {
        numbers.entry(inspection).or_default().push((seq, status));
    }
    Ok(numbers)
}

/// How many pieces of evidence an inspection has.
pub async fn count_of(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<u64> {
    Entity::find().filter(Column::InspectionId.eq(inspection)).count(conn).await.or_app()
}

/// The piece of an inspection with a number.
pub async fn numbered(conn: &impl ConnectionTrait, inspection: Uuid, seq: i32) -> Result<Option<Model>> {
    let found = Entity::find().filter(Column::InspectionId.eq(inspection)).filter(Column::Seq.eq(seq));
    found.one(conn).await.or_app()
}

/// A piece, whoever asks.
pub async fn any(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// The pieces of a file in order, those that end behind `from` and begin before `to`.
pub async fn chunks(conn: &impl ConnectionTrait, id: Uuid, from: i64, to: i64) -> Result<Vec<evidence_chunks::Model>> {
    use evidence_chunks::Column as C;
    evidence_chunks::Entity::find()
        .filter(C::EvidenceId.eq(id))
        .filter(Expr::col(C::Start).add(Expr::col(C::Size)).gt(from))
        .filter(C::Start.lt(to))
        .order_by_asc(C::Start)
        .all(conn)
        .await
        .or_app()
}

pub async fn count_chunks(conn: &impl ConnectionTrait, id: Uuid) -> Result<u64> {
    evidence_chunks::Entity::find().filter(evidence_chunks::Column::EvidenceId.eq(id)).count(conn).await.or_app()
}

/// Takes a piece over where the file has grown to its beginning and nobody was faster; false where it is not so any more.
pub async fn append(
    db: &Db,
    chunk: &evidence_chunks::Model,
    (known, hash_state): (Option<&str>, &str),
    now: DateTime<Utc>,
) -> Result<bool> {
    let end = chunk.start + i64::from(chunk.size);
    keep(db, async |tx| {
        let grown = Entity::update_many()
            .col_expr(Column::ReceivedBytes, Expr::value(end))
            .col_expr(Column::HashState, Expr::value(hash_state))
            .col_expr(Column::ReceivedAt, Expr::value(now))
            .filter(Column::Id.eq(chunk.evidence_id))
            .filter(Column::ReceivedBytes.eq(chunk.start))
            // Of the same beginning: it may have been sent anew meanwhile, as far as this.
            .filter(known.map_or_else(|| Column::HashState.is_null(), |known| Column::HashState.eq(known)))
            .filter(Column::Status.eq(EvidenceStatus::Declared))
            .exec(tx)
            .await
            .or_app()?;
        if grown.rows_affected != 1 {
            return Ok(false);
        }

        let row = chunk.clone().into_active_model().reset_all();
        evidence_chunks::Entity::insert(row).exec_without_returning(tx).await.or_app()?;
        Ok(true)
    })
    .await
}

/// A file that is here whole and was not judged: its process ended just then.
pub async fn unjudged(conn: &impl ConnectionTrait) -> Result<Option<Model>> {
    let whole = Expr::col(Column::ReceivedBytes).equals(Column::SizeBytes);
    Entity::find().filter(Column::Status.eq(EvidenceStatus::Declared)).filter(whole).one(conn).await.or_app()
}

/// The piece that has waited longest for its check, and that nobody holds.
pub async fn to_check(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<Model>> {
    let free = Condition::any().add(Column::LeaseUntil.is_null()).add(Column::LeaseUntil.lt(now));
    Entity::find()
        .filter(Column::Status.eq(EvidenceStatus::Received))
        .filter(free)
        .order_by_asc(Column::CreatedAt)
        .one(conn)
        .await
        .or_app()
}

/// Takes a piece to check it until a moment; false where another process was faster.
pub async fn take(db: &Db, row: &Model, until: DateTime<Utc>) -> Result<bool> {
    let taken = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(until))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Attempts.eq(row.attempts))
        .filter(Column::Status.eq(EvidenceStatus::Received))
        .exec(db)
        .await
        .or_app()?;
    Ok(taken.rows_affected == 1)
}

/// Gives a piece back that was not checked for no fault of its own.
pub async fn give_back(db: &Db, row: &Model, now: DateTime<Utc>) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(now))
        .col_expr(Column::Attempts, Expr::value(row.attempts))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Attempts.eq(row.attempts + 1))
        .filter(Column::Status.eq(EvidenceStatus::Received));
    update.exec(db).await.or_app()?;
    Ok(())
}

/// What stands in the place of the bytes that are here while they are being removed: nothing is appended to it.
pub const REMOVING: i64 = -1;

fn not_needed(before: DateTime<Utc>) -> Condition {
    let last = Expr::expr(Func::coalesce([Expr::col(Column::ReceivedAt), Expr::col(Column::CreatedAt)]));
    let old = Condition::all().add(Column::Status.eq(EvidenceStatus::Declared)).add(last.lt(before));
    let free = Condition::all().add(Column::Status.eq(EvidenceStatus::Discarded)).add(is_held().not());
    let left = old.add(is_held().not());
    Condition::any().add(left).add(free).add(Column::ReceivedBytes.eq(REMOVING))
}

/// A hold names its inspection or its enterprise: the bytes stay, whomever the hold covers.
fn is_held() -> Expr {
    use legal_holds::Column as H;
    let of = |column: Column| Expr::col((legal_holds::Entity, H::RecordId)).equals((Entity, column));
    let names = Condition::any().add(of(Column::InspectionId)).add(of(Column::ObjectId));
    let holds = Query::select()
        .expr(Expr::val(1))
        .from(legal_holds::Entity)
        .and_where(Expr::col((legal_holds::Entity, H::Status)).eq(HoldStatus::Active.code()))
        .cond_where(names)
        .take();
    Expr::exists(holds)
}

/// Files of which something is here that need not be kept: uploads that were left off before a moment, what was discarded, and what
/// a process that ended was removing.
pub async fn not_needed_any_more(conn: &impl ConnectionTrait, before: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::ReceivedBytes.ne(0))
        .filter(not_needed(before))
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .all(conn)
        .await
        .or_app()
}

/// Marks that the bytes of a file are being removed; false where they are needed after all.
pub async fn begin_removal(conn: &impl ConnectionTrait, id: Uuid, before: DateTime<Utc>) -> Result<bool> {
    let marked = Entity::update_many()
        .col_expr(Column::ReceivedBytes, Expr::value(REMOVING))
        .col_expr(Column::HashState, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::ReceivedBytes.ne(0))
        .filter(not_needed(before))
        .exec(conn)
        .await
        .or_app()?;
    Ok(marked.rows_affected == 1)
}

/// The bytes are gone: the file may be sent from its beginning, should it still come.
pub async fn end_removal(db: &Db, id: Uuid) -> Result<()> {
    keep(db, async |tx| {
        let own = evidence_chunks::Entity::delete_many().filter(evidence_chunks::Column::EvidenceId.eq(id));
        own.exec(tx).await.or_app()?;
        let row = Entity::update_many()
            .col_expr(Column::ReceivedBytes, Expr::value(0_i64))
            .col_expr(Column::ReceivedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(Column::Id.eq(id))
            .filter(Column::ReceivedBytes.eq(REMOVING));
        row.exec(tx).await.or_app()?;
        Ok(())
    })
    .await
}

/// Which of some keys a record refers to.
pub async fn referred(conn: &impl ConnectionTrait, keys: &[String]) -> Result<HashSet<String>> {
    let pieces = evidence_chunks::Entity::find()
        .select_only()
        .column(evidence_chunks::Column::Key)
        .filter(evidence_chunks::Column::Key.is_in(keys.to_vec()))
        .into_tuple::<String>();
    let pictures = Entity::find()
        .select_only()
        .column(Column::ThumbnailKey)
        .filter(Column::ThumbnailKey.is_in(keys.to_vec()))
        .into_tuple::<String>();
    let mut used: HashSet<_> = pieces.all(conn).await.or_app()?.into_iter().collect();
    used.extend(pictures.all(conn).await.or_app()?);
    Ok(used)
}
