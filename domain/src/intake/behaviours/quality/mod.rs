//! 数据质量: what is wrong with a row, found when it is written. Rules are data (`data/quality_rules.json`): dimension, severity,
//! message in the official's words and basis; here is what each looks at.

mod across;
mod fields;

use super::columns::{Column, Row, Table};
use super::{BehaviourSet, FindingState};
use crate::intake::imports::{Dimension, Severity};
use crate::register::dictionaries;
use crate::register::dictionaries::CodeTable;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A rule of the set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub rule: String,
    pub dimension: Dimension,
    pub severity: Severity,
    /// The tables that it is for; all where none is named.
    #[serde(default)]
    pub kinds: Vec<BehaviourSet>,
    pub zh: String,
    pub en: String,
    /// 依据
    pub basis: String,
}

/// The rules of a day, and the name of the set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    pub version: String,
    pub rules: Vec<Rule>,
}

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    // Shipped with the build; a test reads it.
    serde_json::from_str(include_str!("../../../../../data/quality_rules.json")).unwrap_or_default()
});

static DICTIONARIES: LazyLock<BTreeMap<String, CodeTable>> = LazyLock::new(|| dictionaries::all().unwrap_or_default());

/// The rules in force.
pub fn rules() -> &'static RuleSet {
    &RULES
}

/// A doubt about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowFinding {
    pub rule: String,
    /// The column; empty where it is about the row.
    pub field: String,
    pub dimension: Dimension,
    pub severity: Severity,
    pub message_zh: String,
    pub message_en: String,
    /// A JSON Patch of the row that mends it, where that is safe.
    pub fix: Option<Value>,
    pub state: FindingState,
    /// Why it does not count, where somebody decided so.
    pub reason: Option<String>,
}

impl RowFinding {
    /// It keeps a row from being counted as right.
    pub fn is_open_error(&self) -> bool {
        self.severity == Severity::Error && self.state == FindingState::Open
    }

    /// The same doubt about the same column.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.rule, &self.field) == (&other.rule, &other.field)
    }
}

/// What the rest of the platform says of a row.
#[derive(Clone, Debug)]
pub struct Facts {
    pub today: NaiveDate,
    /// The county's code.
    pub area: String,
    /// Item codes of the row that the county has claimed.
    pub items: BTreeSet<String>,
    /// Codes of checks that are known.
    pub checks: BTreeSet<String>,
    /// Certificate numbers in force on the day it happened.
    pub certificates: BTreeSet<String>,
    /// The register has the subject.
    pub has_object: bool,
    /// Another record has the row's own code.
    pub code_taken: bool,
}

/// Gathers doubts, each by its rule.
struct Doubts<'a> {
    kind: BehaviourSet,
    table: &'a Table,
    found: Vec<RowFinding>,
}

impl Doubts<'_> {
    /// A doubt about a column: what stands there, what it is measured by, and what would mend it.
    fn add(&mut self, name: &str, field: &str, (value, limit): (&str, &str), fix: Option<Value>) {
        let Some(rule) = RULES.rules.iter().find(|rule| rule.rule == name) else {
            debug_assert!(false, "{name} is no rule");
            return;
        };
        if !rule.kinds.is_empty() && !rule.kinds.contains(&self.kind) {
            return;
        }
        let label = self.table.column(field).map_or(field, |column| column.label.as_str());
        let value = if looks_personal(value) { "***".to_owned() } else { value.chars().take(ECHOED).collect() };
        let filled = |text: &str| {
            let text = text.replace("{label}", label).replace("{field}", field);
            text.replace("{limit}", limit).replace("{value}", &value)
        };

        self.found.push(RowFinding {
            rule: rule.rule.clone(),
            field: field.to_owned(),
            dimension: rule.dimension,
            severity: rule.severity,
            message_zh: filled(&rule.zh),
            message_en: filled(&rule.en),
            fix,
            state: FindingState::Open,
            reason: None,
        });
    }

    fn has(&self, field: &str) -> bool {
        self.found.iter().any(|finding| finding.field == field && finding.severity == Severity::Error)
    }
}

/// What stands for what is not shown of a person.
pub const MASK: &str = "***";

/// Signs of a value that a message repeats, at most.
const ECHOED: usize = 40;

/// Whether a text has the form of a person's number: a column may hold what belongs into another.
pub fn looks_personal(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    matches!((text.len(), digits), (18, 17..) | (15, 15) | (11, 11))
}

/// A patch that puts another value in a column's place.
fn replacing(column: &Column, value: &str) -> Value {
    json!([{ "op": "replace", "path": format!("/{}", column.name), "value": value }])
}

/// A doubt about the envelope of a row.
pub fn of_envelope(kind: BehaviourSet, rule: &str) -> Option<RowFinding> {
    let mut doubts = Doubts { kind, table: kind.table()?, found: Vec::new() };
    doubts.add(rule, "", ("", ""), None);
    doubts.found.pop()
}

/// A row as it will be kept, and every field that says something that is none.
pub struct Read {
    pub row: Row,
    findings: Vec<RowFinding>,
}

/// Reads a row: the columns of its table, in the exchange's form.
pub fn read(kind: BehaviourSet, content: &BTreeMap<String, Value>) -> Read {
    let Some(table) = kind.table() else { return Read { row: Row::new(), findings: Vec::new() } };
    let mut doubts = Doubts { kind, table, found: Vec::new() };
    let row = fields::read(&mut doubts, content);
    Read { row, findings: doubts.found }
}

impl Read {
    /// All that is wrong with the row.
    pub fn check(self, kind: BehaviourSet, facts: &Facts) -> (Row, Vec<RowFinding>) {
        let Some(table) = kind.table() else { return (self.row, self.findings) };
        let mut doubts = Doubts { kind, table, found: self.findings };
        fields::check(&mut doubts, &self.row, facts.today);
        across::check(&mut doubts, &self.row, facts);
        (self.row, doubts.found)
    }
}

/// Whether a finding that was there before has come again: what somebody decided about it stays. Those that are gone are fixed.
pub fn carried(before: &[RowFinding], mut now: Vec<RowFinding>) -> Vec<RowFinding> {
    for finding in &mut now {
        // What was set aside was this value, and no other.
        let set_aside = |known: &&RowFinding| {
            known.state == FindingState::Overridden && known.is_same(finding) && known.message_zh == finding.message_zh
        };
        if let Some(known) = before.iter().find(set_aside) {
            (finding.state, finding.reason) = (known.state, known.reason.clone());
        }
    }
    let fixed = before.iter().filter(|known| !now.iter().any(|finding| finding.is_same(known)));
    let fixed: Vec<_> = fixed.map(|known| RowFinding { state: FindingState::Fixed, ..known.clone() }).collect();
    now.extend(fixed);
    now
}

#[cfg(test)]
mod tests;
