//! 工作日历: holidays and 调休 working weekends as published each year, never "skip weekends".

use crate::domain::text::{Text, text};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The calendars known to this build, one a year.
#[derive(Clone, Debug)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Clone, Debug, Deserialize)]
struct Year {
    notice: String,
    holidays: Vec<(NaiveDate, NaiveDate, String)>,
    working_weekends: Vec<NaiveDate>,
}

/// What a day is, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub on: NaiveDate,
    pub is_working_day: bool,
    /// The holiday's name, 调休 or the weekday rule.
    pub reason: Text,
    /// The notice that says so; none where no notice for the year is out yet.
    pub notice: Option<String>,
}

/// A deadline that can explain itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub due_on: NaiveDate,
    /// False where a year without a published notice was counted by weekdays alone.
    pub certain: bool,
}

impl Calendar {
    /// The notices shipped in `data/calendar.json`.
    pub fn published() -> Result<Self, serde_json::Error> {
        let years: BTreeMap<String, Year> = serde_json::from_str(include_str!("../../../data/calendar.json"))?;
        Ok(Self { years: years.into_iter().filter_map(|(year, value)| Some((year.parse().ok()?, value))).collect() })
    }

    pub fn day(&self, on: NaiveDate) -> Day {
        let weekend = matches!(on.weekday(), Weekday::Sat | Weekday::Sun);
        let Some(year) = self.years.get(&on.year()) else {
            let reason = text!("该年度放假通知尚未收录，按周末推算", "no notice for this year yet; weekdays only");
            return Day { on, is_working_day: !weekend, reason, notice: None };
        };
        let notice = Some(year.notice.clone());
        if let Some((_, _, name)) = year.holidays.iter().find(|(from, to, _)| (*from..=*to).contains(&on)) {
            return Day { on, is_working_day: false, reason: text!("{name}", "public holiday: {name}"), notice };
        }
        if year.working_weekends.contains(&on) {
            return Day { on, is_working_day: true, reason: text!("调休上班", "working weekend"), notice };
        }
        let reason = if weekend { text!("周末", "weekend") } else { text!("工作日", "weekday") };
        Day { on, is_working_day: !weekend, reason, notice }
    }

    /// The last of `days` working days after `from`; the day itself does not count (民法典 第二百零一条).
    pub fn deadline(&self, from: NaiveDate, days: u32) -> Deadline {
        let mut due_on = from;
        let mut certain = true;
        let mut left = days;
        while left > 0 {
            let Some(next) = due_on.succ_opt() else { break };
            due_on = next;
            let day = self.day(due_on);
            certain &= day.notice.is_some();
            left -= u32::from(day.is_working_day);
        }
        Deadline { due_on, certain }
    }

    /// The years with a published notice.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.keys().copied()
    }
}

/// The day in Asia/Shanghai (UTC+8, no summer time since 1991) at an instant.
pub fn local_date(at: DateTime<Utc>) -> NaiveDate {
    const SHANGHAI: Option<FixedOffset> = FixedOffset::east_opt(8 * 3600);
    SHANGHAI.map_or_else(|| at.date_naive(), |zone| at.with_timezone(&zone).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    fn calendar() -> Calendar {
        Calendar::published().unwrap_or(Calendar { years: BTreeMap::new() })
    }

    #[test]
    fn working_weekends_count_and_holidays_do_not() {
        let calendar = calendar();
        assert!(calendar.day(day("2026-02-14")).is_working_day, "调休 Saturday");
        assert!(!calendar.day(day("2026-02-16")).is_working_day, "春节 Monday");
        assert!(!calendar.day(day("2026-11-22")).is_working_day, "plain Sunday");
        assert!(calendar.day(day("2026-11-24")).is_working_day);
    }

    #[test]
    fn deadlines_cross_the_spring_festival() {
        // 2026-02-13 Fri; then Sat 14 works, 15–23 holiday, Tue 24 is the second.
        let deadline = calendar().deadline(day("2026-02-13"), 2);
        assert_eq!(deadline, Deadline { due_on: day("2026-02-24"), certain: true });
        assert_eq!(calendar().deadline(day("2026-11-24"), 20).due_on, day("2026-12-22"));
    }

    #[test]
    fn a_year_without_notice_is_said_to_be_uncertain() {
        assert!(!calendar().deadline(day("2026-12-30"), 10).certain);
    }

    #[test]
    fn midnight_is_in_shanghai() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
        assert_eq!(local_date(at("2026-11-23T15:59:59Z")), day("2026-11-23"));
        assert_eq!(local_date(at("2026-11-23T16:00:00Z")), day("2026-11-24"));
    }

    /// 调休 keeps the number of days off in balance: each year's working days lie between 247 and 252.
    #[test]
    fn every_year_has_a_plausible_number_of_working_days() {
        let calendar = calendar();
        for year in calendar.years() {
            let days = NaiveDate::from_yo_opt(year, 1).into_iter().flat_map(|first| first.iter_days().take(365));
            let working = days.filter(|on| calendar.day(*on).is_working_day).count();
            assert!((247..=252).contains(&working), "{year}: {working}");
        }
    }
}
