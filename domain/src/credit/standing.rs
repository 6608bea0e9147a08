//! Which of the pushed classifications an object stands under on a day.

use super::{CreditClass, CreditScheme};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What was pushed about an object, as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    pub scheme: CreditScheme,
    pub source: String,
    /// `yyyyMM`.
    pub batch: String,
    /// Corrections of the same batch, from 1.
    pub revision: i32,
    pub received_on: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub class: CreditClass,
}

/// The one in force on a day, by what had been received by then: the newest batch counts, however late others came;
/// within a month the market regulation's scheme goes before the others. A correction replaces what it corrects.
pub fn standing(history: &[Pushed], on: NaiveDate) -> Option<&Pushed> {
    standing_known(history, on, on)
}

/// The one in force on a day, by what had been received by another: what came later than the day counts where it corrects a batch
/// that was there then, or is of a month before.
pub fn standing_known(history: &[Pushed], on: NaiveDate, known: NaiveDate) -> Option<&Pushed> {
    let month = on.format("%Y%m").to_string();
    let was_there = |batch: &str| history.iter().any(|pushed| pushed.batch == batch && pushed.received_on <= on);
    let counts = |pushed: &&Pushed| {
        let of_then = pushed.received_on <= on || pushed.batch < month || was_there(&pushed.batch);
        pushed.received_on <= known && of_then
    };
    let mut latest: BTreeMap<(CreditScheme, &str, &str), &Pushed> = BTreeMap::new();
    for pushed in history.iter().filter(counts) {
        let kept = latest.entry((pushed.scheme, &pushed.source, &pushed.batch)).or_insert(pushed);
        if kept.revision < pushed.revision {
            *kept = pushed;
        }
    }
    let valid = latest.into_values().filter(|pushed| pushed.valid_until.is_none_or(|until| until >= on));
    let rank = |pushed: &&Pushed| {
        (pushed.batch.clone(), pushed.scheme == CreditScheme::MarketRegulation, pushed.source.clone(), pushed.scheme)
    };
    valid.max_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    fn pushed(scheme: CreditScheme, batch: &str, revision: i32, received: &str, class: CreditClass) -> Pushed {
        Pushed {
            scheme,
            source: "1".to_owned(),
            batch: batch.to_owned(),
            revision,
            received_on: day(received),
            valid_until: None,
            class,
        }
    }

    #[test]
    fn late_batches_corrections_and_ends_of_validity() {
        use CreditClass::{Dishonest, General, Key, Trustworthy};
        let mut history = vec![
            pushed(CreditScheme::National, "202609", 1, "2026-09-05", General),
            pushed(CreditScheme::National, "202610", 1, "2026-10-05", Key),
            pushed(CreditScheme::National, "202608", 1, "2026-10-20", Dishonest),
            pushed(CreditScheme::National, "202610", 2, "2026-10-25", Trustworthy),
            pushed(CreditScheme::MarketRegulation, "202610", 1, "2026-10-28", General),
        ];
        let class = |history: &[Pushed], on| standing(history, day(on)).map(|pushed| pushed.class);
        assert_eq!(class(&history, "2026-09-04"), None);
        assert_eq!(class(&history, "2026-09-05"), Some(General));
        assert_eq!(class(&history, "2026-10-05"), Some(Key));
        assert_eq!(class(&history, "2026-10-20"), Some(Key), "a late batch of an earlier month changes nothing");
        assert_eq!(class(&history, "2026-10-25"), Some(Trustworthy), "corrected");
        assert_eq!(class(&history, "2026-10-24"), Some(Key), "but not before the correction came");
        assert_eq!(class(&history, "2026-10-28"), Some(General), "market regulation goes first within a month");
        history[4].valid_until = Some(day("2026-11-30"));

        assert_eq!(class(&history, "2026-12-01"), Some(Trustworthy), "over: the next in rank");
    }

    #[test]
    fn a_correction_that_came_later_counts_for_whoever_knows_of_it() {
        let m = CreditScheme::MarketRegulation;
        let history = [
            pushed(m, "202606", 1, "2026-07-02", CreditClass::Trustworthy),
            pushed(m, "202606", 2, "2026-09-10", CreditClass::Key),
            pushed(m, "202607", 1, "2026-07-31", CreditClass::Dishonest),
            pushed(m, "202609", 1, "2026-10-05", CreditClass::General),
        ];
        let class = |on: &str, known: &str| standing_known(&history, day(on), day(known)).map(|pushed| pushed.class);

        assert_eq!(class("2026-07-10", "2026-07-10"), Some(CreditClass::Trustworthy));
        assert_eq!(class("2026-07-10", "2026-09-09"), Some(CreditClass::Trustworthy));
        assert_eq!(class("2026-07-10", "2026-09-10"), Some(CreditClass::Key), "what was so, as was known later");
        assert_eq!(
            class("2026-07-10", "2026-12-01"),
            Some(CreditClass::Key),
            "a batch that came after the day is none of then"
        );
        assert_eq!(class("2026-07-01", "2026-12-01"), Some(CreditClass::Key), "late, and of that time");
        assert_eq!(class("2026-05-31", "2026-12-01"), None);
        assert_eq!(class("2026-07-31", "2026-12-01"), Some(CreditClass::Dishonest));
        assert_eq!(class("2026-10-10", "2026-07-15"), Some(CreditClass::Trustworthy));
        for on in ["2026-06-01", "2026-07-10", "2026-09-30", "2026-10-10"] {
            let same = standing(&history, day(on)).map(|pushed| pushed.class);
            assert_eq!(class(on, on), same, "by default what was known then");
        }
    }
}
