//! 风险事实: what happened to an object on a day, and the measures that models take of it.

use crate::kernel::code_list::code_list;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;
use uuid::Uuid;

code_list! {
    /// 事实类别. Written in the transaction of what they tell of.
    FactKind "事实类别" {
        /// `amount` 1.
        Inspected "已检查",
        /// `amount`: check points that failed, 1 at least.
        ProblemFound "检查发现问题",
        /// Inspected although the register says cancelled, revoked or moved out.
        NotRegistered "无有效登记仍在经营",
        /// `party`: the officer; one an officer of the team.
        OfficerVisit "执法人员到户",
        /// `amount`: levels of risk risen (negative: fallen).
        ClassChanged "信用类别变化",
        Complaint "投诉举报线索",
        ClueConfirmed "线索核查属实",
        /// A right row of 行政处罚; one that says 不予行政处罚 is none.
        Penalty "行政处罚",
        /// 责令改正 whose day passed without a re-check.
        MeasureOverdue "责令改正逾期未复查",
    }
}

/// One fact of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    pub on: NaiveDate,
    pub kind: FactKind,
    pub amount: i32,
    pub party: Option<Uuid>,
    pub department: Option<Uuid>,
}

code_list! {
    /// 指标口径. All are whole numbers; shares are basis points (万分比).
    Measure "指标口径" {
        Inspections "检查次数", FailedInspections "发现问题的检查次数", FailureRateBp "问题率（万分比）",
        FailedPoints "不合格检查项合计", ClassLevelsRisen "信用风险上升级数", Complaints "投诉举报次数",
        ConfirmedClues "属实线索次数", VisitsWhileNotRegistered "无有效登记仍经营的次数",
        TopOfficerShareBp "同一执法人员到户占比（万分比）", DaysSinceInspection "距上次检查天数",
        Penalties "行政处罚次数", OverdueMeasures "责令改正逾期未复查次数"
    }
}

/// Days since an inspection that never was.
const NEVER: i64 = 99_999;

/// A measure of the facts of the `window` days up to and including `on`.
pub fn measure(measure: Measure, facts: &[Fact], on: NaiveDate, window: u32) -> i64 {
    let since = on.checked_sub_days(Days::new(u64::from(window))).unwrap_or(NaiveDate::MIN);
    let within = || facts.iter().filter(|fact| fact.on > since && fact.on <= on);
    let of = |kind: FactKind| within().filter(move |fact| fact.kind == kind);
    let count = |kind| i64::try_from(of(kind).count()).unwrap_or(i64::MAX);
    let sum = |kind| of(kind).map(|fact| i64::from(fact.amount)).sum::<i64>();
    let share = |part: i64, whole: i64| if whole == 0 { 0 } else { part * 10_000 / whole };

    match measure {
        Measure::Inspections => count(FactKind::Inspected),
        Measure::FailedInspections => count(FactKind::ProblemFound),
        Measure::FailureRateBp => share(count(FactKind::ProblemFound), count(FactKind::Inspected)),
        Measure::FailedPoints => sum(FactKind::ProblemFound),
        Measure::ClassLevelsRisen => sum(FactKind::ClassChanged),
        Measure::Complaints => count(FactKind::Complaint),
        Measure::ConfirmedClues => count(FactKind::ClueConfirmed),
        Measure::VisitsWhileNotRegistered => count(FactKind::NotRegistered),
        Measure::Penalties => count(FactKind::Penalty),
        Measure::OverdueMeasures => count(FactKind::MeasureOverdue),
        Measure::TopOfficerShareBp => {
            let mut visits: BTreeMap<Uuid, i64> = BTreeMap::new();
            for officer in of(FactKind::OfficerVisit).filter_map(|fact| fact.party) {
                *visits.entry(officer).or_default() += 1;
            }
            share(visits.into_values().max().unwrap_or(0), count(FactKind::Inspected))
        }
        Measure::DaysSinceInspection => {
            let last =
                facts.iter().filter(|fact| fact.kind == FactKind::Inspected && fact.on <= on).map(|fact| fact.on);
            last.max().map_or(NEVER, |last| (on - last).num_days())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(on: &str, kind: FactKind, amount: i32, party: Option<u128>) -> Fact {
        let on = on.parse().unwrap_or_default();
        Fact { on, kind, amount, party: party.map(Uuid::from_u128), department: None }
    }

    #[test]
    fn windows_are_half_open_and_shares_are_exact() {
        use FactKind::{ClassChanged, Inspected, OfficerVisit, ProblemFound};
        let facts = [
            fact("2025-11-24", Inspected, 1, None),
            fact("2026-01-10", Inspected, 1, None),
            fact("2026-01-10", ProblemFound, 3, None),
            fact("2026-01-10", OfficerVisit, 1, Some(1)),
            fact("2026-05-10", Inspected, 1, None),
            fact("2026-05-10", OfficerVisit, 1, Some(1)),
            fact("2026-05-10", OfficerVisit, 1, Some(2)),
            fact("2026-06-01", ClassChanged, 2, None),
            fact("2026-06-20", ClassChanged, -1, None),
        ];
        let on = "2026-11-24".parse().unwrap_or_default();
        let value = |of, window| measure(of, &facts, on, window);
        assert_eq!(value(Measure::Inspections, 365), 2, "a year ago to the day is outside");
        assert_eq!(value(Measure::Inspections, 366), 3);
        assert_eq!(value(Measure::FailureRateBp, 365), 5_000);
        assert_eq!(value(Measure::FailedPoints, 365), 3);
        assert_eq!(value(Measure::TopOfficerShareBp, 365), 10_000);
        assert_eq!(value(Measure::ClassLevelsRisen, 365), 1, "net");
        assert_eq!(value(Measure::DaysSinceInspection, 1), 198);
        assert_eq!(value(Measure::Complaints, 365), 0);

        assert_eq!(measure(Measure::DaysSinceInspection, &[], on, 1), NEVER);
    }
}
