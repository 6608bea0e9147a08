//! Codes one after another: each series has one row, which whoever takes a number holds until the commit. Two at once get
//! two numbers, and a change that is taken back gives its number back.

use super::errors::AppResult;
use super::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::seeded;
use entity::kernel::serials::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

/// The next code of a series: what it begins with, and a number of at least `width` digits.
pub async fn next<E: EntityTrait>(tx: &WriteTx, column: E::Column, prefix: &str, width: usize) -> Result<String> {
    Ok(next_many::<E>(tx, column, prefix, width, 1).await?.remove(0))
}

/// The next number of a series that has a name of its own, from 1.
pub async fn next_number(tx: &WriteTx, series: &str) -> Result<i64> {
    if let Some(last) = take(tx, series, 1).await? {
        return Ok(last);
    }
    let going_on = Expr::col((Entity, Column::Last)).add(1_i64);
    let insert = Entity::insert(Model { series: series.to_owned(), last: 1 }.into_active_model())
        .on_conflict(OnConflict::column(Column::Series).value(Column::Last, going_on).to_owned());
    Ok(insert.exec_with_returning(tx.conn()).await.or_app()?.last)
}

/// The next codes of a series, in their order.
pub async fn next_many<E: EntityTrait>(
    tx: &WriteTx,
    column: E::Column,
    prefix: &str,
    width: usize,
    count: u32,
) -> Result<Vec<String>> {
    let series = format!("{}:{prefix}", E::default().table_name());
    let last = match take(tx, &series, count).await? {
        Some(last) => last,
        None => begin::<E>(tx, column, &series, prefix, count).await?,
    };
    Ok((last - i64::from(count) + 1..=last).map(|number| format!("{prefix}{number:0width$}")).collect())
}

/// Takes numbers of a series that has begun, and says which is the last of them.
async fn take(tx: &WriteTx, series: &str, count: u32) -> Result<Option<i64>> {
    if seeded::bug("serials") {
        // Read, then written: two at once read the same, and on a busy machine they shall meet as well.
        let Some(known) = Entity::find_by_id(series).one(tx.conn()).await.or_app()? else { return Ok(None) };
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let last = known.last + i64::from(count);
        let update = Entity::update_many().col_expr(Column::Last, Expr::value(last)).filter(Column::Series.eq(series));
        update.exec(tx.conn()).await.or_app()?;
        return Ok(Some(last));
    }
    let update = Entity::update_many()
        .col_expr(Column::Last, Expr::col(Column::Last).add(i64::from(count)))
        .filter(Column::Series.eq(series));
    let taken = update.exec_with_returning(tx.conn()).await.or_app()?;

    Ok(taken.first().map(|row| row.last))
}

/// Begins a series behind the codes that are there already; who comes second goes on behind the first.
async fn begin<E: EntityTrait>(tx: &WriteTx, column: E::Column, series: &str, prefix: &str, count: u32) -> Result<i64> {
    let newest: Option<String> = E::find()
        .select_only()
        .column(column)
        .filter(column.starts_with(prefix))
        .order_by_desc(column)
        .into_tuple()
        .one(tx.conn())
        .await
        .or_app()?;
    let known = newest.and_then(|code| code.strip_prefix(prefix)?.parse().ok()).unwrap_or(0);
    let first = Model { series: series.to_owned(), last: known + i64::from(count) };
    let going_on = Expr::col((Entity, Column::Last)).add(i64::from(count));
    let insert = Entity::insert(first.into_active_model())
        .on_conflict(OnConflict::column(Column::Series).value(Column::Last, going_on).to_owned());
    let begun = insert.exec_with_returning(tx.conn()).await.or_app()?;

    Ok(begun.last)
}
