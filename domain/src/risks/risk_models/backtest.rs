//! 回测: at each cut-off a model sees what was known by then, and what happened in the days after proves it right or wrong.
//!
//! One pass over the objects, each with its own facts: what is kept does not grow with their number.

use super::evaluate::Compiled;
use super::facts::{Fact, FactKind};
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use uuid::Uuid;

/// The lengths of the list of which recall is told.
pub const TOP: [usize; 3] = [10, 100, 1_000];

/// What a backtest needs to know of an object beside its facts.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    pub id: Uuid,
    pub township: Option<String>,
    pub object_type: String,
    pub capital_fen: Option<i64>,
}

/// Evaluations, warnings and warnings proved right, of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub evaluated: u64,
    pub fired: u64,
    pub hits: u64,
}

impl Tally {
    fn add(&mut self, fired: bool, hit: bool) {
        self.evaluated += 1;
        self.fired += u64::from(fired);
        self.hits += u64::from(fired && hit);
    }
}

/// Share of all problems that were among the first `k` of the list, basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallAt {
    pub k: usize,
    pub recall_bp: Option<u64>,
}

/// What a backtest found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub cut_offs: Vec<NaiveDate>,
    pub horizon_days: u32,
    /// Facts read.
    pub rows: u64,
    pub objects: u64,
    pub all: Tally,
    /// Objects with a problem within the horizon, over all cut-offs.
    pub positives: u64,
    /// Of the warnings, those proved right.
    pub precision_bp: Option<u64>,
    /// Of the problems, those warned of.
    pub recall_bp: Option<u64>,
    /// Of the warnings, those followed by no problem.
    pub false_positive_bp: Option<u64>,
    pub recall_at: Vec<RecallAt>,
    /// By the department whose inspection was the last before the cut-off.
    pub departments: BTreeMap<String, Tally>,
    pub townships: BTreeMap<String, Tally>,
    /// 对象类型
    pub types: BTreeMap<String, Tally>,
    /// 注册资本规模
    pub sizes: BTreeMap<String, Tally>,
}

/// The first days of the months of a period: where a model is asked.
pub fn cut_offs(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    let mut day = from;
    while day <= to && days.len() < 60 {
        days.push(day);
        let Some(next) = day.checked_add_months(Months::new(1)) else { break };
        day = next;
    }
    days
}

/// A backtest in the making.
pub struct Backtest<'a> {
    compiled: &'a Compiled,
    report: Report,
    /// For each cut-off the best scores so far, the worst on top; and whether a problem followed.
    best: Vec<BinaryHeap<Reverse<(u32, Uuid, bool)>>>,
}

impl<'a> Backtest<'a> {
    pub fn new(compiled: &'a Compiled, cut_offs: Vec<NaiveDate>, horizon_days: u32) -> Self {
        let best = cut_offs.iter().map(|_| BinaryHeap::new()).collect();
        Self { compiled, report: Report { cut_offs, horizon_days, ..Report::default() }, best }
    }

    /// Takes an object with all its facts, in the order of their days.
    pub fn take(&mut self, subject: &Subject, facts: &[Fact]) {
        let report = &mut self.report;
        report.rows += facts.len() as u64;
        report.objects += 1;

        for (at, cut) in report.cut_offs.iter().enumerate() {
            let known = facts.partition_point(|fact| fact.on <= *cut);
            let end = cut.checked_add_days(Days::new(u64::from(report.horizon_days))).unwrap_or(NaiveDate::MAX);
            let mut after = facts[known..].iter().take_while(|fact| fact.on <= end);
            let hit = after.any(|fact| matches!(fact.kind, FactKind::ProblemFound | FactKind::ClueConfirmed));
            report.positives += u64::from(hit);
            if known == 0 {
                continue;
            }
            let trace = self.compiled.evaluate(&facts[..known], *cut);
            let fired = trace.level.is_some();
            report.all.add(fired, hit);
            let visited = facts[..known].iter().rev().find_map(|fact| fact.department);
            let department = visited.map_or_else(|| "-".to_owned(), |id| id.to_string());
            report.departments.entry(department).or_default().add(fired, hit);
            let township = subject.township.clone().unwrap_or_else(|| "-".to_owned());
            report.townships.entry(township).or_default().add(fired, hit);
            report.types.entry(subject.object_type.clone()).or_default().add(fired, hit);
            report.sizes.entry(size(subject.capital_fen).to_owned()).or_default().add(fired, hit);
            if trace.score > 0 {
                let best = &mut self.best[at];
                best.push(Reverse((trace.score, subject.id, hit)));
                if best.len() > TOP[TOP.len() - 1] {
                    best.pop();
                }
            }
        }
    }

