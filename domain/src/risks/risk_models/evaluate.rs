//! Evaluating a model on the facts of one object: values, conditions, score, level — and the trace that explains it.

use super::conditions::{self, Values, compile};
use super::content::{Band, Case, Content, Indicator};
use super::facts::{Fact, measure};
use crate::kernel::elements::ElementProblem;
use crate::risks::risk_clues::RiskLevel;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A version ready to be evaluated many times.
pub struct Compiled {
    indicators: Vec<Indicator>,
    conditions: Vec<(conditions::Condition, u32, String)>,
    levels: Vec<Band>,
}

/// A condition that held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    pub when: String,
    pub weight: u32,
    pub because: String,
}

/// What a model saw and made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    pub values: BTreeMap<String, i64>,
    pub fired: Vec<Fired>,
    /// Conditions that could not be evaluated (such as a division by zero); they count as not met.
    pub failed: Vec<String>,
    pub score: u32,
    pub level: Option<RiskLevel>,
    /// The records that the values were made of, the newest first: inspections, clues, classifications.
    #[serde(default)]
    pub records: Vec<Uuid>,
}

/// Records that a trace names, at most.
const MOST_RECORDS: usize = 200;

impl Compiled {
    /// Compiles a version's conditions, or names each one that is refused.
    pub fn new(content: &Content) -> Result<Self, Vec<ElementProblem>> {
        let names: Vec<_> = content.indicators.iter().map(|indicator| indicator.name.as_str()).collect();
        let mut problems = Vec::new();
        let mut conditions = Vec::new();

        for (at, condition) in content.conditions.iter().enumerate() {
            match compile(&condition.when, &names) {
                Ok(compiled) => conditions.push((compiled, condition.weight, condition.because.clone())),
                Err(message) => problems.push(ElementProblem {
                    pointer: format!("/conditions/{at}/when"),
                    name: "规则条件",
                    rule: "CONDITION_REFUSED",
                    message,
                }),
            }
        }

        if problems.is_empty() {
            Ok(Self { indicators: content.indicators.clone(), conditions, levels: content.levels.clone() })
        } else {
            Err(problems)
        }
    }

    /// Evaluates on the facts up to and including a day.
    pub fn evaluate(&self, facts: &[Fact], on: NaiveDate) -> Trace {
        let values = self
            .indicators
            .iter()
            .map(|indicator| (indicator.name.clone(), measure(indicator.measure, facts, on, indicator.window_days)));
        self.judge(values.collect())
    }

    /// The records behind the values of a day: those that the facts of the longest window tell of, the newest first.
    pub fn records(&self, told: impl IntoIterator<Item = (NaiveDate, Uuid)>, on: NaiveDate) -> Vec<Uuid> {
        let days = self.indicators.iter().map(|indicator| indicator.window_days).max().unwrap_or(0);
        let since = on.checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN);
        let mut told: Vec<_> = told.into_iter().filter(|(day, _)| *day > since && *day <= on).collect();
        told.sort_unstable_by(|one, other| other.cmp(one));

        let mut records = Vec::new();
        for (_, record) in told {
            if !records.contains(&record) && records.len() < MOST_RECORDS {
                records.push(record);
            }
        }
        records
    }

    /// Judges given values.
    pub fn judge(&self, values: BTreeMap<String, i64>) -> Trace {
        let (mut fired, mut failed, mut score) = (Vec::new(), Vec::new(), 0u32);
        let seen = Values::new(&values);
        for (condition, weight, because) in &self.conditions {
            match condition.holds(&seen) {
                Ok(true) => {
                    score = score.saturating_add(*weight);
                    fired.push(Fired { when: condition.text().to_owned(), weight: *weight, because: because.clone() });
                }
                Ok(false) => {}
                Err(error) => failed.push(format!("{}: {error}", condition.text())),
            }
        }

        drop(seen);
        let reached = self.levels.iter().filter(|band| score > 0 && score >= band.minimum_score);
        let level = reached.map(|band| band.level).min();

        Trace { values, fired, failed, score, level, records: Vec::new() }
    }
}

/// How one of the version's own tests went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOutcome {
    pub name: String,
    pub passed: bool,
    pub expected: Option<RiskLevel>,
    pub actual: Option<RiskLevel>,
    pub score: u32,
}

pub fn run_case(compiled: &Compiled, case: &Case) -> CaseOutcome {
    let zeroes = compiled.indicators.iter().map(|indicator| (indicator.name.clone(), 0));
    let mut values: BTreeMap<_, _> = zeroes.collect();
    values.extend(case.values.clone());
    let trace = compiled.judge(values);
    CaseOutcome {
        name: case.name.clone(),
        passed: trace.level == case.level && trace.failed.is_empty(),
        expected: case.level,
        actual: trace.level,
        score: trace.score,
    }
}
