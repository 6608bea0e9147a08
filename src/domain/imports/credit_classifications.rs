//! A row of a pushed credit batch (信用分类结果).

use super::fields::Row;
use super::{Finding, Parsed};
use crate::domain::credit::{LocalClass, Scheme, local_class};
use crate::domain::text::text;

/// Scheme, level, batch and source together; the letter alone says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRow {
    pub uscc: String,
    pub scheme: Scheme,
    pub level: String,
    /// `yyyyMM`.
    pub batch: String,
    pub source: String,
    pub local_class: LocalClass,
}

const SCHEMES: [(&str, &str); 2] = [("1", "国家“互联网+监管”五级"), ("2", "市监企业信用风险四类")];
const SOURCES: [(&str, &str); 4] = [("1", "国办"), ("2", "省平台"), ("3", "市场监管总局通用型"), ("4", "行业部门")];

pub fn parse(get: &dyn Fn(&str) -> Option<String>) -> Parsed<CreditRow> {
    let mut row = Row::new(get);
    let uscc = row.code("统一社会信用代码", 18);
    if uscc.is_none() {
        row.findings.push(Finding::required("统一社会信用代码"));
    }
    let scheme = row.choice("分类体系", &SCHEMES).and_then(|code| Scheme::from_national(&code));
    let level = row.code("信用等级", 1);
    let batch = row.code("评价批次", 6);
    let source = row.choice("下发来源", &SOURCES);
    let batch_ok = batch.as_deref().is_some_and(is_month);
    if !batch_ok {
        let message = text!("评价批次应为 yyyyMM。", "The batch must be a month, yyyyMM.");
        row.findings.push(Finding::error("评价批次", "BATCH_INVALID", batch.as_deref().unwrap_or(""), message));
    }
    let class = scheme.zip(level.as_deref()).and_then(|(scheme, level)| local_class(scheme, level));
    if class.is_none() {
        let message = text!(
            "该体系没有这一等级，或体系、等级缺失。",
            "The scheme has no such level, or the scheme or the level is missing."
        );
        row.findings.push(Finding::error("信用等级", "LEVEL_NOT_IN_SCHEME", level.as_deref().unwrap_or(""), message));
    }
    if source.is_none() && !row.findings.iter().any(|finding| finding.field == "下发来源") {
        row.findings.push(Finding::required("下发来源"));
    }
    let value = match (uscc, scheme, level, batch, source, class) {
        (Some(uscc), Some(scheme), Some(level), Some(batch), Some(source), Some(local_class)) => {
            Some(CreditRow { uscc, scheme, level, batch, source, local_class })
        }
        _ => None,
    };
    Parsed::of(value, row.findings)
}

fn is_month(text: &str) -> bool {
    text.len() == 6
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && ("01"..="12").contains(&&text[4..])
        && ("2015".."2101").contains(&&text[..4])
}
