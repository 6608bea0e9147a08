//! The one list mechanism: declared filters and sorts, keyset pages, authenticated page tokens.

use super::db::Db;
use super::errors::AppResult;
use crate::ctx::Ctx;
use crate::domain::refusal::Code;
use crate::domain::text::{Text, text};
use crate::error::{AppError, FieldError, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::sea_query::{Expr, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, ModelTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Value,
};
use uuid::Uuid;

pub const DEFAULT_LIMIT: u64 = 50;
pub const MAX_LIMIT: u64 = 200;
/// Totals are counted up to here unless `total=exact` asks for more.
pub const TOTAL_CAP: u64 = 10_000;
/// `page=` may skip this many rows; beyond, cursors are the way.
pub const MAX_OFFSET: u64 = 10_000;
/// Longest text and largest number that a filter takes.
pub const MAX_TEXT: usize = 200;
pub const MAX_INT: i64 = 1_000_000_000;

/// What kind of values a field has, and so which comparisons.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    Code(&'static [&'static str]),
    Id,
    Date,
    Time,
    Int,
    Bool,
    /// A value looked up elsewhere, such as a tag: a condition of its own.
    Related(fn(String) -> Condition),
}

/// A comparison in `field[op]=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    In,
    Gt,
    Gte,
    Lt,
    Lte,
    Prefix,
    Contains,
    IsNull,
}

impl Op {
    const ALL: [Self; 10] = [
        Self::Eq,
        Self::Ne,
        Self::In,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::Prefix,
        Self::Contains,
        Self::IsNull,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Prefix => "prefix",
            Self::Contains => "contains",
            Self::IsNull => "is_null",
        }
    }
}

/// A field that a list may be filtered by, and perhaps sorted by.
pub struct Field<C: 'static> {
    pub name: &'static str,
    pub column: C,
    pub kind: Kind,
    pub doc: &'static str,
    pub sortable: bool,
    pub nullable: bool,
}

impl<C: Copy> Field<C> {
    pub const fn new(name: &'static str, column: C, kind: Kind, doc: &'static str) -> Self {
        Self { name, column, kind, doc, sortable: false, nullable: false }
    }

    /// Its column is NOT NULL and indexed together with the id.
    pub const fn sortable(mut self) -> Self {
        self.sortable = true;
        self
    }

    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub fn ops(&self) -> Vec<Op> {
        let mut ops = match self.kind {
            Kind::Text => vec![Op::Eq, Op::In, Op::Prefix, Op::Contains],
            Kind::Code(_) | Kind::Id => vec![Op::Eq, Op::Ne, Op::In],
            Kind::Date | Kind::Time | Kind::Int => vec![Op::Eq, Op::Gt, Op::Gte, Op::Lt, Op::Lte],
            Kind::Bool | Kind::Related(_) => vec![Op::Eq],
        };
        if self.nullable {
            ops.push(Op::IsNull);
        }
        ops
    }
}

/// What a noun's list offers.
pub struct Listing<E: EntityTrait> {
    pub name: &'static str,
    pub id: E::Column,
    /// A sortable field, `-` before it for descending.
    pub default_sort: &'static str,
    pub fields: &'static [Field<E::Column>],
}

/// How the total is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    None,
    Capped,
    Exact,
}

/// A list request whose every parameter was declared.
pub struct ListRequest<E: EntityTrait> {
    conditions: Condition,
    sort: Sort<E::Column>,
    cursor: Option<String>,
    page: Option<u64>,
    pub limit: u64,
    pub total: Total,
    pub fields: Option<Vec<String>>,
    /// What a page token is bound to, beside the principal.
    binding: String,
}

#[derive(Clone, Copy)]
struct Sort<C> {
    column: C,
    kind: Kind,
    descending: bool,
}

impl<E: EntityTrait> ListRequest<E> {
    /// Whether a filter on the field was asked for.
    pub fn names(&self, field: &str) -> bool {
        self.binding.split('&').any(|part| part.split(['=', '[']).next() == Some(field))
    }
}

/// A page of records.
#[derive(Debug)]
pub struct Page<M> {
    pub items: Vec<M>,
    pub next_cursor: Option<String>,
    pub total: Option<u64>,
    pub total_capped: bool,
}

impl<M> Page<M> {
    pub fn map<V>(self, f: impl FnMut(M) -> V) -> Page<V> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
            total_capped: self.total_capped,
        }
    }
}