    pub fn finish(self) -> Report {
        let mut report = self.report;
        let share = |part: u64, whole: u64| (whole > 0).then(|| part * 10_000 / whole);
        report.precision_bp = share(report.all.hits, report.all.fired);
        report.false_positive_bp = share(report.all.fired - report.all.hits, report.all.fired);
        report.recall_bp = share(report.all.hits, report.positives);
        let ranked: Vec<Vec<_>> = self.best.into_iter().map(BinaryHeap::into_sorted_vec).collect();
        report.recall_at = TOP
            .iter()
            .map(|k| {
                let found = ranked.iter().flat_map(|list| list.iter().take(*k)).filter(|Reverse((_, _, hit))| *hit);
                RecallAt { k: *k, recall_bp: share(found.count() as u64, report.positives) }
            })
            .collect();

        report
    }
}

/// 注册资本规模 in three steps: below 1 million yuan, below 10 million, and above.
fn size(capital_fen: Option<i64>) -> &'static str {
    match capital_fen {
        None => "UNKNOWN",
        Some(fen) if fen < 100_000_000 => "BELOW_1M",
        Some(fen) if fen < 1_000_000_000 => "BELOW_10M",
        Some(_) => "FROM_10M",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risks::risk_clues::RiskLevel;
    use crate::risks::risk_models::{Band, Condition, Content, Indicator, Measure};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    fn fact(on: &str, kind: FactKind) -> Fact {
        Fact { on: day(on), kind, amount: 1, party: None, department: None }
    }

    fn model() -> Compiled {
        let content = Content {
            indicators: vec![Indicator {
                name: "failed".to_owned(),
                measure: Measure::FailedInspections,
                window_days: 365,
            }],
            conditions: vec![Condition {
                when: "failed >= 2".to_owned(), weight: 50, because: "屡查屡犯".to_owned()
            }],
            levels: vec![Band { minimum_score: 50, level: RiskLevel::Orange }],
            ..Content::default()
        };
        match Compiled::new(&content) {
            Ok(compiled) => compiled,
            Err(problems) => panic!("{problems:?}"),
        }
    }

    #[test]
    fn a_trace_names_the_records_of_its_window() {
        let on = day("2026-06-01");
        let told = |date: &str, record: u128| (day(date), Uuid::from_u128(record));
        let told = [
            told("2025-06-01", 1),
            told("2025-06-02", 2),
            told("2026-05-31", 3),
            told("2026-05-31", 3),
            told("2026-06-02", 4),
        ];
        assert_eq!(
            model().records(told, on),
            [3, 2].map(Uuid::from_u128),
            "the newest first, each once, none of before or later"
        );

        let many = (0..500).map(|record| (on, Uuid::from_u128(record)));
        assert_eq!(model().records(many, on).len(), 200);
    }

    #[test]
    fn a_model_is_judged_by_what_came_after() {
        use FactKind::ProblemFound;
        let compiled = model();
        let mut backtest = Backtest::new(&compiled, vec![day("2026-06-01")], 90);
        let subject = |n: u128| Subject { id: Uuid::from_u128(n), object_type: "1".to_owned(), ..Subject::default() };
        // Warned of, and it happened.
        backtest.take(
            &subject(1),
            &[fact("2026-01-01", ProblemFound), fact("2026-03-01", ProblemFound), fact("2026-07-01", ProblemFound)],
        );
        // Warned of, and nothing happened in time.
        backtest.take(
            &subject(2),
            &[fact("2026-01-01", ProblemFound), fact("2026-03-01", ProblemFound), fact("2026-10-01", ProblemFound)],
        );
        // Not warned of, and it happened.
        backtest.take(&subject(3), &[fact("2026-03-01", ProblemFound), fact("2026-06-02", ProblemFound)]);
        // What happens on the day itself is known by then.
        backtest.take(&subject(4), &[fact("2026-06-01", ProblemFound)]);
        let report = backtest.finish();
        assert_eq!(report.all, Tally { evaluated: 4, fired: 2, hits: 1 });
        assert_eq!((report.positives, report.rows), (2, 9));
        assert_eq!(
            (report.precision_bp, report.recall_bp, report.false_positive_bp),
            (Some(5_000), Some(5_000), Some(5_000))
        );
        assert_eq!(report.recall_at[0], RecallAt { k: 10, recall_bp: Some(5_000) });

        assert_eq!(report.sizes["UNKNOWN"].fired, 2);
    }

    #[test]
    fn cut_offs_are_months_apart() {
        let days = cut_offs(day("2026-01-31"), day("2026-04-30"));
        assert_eq!(days, [day("2026-01-31"), day("2026-02-28"), day("2026-03-28"), day("2026-04-28")]);
    }
}
