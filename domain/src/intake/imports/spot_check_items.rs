//! A row of a published list of spot-check items (随机抽查事项清单).

use super::reading::fields::{Cells, Row};
use super::{Finding, Parsed, Record};
use crate::kernel::characters::name_form;
use crate::kernel::text::text;
use crate::spot_checks::plans::ItemKind;
use crate::spot_checks::spot_check_items::{
    Ratio, is_fraction, needs_qualification, parse_max_per_year, parse_modes, parse_ratio,
};
use crate::spot_checks::wording::is_other_frequency;

/// What a row says of an item; free text is kept beside what could be read from it. What it does not say stays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemRow {
    pub category: String,
    pub name: String,
    pub sub_item: Option<String>,
    pub legal_basis: Option<String>,
    pub check_body: Option<String>,
    pub targets: String,
    pub ratio_text: String,
    pub ratio: Ratio,
    pub frequency_text: Option<String>,
    pub max_per_year: Option<u32>,
    pub mode_text: Option<String>,
    pub modes: Vec<String>,
    pub qualification_text: Option<String>,
    pub qualification_required: bool,
    /// `None` where the file does not say.
    pub item_kind: Option<ItemKind>,
    pub department_code: Option<String>,
    pub remark: Option<String>,
}

impl Record for ItemRow {
    const KEY_FIELD: &'static str = "抽查事项名称";

    fn key(&self) -> String {
        self.identity()
    }
}

/// 事项类别, by its code and by the words that lists and plans use.
pub(super) const KINDS: [(&str, &str); 8] = [
    ("GENERAL", "一般检查事项"),
    ("KEY", "重点检查事项"),
    ("GENERAL", "一般抽查事项"),
    ("KEY", "重点抽查事项"),
    ("GENERAL", "一般抽查"),
    ("KEY", "重点抽查"),
    ("GENERAL", "一般"),
    ("KEY", "重点"),
];

/// The kind that a table's words mean.
pub fn kind_in_words(text: &str) -> Option<ItemKind> {
    let text = name_form(text);
    KINDS.iter().find(|(code, label)| *code == text || *label == text).map(|(code, _)| kind_of(code))
}

pub(super) fn kind_of(code: &str) -> ItemKind {
    if code == "KEY" { ItemKind::Key } else { ItemKind::General }
}

/// A ratio that begins with a sign is no formula, and a fraction is read as a percentage.
pub(super) fn check_ratio_text(row: &mut Row, text: Option<&str>) {
    row.findings.retain(|finding| finding.field != "抽查比例" || finding.rule != "FORMULA_LIKE");
    if let Some(text) = text.filter(|text| is_fraction(text)) {
        let message = text!(
            "小数按百分比读取（0.05 即 5%），请核对。",
            "The fraction was read as a percentage (0.05 is 5 %); please check it."
        );
        row.findings.push(Finding::warning("抽查比例", "RATIO_AS_FRACTION", text, message));
    }
}

pub fn parse(cells: &dyn Cells) -> Parsed<ItemRow> {
    let mut row = Row::new(cells);
    let name = row.required("抽查事项名称", 500);
    let sub_item = row.text("抽查子项", 500);
    let legal_basis = row.text("抽查依据", 4_000);
    if legal_basis.is_none() && cells.has("抽查依据") {
        let message = text!("缺少抽查依据。", "The legal basis is missing.");
        row.findings.push(Finding::warning("抽查依据", "LEGAL_BASIS_MISSING", "", message).without_value());
    }
    let check_body = row.text("抽查主体", 500);
    let targets = row.required("抽查对象", 500);
    let ratio_text = row.required("抽查比例", 500);
    check_ratio_text(&mut row, ratio_text.as_deref());
    let ratio = ratio_text.as_deref().map(parse_ratio).unwrap_or_default();
    if let Some(text) = ratio_text.as_deref().filter(|_| ratio == Ratio::default()) {
        let message = text!("比例为文字说明，保留原文。", "The ratio is in words; the text is kept.");
        row.findings.push(Finding::warning("抽查比例", "RATIO_IN_WORDS", text, message));
    }
    let frequency_text = row.text("抽查频次", 500);
    if let Some(text) = frequency_text.as_deref().filter(|text| is_other_frequency(text)) {
        let message = text!("不是每年的次数上限，保留原文。", "This is no ceiling a year; the text is kept.");
        row.findings.push(Finding::warning("抽查频次", "FREQUENCY_IN_WORDS", text, message));
    }
    let mode_text = row.text("抽查方式", 500);
    let qualification_text = row.text("检查人员要求", 500);
    let kind = row.choice("事项类别", &KINDS);
    let department_code = row.code("部门编码", 16);
    let remark = row.text("备注", 500);
    let value = match (name, targets, ratio_text) {
        (Some(name), Some(targets), Some(ratio_text)) => Some(ItemRow {
            category: name.chars().take(200).collect(),
            name,
            sub_item,
            legal_basis,
            check_body,
            targets,
            ratio_text,
            ratio,
            max_per_year: frequency_text.as_deref().and_then(parse_max_per_year),
            frequency_text,
            modes: mode_text.as_deref().map(parse_modes).unwrap_or_default(),
            mode_text,
            qualification_required: qualification_text.as_deref().is_some_and(needs_qualification),
            qualification_text,
            item_kind: kind.map(|code| kind_of(&code)),
            department_code,
            remark,
        }),
        _ => None,
    };

    Parsed::of(value, row.findings)
}

impl ItemRow {
    /// What identifies a published item that carries no code: its wording and its body.
    pub fn identity(&self) -> String {
        identity(&self.name, self.sub_item.as_deref(), self.check_body.as_deref(), &self.targets)
    }
}

/// The wording by which an item is known; blanks and widths do not make another.
pub fn identity(name: &str, sub_item: Option<&str>, check_body: Option<&str>, targets: &str) -> String {
    [name, sub_item.unwrap_or(""), check_body.unwrap_or(""), targets].map(name_form).join("\u{1f}")
}
