//! 存证日志: lines that wait, their places, and the tree over them. Whoever appends holds the head.

mod checkpoints;
mod tree;

pub use checkpoints::{
    CHECKPOINTS, all_checkpoints, checkpoint, checkpoint_of, checkpoints, cosignatures_of, keep_checkpoint, lost,
    newest_checkpoint, newest_cosigned,
};
pub use tree::{of_tree, tiles_from};

use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use crate::kernel::secrets::hmac;
use crate::persistence::kernel::db::{Db, Tx};
use crate::persistence::kernel::errors::AppResult;
use chrono::SecondsFormat;
use domain::kernel::merkle::{self, Digest};
use domain::oversight::log::{AuditLine, digest};
use entity::oversight::audit_entries::{self, Model as Line};
use entity::oversight::log::{heads, leaves, pending};
use sea_orm::sea_query::{Expr, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Statement,
};
use std::collections::{HashMap, HashSet};
use tree::{put_tiles, tiles_at};
use uuid::Uuid;

/// The one row that says how large the log is.
const HEAD: i32 = 1;
/// What it says while lines of before are taken up.
const UNBEGUN: i64 = -1;
/// Lines that are sealed in one transaction, and those of before that are taken up in one.
const BATCH: u64 = 2_000;
const STRANGERS: u64 = 500;

/// The hash of a line of the trail as it is stored, with its salt.
pub fn leaf_of(line: &Line, salt: &str) -> Result<Digest> {
    let salt = hex::decode(salt).ok().and_then(|salt| salt.try_into().ok());
    let salt: [u8; 16] = salt.ok_or_else(|| AppError::corrupt("the salt of a line"))?;
    Ok(line_of(line).leaf(&salt))
}

/// A line as it is hashed.
pub fn line_of(line: &Line) -> AuditLine<'_> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    AuditLine {
        action: line.action.code(),
        actor_id: id(line.actor_id),
        actor_name: &line.actor_name,
        actor_role: &line.actor_role,
        // Of a record that was destroyed the digest is all there is.
        after: line.after.as_ref().map(digest).or_else(|| line.after_sha256.clone()),
        at: line.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        before: line.before.as_ref().map(digest).or_else(|| line.before_sha256.clone()),
        department_id: id(line.department_id),
        id: line.id.to_string(),
        on_behalf_of: id(line.on_behalf_of),
        reason: line.reason.as_deref(),
        request_id: &line.request_id,
        resource: &line.resource,
        resource_id: line.resource_id.to_string(),
    }
}

/// What makes lines wait for their place, sent with the lines themselves.
pub(super) fn waiting(conn: &impl ConnectionTrait, key: &[u8; 32], lines: &[Line]) -> Statement {
    let rows = lines.iter().map(|line| {
        let salt = random::<16>();
        let leaf = hex::encode(line_of(line).leaf(&salt));
        let mac = mac(key, line.id, &leaf);
        pending::Model { entry_id: line.id, salt: hex::encode(salt), leaf, mac }.into_active_model().reset_all()
    });
    conn.get_database_backend().build(&pending::Entity::insert_many(rows).into_query())
}

fn mac(key: &[u8; 32], entry: Uuid, leaf: &str) -> String {
    hex::encode(hmac(key, format!("{entry} {leaf}").as_bytes()))
}

/// Whether a line waits because this service wrote it.
pub fn is_own(db: &Db, waiting: &pending::Model) -> bool {
    waiting.mac == mac(&db.log_key, waiting.entry_id, &waiting.leaf)
}

/// How large the log is; `None` while lines of before are taken up.
pub async fn size(conn: &impl ConnectionTrait) -> Result<Option<u64>> {
    let head = heads::Entity::find_by_id(HEAD).one(conn).await.or_app()?;
    Ok(head.and_then(|head| u64::try_from(head.size).ok()))
}

/// Whether lines wait for their place.
pub async fn waits(conn: &impl ConnectionTrait) -> Result<bool> {
    Ok(pending::Entity::find().limit(1).one(conn).await.or_app()?.is_some())
}

/// Whether a line waits for its place.
fn is_waiting() -> SimpleExpr {
    let own = Expr::col((pending::Entity, pending::Column::EntryId));
    let found = Query::select()
        .expr(Expr::val(1))
        .from(pending::Entity)
        .and_where(own.equals((audit_entries::Entity, audit_entries::Column::Id)))
        .to_owned();
    Expr::exists(found)
}

/// Lines of before there was a log, that do not wait yet: the next behind one, the oldest first.
async fn strangers(conn: &impl ConnectionTrait, after: Uuid) -> Result<Vec<Line>> {
    let found = audit_entries::Entity::find().filter(audit_entries::Column::Id.gt(after)).filter(is_waiting().not());
    found.order_by_asc(audit_entries::Column::Id).limit(STRANGERS).all(conn).await.or_app()
}