impl<E: EntityTrait> Listing<E> {
    /// Reads the query's pairs; every unknown name and every bad value is named.
    pub fn parse(&self, path: &str, pairs: &[(String, String)]) -> Result<ListRequest<E>> {
        let mut errors = Vec::new();
        let mut request = ListRequest {
            conditions: Condition::all(),
            sort: self.sort(self.default_sort).unwrap_or(Sort { column: self.id, kind: Kind::Id, descending: true }),
            cursor: None,
            page: None,
            limit: DEFAULT_LIMIT,
            total: Total::Capped,
            fields: None,
            binding: format!("{}{path}", self.name),
        };
        let mut unknown = false;
        for (name, value) in pairs {
            let known = match name.as_str() {
                "limit" => read(value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n)), &mut request.limit),
                "total" => read(total(value), &mut request.total),
                "sort" => read(self.sort(value), &mut request.sort),
                "page" => {
                    let page = value.parse::<u64>().ok().filter(|n| (1..=MAX_OFFSET + 1).contains(n));
                    read(page.map(Some), &mut request.page)
                }
                "cursor" => read((!value.is_empty()).then(|| Some(value.clone())), &mut request.cursor),
                "fields" => {
                    let fields = value.split(',').map(|field| field.trim().to_owned()).collect::<Vec<_>>();
                    read((!value.is_empty()).then_some(Some(fields)), &mut request.fields)
                }
                other => match self.filter(other, value) {
                    None => {
                        unknown = true;
                        let detail = text!("未声明的参数 {name}。", "The parameter {name} is not declared.");
                        errors.push(FieldError::new(name, "UNKNOWN_PARAMETER", detail));
                        continue;
                    }
                    Some(None) => false,
                    Some(Some(condition)) => {
                        request.conditions = request.conditions.clone().add(condition);
                        true
                    }
                },
            };
            if !known {
                let detail = text!("参数 {name} 的值无效。", "The value of {name} is not valid.");
                errors.push(FieldError::new(name, "INVALID_PARAMETER", detail));
            }
            if !["cursor", "page", "limit", "total", "fields"].contains(&name.as_str()) {
                request.binding.push_str(&format!("&{name}={value}"));
            }
        }
        if errors.is_empty() {
            let skipped = request.page.map_or(0, |page| (page - 1).saturating_mul(request.limit));
            if skipped > MAX_OFFSET {
                let detail = text!("页码过深，请改用 cursor。", "This page is too deep; follow the cursors instead.");
                return Err(no_page("page", detail));
            }
            return Ok(request);
        }
        let code = if unknown { Code::UnknownParameter } else { Code::InvalidParameter };
        Err(AppError::new(code, text!("查询参数有误。", "Some query parameters are not right.")).with_errors(errors))
    }

    fn sort(&self, text: &str) -> Option<Sort<E::Column>> {
        let mut parts = text.split(',');
        let first = parts.next()?;
        // The id is always the last key; naming it is allowed and changes nothing.
        if parts.any(|part| part.trim_start_matches('-') != "id") {
            return None;
        }
        let (name, descending) = first.strip_prefix('-').map_or((first, false), |name| (name, true));
        if name == "id" {
            return Some(Sort { column: self.id, kind: Kind::Id, descending });
        }
        let field = self.fields.iter().find(|field| field.sortable && field.name == name)?;
        Some(Sort { column: field.column, kind: field.kind, descending })
    }

    /// `None`: not declared; `Some(None)`: declared, but the value is not one.
    fn filter(&self, parameter: &str, value: &str) -> Option<Option<Condition>> {
        let (name, op) = match parameter.split_once('[') {
            None => (parameter, Op::Eq),
            Some((name, rest)) => {
                let code = rest.strip_suffix(']')?;
                (name, Op::ALL.into_iter().find(|op| op.code() == code)?)
            }
        };
        let field = self.fields.iter().find(|field| field.name == name)?;
        if !field.ops().contains(&op) {
            return None;
        }
        Some(condition(field, op, value))
    }
}

fn read<T>(value: Option<T>, into: &mut T) -> bool {
    match value {
        Some(value) => {
            *into = value;
            true
        }
        None => false,
    }
}

fn total(text: &str) -> Option<Total> {
    match text {
        "none" => Some(Total::None),
        "capped" => Some(Total::Capped),
        "exact" => Some(Total::Exact),
        _ => None,
    }
}

