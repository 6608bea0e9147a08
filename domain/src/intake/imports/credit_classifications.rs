//! A row of a pushed credit batch (信用分类结果).

use super::reading::dates::{self, Day};
use super::reading::fields::{Cells, Row};
use super::{Finding, Parsed, Record};
use crate::credit::CreditScheme;
use crate::kernel::codes::uscc::Uscc;
use crate::kernel::text::{listed, text};
use chrono::{Datelike, NaiveDate};

/// CreditScheme, level, batch and source together; the letter alone says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreditRow {
    pub uscc: String,
    pub scheme: CreditScheme,
    pub level: String,
    /// `yyyyMM`.
    pub batch: String,
    pub source: String,
    /// 分值, hundredths.
    pub score_centi: Option<i32>,
    pub valid_until: Option<NaiveDate>,
}

impl Record for CreditRow {
    const KEY_FIELD: &'static str = "统一社会信用代码";

    fn key(&self) -> String {
        [self.uscc.as_str(), self.scheme.national(), &self.source, &self.batch].join(" ")
    }
}

const SCHEMES: [(&str, &str); 3] = [("1", "国家“互联网+监管”五级"), ("2", "市监企业信用风险四类"), ("3", "行业自评")];
const SOURCES: [(&str, &str); 4] = [("1", "国办"), ("2", "省平台"), ("3", "市场监管总局通用型"), ("4", "行业部门")];

pub fn parse(cells: &dyn Cells, today: NaiveDate) -> Parsed<CreditRow> {
    let mut row = Row::new(cells);
    let uscc = uscc(&mut row);
    let scheme = row.choice("分类体系", &SCHEMES);
    let scheme = row.demand("分类体系", scheme).and_then(|code| CreditScheme::from_national(&code));
    let level = level(&mut row, scheme);
    let batch = batch(&mut row, today);
    let source = row.choice("下发来源", &SOURCES);
    let source = row.demand("下发来源", source);
    let score_centi = score(&mut row);
    let valid_until = row.date("有效期至");
    let value = match (uscc, scheme, level, batch, source) {
        (Some(uscc), Some(scheme), Some(level), Some(batch), Some(source)) => {
            Some(CreditRow { uscc, scheme, level, batch, source, score_centi, valid_until })
        }
        _ => None,
    };

    Parsed::of(value, row.findings)
}

/// Whose class it is: a placeholder is nobody's.
fn uscc(row: &mut Row<'_>) -> Option<String> {
    const FIELD: &str = "统一社会信用代码";
    let code = row.required_code(FIELD, 100)?;
    if Uscc::identifies(&code) {
        return Some(code);
    }
    let message = text!(
        "不是统一社会信用代码，或为占位、掩码，不能确定主体。",
        "This is no USCC, or a placeholder: it names nobody."
    );
    row.findings.push(Finding::error(FIELD, "USCC_INVALID", &code, message));
    None
}

/// `A`, `A级`, `A类`, `风险等级A` as far as the scheme has the level.
fn level(row: &mut Row<'_>, scheme: Option<CreditScheme>) -> Option<String> {
    let text = row.required_code("信用等级", 20)?;
    let levels = scheme?.levels();
    let bare = text.trim_end_matches(['级', '类', '等']);
    let hit = levels.iter().find(|level| **level == bare);
    if hit.is_none() {
        let known = listed(levels);
        let message = text!(
            "“{text}”不是该分类体系的等级（{zh}）。",
            "{text} is no level of this scheme ({en}).",
            zh = known.zh,
            en = known.en
        );
        row.findings.push(Finding::error("信用等级", "LEVEL_NOT_IN_SCHEME", &text, message));
    }
    hit.map(|level| (*level).to_owned())
}

