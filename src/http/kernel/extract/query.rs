//! A few named query parameters of an operation that is not a list.

use super::list::pairs;
use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::versions::Asked;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{Datelike, NaiveDate};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, listed, text};
use std::future::{Ready, ready};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use uuid::Uuid;

/// What kind of value a parameter has.
#[derive(Clone, Copy)]
pub enum ParamKind {
    Day,
    /// `2026-11`: its first day.
    Month,
    /// One of these.
    Choice(&'static [&'static str]),
    Id,
    Count {
        max: u64,
    },
    /// Counted from 0.
    Place {
        max: u64,
    },
    /// A record without which nothing is asked.
    Record,
}

/// A declared parameter.
pub struct Param {
    pub name: &'static str,
    pub doc: &'static str,
    pub kind: ParamKind,
}

/// A value that was sent, of its declared kind.
#[derive(Clone, Copy)]
pub enum ParamValue {
    Day(NaiveDate),
    Choice(&'static str),
    Id(Uuid),
    Count(u64),
}

/// The parameters of an operation.
pub trait Params: Default + 'static {
    const PARAMS: &'static [Param];
    /// Whether there may be nothing at what is named.
    const MAY_MISS: bool = false;
    fn set(&mut self, name: &str, value: ParamValue);
}

/// The declared parameters; an unknown one is refused like everywhere.
pub struct Query<P: Params>(pub P);

impl<P: Params> FromRequest for Query<P> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read<P: Params>(request: &HttpRequest) -> Result<Query<P>> {
    let mut params = P::default();
    let (mut named, mut faults) = (Vec::new(), Vec::new());
    for (name, value) in pairs(request)? {
        let Some(param) = P::PARAMS.iter().find(|param| param.name == name) else {
            let detail = text!("未声明的参数 {name}。", "The parameter {name} is not declared.");
            faults.push((Code::UnknownParameter, name, detail));
            continue;
        };
        let Some(value) = parse(param.kind, &value) else {
            faults.push((Code::InvalidParameter, name, what_is_taken(param)));
            continue;
        };
        params.set(param.name, value);
        named.push(param.name);
    }
    if let Some((code, _, detail)) = faults.first().cloned() {
        let errors = faults.into_iter().map(|(code, name, detail)| FieldError::new(name, code.code(), detail));
        return Err(AppError::new(code, detail).with_errors(errors.collect()));
    }

    let mut required = P::PARAMS.iter().filter(|param| matches!(param.kind, ParamKind::Record));
    if let Some(Param { name, .. }) = required.find(|param| !named.contains(&param.name)) {
        let detail = text!("缺少参数 {name}。", "The parameter {name} is missing.");
        return Err(refused(Code::InvalidParameter, name, detail));
    }
    Ok(Query(params))
}

/// What is taken, where it can be said in words.
fn what_is_taken(param: &Param) -> Text {
    let name = param.name;
    match param.kind {
        ParamKind::Choice(choices) => {
            let known = listed(choices.iter().copied());
            text!("参数 {name} 应为 {zh} 之一。", "The value of {name} is one of {en}.", zh = known.zh, en = known.en)
        }
        ParamKind::Month => text!("参数 {name} 应为月份，如 2026-11。", "The value of {name} is a month, as 2026-11."),
        ParamKind::Day => {
            text!("参数 {name} 应为日期，如 2026-11-05。", "The value of {name} is a day, as 2026-11-05.")
        }
        ParamKind::Count { max } => {
            text!("参数 {name} 应为 1 至 {max} 的整数。", "The value of {name} is a whole number from 1 to {max}.")
        }
        ParamKind::Place { max } => {
            text!("参数 {name} 应为 0 至 {max} 的整数。", "The value of {name} is a whole number from 0 to {max}.")
        }
        ParamKind::Id | ParamKind::Record => {
            text!("参数 {name} 应为记录的标识（UUID）。", "The value of {name} is the id of a record (a UUID).")
        }
    }
}

fn refused(code: Code, name: &str, detail: Text) -> AppError {
    AppError::new(code, detail.clone()).with_errors(vec![FieldError::new(name, code.code(), detail)])
}

