//! A row of the published enterprise register (企业登记信息).

use super::fields::{Row, parse_capital};
use super::{Finding, Parsed};
use crate::kernel::codes::citizen_id::CitizenId;
use crate::kernel::codes::uscc::{Uscc, UsccError};
use crate::kernel::text::text;
use crate::register::objects::{identity_key, type_of_uscc};
use chrono::NaiveDate;

/// What a row says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRow {
    pub identity_key: String,
    pub uscc: Option<String>,
    pub uscc_valid: bool,
    pub name: String,
    pub object_type: String,
    pub registered_address: Option<String>,
    pub industry_code: Option<String>,
    pub enterprise_type: Option<String>,
    pub legal_representative: Option<String>,
    pub registered_capital_fen: Option<i64>,
    pub registered_capital_text: Option<String>,
    pub established_on: Option<NaiveDate>,
    pub business_scope: Option<String>,
    /// `None` where the file has no such column: tags are then left as they are.
    pub tags: Option<Vec<String>>,
}

/// Reads a row; `get` answers a heading with its cell, `today` is the day of the import in Asia/Shanghai.
pub fn parse(get: &dyn Fn(&str) -> Option<String>, today: NaiveDate) -> Parsed<ObjectRow> {
    let mut row = Row::new(get);
    let name = row.required("企业名称", 300);
    let uscc = row.code("统一社会信用代码", 100);
    let personal = uscc.as_deref().is_some_and(|code| Uscc::parse(code).is_err() && CitizenId::parse(code).is_ok());

    if personal {
        let message = text!(
            "此栏填的是身份证号；自然人请以证件类型和证件号码登记，本行未收。",
            "This is a person's ID number; register people by certificate type and number. The row was not taken."
        );
        let finding = Finding::error("统一社会信用代码", "CITIZEN_ID_AS_USCC", "", message).without_value();
        return Parsed::of(None, vec![finding]);
    }

    if uscc.is_some() && get("统一社会信用代码").is_some_and(|raw| raw.bytes().any(|byte| byte.is_ascii_lowercase()))
    {
        let message = text!(
            "统一社会信用代码不应有小写字母；已按大写识别。",
            "A USCC has no lower-case letters; it was read in upper case."
        );
        row.findings.push(Finding::warning(
            "统一社会信用代码",
            "USCC_LOWER_CASE",
            uscc.as_deref().unwrap_or(""),
            message,
        ));
    }
    let uscc_valid = uscc.as_deref().is_some_and(|code| check_uscc(code, &mut row.findings));
    let capital_text = row.text("注册资金", 100);
    let capital = capital_text.as_deref().and_then(|text| {
        let fen = parse_capital(text);
        if fen.is_none() {
            let message = text!("金额无法识别，保留原文。", "No amount can be read; the text is kept.");
            row.findings.push(Finding::warning("注册资金", "AMOUNT_UNREADABLE", text, message));
        }
        fen
    });
    let established_on = row.past_date("注册日期", today);
    let enterprise_type = row.text("企业类型", 100);
    let legal_representative = row.text("法人代表", 100);
    let business_scope = row.text("经营范围", 3_000);
    let registered_address = row.text("注册地址", 600);
    let industry_code = row.code("行业代码", 8);
    let tags = get("标签").map(|_| row.list("标签", 1_000));
    let value = name.map(|name| {
        let uscc = uscc.filter(|code| code.len() == 18 && code.is_ascii());
        let object_type = uscc.as_deref().map_or("1", type_of_uscc).to_owned();
        ObjectRow {
            identity_key: identity_key(uscc.as_deref(), &object_type, None, &name),
            uscc,
            uscc_valid,
            name,
            object_type,
            registered_address,
            industry_code,
            enterprise_type,
            legal_representative,
            registered_capital_fen: capital,
            registered_capital_text: capital_text,
            established_on,
            business_scope,
            tags,
        }
    });

    if value.as_ref().is_some_and(|object| object.uscc.is_none()) {
        let message = text!(
            "没有可用的统一社会信用代码，按名称识别该对象。",
            "There is no usable USCC; the object is identified by its name."
        );
        row.findings.push(Finding::warning("统一社会信用代码", "IDENTIFIED_BY_NAME", "", message).without_value());
    }

    Parsed::of(value, row.findings)
}

/// A code that fails is kept with a finding: published codes that fail exist.
fn check_uscc(code: &str, findings: &mut Vec<Finding>) -> bool {
    match Uscc::parse(code) {
        Ok(_) => true,
        Err(UsccError::Shape) => {
            let message =
                text!("不是 18 位统一社会信用代码（GB 32100）。", "This is not an 18-character USCC (GB 32100).");
            findings.push(Finding::warning("统一社会信用代码", "USCC_SHAPE", code, message));
            false
        }
        Err(UsccError::CheckCharacter { expected }) => {
            let message = text!(
                "校验位不符，应为“{expected}”；已保留，待核实。",
                "The check character should be \"{expected}\"; the code is kept until verified."
            );
            findings.push(Finding::warning("统一社会信用代码", "USCC_CHECK_CHARACTER", code, message));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn read(cells: &[(&str, &str)]) -> Parsed<ObjectRow> {
        let cells: HashMap<_, _> = cells.iter().copied().collect();
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        parse(&|heading| cells.get(heading).map(|cell| (*cell).to_owned()), today)
    }

    fn rules(parsed: &Parsed<ObjectRow>) -> Vec<&str> {
        parsed.findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_code_in_lower_case_is_read_with_a_finding() {
        let parsed = read(&[("企业名称", "某农资店"), ("统一社会信用代码", "91510823MA6CJ9UAxx"), ("注册资金", "N/A")]);
        assert_eq!(rules(&parsed), ["USCC_LOWER_CASE"]);
        let row = parsed.value;
        assert_eq!(row.as_ref().and_then(|row| row.uscc.as_deref()), Some("91510823MA6CJ9UAXX"));
        assert_eq!(row.map(|row| (row.uscc_valid, row.registered_capital_text)), Some((true, None)));
    }

    #[test]
    fn a_row_without_name_is_refused_and_says_so() {
        let parsed = read(&[("企业名称", "  "), ("统一社会信用代码", "91510821MA6000016U")]);
        assert!(parsed.value.is_none());
        assert_eq!(rules(&parsed), ["REQUIRED"]);
    }

    #[test]
    fn doubtful_fields_are_all_named() {
        let parsed = read(&[
            ("企业名称", "=cmd|'/c calc'!A0"),
            ("统一社会信用代码", "9151082"),
            ("注册日期", "2021-02-30"),
            ("注册资金", "约伍拾万左右"),
        ]);
        assert_eq!(
            rules(&parsed),
            ["FORMULA_LIKE", "USCC_SHAPE", "AMOUNT_UNREADABLE", "DATE_INVALID", "IDENTIFIED_BY_NAME"]
        );
        assert!(parsed.value.is_some());
    }
}