/// `202611`, `2026-11`, `2026/11`, `2026年11月`, or a day of the month, as spreadsheets make of it: a month that has begun.
fn batch(row: &mut Row<'_>, today: NaiveDate) -> Option<String> {
    const FIELD: &str = "评价批次";
    let text = row.required_code(FIELD, 20)?;
    let Some(month) = month(&text) else {
        let message =
            text!("评价批次应为年月，如 202611 或 2026-11。", "The batch must be a month, as 202611 or 2026-11.");
        row.findings.push(Finding::error(FIELD, "BATCH_INVALID", &text, message));
        return None;
    };
    if month > today.format("%Y%m").to_string() {
        let message = text!(
            "评价批次晚于本月，会压过以后的真实批次，未收。",
            "The batch is of a later month than this one: it would override every real one, and is not taken."
        );
        row.findings.push(Finding::error(FIELD, "BATCH_IN_FUTURE", &text, message));
        return None;
    }
    Some(month)
}

/// A score with at most two decimals; one that cannot be read is left out with a finding.
fn score(row: &mut Row<'_>) -> Option<i32> {
    let text = row.code("分值", 10)?;
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let read = (part.len() <= 2 && digits(whole) && digits(part) && whole.len() <= 4)
        .then(|| format!("{whole}{part:0<2}").parse().ok())
        .flatten();
    if read.is_none() {
        let message = text!("分值应为非负数，至多两位小数。", "The score must be a number with at most two decimals.");
        row.findings.push(Finding::warning("分值", "SCORE_INVALID", &text, message));
    }
    read
}

fn month(text: &str) -> Option<String> {
    if let Day::On(day) = dates::read(text) {
        return Some(day.format("%Y%m").to_string()).filter(|_| (2015..=2100).contains(&day.year()));
    }
    let text = text.trim_end_matches('月');
    let (year, month) = match text.split_once(['-', '/', '.', '年']) {
        Some(parts) => parts,
        None if text.len() == 6 && text.is_ascii() => text.split_at(4),
        None => return None,
    };
    let year = year.parse::<u32>().ok().filter(|number| year.len() == 4 && (2015..=2100).contains(number))?;
    let month = month.parse::<u32>().ok().filter(|number| month.len() <= 2 && (1..=12).contains(number))?;

    Some(format!("{year}{month:02}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Sheet, rules};
    use super::*;

    fn read(level: &str, batch: &str) -> Parsed<CreditRow> {
        let cells = [
            ("统一社会信用代码", "91510821MA6000016U"),
            ("分类体系", "2"),
            ("信用等级", level),
            ("评价批次", batch),
            ("下发来源", "3"),
        ];
        parse(&Sheet::of(&cells), NaiveDate::from_ymd_opt(2026, 11, 29).unwrap_or_default())
    }

    #[test]
    fn levels_as_provinces_word_them() {
        for level in ["A", "A级", "A类", "a", "Ａ"] {
            assert_eq!(read(level, "202611").value.map(|row| row.level).as_deref(), Some("A"), "{level}");
        }
        for level in ["优", "AA级", "Z"] {
            let parsed = read(level, "202611");
            assert_eq!(rules(&parsed.findings), ["LEVEL_NOT_IN_SCHEME"], "{level}");
            assert_eq!(parsed.findings[0].value.as_deref(), Some(level));
        }
        assert_eq!(rules(&read("", "202611").findings), ["REQUIRED"]);
    }

    #[test]
    fn months_as_they_are_written() {
        for batch in ["202611", "2026-11", "2026/11", "2026年11月", "2026.11", "2026-11-01"] {
            assert_eq!(read("A", batch).value.map(|row| row.batch).as_deref(), Some("202611"), "{batch}");
        }
        assert_eq!(read("A", "2026-9").value.map(|row| row.batch).as_deref(), Some("202609"));
        assert_eq!(rules(&read("A", "202612").findings), ["BATCH_IN_FUTURE"]);
        assert_eq!(rules(&read("A", "209912").findings), ["BATCH_IN_FUTURE"]);
        assert_eq!(rules(&read("A", "202613").findings), ["BATCH_INVALID"]);
    }

    #[test]
    fn a_placeholder_is_nobody() {
        let cells = [
            ("统一社会信用代码", "000000000000000000"),
            ("分类体系", "2"),
            ("信用等级", "A"),
            ("评价批次", "202611"),
            ("下发来源", "3"),
        ];
        let parsed = parse(&Sheet::of(&cells), NaiveDate::from_ymd_opt(2026, 11, 29).unwrap_or_default());
        assert_eq!(rules(&parsed.findings), ["USCC_INVALID"]);
    }
}
