//! Lives and days of issued tasks.

use super::*;
use chrono::NaiveDate;
use proptest::prelude::*;

#[test]
fn the_tables_of_both_lives() {
    let task = crate::kernel::code_list::table(
        IssuedTaskStatus::ALL,
        IssuedTaskAction::ALL,
        |s, a| next(*s, *a).map(IssuedTaskStatus::code),
        |s| s.code(),
        |a| a.code(),
    );
    let part = crate::kernel::code_list::table(
        PartStatus::ALL,
        PartAction::ALL,
        |s, a| next_part(*s, *a).map(PartStatus::code),
        |s| s.code(),
        |a| a.code(),
    );
    insta::assert_snapshot!(format!("task\n{task}\n\npart\n{part}"));
}

#[test]
fn the_parts_say_where_the_task_is() {
    use PartStatus::{Recording, Signed, Submitted, ToSign};
    assert_eq!(by_parts(&[ToSign, Signed]), IssuedTaskStatus::Issued);
    assert_eq!(by_parts(&[ToSign, Recording]), IssuedTaskStatus::Recording);
    assert_eq!(by_parts(&[Submitted, Signed]), IssuedTaskStatus::Recording);
    assert_eq!(by_parts(&[Submitted, Submitted]), IssuedTaskStatus::Submitted);
}

#[test]
fn a_step_is_late_when_it_was_or_is() {
    let on = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();

    let times = StepTimes {
        sign_due: on("2026-03-03"),
        signed: Some(on("2026-03-03")),
        issue_due: on("2026-03-04"),
        issued: Some(on("2026-03-05")),
        parts: vec![(on("2026-03-20"), Some(on("2026-03-20"))), (on("2026-03-20"), None)],
        report_due: on("2026-03-25"),
        reported: None,
    };
    assert_eq!(late_steps(&times, on("2026-03-20")), [Step::Issue]);
    assert_eq!(late_steps(&times, on("2026-03-21")), [Step::Issue, Step::Part]);
    assert_eq!(late_steps(&times, on("2026-03-26")), [Step::Issue, Step::Part, Step::Report]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Whatever is done, in whatever order: a task that is reported has all its parts handed in, and nothing that is
    /// acknowledged moves.
    #[test]
    fn random_ways_keep_to_the_tables(ways in prop::collection::vec((0usize..12, 0usize..3), 0..40)) {
        let mut status = IssuedTaskStatus::Received;
        let mut parts: Vec<PartStatus> = Vec::new();
        for (act, which) in ways {
            let before = status;
            if let Some(action) = IssuedTaskAction::ALL.get(act) {
                let Some(next) = next(status, *action) else { continue };
                status = next;
                match action {
                    IssuedTaskAction::Issue => parts = vec![PartStatus::ToSign; 3],
                    IssuedTaskAction::Return | IssuedTaskAction::Reopen => parts = vec![PartStatus::Recording; 3],
                    IssuedTaskAction::Update
                    | IssuedTaskAction::Sign
                    | IssuedTaskAction::Check
                    | IssuedTaskAction::Report
                    | IssuedTaskAction::Acknowledge
                    | IssuedTaskAction::Rework => {}
                }
            } else if matches!(status, IssuedTaskStatus::Issued | IssuedTaskStatus::Recording | IssuedTaskStatus::Submitted) {
                let action = PartAction::ALL[act - IssuedTaskAction::ALL.len()];
                let Some(next) = parts.get(which).and_then(|part| next_part(*part, action)) else { continue };
                parts[which] = next;
                status = by_parts(&parts);
            }
            let handed_in = parts.len() == 3 && parts.iter().all(|part| *part == PartStatus::Submitted);
            if matches!(status, IssuedTaskStatus::Checked | IssuedTaskStatus::Reported | IssuedTaskStatus::Acknowledged) {
                prop_assert!(handed_in, "{:?}: {:?}", status, parts);
            }
            prop_assert!(before != IssuedTaskStatus::Acknowledged || status == before);
        }
    }
}
