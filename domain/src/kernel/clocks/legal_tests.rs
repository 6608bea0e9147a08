//! The engine against a naive model that walks day by day, and the dates of a year with 调休.

use super::calendar::{Calendar, local_date, start_of};
use super::{Clock, Flag, Term, TermUnit};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use std::sync::LazyLock;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| match Calendar::published() {
    Ok(calendar) => calendar,
    Err(error) => panic!("{error}"),
});

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

/// Day by day: counts what counts, skips what stands still, and moves on from a holiday at the end.
fn naive(clock: &Clock) -> Option<NaiveDate> {
    let counts = |on: NaiveDate| {
        let still = clock
            .stops
            .iter()
            .any(|stop| on > local_date(stop.from) && stop.until.is_none_or(|until| on <= local_date(until)));
        !still && (clock.term.unit != TermUnit::WorkingDay || CALENDAR.day(on).is_working_day)
    };
    let start = local_date(clock.trigger);
    if clock.length() == 0 {
        return the_day_itself(clock, start);
    }
    let mut left = i64::from(clock.length());
    if clock.term.unit == TermUnit::Month {
        let months = chrono::Months::new(clock.length());
        left = (start.checked_add_months(months)? - start).num_days();
    }
    let mut on = start;
    let mut steps = 0;

    while left > 0 {
        on = on.succ_opt()?;
        left -= i64::from(counts(on));
        steps += 1;
        if steps > 5_000 {
            return None;
        }
    }

    while clock.term.unit != TermUnit::WorkingDay && !CALENDAR.day(on).is_working_day {
        on = on.succ_opt()?;
    }

    Some(on)
}

/// Minute by minute: the first day that ends while the clock runs; then on from a holiday.
fn the_day_itself(clock: &Clock, start: NaiveDate) -> Option<NaiveDate> {
    let still =
        |at: DateTime<Utc>| clock.stops.iter().any(|stop| stop.from < at && stop.until.is_none_or(|until| at <= until));
    let runs_out = |on: &NaiveDate| !still(start_of(*on) + Duration::days(1));
    let mut days = start.iter_days().take(1_000).skip_while(|on| !runs_out(on));
    let on = days.next()?;

    on.iter_days().find(|on| clock.term.unit == TermUnit::WorkingDay || CALENDAR.day(*on).is_working_day)
}

/// Seconds: within a day as often as up to so many days.
fn span(days: i64) -> impl Strategy<Value = i64> {
    prop_oneof![1i64..86_400, 1i64..days * 86_400]
}

