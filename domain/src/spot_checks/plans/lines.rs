//! 计划条目: what the words of a published table say in numbers — class rates, periods, kinds of draw — and the words again.

use super::{ItemKind, percent};
use crate::credit::CreditClass;
use crate::kernel::characters::{half_width, name_form};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::CLASS_COUNTS_ADD_UP;
use crate::kernel::text::text;
use crate::spot_checks::spot_check_items::parse_ratio;
use crate::spot_checks::tasks::SpotType;
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// 信用分类抽查比例: what a line draws of one credit class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassRate {
    pub class: CreditClass,
    /// 抽查比例, basis points (100 = 1 %)
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 10000))]
    #[serde(default)]
    pub rate_bp: Option<u32>,
    /// 户数
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100000))]
    #[serde(default)]
    pub count: Option<u32>,
}

/// 参与部门 of a line: the name that the table prints, and the department of the county and its item, where they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cooperating {
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub department_id: Option<Uuid>,
    /// 该部门的抽查事项
    #[cfg_attr(feature = "openapi", schema(required))]
    pub spot_check_item_id: Option<Uuid>,
}

/// 检查对象 of a table that has no such column.
pub const TARGETS_NOT_SAID: &str = "计划表未列明";

const CLASSES: [(&str, &str, CreditClass); 4] = [
    ("A", "守法诚信", CreditClass::Trustworthy),
    ("B", "一般", CreditClass::General),
    ("C", "重点监管", CreditClass::Key),
    ("D", "违法失信", CreditClass::Dishonest),
];

/// `B 2%(1户)、C 30%(2户)`, `A类0.5%；D类100%`; `None` where a part is not understood whole or a class comes twice.
pub fn parse_class_rates(text: &str) -> Option<Vec<ClassRate>> {
    let text = half_width(text).to_uppercase();
    let words = text.split(['、', ',', ';', '，', '；']).flat_map(str::split_whitespace).map(name_form);
    // A class and what it is drawn by may stand apart; a class begins each part.
    let mut parts: Vec<String> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        match parts.last_mut() {
            Some(part) if class_of(&word).is_none() => part.push_str(&word),
            _ => parts.push(word),
        }
    }

    let mut rates: Vec<ClassRate> = Vec::new();
    for part in parts {
        let (class, rest) = class_of(&part)?;
        let words = ["类企业", "级企业", "类", "级"];
        let rest =
            words.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest).trim_start_matches([':', '为']);
        let said = |mark: &[char]| rest.matches(mark).count();
        if rest.chars().any(|c| c.is_alphabetic() && !matches!(c, '户' | '家'))
            || said(&['%', '‰']) > 1
            || said(&['户', '家']) > 1
        {
            return None;
        }
        let ratio = parse_ratio(rest);
        let rate = ClassRate { class, rate_bp: ratio.ceiling_bp.or(ratio.floor_bp), count: ratio.count };
        let is_read =
            rate.rate_bp.is_some() == (said(&['%', '‰']) == 1) && rate.count.is_some() == (said(&['户', '家']) == 1);
        if !is_read || rest.is_empty() || rates.iter().any(|known| known.class == class) {
            return None;
        }
        rates.push(rate);
    }

    (!rates.is_empty()).then_some(rates)
}

/// The class with which a part begins, and the rest of it.
fn class_of(part: &str) -> Option<(CreditClass, &str)> {
    CLASSES.iter().find_map(|(letter, label, class)| {
        let rest = part.strip_prefix(letter).or_else(|| part.strip_prefix(label))?;
        Some((*class, rest))
    })
}

/// As tables print it: `B 2%(1户)、C 30%(2户)`.
pub fn class_rates_text(rates: &[ClassRate]) -> String {
    let words = rates.iter().map(|rate| {
        let letter =
            CLASSES.iter().find(|(_, _, class)| *class == rate.class).map_or("未分类", |(letter, ..)| letter);
        let share = rate.rate_bp.map(|rate| format!("{}%", percent(rate)));
        let count = rate.count.map(|count| format!("{count}户"));
        match (share, count) {
            (Some(share), Some(count)) => format!("{letter} {share}({count})"),
            (share, count) => format!("{letter} {}", share.or(count).unwrap_or_default()),
        }
    });
    words.collect::<Vec<_>>().join("、")
}

/// 户数 that a ratio asks for, at least: of `不超过20户` and `10-20户` any number would do.
pub fn exact_count(ratio_text: &str) -> Option<u32> {
    let count = parse_ratio(ratio_text).count?;
    let text = name_form(ratio_text).replace("至少", "").replace("不少于", "").replace("不低于", "");
    // What is said of the share is not said of the number.
    let parts = text.split(['(', ')', '%', '‰', ',', '、', ';']);
    let part = parts.rev().find(|part| part.contains(['户', '家']))?;
    let bounds = ["不超", "不多于", "不高于", "不大于", "至多", "最多", "以内", "以下", "≤", "-", "—", "~", "至"];

    (!bounds.iter().any(|word| part.contains(word))).then_some(count)
}

/// Where a line gives its number and that of each class, they add up.
pub fn check_class_counts(count: Option<u32>, rates: &[ClassRate]) -> Result<(), Refusal> {
    let counts: Option<Vec<u32>> = rates.iter().map(|rate| rate.count).collect();
    let (Some(count), Some(counts)) = (count, counts.filter(|counts| !counts.is_empty())) else { return Ok(()) };
    let sum: u64 = counts.into_iter().map(u64::from).sum();
    if sum == u64::from(count) {
        return Ok(());
    }
    let detail = text!(
        "各信用类别户数合计 {sum} 户，与抽查数量 {count} 户不符。",
        "The classes add up to {sum} objects, and the line draws {count}."
    );
    Err(Refusal::new(Code::ClassCountsDiffer, detail).under(CLASS_COUNTS_ADD_UP))
}

