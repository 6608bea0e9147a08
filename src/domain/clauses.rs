//! 法律条款: one article of a law, in force from a day until it is repealed.

use chrono::NaiveDate;

/// Whether a clause is in force on a day.
pub fn in_force(effective_on: NaiveDate, repealed_on: Option<NaiveDate>, day: NaiveDate) -> bool {
    effective_on <= day && repealed_on.is_none_or(|repealed| day < repealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_ends_on_the_day_of_its_repeal() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let clause = |on| in_force(day("2026-01-01"), Some(day("2026-07-01")), day(on));
        assert_eq!(
            [clause("2025-12-31"), clause("2026-01-01"), clause("2026-06-30"), clause("2026-07-01")],
            [false, true, true, false]
        );
        assert!(in_force(day("2026-01-01"), None, day("2099-01-01")));
    }
}
