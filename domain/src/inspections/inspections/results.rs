//! What a result says: of its items, of the codes it has, and of what was found before.

use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use chrono::NaiveDate;

/// 不合格 in the dictionary item-result.
pub const FAILED_POINT: &str = "2";
/// 移送办案 in the dictionary spot-dispose: the inspection led to a case.
pub const TRANSFERRED_FOR_A_CASE: &str = "4";
/// 违反…规定 and 发现问题… in the dictionary spot-result.
const PROBLEMS: [&str; 9] = ["2", "3", "4", "5", "A", "B", "C", "D", "E"];
/// 违反工商、食药、质监规定: of departments that are one since 2018, so for inspections of before only (国市监信〔2019〕38号).
const OLD_VIOLATIONS: [&str; 3] = ["2", "3", "4"];

/// Codes that say that something was found.
pub const fn problem_codes() -> [&'static str; 9] {
    PROBLEMS
}

/// Whether a result tells of a problem: a check point failed, or a violation whichever points failed.
pub fn found_problems(codes: &[String], failed_points: usize) -> bool {
    failed_points > 0 || codes.iter().any(|code| PROBLEMS.contains(&code.as_str()))
}

/// 未发现违法行为 in the dictionary spot-result: stands alone, or beside F 未发现…经营活动.
const NO_VIOLATION: &str = "1";
const NO_ACTIVITY: &str = "F";
/// 合格 in the dictionary item-result.
pub const PASSED_POINT: &str = "1";

/// A result that says that nothing was found must not say at the same time that something was, or that nothing was looked at.
pub fn is_contradictory(codes: &[String], points: &[&str]) -> bool {
    codes.iter().any(|code| code == NO_VIOLATION)
        && (codes.iter().any(|code| code != NO_VIOLATION && code != NO_ACTIVITY)
            || points.contains(&FAILED_POINT)
            || !points.contains(&PASSED_POINT))
}

/// The first day on which the old codes are not used any more.
const fn renewed_on() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2019, 2, 17)
}

/// The codes that an inspection of a day may not have any more.
pub fn out_of_date(codes: &[String], day: NaiveDate) -> Vec<&str> {
    let renewed = renewed_on().is_some_and(|first| day >= first);
    codes.iter().map(String::as_str).filter(|code| renewed && OLD_VIOLATIONS.contains(code)).collect()
}

/// 合理缺项 and 未检查 in the dictionary item-result.
const NOT_APPLICABLE: &str = "4";
const NOT_CHECKED: &str = "3";

/// The result of an item, by those of its check points: one that failed fails it, one that passed is enough otherwise.
pub fn derived(points: &[&str]) -> &'static str {
    if points.contains(&FAILED_POINT) {
        FAILED_POINT
    } else if points.contains(&PASSED_POINT) {
        PASSED_POINT
    } else if !points.is_empty() && points.iter().all(|point| *point == NOT_APPLICABLE) {
        NOT_APPLICABLE
    } else {
        NOT_CHECKED
    }
}

/// So many checks in a row by one officer at one object in a year that find nothing ask for an explanation.
pub const CLEAN_IN_A_ROW: usize = 3;

/// Refuses the one too many until it is explained. `others`: the officer's other checks there in the year, in the order of their
/// days, and whether each found nothing; they may be told of in any order.
pub fn check_clean_row(name: &str, on: NaiveDate, others: &[(NaiveDate, bool)]) -> Result<(), Refusal> {
    let (before, after) = others.split_at(others.partition_point(|(day, _)| *day <= on));
    let before = before.iter().rev().take_while(|(_, clean)| *clean).count();
    let after = after.iter().take_while(|(_, clean)| *clean).count();
    let row = before + 1 + after;
    if row < CLEAN_IN_A_ROW {
        return Ok(());
    }

    Err(Refusal::new(
        Code::ExplanationDue,
        text!(
            "{name}本年度对该对象连续 {row} 次检查均未发现问题，请在结果中作出说明（repeat_explanation）后再提交。",
            "{name} has found nothing at this object {row} times in a row this year; explain it in the result (repeat_explanation)."
        ),
    ))
}

/// What a result must hold before it can be submitted.
pub fn check_result(codes: usize, items: usize, points: usize) -> Result<(), Refusal> {
    if codes == 0 || points < items {
        return Err(Refusal::new(
            Code::ResultIncomplete,
            text!(
                "结果不完整：结果代码 {codes} 个（至少 1 个），已填检查项 {points} 个（共 {items} 个）。",
                "The result is incomplete: {codes} result code(s) (1 at least), {points} of {items} check points filled in."
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_is_said_of_what_was_looked_at() {
        let contradictory = |codes: &[&str], points: &[&str]| {
            is_contradictory(&codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>(), points)
        };
        assert!(!contradictory(&["1"], &["1", "3", "4"]) && !contradictory(&["1", "F"], &["1"]));
        assert!(!contradictory(&["5", "E"], &["1"]) && !contradictory(&["6"], &["3"]));
        for (codes, points) in
            [(&["1", "2"][..], &["1"][..]), (&["1", "A"], &["1"]), (&["1"], &["1", "2"]), (&["1"], &["3", "4"])]
        {
            assert!(contradictory(codes, points), "{codes:?} {points:?}");
        }
    }

    #[test]
    fn a_violation_or_a_failed_point_is_a_problem() {
        let found = |code: &str, failed| found_problems(&[code.to_owned()], failed);
        assert!(["1", "6", "7", "8"].iter().all(|code| !found(code, 0) && found(code, 1)));
        assert!(PROBLEMS.iter().all(|code| found(code, 0)));
    }

    #[test]
    fn the_third_clean_check_in_a_row_is_explained() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default();
        let due = |others: &[(u32, bool)]| {
            let others: Vec<_> = others.iter().map(|(on, clean)| (day(*on), *clean)).collect();
            check_clean_row("某", day(10), &others).is_err()
        };
        assert!(!due(&[]) && !due(&[(1, true)]) && due(&[(1, true), (2, true)]) && due(&[(1, true), (10, true)]));
        assert!(due(&[(1, true), (20, true)]) && due(&[(11, true), (12, true)]), "in whatever order they are told of");
        assert!(!due(&[(1, true), (2, false), (3, true)]), "a problem between them ends the row");
        assert!(!due(&[(1, true), (2, false), (11, true)]) && !due(&[(11, false), (12, true), (13, true)]));
    }

    #[test]
    fn an_item_is_what_its_points_are() {
        for (points, item) in [
            (&["1", "1"][..], "1"),
            (&["1", "2"], "2"),
            (&["1", "4", "3"], "1"),
            (&["4", "4"], "4"),
            (&["3", "4"], "3"),
            (&[], "3"),
        ] {
            assert_eq!(derived(points), item, "{points:?}");
        }
    }

    #[test]
    fn codes_of_departments_that_are_gone_are_for_old_inspections() {
        let codes = ["2", "5", "4"].map(str::to_owned);
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        assert_eq!(out_of_date(&codes, day(2019, 2, 16)), Vec::<&str>::new());
        assert_eq!(out_of_date(&codes, day(2019, 2, 17)), ["2", "4"]);
    }
}