fn parse(kind: ParamKind, text: &str) -> Option<ParamValue> {
    match kind {
        ParamKind::Day => {
            let day = text.parse::<NaiveDate>().ok().filter(|day| (1900..=2200).contains(&day.year()));
            day.map(ParamValue::Day)
        }
        ParamKind::Month => {
            let day = format!("{text}-01").parse::<NaiveDate>().ok().filter(|day| (2000..=2099).contains(&day.year()));
            day.filter(|_| text.len() == 7).map(ParamValue::Day)
        }
        ParamKind::Choice(choices) => choices.iter().find(|choice| **choice == text).map(|it| ParamValue::Choice(it)),
        ParamKind::Id | ParamKind::Record => Uuid::parse_str(text).ok().map(ParamValue::Id),
        ParamKind::Place { max } => text.parse().ok().filter(|place| *place <= max).map(ParamValue::Count),
        ParamKind::Count { max } => text.parse().ok().filter(|count| (1..=max).contains(count)).map(ParamValue::Count),
    }
}

impl<P: Params> Describe for Query<P> {
    const QUERY: bool = true;

    fn describe(doc: &mut Doc) {
        for param in P::PARAMS {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let format = |format| Some(SchemaFormat::KnownFormat(format));
            let schema = match param.kind {
                ParamKind::Day => {
                    text.format(format(KnownFormat::Date)).pattern(Some("^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"))
                }
                ParamKind::Month => text.pattern(Some("^20[0-9]{2}-(0[1-9]|1[0-2])$")),
                ParamKind::Choice(choices) => text.enum_values(Some(choices.iter().copied())),
                ParamKind::Id | ParamKind::Record => text.format(format(KnownFormat::Uuid)),
                ParamKind::Place { max } => {
                    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(max))
                }
                ParamKind::Count { max } => {
                    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(max))
                }
            };
            if matches!(param.kind, ParamKind::Record) {
                doc.required_query(param.name, param.doc, schema);
            } else {
                doc.query(param.name, param.doc, schema);
            }
        }

        if P::MAY_MISS {
            doc.may_miss();
        }
    }
}

/// `as_of` and `known_at`: what was so on a day, by what was known at the end of another.
#[derive(Default)]
pub struct AsKnown {
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<NaiveDate>,
}

impl AsKnown {
    /// What will be known is not known yet.
    pub fn check(&self, today: NaiveDate) -> Result<()> {
        not_yet(self.known_at, today)
    }

    /// The day at whose end a record is looked at that says nothing of other days than its own; none: as it is now.
    pub fn past(&self, today: NaiveDate) -> Result<Option<NaiveDate>> {
        let days = [self.as_of, self.known_at].into_iter().flatten();
        not_yet(days.clone().max(), today)?;
        Ok(days.min())
    }

    /// The same of what says for which days it holds, those to come as well: where only the day of knowledge is named, that day.
    pub fn asked(&self, today: NaiveDate) -> Result<Option<Asked>> {
        self.check(today)?;
        Ok(self.as_of.or(self.known_at).map(|on| Asked { on, known: self.known_at }))
    }
}

fn not_yet(day: Option<NaiveDate>, today: NaiveDate) -> Result<()> {
    if day.is_none_or(|day| day <= today) {
        return Ok(());
    }
    let detail = text!("查询日期晚于今天。", "That day is yet to come.");
    Err(AppError::not_found_because(detail))
}

impl Params for AsKnown {
    const PARAMS: &'static [Param] = &[
        Param {
            name: "as_of",
            doc: "查询该日终了时的状态，有版本的为当日有效的版本（Asia/Shanghai 零时切换）",
            kind: ParamKind::Day,
        },
        Param { name: "known_at", doc: "只按该日终了时平台已知的内容", kind: ParamKind::Day },
    ];

    fn set(&mut self, name: &str, value: ParamValue) {
        if let ParamValue::Day(day) = value {
            let day = Some(day);
            if name == "as_of" { self.as_of = day } else { self.known_at = day }
        }
    }
}
