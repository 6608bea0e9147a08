//! Reading a query string against a noun's declaration: every unknown name and every bad value is named.

use super::values::condition;
use super::{DEFAULT_LIMIT, Field, Kind, Listing, MAX_FIELDS, MAX_LIMIT, MAX_OFFSET, Op};
use crate::kernel::error::{AppError, FieldError, Result};
use chrono::NaiveDate;
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use sea_orm::{Condition, EntityTrait};
use std::fmt::Write;

/// How the total is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    None,
    Capped,
    Exact,
}

/// A list request whose every parameter was declared.
pub struct ListRequest<E: EntityTrait> {
    pub(super) conditions: Condition,
    pub(super) sort: Sort<E::Column>,
    pub(super) cursor: Option<String>,
    pub(super) page: Option<u64>,
    pub limit: u64,
    pub total: Total,
    pub fields: Option<Vec<String>>,
    /// Filters and sort as they were sent.
    sent: Vec<(String, String)>,
    /// What a page token is bound to, beside the principal.
    pub(super) binding: String,
}

#[derive(Clone, Copy)]
pub(super) struct Sort<C> {
    pub column: C,
    pub kind: Kind,
    pub descending: bool,
}

impl<E: EntityTrait> ListRequest<E> {
    /// The day that a parameter names, where it was sent.
    pub fn day(&self, field: &str) -> Option<NaiveDate> {
        let (_, value) = self.sent.iter().find(|(name, _)| name == field)?;
        super::values::day(value)
    }

    /// Whether a filter on the field was asked for.
    pub fn names(&self, field: &str) -> bool {
        self.sent.iter().any(|(name, _)| name.split('[').next() == Some(field))
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
            sent: Vec::new(),
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
                    let plain = |field: &String| {
                        !field.is_empty() && field.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase())
                    };
                    let known = value.len() <= MAX_FIELDS && fields.iter().all(plain);
                    read(known.then_some(Some(fields)), &mut request.fields)
                }
                other => match self.filter(other, value) {
                    Filter::Undeclared => {
                        unknown = true;
                        let detail = text!("未声明的参数 {name}。", "The parameter {name} is not declared.");
                        errors.push(FieldError::new(name, "UNKNOWN_PARAMETER", detail));
                        continue;
                    }
                    Filter::Invalid => false,
                    Filter::Condition(condition) => {
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
                // Quoted, so that no value can pass for another filter.
                let _ = write!(request.binding, "{name:?}={value:?}");
                request.sent.push((name.clone(), value.clone()));
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

    fn filter(&self, parameter: &str, value: &str) -> Filter {
        let Some((field, op)) = self.declared(parameter) else { return Filter::Undeclared };
        condition(field, op, value).map_or(Filter::Invalid, Filter::Condition)
    }

    /// The field and the comparison that a parameter names, where the noun declares them.
    fn declared(&self, parameter: &str) -> Option<(&'static Field<E::Column>, Op)> {
        let (name, op) = match parameter.split_once('[') {
            None => (parameter, Op::Eq),
            Some((name, rest)) => {
                let code = rest.strip_suffix(']')?;
                (name, Op::ALL.into_iter().find(|op| op.code() == code)?)
            }
        };
        let field = self.fields.iter().find(|field| field.name == name)?;
        field.ops().contains(&op).then_some((field, op))
    }
}

/// What a parameter came to.
enum Filter {
    Undeclared,
    Invalid,
    Condition(Condition),
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

pub(super) fn no_page(parameter: &str, detail: Text) -> AppError {
    AppError::new(Code::PageNotAvailable, detail.clone()).with_errors(vec![FieldError::new(
        parameter,
        Code::PageNotAvailable.code(),
        detail,
    )])
}
