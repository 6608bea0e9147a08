//! A row of a file of 监管行为: the columns of a national table under their labels or names, with the exchange's own beside
//! them. What is wrong with what it says is not asked here: the quality rules look at it as they do at a row of the interface.

use super::reading::dates;
use super::reading::fields::{Cells, Row};
use super::{Finding, Parsed, Record, Severity};
use crate::intake::behaviours::BehaviourSet;
use crate::intake::behaviours::columns::{Form, Table};
use crate::intake::behaviours::exchange::Operation;
use crate::intake::behaviours::quality::{RowFinding, rules};
use crate::kernel::text::{Text, text};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The exchange's own columns, under their headings.
pub const ID: &str = "主键";
pub const OPERATION: &str = "操作";
pub const TIME: &str = "写入时间";
pub const SOURCE: &str = "来源";
pub const BATCH: &str = "批次号";
pub const DEPARTMENT: &str = "部门编码";
pub const STOCK: &str = "是否存量";
/// In a file of wrong rows: which version of the record it shows.
pub const VERSION: &str = "版本";
/// What a file of wrong rows says is wrong; nobody reads it when it comes back.
pub const DOUBTS: &str = "质量问题";

/// A row as it came: its envelope, and the columns that are filled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BehaviourRow {
    pub cd_id: String,
    pub operation: Operation,
    pub written_at: Option<DateTime<Utc>>,
    pub cd_source: Option<String>,
    pub cd_batch: Option<String>,
    pub department_code: Option<String>,
    pub is_stock: bool,
    /// The version of the record that the file was made from.
    pub version: Option<i32>,
    pub content: BTreeMap<String, String>,
}

impl Record for BehaviourRow {
    const KEY_FIELD: &'static str = ID;
    // An I, a U and a D of one record may stand in one file.
    const STANDS_ONCE: bool = false;

    fn key(&self) -> String {
        self.cd_id.clone()
    }
}

const OPERATIONS: [(&str, &str); 4] = [("I", "新增"), ("U", "修改"), ("U", "更新"), ("D", "删除")];

pub fn parse(set: BehaviourSet, cells: &dyn Cells) -> Parsed<BehaviourRow> {
    let mut row = Row::new(cells);
    let Some(table) = set.table() else { return Parsed::of(None, vec![Finding::required(ID)]) };
    let mut content = BTreeMap::new();
    for column in &table.columns {
        let Some(value) = row.shown(&column.label) else { continue };
        // As files write it: the interface has true and false of its own.
        let value = match (column.form, value.to_ascii_lowercase().as_str()) {
            (Form::Bool, "true") => "是".to_owned(),
            (Form::Bool, "false") => "否".to_owned(),
            _ => value,
        };
        content.insert(column.name.clone(), value);
    }
    for finding in &mut row.findings {
        conceal(finding);
    }

    // Whoever has no key of their own has the act's number.
    let id = row.text(ID, 100).or_else(|| content.get(&table.code).filter(|code| code.chars().count() <= 100).cloned());
    let id = row.demand(ID, id);
    let operation = envelope(&mut row, OPERATION, |row| {
        row.choice(OPERATION, &OPERATIONS).map(|code| code.parse().unwrap_or(Operation::I))
    });
    let written_at = envelope(&mut row, TIME, |row| moment(row, TIME));
    let cd_source = envelope(&mut row, SOURCE, |row| row.text(SOURCE, 50));
    let cd_batch = row.text(BATCH, 50);
    let department_code = envelope(&mut row, DEPARTMENT, |row| row.text(DEPARTMENT, 16));
    let version = envelope(&mut row, VERSION, version_of);
    let stock = envelope(&mut row, STOCK, |row| row.choice(STOCK, &[("Y", "是"), ("N", "否")]));

    let value = id.map(|cd_id| BehaviourRow {
        cd_id,
        operation: operation.unwrap_or(Operation::I),
        written_at,
        cd_source,
        cd_batch,
        department_code,
        is_stock: stock.as_deref() == Some("Y"),
        version,
        content,
    });
    Parsed::of(value, row.findings)
}

/// What a cell says may be a person's: of a doubt about it neither the value stays nor a message that repeats it.
fn conceal(finding: &mut Finding) {
    finding.value = None;
    if finding.rule == "CHARACTER_REFERENCE" {
        finding.message = text!("含有字符编号，已还原。", "Character references were read as what they stand for.");
    }
}

fn version_of(row: &mut Row) -> Option<i32> {
    let said = row.text(VERSION, 10)?;
    let version = said.parse().ok().filter(|version| *version > 0);
    if version.is_none() {
        let message = text!("应为整数，请保留导出时的值。", "It is a whole number; leave it as it was written.");
        row.findings.push(Finding::warning(VERSION, "VERSION_INVALID", &said, message));
    }
    version
}

