//! Reading a page: keyset on (sort column, id), one row more than asked for, and the total as far as it is wanted.

use super::request::Sort;
use super::token::{bad_cursor, open_token, seal_token};
use super::values::{parse_value, write_value};
use super::{Kind, ListRequest, Listing, Page, TOTAL_CAP, Total};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::db::Db;
use crate::persistence::kernel::errors::AppResult;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, ModelTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

/// Reads a page of what `base` allows.
pub async fn page<E>(
    db: &Db,
    ctx: &Ctx,
    listing: &Listing<E>,
    base: Select<E>,
    request: &ListRequest<E>,
) -> Result<Page<E::Model>>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
{
    let column = request.sort.column;
    let query = in_order(db, ctx, listing, base.clone(), request)?;
    let mut items = query.limit(request.limit + 1).all(db).await.or_app()?;
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = match items.last().filter(|_| has_more) {
        None => None,
        Some(last) => {
            let value = write_value(&last.get(column)).ok_or_else(|| AppError::internal("unsortable value"))?;
            let id = write_value(&last.get(listing.id)).ok_or_else(|| AppError::internal("unsortable id"))?;
            Some(seal_token(db, ctx, request, &value, &id)?)
        }
    };
    let (total, total_capped) = count(db, base.filter(request.conditions.clone()), request.total).await?;

    Ok(Page { items, next_cursor, total, total_capped })
}

/// What is read for a page, from where it begins and in its order: each declared filter has an index that ends in it.
pub fn in_order<E: EntityTrait>(
    db: &Db,
    ctx: &Ctx,
    listing: &Listing<E>,
    base: Select<E>,
    request: &ListRequest<E>,
) -> Result<Select<E>> {
    let mut query = base.filter(request.conditions.clone());
    let Sort { column, kind, descending } = request.sort;
    let by_id = matches!(kind, Kind::Id);

    if let Some(token) = &request.cursor {
        let (value, id) = open_token(db, ctx, request, token)
            .and_then(|(value, id)| Some((parse_value(kind, &value)?, Uuid::parse_str(&id).ok()?)))
            .ok_or_else(bad_cursor)?;
        let here = Expr::tuple([column.into_expr(), listing.id.into_expr()]);
        let there = Expr::tuple([Expr::val(value), Expr::val(id)]);
        let after = match (by_id, descending) {
            (true, true) => listing.id.lt(id),
            (true, false) => listing.id.gt(id),
            (false, true) => here.lt(there),
            (false, false) => here.gt(there),
        };
        query = query.filter(after);
    } else if let Some(page) = request.page {
        query = query.offset((page - 1) * request.limit);
    }

    let order = if descending { Order::Desc } else { Order::Asc };
    if !by_id {
        query = query.order_by(column, order.clone());
    }
    Ok(query.order_by(listing.id, order))
}

async fn count<E: EntityTrait>(db: &Db, filtered: Select<E>, total: Total) -> Result<(Option<u64>, bool)> {
    let cap = match total {
        Total::None => return Ok((None, false)),
        Total::Capped => Some(TOTAL_CAP + 1),
        Total::Exact => None,
    };
    let mut inner: SelectStatement = QueryTrait::into_query(filtered);
    inner.clear_selects().clear_order_by().expr(Expr::cust("1"));
    if let Some(cap) = cap {
        inner.limit(cap);
    }
    let counting = Query::select().expr_as(Expr::cust("COUNT(*)"), "n").from_subquery(inner, "t").to_owned();
    let row = db.query_one(&counting).await.or_app()?;
    let counted: i64 = row.map(|row| row.try_get("", "n")).transpose().or_app()?.unwrap_or(0);
    let counted = u64::try_from(counted).unwrap_or(0);
    let capped = total == Total::Capped && counted > TOTAL_CAP;

    Ok((Some(if capped { TOTAL_CAP } else { counted }), capped))
}
