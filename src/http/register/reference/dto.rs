//! Views of reference data.

use crate::http::kernel::reply::View;
use chrono::NaiveDate;
use domain::kernel::clocks::calendar::{Calendar, start_of};
use domain::kernel::clocks::{Clock, Term};
use domain::register::dictionaries::{CodeTable, CodeValue};
use entity::register::regions::Model;
use serde::Serialize;
use utoipa::ToSchema;

/// 行政区划
#[derive(Serialize, ToSchema)]
pub struct RegionsView {
    pub items: Vec<RegionView>,
}

impl View for RegionsView {}

/// 行政区划
#[derive(Serialize, ToSchema)]
pub struct RegionView {
    #[schema(example = "510821100")]
    pub code: String,
    #[schema(example = "东河镇")]
    pub name: String,
    /// PROVINCE, CITY, COUNTY or TOWNSHIP
    pub level: String,
    #[schema(required)]
    pub parent_code: Option<String>,
}

impl RegionsView {
    pub fn of(regions: Vec<Model>) -> Self {
        let items = regions.into_iter().map(|region| RegionView {
            code: region.code,
            name: region.name,
            level: region.level,
            parent_code: region.parent_code,
        });
        Self { items: items.collect() }
    }
}

/// 代码表目录
#[derive(Serialize, ToSchema)]
pub struct DictionariesView {
    pub items: Vec<DictionaryEntryView>,
}

impl View for DictionariesView {}

/// 代码表名称
#[derive(Serialize, ToSchema)]
pub struct DictionaryEntryView {
    #[schema(example = "spot-result")]
    pub name: String,
    #[schema(example = "抽查检查结果")]
    pub name_zh: String,
    /// 是否国家代码
    pub national: bool,
}

impl DictionariesView {
    pub fn of<'a>(tables: impl Iterator<Item = &'a CodeTable>) -> Self {
        let items = tables.map(|table| DictionaryEntryView {
            name: table.name.clone(),
            name_zh: table.name_zh.clone(),
            national: table.national,
        });
        Self { items: items.collect() }
    }
}

/// 代码表
#[derive(Serialize, ToSchema)]
pub struct DictionaryView {
    pub name: String,
    pub name_zh: String,
    pub national: bool,
    pub values: Vec<DictionaryValueView>,
}

impl View for DictionaryView {}

/// 代码及名称
#[derive(Serialize, ToSchema)]
pub struct DictionaryValueView {
    pub code: String,
    pub label_zh: String,
    pub label_en: String,
}

impl DictionaryView {
    pub fn of(table: &CodeTable) -> Self {
        let value = |value: &CodeValue| DictionaryValueView {
            code: value.code.clone(),
            label_zh: value.label_zh.clone(),
            label_en: value.label_en.clone(),
        };
        Self {
            name: table.name.clone(),
            name_zh: table.name_zh.clone(),
            national: table.national,
            values: table.values.iter().map(value).collect(),
        }
    }
}

/// 工作日与期限
#[derive(Serialize, ToSchema)]
pub struct CalendarView {
    pub from: NaiveDate,
    pub is_working_day: bool,
    /// 节假日名称、调休或周末
    pub reason_zh: String,
    pub reason_en: String,
    /// 放假通知文号; null where none is out for the year yet.
    #[schema(required)]
    pub notice: Option<String>,
    pub working_days: u32,
    /// 期限: the last of the working days after `from`.
    pub due_on: NaiveDate,
    /// False where a year without a notice was counted by weekdays alone.
    pub certain: bool,
    /// 期限如何算出: what counted, what did not, and the end.
    pub explanation_zh: Vec<String>,
    pub explanation_en: Vec<String>,
}

impl View for CalendarView {}

impl CalendarView {
    pub fn of(calendar: &Calendar, from: NaiveDate, working_days: u32) -> Self {
        let day = calendar.day(from);
        let clock = Clock::new(Term::working_days(working_days), start_of(from));
        let due = clock.due(calendar);
        let (zh, en) = clock.explain(calendar).into_iter().map(|line| (line.zh, line.en)).unzip();

        Self {
            from,
            is_working_day: day.is_working_day,
            reason_zh: day.reason.zh,
            reason_en: day.reason.en,
            notice: day.notice,
            working_days,
            due_on: due.map_or(from, |due| due.on),
            certain: due.is_some_and(|due| due.certain),
            explanation_zh: zh,
            explanation_en: en,
        }
    }
}
