//! 版本: what was in force on a day. Items and implementation lists change by new versions that take over at midnight in
//! Asia/Shanghai; nothing that was ever in force is edited.

use super::refusal::{Code, Refusal};
use super::rules::EFFECT_NOT_IN_THE_PAST;
use super::text::text;
use crate::kernel::code_list::code_list;
use chrono::NaiveDate;

code_list! {
    VersionState "版本状态" { Draft "草稿", Submitted "待审核", Approved "已批准", Discarded "已放弃" }
}

/// An approved version's days: from its first day up to, and without, its last (`None`: open).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub number: i32,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl Span {
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// The number of the version in force on a day.
pub fn in_force(spans: &[Span], day: NaiveDate) -> Option<i32> {
    spans.iter().find(|span| span.covers(day)).map(|span| span.number)
}

/// Ends whatever is in force on `day` or would come into force later; what had not begun never was in force.
pub fn end(spans: &mut [Span], day: NaiveDate) {
    for span in spans {
        if span.to.is_none_or(|to| to > day) {
            span.to = Some(span.from.max(day));
        }
    }
}

/// Puts a version in force from `day` on.
pub fn switch(spans: &mut Vec<Span>, number: i32, day: NaiveDate) {
    end(spans, day);
    spans.push(Span { number, from: day, to: None });
}

/// A version takes effect today or later, within a year.
pub fn check_effective_on(today: NaiveDate, from: NaiveDate) -> Result<(), Refusal> {
    if from < today || from > today + chrono::Days::new(366) {
        return Err(Refusal::new(
            Code::EffectiveDateInvalid,
            text!(
                "生效日期 {from} 应在今天（{today}）至一年之内；已生效的内容不得追溯修改。",
                "The effective date {from} must lie between today ({today}) and a year from now."
            ),
        )
        .under(EFFECT_NOT_IN_THE_PAST));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn day(offset: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default() + chrono::Days::new(offset)
    }

    #[test]
    fn every_day_between_two_versions_is_answered() {
        let mut spans = Vec::new();
        switch(&mut spans, 1, day(10));
        switch(&mut spans, 2, day(40));
        for offset in 0..80 {
            let expected = match offset {
                0..10 => None,
                10..40 => Some(1),
                _ => Some(2),
            };
            assert_eq!(in_force(&spans, day(offset)), expected, "day {offset}");
        }
        end(&mut spans, day(60));
        assert_eq!((in_force(&spans, day(59)), in_force(&spans, day(60))), (Some(2), None));
    }

    #[test]
    fn the_past_is_not_rewritten() {
        assert!(check_effective_on(day(5), day(4)).is_err());
        assert!(check_effective_on(day(5), day(5)).is_ok());
        assert!(check_effective_on(day(5), day(372)).is_err());
    }

    proptest! {
        /// Against a calendar that is painted day by day.
        #[test]
        fn spans_equal_a_painted_calendar(steps in prop::collection::vec((any::<bool>(), 0u64..120), 0..30)) {
            let mut spans = Vec::new();
            let mut painted: BTreeMap<u64, Option<i32>> = (0..200).map(|at| (at, None)).collect();
            for (number, (ends, at)) in (1..).zip(steps) {
                let value = (!ends).then_some(number);
                if ends { end(&mut spans, day(at)) } else { switch(&mut spans, number, day(at)) }
                painted.iter_mut().filter(|(on, _)| **on >= at).for_each(|(_, cell)| *cell = value);
            }
            for (at, value) in painted {
                prop_assert_eq!(in_force(&spans, day(at)), value);
                prop_assert!(spans.iter().filter(|span| span.covers(day(at))).count() <= 1);
            }
        }
    }
}
