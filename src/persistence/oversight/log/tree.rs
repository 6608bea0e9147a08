//! The tree's hashes in tiles: a proof fetches those that it asks for at once.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::db::Tx;
use crate::persistence::kernel::errors::AppResult;
use domain::kernel::merkle::{Asked, Place, Tiles};
use entity::oversight::log::tiles;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
};
use std::fmt::Write;

pub(super) async fn put_tiles(tx: &Tx, changed: Tiles) -> Result<()> {
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

pub(super) async fn tiles_at(conn: &impl ConnectionTrait, places: impl IntoIterator<Item = Place>) -> Result<Tiles> {
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

/// Tiles of a level from a number on.
pub async fn tiles_from(conn: &impl ConnectionTrait, place: Place, limit: u64) -> Result<Tiles> {
    let (level, first) = place;
    tiles_at(conn, (first..first + limit).map(|number| (level, number))).await
}
