//! Values of filters and of page tokens: text to database value and back.

use super::{Field, Kind, MAX_INT, MAX_TEXT, MAX_VALUES, Op};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use domain::kernel::characters::code_form;
use sea_orm::sea_query::{LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, Value};
use uuid::Uuid;

/// The condition of a declared comparison; `None` where the text is not a value of its kind.
pub(super) fn condition<C: ColumnTrait>(field: &Field<C>, op: Op, text: &str) -> Option<Condition> {
    let column = field.column;
    if text.contains('\0') || text.chars().count() > 10 * MAX_TEXT {
        return None;
    }
    if let Kind::Related(make) = field.kind {
        return (text.chars().count() <= MAX_TEXT).then(|| make(text.to_owned()));
    }
    if let Kind::RelatedId(make) = field.kind {
        return Uuid::parse_str(text).ok().map(make);
    }
    if let Kind::OnDay(make) = field.kind {
        return day(text).map(make);
    }
    let typed = if matches!(field.kind, Kind::Key) { code_form(text) } else { text.to_owned() };
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
            column.is_in(values.filter(|values| values.len() <= MAX_VALUES)?)
        }
        Op::Prefix | Op::Contains if text.chars().count() > MAX_TEXT => return None,
        Op::Prefix => column.like(LikeExpr::new(format!("{}%", escape_like(&typed))).escape('!')),
        Op::Contains => contains(column, &typed),
        Op::IsNull => match text {
            "true" => column.is_null(),
            "false" => column.is_not_null(),
            _ => return None,
        },
    };

    Some(Condition::all().add(expr))
}

/// A text that has these words somewhere.
pub fn contains(column: impl ColumnTrait, words: &str) -> SimpleExpr {
    column.like(LikeExpr::new(format!("%{}%", escape_like(words))).escape('!'))
}

fn escape_like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

pub(super) fn day(text: &str) -> Option<NaiveDate> {
    text.parse::<NaiveDate>().ok().filter(|day| (1..=9999).contains(&day.year()))
}

pub(super) fn parse_value(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text | Kind::Related(_) => (text.chars().count() <= MAX_TEXT).then(|| text.to_owned().into()),
        Kind::Key => (text.chars().count() <= MAX_TEXT).then(|| code_form(text).into()),
        Kind::Code(codes) => codes.contains(&text).then(|| text.to_owned().into()),
        Kind::Id | Kind::RelatedId(_) => Uuid::parse_str(text).ok().map(Into::into),
        Kind::Date | Kind::OnDay(_) => day(text).map(Into::into),
        Kind::Time => {
            let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
            (1..=9999).contains(&at.year()).then(|| at.into())
        }
        Kind::Int => text.parse::<i64>().ok().filter(|n| (0..=MAX_INT).contains(n)).map(Into::into),
        Kind::Bool => text.parse::<bool>().ok().map(Into::into),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's variants grow; lists sort by these")]
pub(super) fn write_value(value: &Value) -> Option<String> {
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