/// 抽查类型: 定向抽查, 不定向.
pub fn parse_spot_type(text: &str) -> Option<SpotType> {
    match name_form(text).trim_end_matches("抽查") {
        "定向" => Some(SpotType::Targeted),
        "不定向" => Some(SpotType::Untargeted),
        _ => None,
    }
}

/// The words of a plan's table.
pub const fn spot_type_text(spot_type: SpotType) -> &'static str {
    match spot_type {
        SpotType::Targeted => "定向抽查",
        SpotType::Untargeted => "不定向抽查",
    }
}

/// The words of a plan's table.
pub const fn item_kind_text(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::General => "一般抽查",
        ItemKind::Key => "重点抽查",
    }
}

/// The first and the last day of a period in words: `2026年2月24日-2026年11月30日`, `2026年1月—11月`, `2026年10-12月`, `2021年9月`,
/// `9月`, `2025年下半年`, `20260301-20261130`, `2026-03-01至2026-11-30`, `10月31日前`, `全年`. A year that is not said is the plan's, or
/// that of the other end.
pub fn parse_period(text: &str, year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let text = name_form(text).replace('底', "");
    if let Some(end) = text.strip_suffix('前').or_else(|| text.strip_suffix("前完成")) {
        let end = Moment::read(end)?;
        let year = end.year.unwrap_or(year);
        return Some((NaiveDate::from_ymd_opt(year, 1, 1)?, end.days(year)?.1));
    }

    let (from, to) = ends(&text);
    // `10-12月`: what the end says counts for the beginning.
    let bare = from.rsplit('年').next().unwrap_or_default();
    let is_month = (1..=2).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit()) && to.contains('月');
    let from = if is_month { format!("{from}月") } else { from.to_owned() };
    let (start, end) = (Moment::read(&from)?, Moment::read(to)?);
    let year = start.year.unwrap_or(year);
    let (first, _) = start.days(year)?;
    let month = if end.part.is_none() && end.month.is_none() { start.month } else { end.month };
    let (_, last) = Moment { month, ..end }.days(end.year.unwrap_or(year))?;

    (first <= last).then_some((first, last))
}

/// Both ends of a period; of a single day, month or year twice the same.
fn ends(text: &str) -> (&str, &str) {
    let marks = [&['至', '到', '~', '～'][..], &['—', '–', '―'], &['-']];
    let parted = marks.iter().find_map(|marks| text.split_once(*marks));
    let is_day = NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    match parted.filter(|_| !is_day) {
        Some((from, to)) => (from, to.trim_start_matches(['-', '—', '–'])),
        None => (text, text),
    }
}

/// A year, a month and a day, each where it is said; or a part of a year.
#[derive(Clone, Copy)]
struct Moment {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    /// The first month of a part of a year, and how many it has.
    part: Option<(u32, u32)>,
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        const PARTS: [(&str, (u32, u32)); 12] = [
            ("全年", (1, 12)),
            ("上半年", (1, 6)),
            ("下半年", (7, 6)),
            ("第一季度", (1, 3)),
            ("第二季度", (4, 3)),
            ("第三季度", (7, 3)),
            ("第四季度", (10, 3)),
            ("一季度", (1, 3)),
            ("二季度", (4, 3)),
            ("三季度", (7, 3)),
            ("四季度", (10, 3)),
            ("年度", (1, 12)),
        ];
        let none = Self { year: None, month: None, day: None, part: None };
        if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let day = NaiveDate::parse_from_str(text, "%Y%m%d").ok()?;
            return Some(Self { year: Some(day.year()), month: Some(day.month()), day: Some(day.day()), part: None });
        }
        if let Some(day) =
            ["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        {
            return Some(Self { year: Some(day.year()), month: Some(day.month()), day: Some(day.day()), part: None });
        }
        if let Some((year, month)) = text.split_once('.').filter(|(year, _)| year.len() == 4) {
            return Some(Self { year: Some(year.parse().ok()?), month: Some(month.parse().ok()?), ..none });
        }
        let (year, rest) = match text.split_once('年') {
            Some((year, rest)) if year.len() == 4 => (Some(year.parse().ok()?), rest),
            _ => (None, text),
        };
        if let Some((_, part)) = PARTS.iter().find(|(word, _)| *word == rest) {
            return Some(Self { year, part: Some(*part), ..none });
        }
        if rest.is_empty() && year.is_some() {
            return Some(Self { year, part: Some((1, 12)), ..none });
        }

        let (month, rest) = match rest.split_once('月') {
            Some((month, rest)) => (Some(month.parse().ok()?), rest),
            None => (None, rest),
        };
        let day = match rest.trim_end_matches(['日', '号', '份']) {
            "" => None,
            day => Some(day.parse().ok()?),
        };

        (month.is_some() || day.is_some()).then_some(Self { year, month, day, part: None })
    }

    fn days(self, year: i32) -> Option<(NaiveDate, NaiveDate)> {
        let (month, months) = match self.part {
            Some(part) => part,
            None => (self.month?, 1),
        };
        let first = NaiveDate::from_ymd_opt(year, month, self.day.unwrap_or(1))?;
        match self.day {
            Some(_) => Some((first, first)),
            None => Some((first, first.checked_add_months(Months::new(months))?.pred_opt()?)),
        }
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
