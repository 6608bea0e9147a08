//! 存证日志: lines that wait, the tree's tiles, checkpoints. Whoever appends holds the head.

use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::db::{Db, Tx};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::kernel::merkle::{self, Asked, Digest, Place, Tiles};
use domain::oversight::log::{AuditLine, digest};
use entity::oversight::audit_entries::{self, Model as Line};
use entity::oversight::log::{checkpoints, cosignatures, heads, leaves, pending, tiles};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Statement,
};
use std::fmt::Write;
use uuid::Uuid;

/// The one row that says how large the log is.
const HEAD: i32 = 1;
/// Lines that are sealed in one transaction.
pub const BATCH: u64 = 2_000;

pub const CHECKPOINTS: Listing<checkpoints::Entity> = Listing {
    name: "log-checkpoints",
    id: checkpoints::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("size", checkpoints::Column::Size, Kind::Int, "行数"),
        Field::new("created_at", checkpoints::Column::CreatedAt, Kind::Time, "生成时间").sortable(),
    ],
};

/// The hash of a line of the trail as it is stored, with its salt.
pub fn leaf_of(line: &Line, salt: &str) -> Result<Digest> {
    let salt = hex::decode(salt).ok().and_then(|salt| salt.try_into().ok());
    let salt: [u8; 16] = salt.ok_or_else(|| AppError::corrupt("the salt of a line"))?;
    Ok(line_of(line).leaf(&salt))
}

fn line_of(line: &Line) -> AuditLine<'_> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    AuditLine {
        action: line.action.code(),
        actor_id: id(line.actor_id),
        actor_name: &line.actor_name,
        actor_role: &line.actor_role,
        after: line.after.as_ref().map(digest),
        at: line.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        before: line.before.as_ref().map(digest),
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
pub(super) fn waiting(conn: &impl ConnectionTrait, lines: &[Line]) -> Statement {
    let rows = lines.iter().map(|line| {
        let salt = random::<16>();
        let leaf = hex::encode(line_of(line).leaf(&salt));
        pending::Model { entry_id: line.id, salt: hex::encode(salt), leaf }.into_active_model().reset_all()
    });
    conn.get_database_backend().build(&pending::Entity::insert_many(rows).into_query())
}

/// How large the log is; `None` before its first line.
pub async fn size(conn: &impl ConnectionTrait) -> Result<Option<u64>> {
    let head = heads::Entity::find_by_id(HEAD).one(conn).await.or_app()?;
    head.map(|head| u64::try_from(head.size).map_err(AppError::corrupt)).transpose()
}

/// Whether lines wait for their place.
pub async fn waits(conn: &impl ConnectionTrait) -> Result<bool> {
    Ok(pending::Entity::find().limit(1).one(conn).await.or_app()?.is_some())
}

/// Lines of before there was a log, that do not wait yet: a page of them, the oldest first.
pub async fn strangers(conn: &impl ConnectionTrait) -> Result<Vec<Line>> {
    let known = Query::select().column(pending::Column::EntryId).from(pending::Entity).to_owned();
    let found = audit_entries::Entity::find().filter(audit_entries::Column::Id.not_in_subquery(known));
    found.order_by_asc(audit_entries::Column::Id).limit(500).all(conn).await.or_app()
}

/// Makes lines wait that were written before there was a log.
pub async fn adopt(db: &Db, lines: &[Line]) -> Result<()> {
    db.execute_raw(waiting(db, lines)).await.or_app()?;
    Ok(())
}

/// Begins the log; several processes may.
pub async fn begin(db: &Db) -> Result<()> {
    let head = heads::Model { id: HEAD, size: 0 }.into_active_model().reset_all();
    let nothing = OnConflict::column(heads::Column::Id).do_nothing().to_owned();
    heads::Entity::insert(head).on_conflict(nothing).exec_without_returning(db).await.or_app()?;
    Ok(())
}