fn condition<C: ColumnTrait>(field: &Field<C>, op: Op, text: &str) -> Option<Condition> {
    let column = field.column;
    if text.contains('\0') || text.chars().count() > 10 * MAX_TEXT {
        return None;
    }
    if let Kind::Related(make) = field.kind {
        return (text.chars().count() <= MAX_TEXT).then(|| make(text.to_owned()));
    }
    let one = || parse_value(field.kind, text);
    let expr = match op {
        Op::Eq => column.eq(one()?),
        Op::Ne => column.ne(one()?),
        Op::Gt => column.gt(one()?),
        Op::Gte => column.gte(one()?),
        Op::Lt => column.lt(one()?),
        Op::Lte => column.lte(one()?),
        Op::In => {
            let values: Option<Vec<_>> = text.split(',').map(|part| parse_value(field.kind, part)).collect();
            column.is_in(values.filter(|values| values.len() <= 100)?)
        }
        Op::Prefix | Op::Contains if text.chars().count() > MAX_TEXT => return None,
        Op::Prefix => column.like(LikeExpr::new(format!("{}%", escape_like(text))).escape('!')),
        Op::Contains => column.like(LikeExpr::new(format!("%{}%", escape_like(text))).escape('!')),
        Op::IsNull => match text {
            "true" => column.is_null(),
            "false" => column.is_not_null(),
            _ => return None,
        },
    };
    Some(Condition::all().add(expr))
}

fn escape_like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn parse_value(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text | Kind::Related(_) => (text.chars().count() <= MAX_TEXT).then(|| text.to_owned().into()),
        Kind::Code(codes) => codes.contains(&text).then(|| text.to_owned().into()),
        Kind::Id => Uuid::parse_str(text).ok().map(Into::into),
        Kind::Date => text.parse::<NaiveDate>().ok().filter(|day| (1..=9999).contains(&day.year())).map(Into::into),
        Kind::Time => {
            let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
            (1..=9999).contains(&at.year()).then(|| at.into())
        }
        Kind::Int => text.parse::<i64>().ok().filter(|n| (0..=MAX_INT).contains(n)).map(Into::into),
        Kind::Bool => text.parse::<bool>().ok().map(Into::into),
    }
}

fn write_value(value: &Value) -> Option<String> {
    match value {
        Value::String(Some(text)) => Some(text.clone()),
        Value::Uuid(Some(id)) => Some(id.to_string()),
        Value::ChronoDate(Some(day)) => Some(day.to_string()),
        Value::ChronoDateTimeUtc(Some(at)) => Some(at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        Value::Int(Some(number)) => Some(number.to_string()),
        Value::BigInt(Some(number)) => Some(number.to_string()),
        _ => None,
    }
}

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
    let filtered = base.filter(request.conditions.clone());
    let mut query = filtered.clone();
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
    let mut items = query.order_by(listing.id, order).limit(request.limit + 1).all(db.conn()).await.or_app()?;
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
    let (total, total_capped) = count(db, filtered, request.total).await?;
    Ok(Page { items, next_cursor, total, total_capped })
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
    let row = db.conn().query_one(&counting).await.or_app()?;
    let counted: i64 = row.map(|row| row.try_get("", "n")).transpose().or_app()?.unwrap_or(0);
    let counted = u64::try_from(counted).unwrap_or(0);
    let capped = total == Total::Capped && counted > TOTAL_CAP;
    Ok((Some(if capped { TOTAL_CAP } else { counted }), capped))
}

fn bad_cursor() -> AppError {
    let detail = text!(
        "分页标记无效：它只对同一用户、同一筛选和排序有效。",
        "The cursor is not valid: it belongs to one user, one filter and one sort."
    );
    AppError::new(Code::InvalidParameter, detail.clone()).with_errors(vec![FieldError::new(
        "cursor",
        "INVALID_PARAMETER",
        detail,
    )])
}

fn seal_token<E: EntityTrait>(db: &Db, ctx: &Ctx, request: &ListRequest<E>, value: &str, id: &str) -> Result<String> {
    let content = serde_json::to_vec(&[value, id])?;
    let mut token = token_mac(db, ctx, request, &content).to_vec();
    token.extend_from_slice(&content);
    Ok(BASE64.encode(token))
}

fn open_token<E: EntityTrait>(db: &Db, ctx: &Ctx, request: &ListRequest<E>, token: &str) -> Option<(String, String)> {
    let bytes = BASE64.decode(token).ok()?;
    let (mac, content) = bytes.split_at_checked(16)?;
    if mac != token_mac(db, ctx, request, content) {
        return None;
    }
    let [value, id]: [String; 2] = serde_json::from_slice(content).ok()?;
    Some((value, id))
}

fn token_mac<E: EntityTrait>(db: &Db, ctx: &Ctx, request: &ListRequest<E>, content: &[u8]) -> [u8; 16] {
    let mut mac: Hmac<sha2::Sha256> =
        Hmac::new_from_slice(&db.page_key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    for part in [ctx.actor.id.as_bytes().as_slice(), request.binding.as_bytes(), content] {
        mac.update(&u64::try_from(part.len()).unwrap_or(0).to_be_bytes());
        mac.update(part);
    }
    let full: [u8; 32] = mac.finalize().into_bytes().into();
    let mut short = [0; 16];
    short.copy_from_slice(&full[..16]);
    short
}
