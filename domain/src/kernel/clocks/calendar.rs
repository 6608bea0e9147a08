//! 工作日历: holidays and 调休 working weekends as published each year, never "skip weekends".

use crate::kernel::text::{Text, text};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc, Weekday};
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

impl Calendar {
    /// The notices shipped in `data/calendar.json`.
    pub fn published() -> Result<Self, serde_json::Error> {
        let years: BTreeMap<String, Year> = serde_json::from_str(include_str!("../../../../data/calendar.json"))?;
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

    /// Working days after one day, up to another: weekdays by arithmetic, then what the notices change.
    pub fn working_days_between(&self, after: NaiveDate, to: NaiveDate) -> i64 {
        if to <= after {
            return 0;
        }
        let mut days = weekdays_until(to) - weekdays_until(after);
        for (number, year) in self.years.range(after.year()..=to.year()) {
            let (Some(first), Some(last)) =
                (NaiveDate::from_ymd_opt(*number, 1, 1), NaiveDate::from_ymd_opt(*number, 12, 31))
            else {
                continue;
            };
            for (from, until, _) in &year.holidays {
                let begin = (*from).max(first).max(after.succ_opt().unwrap_or(after));
                let end = (*until).min(last).min(to);
                if begin <= end {
                    days -= weekdays_until(end) - weekdays_until(begin.pred_opt().unwrap_or(begin));
                }
            }
            let extra = year.working_weekends.iter().filter(|day| **day > after && **day <= to).count();
            days += i64::try_from(extra).unwrap_or(0);
        }

        days
    }

    /// The day itself, or the next working day after it.
    pub fn working_day_from(&self, on: NaiveDate) -> NaiveDate {
        on.iter_days().take(60).find(|day| self.day(*day).is_working_day).unwrap_or(on)
    }

    /// Whether a notice is out for every year between two days.
    pub fn knows(&self, from: NaiveDate, to: NaiveDate) -> bool {
        (from.year()..=to.year()).all(|year| self.years.contains_key(&year))
    }

    /// In words, the weekdays off and the weekends at work after one day, up to another.
    pub fn exceptions(&self, after: NaiveDate, to: NaiveDate) -> Vec<Text> {
        let mut found = Vec::new();
        for year in self.years.range(after.year()..=to.year()).map(|(_, year)| year) {
            for (from, until, name) in year.holidays.iter().filter(|(from, until, _)| *until > after && *from <= to) {
                found.push((
                    *from,
                    text!("{from} 至 {until} {name}放假，不计入。", "{from} to {until}: {name}, not counted."),
                ));
            }
            for day in year.working_weekends.iter().filter(|day| **day > after && **day <= to) {
                found.push((*day, text!("{day} 调休上班，计入。", "{day}: a working weekend, counted.")));
            }
        }

        found.sort_by_key(|(day, _)| *day);
        found.into_iter().map(|(_, line)| line).collect()
    }

    /// The years with a published notice.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.keys().copied()
    }
}

/// Mondays to Fridays from the beginning of the era (a Monday) to a day.
fn weekdays_until(day: NaiveDate) -> i64 {
    let days = i64::from(day.num_days_from_ce());
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

/// Asia/Shanghai is eight hours ahead, without summer time since 1991.
const AHEAD: Duration = Duration::hours(8);

/// The day in Asia/Shanghai at an instant.
pub fn local_date(at: DateTime<Utc>) -> NaiveDate {
    (at + AHEAD).date_naive()
}

/// The moment in Asia/Shanghai, as documents write it.
pub fn local_moment(at: DateTime<Utc>) -> String {
    (at + AHEAD).format("%Y年%-m月%-d日%H时%M分").to_string()
}

/// The time in Asia/Shanghai, as an official reads it.
pub fn local_time(at: DateTime<Utc>) -> String {
    (at + AHEAD).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The instant at which a day begins in Asia/Shanghai.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - AHEAD
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
