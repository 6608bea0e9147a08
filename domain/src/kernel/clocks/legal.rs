//! 法定期限: trigger, length, unit, stops, extension — and the answer when it ends, in words too.
//!
//! A day on which a period begins does not count (民法典 第二百零一条); a month ends on the corresponding day, or on the
//! last day of a month without one (第二百零二条); a last day that is a holiday is followed by the next working day
//! (第二百零三条). Time during which a clock stands still is left out: the day of the stop counts, that of the restart does not.
//! A term of the day itself that stands still on that day ends with the day of the restart.

use super::calendar::{Calendar, local_date, start_of};
use crate::kernel::code_list::code_list;
use chrono::{DateTime, Days, Duration, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

code_list! {
    TermUnit "期限单位" { Hour "小时", WorkingDay "个工作日", Day "日", Month "个月" }
}

code_list! {
    /// 时限预警: 80 % of the time is yellow, 100 % red, 120 % goes to the county office.
    Flag "时限预警" { Green "正常", Yellow "临期", Red "超期", Escalated "已升级督办" }
}

impl Flag {
    /// From which share of the time on a flag is shown, per cent (rules of the trade §8).
    pub const fn from_percent(self) -> u32 {
        match self {
            Self::Green => 0,
            Self::Yellow => 80,
            Self::Red => 100,
            Self::Escalated => 120,
        }
    }
}

/// A length of time in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub length: u32,
    pub unit: TermUnit,
}

impl Term {
    pub const fn hours(length: u32) -> Self {
        Self { length, unit: TermUnit::Hour }
    }

    /// 0 working days: the end of the day itself.
    pub const fn working_days(length: u32) -> Self {
        Self { length, unit: TermUnit::WorkingDay }
    }

    pub const fn days(length: u32) -> Self {
        Self { length, unit: TermUnit::Day }
    }

    pub const fn months(length: u32) -> Self {
        Self { length, unit: TermUnit::Month }
    }

    /// The last day of the term for something that happened on a day.
    pub fn due_on(self, calendar: &Calendar, from: NaiveDate) -> NaiveDate {
        Clock::new(self, start_of(from)).due(calendar).map_or(from, |due| due.on)
    }
}

/// A clock that runs from a trigger; it may stand still, and be extended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    pub term: Term,
    pub trigger: DateTime<Utc>,
    /// In order, without overlaps; only the last may be open.
    pub stops: Vec<Stop>,
    /// Added to the length, in the same unit.
    pub extension: u32,
}

/// Time during which a clock stands still; open while it still does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

/// When a clock ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first moment that is too late.
    pub at: DateTime<Utc>,
    /// The last day (Asia/Shanghai) in time.
    pub on: NaiveDate,
    /// False where a year without a published notice was counted by weekdays alone.
    pub certain: bool,
}

const DAY_MS: i64 = 86_400_000;

impl Clock {
    pub fn new(term: Term, trigger: DateTime<Utc>) -> Self {
        Self { term, trigger, stops: Vec::new(), extension: 0 }
    }

    /// The length with its extension.
    pub fn length(&self) -> u32 {
        self.term.length + self.extension
    }

    /// When it ends; `None` while it stands still.
    pub fn due(&self, calendar: &Calendar) -> Option<Due> {
        let at = self.at(calendar, 100)?;
        let on = local_date(at - Duration::milliseconds(1));
        Some(Due { at, on, certain: calendar.knows(local_date(self.trigger), on) })
    }

    /// The moment at which so many per cent of the time have passed; `None` if a standstill comes first.
    pub fn at(&self, calendar: &Calendar, percent: u32) -> Option<DateTime<Utc>> {
        let share = |whole: i64| whole * i64::from(percent) / 100;
        let length = i64::from(self.length());

        match self.term.unit {
            TermUnit::Hour => self.after(share(length * 3_600_000)),
            TermUnit::WorkingDay | TermUnit::Day | TermUnit::Month if length == 0 => self.same_day(calendar, percent),
            TermUnit::WorkingDay => self.moment(calendar, true, share(length * DAY_MS)),
            TermUnit::Day | TermUnit::Month => {
                let days = if self.term.unit == TermUnit::Month { self.month_days() } else { length };
                if percent < 100 {
                    return self.moment(calendar, false, share(days * DAY_MS));
                }
                // A last day that is a holiday moves on to the next working day; what is late is late from there.
                let end = self.moment(calendar, false, days * DAY_MS)?;
                let end = start_of(calendar.working_day_from(local_date(end - Duration::milliseconds(1))))
                    + Duration::days(1);
                Some(end + Duration::milliseconds(share(days * DAY_MS) - days * DAY_MS))
            }
        }
    }

