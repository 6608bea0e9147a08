//! The one list mechanism: a noun declares its filters and sorts; requests are read against them; pages are keyset
//! pages with authenticated tokens.

mod page;
mod request;
mod token;
mod values;

use chrono::NaiveDate;
pub use page::{in_order, page};
pub use request::{ListRequest, Total};
use sea_orm::{Condition, EntityTrait};
use uuid::Uuid;
pub use values::contains;

pub const DEFAULT_LIMIT: u64 = 50;
pub const MAX_LIMIT: u64 = 200;
/// Totals are counted up to here unless `total=exact` asks for more.
pub const TOTAL_CAP: u64 = 10_000;
/// `page=` may skip this many rows; beyond, cursors are the way.
pub const MAX_OFFSET: u64 = 10_000;
/// Longest text and largest number that a filter takes.
pub const MAX_TEXT: usize = 200;
/// Longest `fields=`, bytes.
pub const MAX_FIELDS: usize = 500;
/// How many values `[in]` takes.
pub const MAX_VALUES: usize = 50;
pub const MAX_INT: i64 = 1_000_000_000;

/// What kind of values a field has, and so which comparisons.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    /// A code that is kept half-width, in upper case and without blanks: it is found however it is typed.
    Key,
    Code(&'static [&'static str]),
    Id,
    Date,
    Time,
    Int,
    Bool,
    /// A value looked up elsewhere, such as a tag: a condition of its own.
    Related(fn(String) -> Condition),
    /// Another record, by its id, to which these belong in some way: a condition of its own.
    RelatedId(fn(Uuid) -> Condition),
    /// A day, and what holds on it: a condition of its own.
    OnDay(fn(NaiveDate) -> Condition),
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
            Kind::Text | Kind::Key => vec![Op::Eq, Op::In, Op::Prefix, Op::Contains],
            Kind::Code(_) | Kind::Id => vec![Op::Eq, Op::Ne, Op::In],
            Kind::Date | Kind::Time | Kind::Int => vec![Op::Eq, Op::Gt, Op::Gte, Op::Lt, Op::Lte],
            Kind::Bool | Kind::Related(_) | Kind::RelatedId(_) | Kind::OnDay(_) => vec![Op::Eq],
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

/// A page of records.
#[derive(Debug)]
pub struct Page<M> {
    pub items: Vec<M>,
    pub next_cursor: Option<String>,
    pub total: Option<u64>,
    pub total_capped: bool,
}

impl<M> Page<M> {
    /// The same page of other things, if each can be made.
    pub fn try_map<V, E>(self, f: impl FnMut(M) -> Result<V, E>) -> Result<Page<V>, E> {
        let Self { items, next_cursor, total, total_capped } = self;
        let items = items.into_iter().map(f).collect::<Result<_, E>>()?;
        Ok(Page { items, next_cursor, total, total_capped })
    }

    /// The same page of other things.
    pub fn with<V>(self, items: Vec<V>) -> Page<V> {
        Page { items, next_cursor: self.next_cursor, total: self.total, total_capped: self.total_capped }
    }

    pub fn map<V>(self, f: impl FnMut(M) -> V) -> Page<V> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
            total_capped: self.total_capped,
        }
    }
}
