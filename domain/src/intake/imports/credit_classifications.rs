//! A row of a pushed credit batch (信用分类结果).

use super::fields::Row;
use super::{Finding, Parsed};
use crate::credit::CreditScheme;
use crate::kernel::text::text;
use chrono::NaiveDate;

/// CreditScheme, level, batch and source together; the letter alone says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
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

const SCHEMES: [(&str, &str); 3] = [("1", "国家“互联网+监管”五级"), ("2", "市监企业信用风险四类"), ("3", "行业自评")];
const SOURCES: [(&str, &str); 4] = [("1", "国办"), ("2", "省平台"), ("3", "市场监管总局通用型"), ("4", "行业部门")];

pub fn parse(get: &dyn Fn(&str) -> Option<String>) -> Parsed<CreditRow> {
    let mut row = Row::new(get);
    let uscc = row.code("统一社会信用代码", 18);
    if uscc.is_none() {
        row.findings.push(Finding::required("统一社会信用代码"));
    }
    let scheme = row.choice("分类体系", &SCHEMES).and_then(|code| CreditScheme::from_national(&code));
    let level = row.code("信用等级", 1);
    let batch = row.code("评价批次", 6);
    let source = row.choice("下发来源", &SOURCES);
    let batch_ok = batch.as_deref().is_some_and(is_month);
    if !batch_ok {
        let message = text!("评价批次应为 yyyyMM。", "The batch must be a month, yyyyMM.");
        row.findings.push(Finding::error("评价批次", "BATCH_INVALID", batch.as_deref().unwrap_or(""), message));
    }

    if !scheme.zip(level.as_deref()).is_some_and(|(scheme, level)| scheme.levels().contains(&level)) {
        let message = text!(
            "该体系没有这一等级，或体系、等级缺失。",
            "The scheme has no such level, or the scheme or the level is missing."
        );
        row.findings.push(Finding::error("信用等级", "LEVEL_NOT_IN_SCHEME", level.as_deref().unwrap_or(""), message));
    }

    if source.is_none() && !row.findings.iter().any(|finding| finding.field == "下发来源") {
        row.findings.push(Finding::required("下发来源"));
    }
    let score_centi = score(&mut row);
    let valid_until = row.date("有效期至");
    let level = level.filter(|level| scheme.is_some_and(|scheme| scheme.levels().contains(&level.as_str())));
    let value = match (uscc, scheme, level, batch.filter(|_| batch_ok), source) {
        (Some(uscc), Some(scheme), Some(level), Some(batch), Some(source)) => {
            Some(CreditRow { uscc, scheme, level, batch, source, score_centi, valid_until })
        }
        _ => None,
    };

    Parsed::of(value, row.findings)
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

fn is_month(text: &str) -> bool {
    text.len() == 6
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && ("01"..="12").contains(&&text[4..])
        && ("2015".."2101").contains(&&text[..4])
}