    /// What a light beside it shows.
    pub fn flag(&self, calendar: &Calendar, now: DateTime<Utc>) -> Flag {
        let reached = |flag: &&Flag| self.at(calendar, flag.from_percent()).is_some_and(|at| at <= now);
        Flag::ALL.iter().rev().find(|flag| **flag != Flag::Green && reached(flag)).copied().unwrap_or(Flag::Green)
    }

    /// Stands still from a moment on; a clock that does already is left alone.
    pub fn stop(&mut self, at: DateTime<Utc>) {
        if !self.is_stopped() {
            self.stops.push(Stop { from: at, until: None });
        }
    }

    pub fn resume(&mut self, at: DateTime<Utc>) {
        if let Some(stop) = self.stops.last_mut().filter(|stop| stop.until.is_none()) {
            stop.until = Some(at);
        }
    }

    pub fn is_stopped(&self) -> bool {
        self.stops.last().is_some_and(|stop| stop.until.is_none())
    }

    /// A term of the day itself: its shares are those of the time it runs on that day.
    fn same_day(&self, calendar: &Calendar, percent: u32) -> Option<DateTime<Utc>> {
        let day = self.day_itself()?;
        let last = if self.term.unit == TermUnit::WorkingDay { day } else { calendar.working_day_from(day) };
        let end = start_of(last) + Duration::days(1);
        let whole = self.running_until(end);
        let share = whole * i64::from(percent) / 100;

        if percent < 100 { self.after(share) } else { Some(end + Duration::milliseconds(share - whole)) }
    }

    /// The trigger's day; a clock that stands still on it has the day on which it runs again instead.
    fn day_itself(&self) -> Option<NaiveDate> {
        let mut day = local_date(self.trigger);
        for stop in self.stops.iter().filter(|stop| stop.until.is_none_or(|until| until > self.trigger)) {
            if local_date(stop.from) <= day {
                day = day.max(local_date(stop.until?));
            }
        }

        Some(day)
    }

    /// The milliseconds from the trigger to a moment during which it runs.
    fn running_until(&self, end: DateTime<Utc>) -> i64 {
        let between = |from: DateTime<Utc>, until: DateTime<Utc>| {
            (until.min(end) - from.max(self.trigger)).num_milliseconds().max(0)
        };
        let still: i64 = self.stops.iter().map(|stop| between(stop.from, stop.until.unwrap_or(end))).sum();

        between(self.trigger, end) - still
    }

    /// So many milliseconds of running time after the trigger; what stood still before it is over.
    fn after(&self, mut left: i64) -> Option<DateTime<Utc>> {
        let mut from = self.trigger;
        for stop in &self.stops {
            let run = (stop.from - from).num_milliseconds();
            if left <= run {
                break;
            }
            left -= run.max(0);
            from = from.max(stop.until?);
        }
        Some(from + Duration::milliseconds(left))
    }

    /// The days from the trigger to the corresponding day so many months later.
    pub(super) fn month_days(&self) -> i64 {
        let from = local_date(self.trigger);
        from.checked_add_months(Months::new(self.length())).map_or(0, |to| (to - from).num_days())
    }

    /// So many milliseconds into the days that count.
    fn moment(&self, calendar: &Calendar, working: bool, left: i64) -> Option<DateTime<Utc>> {
        let (whole, rest) = (left.div_euclid(DAY_MS), left.rem_euclid(DAY_MS));
        if rest == 0 {
            return self.nth(calendar, working, whole).map(|day| start_of(day) + Duration::days(1));
        }
        self.nth(calendar, working, whole + 1).map(|day| start_of(day) + Duration::milliseconds(rest))
    }

    /// The n-th day that counts after the trigger's own: counted by interval, found by halving.
    pub(super) fn nth(&self, calendar: &Calendar, working: bool, n: i64) -> Option<NaiveDate> {
        if n == 0 {
            return self.day_itself();
        }
        let start = local_date(self.trigger);
        let days = |after: NaiveDate, to: NaiveDate| {
            if working { calendar.working_days_between(after, to) } else { (to - after).num_days().max(0) }
        };
        let stops: Vec<_> = self.stops.iter().map(|stop| (local_date(stop.from), stop.until.map(local_date))).collect();
        let counted = |to: NaiveDate| {
            let still: i64 = stops
                .iter()
                .map(|(from, until)| days((*from).max(start), until.map_or(to, |until| until.min(to))).max(0))
                .sum();
            days(start, to) - still
        };
        // Twice the days and the longest holiday cover the working days; the standstills come on top.
        let closed: i64 =
            stops.iter().filter_map(|(from, until)| Some((until.as_ref()?.to_owned() - *from).num_days())).sum();
        let (mut low, mut high) = (0, n * 2 + 30 + closed);
        let day = |ahead: i64| start.checked_add_days(Days::new(u64::try_from(ahead).ok()?));
        if counted(day(high)?) < n {
            return None;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if counted(day(middle)?) >= n { high = middle } else { low = middle }
        }

        day(high)
    }
}
