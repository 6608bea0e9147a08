//! What the platform itself writes: the national codes of an inspection's result and kind.

use crate::inspections::inspections::found_problems;
use crate::spot_checks::tasks::TaskKind;

/// 检查结果 (dictionary check-outcome): what an inspection's result codes say in the exchange; none where there was nobody to be
/// checked, who was found neither right nor wrong: the exchange has no row for that.
pub fn check_outcome(codes: &[String], failed_points: usize) -> Option<&'static str> {
    let all_clear = codes.iter().all(|code| code == "1" || code == "F");
    if found_problems(codes, failed_points) { Some("02") } else { (all_clear && !codes.is_empty()).then_some("01") }
}

/// 检查形式 (dictionary check-form).
pub const fn check_form(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::DoubleRandom => "01",
        TaskKind::Special => "02",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_inspections_are_outcomes_of_checks() {
        let outcome = |codes: &[&str], failed| {
            let codes: Vec<_> = codes.iter().map(|code| (*code).to_owned()).collect();
            check_outcome(&codes, failed)
        };
        assert_eq!((outcome(&["1"], 0), outcome(&["1", "F"], 0)), (Some("01"), Some("01")));
        assert_eq!((outcome(&["E"], 0), outcome(&["1"], 2)), (Some("02"), Some("02")));
        assert_eq!((outcome(&["6"], 0), outcome(&[], 0)), (None, None));
    }
}
