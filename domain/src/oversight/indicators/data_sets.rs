//! Rows 11 and 13: how many of the sets that must be gathered are there and up to date.

use super::Sets;
use crate::intake::data_sets::{Cadence, arrival_lack, due_on};
use crate::kernel::clocks::calendar::Calendar;
use crate::kernel::text::text;
use chrono::NaiveDate;
use uuid::Uuid;

/// A required set, and the day on which something of it came last.
#[derive(Clone, Debug)]
pub struct SetFacts {
    pub id: Uuid,
    pub cadence: Cadence,
    pub arrived: Option<NaiveDate>,
}

/// Sets that came within their cadence ÷ sets required (rules of the trade §23: 11a, 13b).
pub fn up_to_date<'a>(sets: impl IntoIterator<Item = &'a SetFacts>, (today, calendar): (NaiveDate, &Calendar)) -> Sets {
    let mut counted = Sets::default();
    for set in sets {
        let lack = arrival_lack(set.cadence, set.arrived, (today, calendar));
        let verdict = match (lack, set.arrived) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(text!("从未更新", "nothing of it has come")),
            (Some(_), Some(came)) => {
                let due = due_on(set.cadence, came, calendar);
                Err(text!(
                    "{came} 更新后，应于 {due} 前再次更新",
                    "it came on {came}, and should have come again by {due}"
                ))
            }
        };
        counted.count(set.id, verdict);
    }

    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scenario of §23: of 13, nine are fresh, two late and two have never come.
    #[test]
    fn nine_of_thirteen() {
        let Ok(calendar) = Calendar::published() else { unreachable!("it is published") };
        let today = "2026-10-20".parse().unwrap_or_default();
        let arrived = |n| match n {
            1..=9 => "2026-10-15".parse().ok(),
            10 | 11 => "2026-10-12".parse().ok(),
            _ => None,
        };

        let sets: Vec<_> = (1..=13)
            .map(|n| SetFacts { id: Uuid::from_u128(n), cadence: Cadence::Weekly, arrived: arrived(n) })
            .collect();
        let counted = up_to_date(&sets, (today, &calendar));
        assert_eq!(counted.ratio().basis_points(), Some(6_923));
        let said: Vec<_> = counted.missing.values().map(|reason| reason.zh.as_str()).collect();
        let late = "2026-10-12 更新后，应于 2026-10-19 前再次更新";
        assert_eq!(said, [late, late, "从未更新", "从未更新"]);
    }
}