prop_compose! {
    /// A clock from 2024 to 2026, with up to three standstills, the last of which may be open.
    fn clocks()(
        trigger in 1_704_067_200i64..1_790_000_000,
        length in prop_oneof![1 => Just(0), 9 => 0u32..90],
        extension in prop_oneof![Just(0), 0u32..20],
        unit in prop_oneof![Just(TermUnit::WorkingDay), Just(TermUnit::Day), Just(TermUnit::Month)],
        gaps in prop::collection::vec((span(40), span(60)), 0..3),
        open in prop::option::weighted(0.1, span(2)),
    ) -> Clock {
        let trigger = DateTime::from_timestamp(trigger, 0).unwrap_or_default();
        let length = if unit == TermUnit::Month { length % 14 } else { length };
        let mut clock = Clock { extension: extension % 7, ..Clock::new(Term { length, unit }, trigger) };
        let mut from = trigger;

        for (run, still) in gaps {
            from += Duration::seconds(run);
            clock.stop(from);
            from += Duration::seconds(still);
            clock.resume(from);
        }

        if let Some(run) = open {
            clock.stop(from + Duration::seconds(run));
        }

        clock
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_engine_agrees_with_walking_day_by_day(clock in clocks()) {
        prop_assert_eq!(clock.due(&CALENDAR).map(|due| due.on), naive(&clock));
    }

    #[test]
    fn flags_come_in_order_and_the_end_is_red(clock in clocks()) {
        let moments: Vec<_> = [80, 100, 120].iter().filter_map(|percent| clock.at(&CALENDAR, *percent)).collect();
        prop_assert!(moments.is_sorted(), "{:?}", moments);
        if let Some(due) = clock.due(&CALENDAR) {
            prop_assert!(clock.flag(&CALENDAR, due.at) >= Flag::Red);
            if clock.length() > 0 {
                prop_assert!(clock.flag(&CALENDAR, due.at - Duration::milliseconds(1)) < Flag::Red);
            }
        }
    }

    #[test]
    fn working_days_are_counted_as_by_hand(from in 0u64..1_200, days in 0u64..500) {
        let from = day("2023-12-01") + Days::new(from);
        let to = from + Days::new(days);
        let by_hand = from.iter_days().skip(1).take_while(|on| *on <= to).filter(|on| CALENDAR.day(*on).is_working_day);
        prop_assert_eq!(CALENDAR.working_days_between(from, to), i64::try_from(by_hand.count()).unwrap_or(-1));
    }
}

#[test]
fn deadlines_cross_the_spring_festival() {
    // 2026-02-13 Fri; then Sat 14 works, 15–23 holiday, Tue 24 is the second.
    assert_eq!(Term::working_days(2).due_on(&CALENDAR, day("2026-02-13")), day("2026-02-24"));
    assert_eq!(Term::working_days(20).due_on(&CALENDAR, day("2026-11-24")), day("2026-12-22"));
    let clock = Clock::new(Term::working_days(2), at("2026-02-13T02:00:00Z"));
    let words: Vec<_> = clock.explain(&CALENDAR).into_iter().map(|line| line.zh).collect();
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn a_year_without_notice_is_said_to_be_uncertain() {
    let clock = Clock::new(Term::working_days(10), start_of(day("2026-12-30")));
    assert_eq!(clock.due(&CALENDAR).map(|due| due.certain), Some(false));
}

#[test]
fn hours_run_through_the_night_and_stand_still_when_told_to() {
    let mut clock = Clock::new(Term::hours(4), at("2026-11-24T14:00:00Z"));
    assert_eq!(clock.due(&CALENDAR).map(|due| due.at), Some(at("2026-11-24T18:00:00Z")));
    clock.stop(at("2026-11-24T15:00:00Z"));
    assert_eq!(clock.due(&CALENDAR), None);
    assert_eq!(clock.flag(&CALENDAR, at("2026-12-24T15:00:00Z")), Flag::Green, "it stands still");
    clock.resume(at("2026-11-25T15:00:00Z"));
    assert_eq!(clock.due(&CALENDAR).map(|due| due.at), Some(at("2026-11-25T18:00:00Z")));
    let flag = |when: &str| clock.flag(&CALENDAR, at(when));
    assert_eq!(flag("2026-11-25T17:11:59Z"), Flag::Green);
    assert_eq!(flag("2026-11-25T17:12:00Z"), Flag::Yellow, "80 % of four hours");
    assert_eq!(flag("2026-11-25T18:00:00Z"), Flag::Red);
    assert_eq!(flag("2026-11-25T18:48:00Z"), Flag::Escalated, "120 %");
}

#[test]
fn the_same_day_ends_at_midnight_in_shanghai() {
    let clock = Clock::new(Term::working_days(0), at("2026-11-24T06:00:00Z"));
    assert_eq!(clock.due(&CALENDAR).map(|due| due.at), Some(at("2026-11-24T16:00:00Z")));
}

#[test]
fn a_standstill_on_the_day_itself_moves_its_end_to_the_day_of_the_restart() {
    for unit in [TermUnit::WorkingDay, TermUnit::Day, TermUnit::Month] {
        let mut clock = Clock::new(Term { length: 0, unit }, at("2026-11-24T02:00:00Z"));
        clock.stop(at("2026-11-24T02:00:01Z"));
        assert_eq!(clock.due(&CALENDAR), None, "{unit:?} stands still");
        let mut soon = clock.clone();
        soon.resume(at("2026-11-24T02:00:02Z"));
        assert_eq!(soon.due(&CALENDAR).map(|due| due.at), Some(at("2026-11-24T16:00:00Z")), "{unit:?} the same day");
        clock.resume(at("2026-11-26T10:00:00Z"));
        assert_eq!(clock.due(&CALENDAR).map(|due| due.at), Some(at("2026-11-26T16:00:00Z")), "{unit:?} two days on");
        let words: Vec<_> = clock.explain(&CALENDAR).into_iter().map(|line| line.zh).collect();
        assert!(!words.iter().any(|line| line.contains("顺延")), "{words:?}");
    }
}

#[test]
fn months_end_on_the_corresponding_day_and_move_on_from_holidays() {
    // 31 October + 1 month: November has no 31st; 30 November 2026 is a Monday.
    assert_eq!(Term::months(1).due_on(&CALENDAR, day("2026-10-31")), day("2026-11-30"));
    // 15 days from 20 September is 5 October: 国庆节; the next working day is the 8th.
    let clock = Clock::new(Term::days(15), at("2026-09-20T01:00:00Z"));
    assert_eq!(clock.due(&CALENDAR).map(|due| due.on), Some(day("2026-10-08")));
    let words: Vec<_> = clock.explain(&CALENDAR).into_iter().map(|line| line.zh).collect();
    assert!(words.iter().any(|line| line == "末日 2026-10-05 为国庆节，顺延至 2026-10-08。"), "{words:?}");
}

#[test]
fn what_stood_still_before_the_trigger_is_over() {
    for unit in [TermUnit::Hour, TermUnit::WorkingDay, TermUnit::Day] {
        let clock = Clock::new(Term { length: 4, unit }, at("2026-11-26T01:00:00Z"));
        let mut stood = clock.clone();
        stood.stop(at("2026-11-23T02:00:00Z"));
        stood.resume(at("2026-11-25T02:00:00Z"));
        assert_eq!(stood.due(&CALENDAR), clock.due(&CALENDAR), "{unit:?}");
    }
}