/// Makes a log where there is none; several processes may.
pub async fn found(db: &Db) -> Result<()> {
    let head = heads::Model { id: HEAD, size: UNBEGUN }.into_active_model().reset_all();
    let nothing = OnConflict::column(heads::Column::Id).do_nothing().to_owned();
    heads::Entity::insert(head).on_conflict(nothing).exec_without_returning(db).await.or_app()?;
    Ok(())
}

/// Makes the next lines wait that were written before there was a log, behind one; begins the log where there are none left.
/// Gives the last of them, or `None` where the log has begun. Who comes second waits for the first.
pub async fn take_up(db: &Db, tx: &Tx, after: Uuid) -> Result<Option<Uuid>> {
    let head =
        || heads::Entity::update_many().filter(heads::Column::Id.eq(HEAD)).filter(heads::Column::Size.eq(UNBEGUN));
    let held = head().col_expr(heads::Column::Size, Expr::value(UNBEGUN)).exec(tx).await.or_app()?;
    if held.rows_affected == 0 {
        return Ok(None);
    }

    let lines = strangers(tx, after).await?;
    let Some(last) = lines.last() else {
        head().col_expr(heads::Column::Size, Expr::value(0_i64)).exec(tx).await.or_app()?;
        return Ok(None);
    };
    tx.execute_raw(waiting(tx, &db.log_key, &lines)).await.or_app()?;
    Ok(Some(last.id))
}

/// Gives the lines that wait their places, in the order of their ids; says how many were taken.
pub async fn append(db: &Db, tx: &Tx) -> Result<u64> {
    // Whoever comes second waits here, and goes on behind the first.
    let held = heads::Entity::update_many().col_expr(heads::Column::Id, Expr::value(HEAD));
    held.filter(heads::Column::Id.eq(HEAD)).exec(tx).await.or_app()?;
    let Some(size) = size(tx).await? else { return Ok(0) };
    let next = pending::Entity::find().order_by_asc(pending::Column::EntryId).limit(BATCH);
    let waiting = next.all(tx).await.or_app()?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = waiting.iter().map(|line| line.entry_id).collect();
    let placed = placed(tx, ids.clone()).await?;
    let taken = waiting.len() as u64;
    let (lines, foreign): (Vec<_>, Vec<_>) =
        waiting.into_iter().partition(|line| is_own(db, line) && !placed.contains(&line.entry_id));
    for line in foreign {
        // Its line, if there is one, stays unlogged: whoever verifies is told.
        tracing::error!(entry = %line.entry_id, "something was queued for the log by another hand and got no place");
    }

    if !lines.is_empty() {
        place(tx, size, &lines).await?;
    }
    pending::Entity::delete_many().filter(pending::Column::EntryId.is_in(ids)).exec(tx).await.or_app()?;
    Ok(taken)
}

/// Puts lines behind a log of a size.
async fn place(tx: &Tx, size: u64, lines: &[pending::Model]) -> Result<()> {
    let edge = tiles_at(tx, merkle::edge(size)).await?;
    let hashes = lines.iter().map(|line| parse(&line.leaf)).collect::<Result<Vec<_>>>()?;
    put_tiles(tx, merkle::append(edge, size, &hashes)).await?;

    let places = (size..).zip(lines).map(|(place, line)| {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        leaves::Model { place, entry_id: line.entry_id, salt: line.salt.clone() }.into_active_model().reset_all()
    });
    leaves::Entity::insert_many(places).exec_without_returning(tx).await.or_app()?;
    let grown = i64::try_from(size + lines.len() as u64).map_err(AppError::internal)?;
    let head = heads::Entity::update_many().col_expr(heads::Column::Size, Expr::value(grown));
    head.filter(heads::Column::Id.eq(HEAD)).exec(tx).await.or_app()?;
    Ok(())
}

/// The place of a line and its salt, once it is sealed.
pub async fn place_of(conn: &impl ConnectionTrait, entry: Uuid) -> Result<Option<(u64, String)>> {
    let found = leaves::Entity::find().filter(leaves::Column::EntryId.eq(entry)).one(conn).await.or_app()?;
    found.map(|leaf| Ok((u64::try_from(leaf.place).map_err(AppError::corrupt)?, leaf.salt))).transpose()
}