/// Gives the lines that wait their places, in the order of their ids; says how many.
pub async fn append(tx: &Tx) -> Result<u64> {
    // Whoever comes second waits here, and goes on behind the first.
    let held = heads::Entity::update_many().col_expr(heads::Column::Id, Expr::value(HEAD));
    held.filter(heads::Column::Id.eq(HEAD)).exec(tx).await.or_app()?;
    let Some(size) = size(tx).await? else { return Ok(0) };
    let next = pending::Entity::find().order_by_asc(pending::Column::EntryId).limit(BATCH);
    let lines = next.all(tx).await.or_app()?;
    if lines.is_empty() {
        return Ok(0);
    }

    let edge = tiles_at(tx, merkle::edge(size)).await?;
    let hashes = lines.iter().map(|line| parse(&line.leaf)).collect::<Result<Vec<_>>>()?;
    put_tiles(tx, merkle::append(edge, size, &hashes)).await?;

    let places = (size..).zip(&lines).map(|(place, line)| {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        leaves::Model { place, entry_id: line.entry_id, salt: line.salt.clone() }.into_active_model().reset_all()
    });
    leaves::Entity::insert_many(places).exec_without_returning(tx).await.or_app()?;
    let ids = lines.iter().map(|line| line.entry_id);
    pending::Entity::delete_many().filter(pending::Column::EntryId.is_in(ids)).exec(tx).await.or_app()?;
    let count = lines.len() as u64;
    let grown = i64::try_from(size + count).map_err(AppError::internal)?;
    let head = heads::Entity::update_many().col_expr(heads::Column::Size, Expr::value(grown));
    head.filter(heads::Column::Id.eq(HEAD)).exec(tx).await.or_app()?;

    Ok(count)
}

async fn put_tiles(tx: &Tx, changed: Tiles) -> Result<()> {
    let rows = changed.0.into_iter().map(|((level, number), hashes)| {
        let text = hashes.iter().fold(String::with_capacity(hashes.len() * 64), |mut text, hash| {
            let _ = write!(text, "{}", hex::encode(hash));
            text
        });
        let level = i32::try_from(level).unwrap_or(i32::MAX);
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        tiles::Model { level, number, hashes: text }.into_active_model().reset_all()
    });

    let grown = OnConflict::columns([tiles::Column::Level, tiles::Column::Number])
        .update_column(tiles::Column::Hashes)
        .to_owned();
    tiles::Entity::insert_many(rows).on_conflict(grown).exec_without_returning(tx).await.or_app()?;
    Ok(())
}

async fn tiles_at(conn: &impl ConnectionTrait, places: impl IntoIterator<Item = Place>) -> Result<Tiles> {
    let mut wanted = Condition::any();
    for (level, number) in places {
        let number = i64::try_from(number).map_err(AppError::internal)?;
        wanted = wanted.add(tiles::Column::Level.eq(level).and(tiles::Column::Number.eq(number)));
    }
    if wanted.is_empty() {
        return Ok(Tiles::default());
    }

    let found = tiles::Entity::find().filter(wanted).all(conn).await.or_app()?;
    let tile = |row: tiles::Model| {
        let place = (u32::try_from(row.level).ok()?, u64::try_from(row.number).ok()?);
        let bytes = hex::decode(row.hashes).ok()?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| (place, hashes.to_vec()))
    };
    let tiles = found.into_iter().map(tile).collect::<Option<_>>();
    Ok(Tiles(tiles.ok_or_else(|| AppError::corrupt("a tile of the log"))?))
}

fn parse(leaf: &str) -> Result<Digest> {
    let bytes = hex::decode(leaf).map_err(AppError::corrupt)?;
    bytes.try_into().map_err(|_| AppError::corrupt("a leaf of the log"))
}

/// What is computed from the tree, with the tiles that it asks for.
pub async fn of_tree<T>(
    conn: &impl ConnectionTrait,
    asks: impl Fn(&mut Asked) -> Option<T>,
    computes: impl Fn(&mut Tiles) -> Option<T>,
) -> Result<T> {
    let mut asked = Asked::default();
    if asks(&mut asked).is_none() {
        return Err(AppError::internal("what was asked is not of this tree"));
    }
    let mut tiles = tiles_at(conn, asked.0).await?;
    computes(&mut tiles).ok_or_else(|| AppError::corrupt("a tile of the log is missing"))
}

/// The place of a line and its salt, once it is sealed.
pub async fn place_of(conn: &impl ConnectionTrait, entry: Uuid) -> Result<Option<(u64, String)>> {
    let found = leaves::Entity::find().filter(leaves::Column::EntryId.eq(entry)).one(conn).await.or_app()?;
    found.map(|leaf| Ok((u64::try_from(leaf.place).map_err(AppError::corrupt)?, leaf.salt))).transpose()
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
    let mut lines: std::collections::HashMap<_, _> = lines.into_iter().map(|line| (line.id, line)).collect();
    Ok(places.into_iter().map(|leaf| (leaf.clone(), lines.remove(&leaf.entry_id))).collect())
}

