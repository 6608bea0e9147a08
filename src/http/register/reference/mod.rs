//! 参考数据: regions, code tables and the working-day calendar.

mod dto;

use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::extract::{Code, Read, pairs};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::Reply;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::register::regions as store;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::NaiveDate;
use domain::access::permit::ReferenceRead;
use domain::kernel::refusal::Code as Refused;
use domain::kernel::text::text;
use dto::{CalendarView, DictionariesView, DictionaryView, RegionsView};
use std::future::{Ready, ready};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

pub fn routes(api: &mut Api) {
    let mut group = api.group("reference", "行政区划、代码表与工作日历");
    group.get("/api/v1/regions", "list_regions", "行政区划", "省、市、县及本县乡镇。", list_regions);
    group.get(
        "/api/v1/dictionaries",
        "list_dictionaries",
        "代码表目录",
        "在用的国家代码表与平台代码表。",
        list_dictionaries,
    );
    group.get("/api/v1/dictionaries/{code}", "get_dictionary", "代码表", "一个代码表，含中英文名称。", get_dictionary);

    group.get(
        "/api/v1/calendar",
        "get_calendar",
        "工作日历",
        "某日是否工作日，以及此后若干工作日的期限，按国务院办公厅放假通知（含调休）计算。",
        get_calendar,
    );
}

async fn list_regions(read: Read<ReferenceRead>) -> Result<Reply<RegionsView>> {
    Ok(Reply::new(RegionsView::of(store::all(&read.app.db).await?))?.public())
}

async fn list_dictionaries(read: Read<ReferenceRead>) -> Result<Reply<DictionariesView>> {
    Ok(Reply::new(DictionariesView::of(read.app.tables.values()))?.public())
}

async fn get_dictionary(read: Read<ReferenceRead>, code: Code) -> Result<Reply<DictionaryView>> {
    let table = read.app.tables.get(&code.0).ok_or_else(AppError::not_found)?;
    Ok(Reply::new(DictionaryView::of(table))?.public())
}

/// `from` and `working_days`.
struct Deadline {
    from: NaiveDate,
    working_days: u32,
}

impl FromRequest for Deadline {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request))
    }
}

fn parse(request: &HttpRequest) -> Result<Deadline> {
    let mut deadline = Deadline { from: NaiveDate::MIN, working_days: 0 };
    for (name, value) in pairs(request)? {
        let good = match name.as_str() {
            "from" => value.parse().map(|day| deadline.from = day).is_ok(),
            "working_days" => {
                value.parse().ok().filter(|days| *days <= 366).map(|days| deadline.working_days = days).is_some()
            }
            _ => {
                let detail = text!("未声明的参数 {name}。", "The parameter {name} is not declared.");
                let error = FieldError::new(name, "UNKNOWN_PARAMETER", detail.clone());
                return Err(AppError::new(Refused::UnknownParameter, detail).with_errors(vec![error]));
            }
        };
        if !good {
            return Err(invalid(&name));
        }
    }

    let year = chrono::Datelike::year(&deadline.from);
    if (2000..=2100).contains(&year) { Ok(deadline) } else { Err(invalid("from")) }
}

fn invalid(name: &str) -> AppError {
    let detail = text!("参数 {name} 的值无效。", "The value of {name} is not valid.");
    AppError::new(Refused::InvalidParameter, detail.clone()).with_errors(vec![FieldError::new(
        name,
        "INVALID_PARAMETER",
        detail,
    )])
}

impl Describe for Deadline {
    const QUERY: bool = true;

    fn describe(doc: &mut Doc) {
        let day = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .pattern(Some("^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"));
        doc.required_query("from", "起算日（2000–2100 年）", day);
        let days = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(366));
        doc.query("working_days", "工作日数", days);
    }
}

async fn get_calendar(read: Read<ReferenceRead>, deadline: Deadline) -> Result<Reply<CalendarView>> {
    Reply::new(CalendarView::of(&read.app.calendar, deadline.from, deadline.working_days))
}
