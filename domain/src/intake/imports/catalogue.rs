//! A row of the published catalogue (监管事项目录清单, 主项 and 子项; dictionary §3.2–3.3).

use super::own_system_items::TYPES;
use super::reading::fields::{Cells, Row};
use super::reading::words::separated;
use super::{Dataset, Dimension, Finding, Parsed, Record};
use crate::items::items::ItemContent;
use crate::kernel::text::text;

/// A sub item as published.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CatalogueRow {
    /// 8 digits.
    pub main_code: String,
    /// 14 digits, beginning with the main item's.
    pub code: String,
    /// 监管部门 (code table supervise-dept)
    pub duty_code: String,
    /// 操作状态: in use, or cancelled by the publisher.
    pub in_use: bool,
    pub content: ItemContent,
    /// Columns that the file does not have: what is stored of them stays.
    pub silent: Vec<&'static str>,
}

impl Record for CatalogueRow {
    const KEY_FIELD: &'static str = "子项编码";

    fn key(&self) -> String {
        self.code.clone()
    }
}

impl CatalogueRow {
    /// What is published, with what is stored where the file has no column for it.
    pub fn content_over(&self, stored: &ItemContent) -> ItemContent {
        let mut content = self.content.clone();
        for field in &self.silent {
            match *field {
                "主项名称" => content.main_name.clone_from(&stored.main_name),
                "监管对象" => content.supervise_object.clone_from(&stored.supervise_object),
                "监管形式" => content.supervise_form.clone_from(&stored.supervise_form),
                "设定依据" => content.legal_basis.clone_from(&stored.legal_basis),
                "监管方式" => content.supervise_way.clone_from(&stored.supervise_way),
                "监管流程" => content.supervise_flow.clone_from(&stored.supervise_flow),
                "监管结果" => content.supervise_result.clone_from(&stored.supervise_result),
                "适用范围" => content.apply_range.clone_from(&stored.apply_range),
                _ => {}
            }
        }

        content
    }
}

const LEVELS: [(&str, &[&str]); 5] =
    [("1", &["1", "国家"]), ("2", &["2", "省"]), ("3", &["3", "市"]), ("4", &["4", "县"]), ("5", &["5", "镇", "乡"])];
const STATUS: [(&str, &str); 3] = [("0", "在用"), ("1", "取消"), ("2", "停用")];

pub fn parse(cells: &dyn Cells) -> Parsed<CatalogueRow> {
    let mut row = Row::new(cells);
    let main_code = digits(&mut row, "主项编码", 8);
    let code = digits(&mut row, "子项编码", 14);
    if let (Some(main), Some(sub)) = (&main_code, &code)
        && !sub.starts_with(main.as_str())
    {
        let message = text!("子项编码应以主项编码开头。", "The sub item's code must begin with the main item's.");
        row.findings.push(Finding::error("子项编码", "CODE_MISMATCH", sub, message).of(Dimension::Linkage));
    }
    let name = row.required("子项名称", 500);
    let duty_code = digits(&mut row, "监管部门编码", 2);
    let administrative_type = row.choice("行政类型", &TYPES);
    let administrative_type = row.demand("行政类型", administrative_type);
    let supervise_levels = levels(&mut row);
    let status = row.choice("操作状态", &STATUS);
    // A status that cannot be read is not taken for “in use”.
    let status = if row.findings.iter().any(|finding| finding.field == "操作状态") {
        row.demand("操作状态", status)
    } else {
        status
    };
    let in_use = status.is_none_or(|code| code == "0");
    let content = ItemContent {
        name: name.clone(),
        main_name: row.text("主项名称", 500),
        administrative_type: administrative_type.clone(),
        supervise_object: row.text("监管对象", 500),
        supervise_form: row.text("监管形式", 255),
        legal_basis: row.text("设定依据", 4_000),
        clause_ids: Vec::new(),
        supervise_way: row.text("监管方式", 2_000),
        supervise_flow: row.text("监管流程", 4_000),
        supervise_result: row.text("监管结果", 4_000),
        supervise_levels,
        apply_range: row.choice("适用范围", &[("1", "全省"), ("2", "地市"), ("3", "区县")]),
    };
    let silent =
        Dataset::Catalogue.columns().iter().map(|column| column.name).filter(|name| !cells.has(name)).collect();
    if content.legal_basis.is_none() {
        let message = text!("缺少设定依据。", "The legal basis is missing.");
        row.findings.push(Finding::warning("设定依据", "LEGAL_BASIS_MISSING", "", message).without_value());
    }
    let value = match (main_code, code, name, duty_code, administrative_type) {
        (Some(main_code), Some(code), Some(_), Some(duty_code), Some(_)) => {
            Some(CatalogueRow { main_code, code, duty_code, in_use, content, silent })
        }
        _ => None,
    };

    Parsed::of(value, row.findings)
}

fn digits(row: &mut Row<'_>, field: &'static str, length: usize) -> Option<String> {
    let code = row.required_code(field, 50);
    match &code {
        Some(text) if text.len() != length || !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let message = text!("{field}应为 {length} 位数字。", "{field} must have {length} digits.");
            row.findings.push(Finding::error(field, "CODE_INVALID", text, message));
            return None;
        }
        Some(_) | None => {}
    }
    code
}

/// `4`, `县级`, `省级、市级、县级` or `2;3;4`.
fn levels(row: &mut Row<'_>) -> Vec<String> {
    let parts = separated(&row.text("监管层级", 60).unwrap_or_default());
    let mut levels: Vec<String> = Vec::new();

    for part in &parts {
        if let Some((code, _)) = LEVELS.iter().find(|(_, words)| words.iter().any(|word| part.starts_with(word))) {
            levels.push((*code).to_owned());
        } else {
            let message = text!("不在行使层级的值域内。", "This is not a level of government.");
            row.findings.push(Finding::warning("监管层级", "NOT_IN_CODE_TABLE", part, message));
        }
    }

    row.demand("监管层级", levels.first().cloned());
    levels.sort();
    levels.dedup();

    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::imports::tests::Sheet;

    fn read(cells: &[(&str, &str)]) -> Parsed<CatalogueRow> {
        parse(&Sheet::of(cells))
    }

    const GOOD: [(&str, &str); 7] = [
        ("主项编码", "31001001"),
        ("子项编码", "31001001000001"),
        ("子项名称", "对食品经营者的监督检查"),
        ("监管部门编码", "31"),
        ("行政类型", "行政检查"),
        ("监管层级", "省级、市级、县级"),
        ("设定依据", "《中华人民共和国食品安全法》第一百一十条"),
    ];

    #[test]
    fn a_row_as_published() {
        let row = read(&GOOD);
        assert_eq!(row.findings, []);
        let row = row.value.unwrap_or_else(|| unreachable!());
        assert_eq!(row.content.supervise_levels, ["2", "3", "4"]);
        assert_eq!((row.content.administrative_type.as_deref(), row.in_use), (Some("0"), true));
    }

    #[test]
    fn bad_codes_refuse_the_row() {
        for (field, value) in [
            ("子项编码", "3100100100000"),
            ("子项编码", "99001001000001"),
            ("行政类型", ""),
            ("监管层级", ""),
            ("行政类型", "检查"),
            ("操作状态", "怪"),
        ] {
            let others = GOOD.iter().filter(|(name, _)| *name != field);
            let cells: Vec<_> = others.copied().chain([(field, value)]).collect();
            assert!(read(&cells).value.is_none(), "{field} {value}");
        }
    }
}