/// What is said of the envelope and cannot be read refuses the row: it would be another operation at another time.
fn envelope<T>(row: &mut Row, field: &str, read: impl FnOnce(&mut Row) -> Option<T>) -> Option<T> {
    let before = row.findings.len();
    let value = read(row);
    if value.is_none() {
        for finding in row.findings[before..].iter_mut().filter(|finding| finding.field == field) {
            finding.severity = Severity::Error;
        }
    }
    value
}

fn moment(row: &mut Row, field: &'static str) -> Option<DateTime<Utc>> {
    let said = row.text(field, 40)?;
    let moment = dates::moment(&said);
    if moment.is_none() {
        let message = text!(
            "不能识别为时间；请写作 2026-10-13 10:00:00。",
            "This is not read as a time; write it as 2026-10-13 10:00:00."
        );
        row.findings.push(Finding::warning(field, "TIME_INVALID", &said, message));
    }
    moment
}

/// What the quality rules say of a row, under the heading of its column; what the row says may be personal, and is not
/// repeated.
pub fn finding_of(table: &'static Table, found: &RowFinding) -> Option<Finding> {
    let rule = rules().rules.iter().find(|rule| rule.rule == found.rule)?;
    let field = table.column(&found.field).map_or("整行", |column| column.label.as_str());

    Some(Finding {
        field: Cow::Borrowed(field),
        rule: &rule.rule,
        dimension: found.dimension,
        severity: found.severity,
        message: Text { zh: found.message_zh.clone(), en: found.message_en.clone() },
        value: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Sheet, rules};
    use super::*;
    use crate::intake::imports::Dataset;
    use crate::intake::imports::reading::headings::Headings;

    fn read(cells: &[(&str, &str)]) -> Parsed<BehaviourRow> {
        parse(BehaviourSet::Check, &Sheet::of(cells))
    }

    /// Every column is found under its label, under its name, and in capitals.
    #[test]
    fn a_table_is_read_under_its_labels_and_under_its_names() {
        for dataset in Dataset::ALL.iter().copied() {
            let Some(table) = dataset.behaviours().and_then(BehaviourSet::table) else { continue };
            let labels: Vec<_> = table.columns.iter().map(|column| column.label.clone()).collect();
            let names = table.columns.iter().map(|column| column.name.clone()).collect();
            let capitals = table.columns.iter().map(|column| column.name.to_uppercase()).collect();
            for head in [labels.clone(), names, capitals] {
                let found = Headings::find(dataset, &[head]).map(|headings| {
                    (headings.ignored.clone(), labels.iter().map(|label| headings.place(dataset, label)).collect())
                });
                let places: Vec<_> = (0..table.columns.len()).map(Some).collect();
                assert_eq!(found, Ok((Vec::new(), places)), "{dataset:?}");
            }
        }
    }

    #[test]
    fn a_row_has_its_envelope_and_says_what_it_says() {
        let parsed = read(&[
            ("检查行为编号", "JC-1"),
            ("监管事项目录编码", "无"),
            ("检查时间", "2026/10/12"),
            ("操作", "修改"),
            ("写入时间", "2026-10-13 10:00:00"),
        ]);

        let row =
            parsed.value.map(|row| (row.cd_id, row.operation, row.written_at.map(|at| at.to_rfc3339()), row.content));
        let content =
            [("check_action_code", "JC-1"), ("check_date", "2026/10/12"), ("supervise_item_implement_code", "无")];
        let content = content.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let at = Some("2026-10-13T02:00:00+00:00".to_owned());
        assert_eq!(row, Some(("JC-1".to_owned(), Operation::U, at, content)));
        assert_eq!(read(&[("主键", "1"), ("检查行为编号", "JC-1")]).value.map(|row| row.cd_id), Some("1".to_owned()));
    }

    /// An operation or a time that cannot be read is not guessed.
    #[test]
    fn what_is_wrong_with_the_envelope_refuses_the_row() {
        for (field, said, rule) in [
            ("操作", "作废", "NOT_IN_CODE_TABLE"),
            ("写入时间", "上周", "TIME_INVALID"),
            ("是否存量", "部分", "NOT_IN_CODE_TABLE"),
        ] {
            let parsed = read(&[("检查行为编号", "JC-1"), (field, said)]);
            assert!(parsed.value.is_none(), "{field}");
            assert_eq!(rules(&parsed.findings), [rule]);
        }
        assert_eq!(rules(&read(&[("操作", "新增")]).findings), ["REQUIRED"]);
    }
}