/// Tiles of a level from a number on.
pub async fn tiles_from(conn: &impl ConnectionTrait, place: Place, limit: u64) -> Result<Tiles> {
    let (level, first) = place;
    tiles_at(conn, (first..first + limit).map(|number| (level, number))).await
}

/// Lines that wait, with those that the trail has of them.
pub async fn waiting_lines(conn: &impl ConnectionTrait) -> Result<Vec<(pending::Model, Option<Line>)>> {
    let waiting = pending::Entity::find().order_by_asc(pending::Column::EntryId).all(conn).await.or_app()?;
    let mut found = Vec::with_capacity(waiting.len());
    for part in waiting.chunks(500) {
        let ids = part.iter().map(|row| row.entry_id);
        let lines =
            audit_entries::Entity::find().filter(audit_entries::Column::Id.is_in(ids)).all(conn).await.or_app()?;
        let mut lines: std::collections::HashMap<_, _> = lines.into_iter().map(|line| (line.id, line)).collect();
        found.extend(part.iter().map(|row| (row.clone(), lines.remove(&row.entry_id))));
    }
    Ok(found)
}

/// A line that has no place and does not wait for one: nobody logged it.
pub async fn unlogged(conn: &impl ConnectionTrait) -> Result<Option<Line>> {
    let known = Query::select().column(leaves::Column::EntryId).from(leaves::Entity).to_owned();
    let waiting = Query::select().column(pending::Column::EntryId).from(pending::Entity).to_owned();
    let found = audit_entries::Entity::find()
        .filter(audit_entries::Column::Id.not_in_subquery(known))
        .filter(audit_entries::Column::Id.not_in_subquery(waiting));
    found.order_by_asc(audit_entries::Column::Id).one(conn).await.or_app()
}

pub fn all_checkpoints() -> Select<checkpoints::Entity> {
    checkpoints::Entity::find()
}

pub async fn checkpoint(conn: &impl ConnectionTrait, id: Uuid) -> Result<checkpoints::Model> {
    all_checkpoints().filter(checkpoints::Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn newest_checkpoint(conn: &impl ConnectionTrait) -> Result<Option<checkpoints::Model>> {
    all_checkpoints().order_by_desc(checkpoints::Column::Size).one(conn).await.or_app()
}

/// Keeps a checkpoint; one of the same size may be there already.
pub async fn keep_checkpoint(
    conn: &impl ConnectionTrait,
    id: Uuid,
    size: u64,
    root: &Digest,
    note: String,
    now: DateTime<Utc>,
) -> Result<()> {
    let size = i64::try_from(size).map_err(AppError::internal)?;
    let row = checkpoints::Model { id, size, root: hex::encode(root), note, created_at: now };
    let known = OnConflict::column(checkpoints::Column::Size).do_nothing().to_owned();
    let insert = checkpoints::Entity::insert(row.into_active_model().reset_all()).on_conflict(known);
    insert.exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Cosignatures of checkpoints, by the names of their witnesses.
pub async fn cosignatures_of(conn: &impl ConnectionTrait, checkpoints: Vec<Uuid>) -> Result<Vec<cosignatures::Model>> {
    let found = cosignatures::Entity::find().filter(cosignatures::Column::CheckpointId.is_in(checkpoints));
    found.order_by_asc(cosignatures::Column::Witness).all(conn).await.or_app()
}

/// All checkpoints, the smallest log first.
pub async fn checkpoints(conn: &impl ConnectionTrait) -> Result<Vec<checkpoints::Model>> {
    all_checkpoints().order_by_asc(checkpoints::Column::Size).all(conn).await.or_app()
}

/// The largest checkpoint that a witness signed.
pub async fn newest_cosigned(conn: &impl ConnectionTrait) -> Result<Option<checkpoints::Model>> {
    let cosigned = Query::select().column(cosignatures::Column::CheckpointId).from(cosignatures::Entity).to_owned();
    let found = all_checkpoints().filter(checkpoints::Column::Id.in_subquery(cosigned));
    found.order_by_desc(checkpoints::Column::Size).one(conn).await.or_app()
}

/// The checkpoint of a size.
pub async fn checkpoint_of(conn: &impl ConnectionTrait, size: u64) -> Result<Option<checkpoints::Model>> {
    let size = i64::try_from(size).map_err(AppError::internal)?;
    all_checkpoints().filter(checkpoints::Column::Size.eq(size)).one(conn).await.or_app()
}
