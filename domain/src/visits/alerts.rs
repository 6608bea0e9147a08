//! 入企检查预警: an enterprise that is visited too often in a short time, whoever allowed each visit.

use crate::oversight::alerts::EnforcementAlert;
use chrono::{Datelike, Days, NaiveDate};

/// The first day that counts for an entry: of its week or its month, whichever is earlier.
pub fn since(day: NaiveDate) -> NaiveDate {
    monday(day).min(day.with_day(1).unwrap_or(day))
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// What an entry raises, by the days of all entries at the enterprise, its own among them.
pub fn raised(day: NaiveDate, entries: &[NaiveDate]) -> Vec<EnforcementAlert> {
    let count = |counts: &dyn Fn(&NaiveDate) -> bool| entries.iter().filter(|entry| counts(entry)).count();
    let limits: [(EnforcementAlert, usize, usize); 3] = [
        (EnforcementAlert::OverDaily, 1, count(&|entry| *entry == day)),
        (EnforcementAlert::OverWeekly, 2, count(&|entry| monday(*entry) == monday(day))),
        (EnforcementAlert::OverMonthly, 3, count(&|entry| (entry.year(), entry.month()) == (day.year(), day.month()))),
    ];
    limits.into_iter().filter(|(_, most, found)| found > most).map(|(alert, _, _)| alert).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()
    }

    #[test]
    fn more_than_one_a_day_two_a_week_three_a_month() {
        // 2026-06-22 is a Monday.
        let entries = [day(6, 3), day(6, 22), day(6, 23)];
        assert_eq!(raised(day(6, 23), &entries), []);
        assert_eq!(raised(day(6, 23), &[day(6, 23), day(6, 23)]), [EnforcementAlert::OverDaily]);
        assert_eq!(
            raised(day(6, 28), &[day(6, 3), day(6, 22), day(6, 23), day(6, 28)]),
            [EnforcementAlert::OverWeekly, EnforcementAlert::OverMonthly],
            "Sunday ends the week"
        );
        assert_eq!(raised(day(6, 29), &[day(6, 22), day(6, 23), day(6, 29)]), [], "Monday begins another");
        assert_eq!(since(day(7, 1)), day(6, 29), "the week begins in the month before");
    }
}