/// The salts of lines, and their places where they are sealed.
pub async fn places_of(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashMap<Uuid, (String, Option<u64>)>> {
    let waiting =
        pending::Entity::find().filter(pending::Column::EntryId.is_in(ids.clone())).all(conn).await.or_app()?;
    let sealed = leaves::Entity::find().filter(leaves::Column::EntryId.is_in(ids)).all(conn).await.or_app()?;
    let mut found: HashMap<_, _> = waiting.into_iter().map(|row| (row.entry_id, (row.salt, None))).collect();
    found.extend(sealed.into_iter().map(|row| (row.entry_id, (row.salt, u64::try_from(row.place).ok()))));
    Ok(found)
}

/// A line of the trail.
pub async fn line(conn: &impl ConnectionTrait, entry: Uuid) -> Result<Option<Line>> {
    audit_entries::Entity::find_by_id(entry).one(conn).await.or_app()
}

/// Lines by their places, from one on: what stands where, the leaf's tile first.
pub async fn lines_from(
    conn: &impl ConnectionTrait,
    place: u64,
    limit: u64,
) -> Result<Vec<(leaves::Model, Option<Line>)>> {
    let place = i64::try_from(place).map_err(AppError::internal)?;
    let found = leaves::Entity::find().filter(leaves::Column::Place.gte(place)).order_by_asc(leaves::Column::Place);
    let places = found.limit(limit).all(conn).await.or_app()?;
    let ids = places.iter().map(|leaf| leaf.entry_id);
    let lines = audit_entries::Entity::find().filter(audit_entries::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    let mut lines: HashMap<_, _> = lines.into_iter().map(|line| (line.id, line)).collect();
    Ok(places.into_iter().map(|leaf| (leaf.clone(), lines.remove(&leaf.entry_id))).collect())
}

/// Lines that wait, with those that the trail has of them.
pub async fn waiting_lines(conn: &impl ConnectionTrait) -> Result<Vec<(pending::Model, Option<Line>)>> {
    let waiting = pending::Entity::find().order_by_asc(pending::Column::EntryId).all(conn).await.or_app()?;
    let mut found = Vec::with_capacity(waiting.len());
    for part in waiting.chunks(500) {
        let ids = part.iter().map(|row| row.entry_id);
        let lines =
            audit_entries::Entity::find().filter(audit_entries::Column::Id.is_in(ids)).all(conn).await.or_app()?;
        let mut lines: HashMap<_, _> = lines.into_iter().map(|line| (line.id, line)).collect();
        found.extend(part.iter().map(|row| (row.clone(), lines.remove(&row.entry_id))));
    }
    Ok(found)
}

/// A line that has no place within the log and does not wait for one: nobody logged it.
pub async fn unlogged(conn: &impl ConnectionTrait) -> Result<Option<Line>> {
    let own = Expr::col((leaves::Entity, leaves::Column::EntryId));
    let size = Query::select().column(heads::Column::Size).from(heads::Entity).to_owned();
    let place = Query::select()
        .expr(Expr::val(1))
        .from(leaves::Entity)
        .and_where(own.equals((audit_entries::Entity, audit_entries::Column::Id)))
        .and_where(leaves::Column::Place.gte(0_i64))
        // The size of this very moment: lines may be sealed meanwhile.
        .and_where(Expr::col((leaves::Entity, leaves::Column::Place)).lt(SimpleExpr::from(size)))
        .to_owned();
    let found = audit_entries::Entity::find().filter(Expr::exists(place).not()).filter(is_waiting().not());
    found.one(conn).await.or_app()
}

/// A place outside the log.
pub async fn outside(conn: &impl ConnectionTrait) -> Result<Option<i64>> {
    let size = Query::select().column(heads::Column::Size).from(heads::Entity).to_owned();
    let beyond = Expr::col((leaves::Entity, leaves::Column::Place)).gte(SimpleExpr::from(size));
    let found = leaves::Entity::find().filter(Condition::any().add(leaves::Column::Place.lt(0_i64)).add(beyond));
    Ok(found.one(conn).await.or_app()?.map(|leaf| leaf.place))
}

/// A line that waits for a place and has one.
pub async fn waits_again(conn: &impl ConnectionTrait) -> Result<Option<i64>> {
    let own = Expr::col((pending::Entity, pending::Column::EntryId));
    let waits = Query::select()
        .expr(Expr::val(1))
        .from(pending::Entity)
        .and_where(own.equals((leaves::Entity, leaves::Column::EntryId)))
        .to_owned();
    let found = leaves::Entity::find().filter(Expr::exists(waits)).one(conn).await.or_app()?;
    Ok(found.map(|leaf| leaf.place))
}

/// Those of the lines that have a place.
pub async fn placed(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashSet<Uuid>> {
    let found = leaves::Entity::find().filter(leaves::Column::EntryId.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|leaf| leaf.entry_id).collect())
}

fn parse(leaf: &str) -> Result<Digest> {
    let bytes = hex::decode(leaf).map_err(AppError::corrupt)?;
    bytes.try_into().map_err(|_| AppError::corrupt("a leaf of the log"))
}
