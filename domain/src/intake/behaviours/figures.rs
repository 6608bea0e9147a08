//! 质量统计: what a row adds to the sums of the month in which it came. Sums are kept as rows change, each change booked to the
//! month in which it was made, so that a figure is read and never counted, and a month looks at its end as it looked then.

use super::{BehaviourOrigin, BehaviourStatus};
use crate::kernel::clocks::calendar::Calendar;
use crate::kernel::code_list::code_list;
use crate::oversight::indicators::Ratio;
use chrono::{Datelike, NaiveDate};
use std::ops::{Add, AddAssign, Neg, Sub};

code_list! {
    /// What sums are told apart by.
    FiguresBy "质量统计维度" { Department "部门", Township "乡镇", DataSet "数据集", Month "月份" }
}

/// How soon a row came after what it tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// Whole days; none where the day is not known, lies ahead, or is of the stock.
    pub days: Option<i32>,
    /// Within so many working days.
    pub in_time: bool,
}

impl Delay {
    pub fn between(calendar: &Calendar, most: u32, happened_on: Option<NaiveDate>, arrived_on: NaiveDate) -> Self {
        let Some(happened_on) = happened_on.filter(|day| *day <= arrived_on) else { return Self::default() };
        let days = i32::try_from((arrived_on - happened_on).num_days()).ok();
        let in_time = calendar.working_days_between(happened_on, arrived_on) <= i64::from(most);
        Self { days, in_time }
    }
}

/// The first day of a day's month.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: BehaviourStatus,
    pub origin: BehaviourOrigin,
    pub was_wrong: bool,
    pub delay: Delay,
}

/// Sums of rows, or what a change adds to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows that are there.
    pub rows: i64,
    /// Of these, with an error that is open.
    pub errors: i64,
    /// Of these, wrong when they came, or made wrong.
    pub first_errors: i64,
    /// Of these, not of the stock: those that could be in time.
    pub timed: i64,
    pub in_time: i64,
    /// Of these, with a day on which it happened, and the days that they took, each with one more.
    pub dated: i64,
    pub days: i64,
}

impl Sums {
    pub fn of(row: Standing) -> Self {
        if row.status == BehaviourStatus::Removed {
            return Self::default();
        }
        let is_timed = row.origin != BehaviourOrigin::Stock;
        let days = row.delay.days.filter(|_| is_timed);

        Self {
            rows: 1,
            errors: i64::from(row.status == BehaviourStatus::Quarantined),
            first_errors: i64::from(row.was_wrong),
            timed: i64::from(is_timed),
            in_time: i64::from(is_timed && row.delay.in_time),
            dated: i64::from(days.is_some()),
            days: days.map_or(0, |days| i64::from(days) + 1),
        }
    }

    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// 准确率: rows without an open error ÷ rows.
    pub fn accuracy(self) -> Ratio {
        ratio(self.rows - self.errors, self.rows)
    }

    /// 首次准确率: rows that were never wrong ÷ rows.
    pub fn first_accuracy(self) -> Ratio {
        ratio(self.rows - self.first_errors, self.rows)
    }

    /// 及时率: rows that came in time ÷ rows, without the stock.
    pub fn timeliness(self) -> Ratio {
        ratio(self.in_time, self.timed)
    }

    /// 上报及时率 of the province: rows ÷ Σ(days + 1); all of them on the same day are 100 %.
    pub fn promptness(self) -> Ratio {
        ratio(self.dated, self.days)
    }
}

fn ratio(part: i64, whole: i64) -> Ratio {
    Ratio { numerator: u64::try_from(part).unwrap_or(0), denominator: u64::try_from(whole).unwrap_or(0) }
}

impl Add for Sums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            errors: self.errors + other.errors,
            first_errors: self.first_errors + other.first_errors,
            timed: self.timed + other.timed,
            in_time: self.in_time + other.in_time,
            dated: self.dated + other.dated,
            days: self.days + other.days,
        }
    }
}

impl Neg for Sums {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            rows: -self.rows,
            errors: -self.errors,
            first_errors: -self.first_errors,
            timed: -self.timed,
            in_time: -self.in_time,
            dated: -self.dated,
            days: -self.days,
        }
    }
}

impl Sub for Sums {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    /// §19's scenario: five working days from 29 September end on 12 October, since 10 October is worked.
    #[test]
    fn in_time_is_within_five_working_days() {
        let calendar = Calendar::published().unwrap_or_else(|error| unreachable!("{error}"));
        let arrived = day("2026-10-12");
        let delay = |on: &str| Delay::between(&calendar, 5, Some(day(on)), arrived);
        assert_eq!(delay("2026-09-29"), Delay { days: Some(13), in_time: true });
        assert_eq!(delay("2026-09-28"), Delay { days: Some(14), in_time: false });
        assert_eq!(delay("2026-10-12"), Delay { days: Some(0), in_time: true });
        assert_eq!(delay("2026-10-13"), Delay::default(), "it has not happened yet");
        assert_eq!(Delay::between(&calendar, 5, None, arrived), Delay::default());
    }

    /// 1,000 rows of which 30 are wrong, 20 of them mended, 900 in time: 99.00 %, 97.00 %, 90.00 %.
    #[test]
    fn figures_are_what_rows_add() {
        let row = |wrong: bool, in_time: bool| Standing {
            status: if wrong { BehaviourStatus::Quarantined } else { BehaviourStatus::Accepted },
            origin: BehaviourOrigin::File,
            was_wrong: wrong,
            delay: Delay { days: Some(if in_time { 0 } else { 9 }), in_time },
        };
        let mut sums = Sums::default();
        for at in 0..1_000 {
            sums += Sums::of(row(at < 30, at >= 100));
        }
        for at in 0..20 {
            let before = row(true, at >= 100);
            sums += Sums::of(Standing { status: BehaviourStatus::Accepted, ..before }) - Sums::of(before);
        }
        let shown = [sums.accuracy(), sums.first_accuracy(), sums.timeliness()].map(Ratio::basis_points);
        assert_eq!(shown, [Some(9_900), Some(9_700), Some(9_000)]);
        assert_eq!(sums.promptness(), Ratio { numerator: 1_000, denominator: 900 + 100 * 10 });

        // The stock is counted, and late for nobody; what is removed is gone.
        let stock = Sums::of(Standing { origin: BehaviourOrigin::Stock, ..row(false, false) });
        assert_eq!((stock.rows, stock.timed, stock.dated), (1, 0, 0));
        assert!(Sums::of(Standing { status: BehaviourStatus::Removed, ..row(true, true) }).is_nothing());
        assert_eq!(Sums::default().accuracy().basis_points(), None);
    }
}
