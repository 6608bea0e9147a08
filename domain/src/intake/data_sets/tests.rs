//! The life of a data set, and when it is late.

use super::*;
use crate::access::Role;

#[test]
fn the_table_of_a_data_sets_life() {
    insta::assert_snapshot!(crate::kernel::code_list::table(
        DataSetStatus::ALL,
        DataSetAction::ALL,
        |status, action| next(*status, *action).map(DataSetStatus::code),
        |status| status.code(),
        |action| action.code()
    ));
}

/// Each comes by a file, by behaviours or by the platform's own records.
#[test]
fn thirteen_are_required() {
    assert_eq!(DataSetContent::ALL.len(), 13);
    let by_file = Dataset::ALL.iter().filter_map(|dataset| DataSetContent::of_file(*dataset));
    let by_rows = BehaviourSet::ALL.iter().map(|set| DataSetContent::of_behaviours(*set));
    let filled: std::collections::BTreeSet<_> = by_file.chain(by_rows).collect();
    assert_eq!(filled.len(), 4 + 4, "no two fill the same");
}

/// Fresh until the last day of its term has gone.
#[test]
fn a_set_is_late_when_its_term_is_over() {
    let Ok(calendar) = Calendar::published() else { unreachable!("it is published") };
    let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
    let lack = |cadence, arrived: Option<&str>, today| {
        arrival_lack(cadence, arrived.map(day), (day(today), &calendar)).map(DataSetLack::code)
    };

    let friday = Some("2026-10-16");
    assert_eq!(lack(Cadence::Daily, friday, "2026-10-19"), None, "Monday is the next day of work");
    assert_eq!(lack(Cadence::Daily, friday, "2026-10-20"), Some("OVERDUE"));
    assert_eq!(lack(Cadence::Weekly, friday, "2026-10-23"), None);
    assert_eq!(lack(Cadence::Weekly, friday, "2026-10-24"), Some("OVERDUE"));
    assert_eq!(lack(Cadence::Monthly, friday, "2026-11-16"), None);
    assert_eq!(lack(Cadence::Monthly, friday, "2026-11-17"), Some("OVERDUE"));
    // It ends on National Day: the eighth is the next day of work.
    let july = Some("2026-07-01");
    assert_eq!(lack(Cadence::Quarterly, july, "2026-10-08"), None);
    assert_eq!(lack(Cadence::Quarterly, july, "2026-10-09"), Some("OVERDUE"));
    assert_eq!(lack(Cadence::Yearly, friday, "2027-10-18"), None, "the sixteenth is a Saturday");
    assert_eq!(lack(Cadence::Yearly, friday, "2027-10-19"), Some("OVERDUE"));
    assert_eq!(lack(Cadence::Yearly, None, "2026-10-16"), Some("NEVER_ARRIVED"));
}

#[test]
fn what_is_missing_is_named() {
    let Ok(calendar) = Calendar::published() else { unreachable!("it is published") };
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let today = (day("2026-12-01").unwrap_or_default(), &calendar);
    let begun = Agreed { cadence: Cadence::Monthly, in_force_on: None, duty_person: None, review_on: None };
    assert_eq!(lacks(&begun, None, today), [DataSetLack::NoPlan, DataSetLack::NeverArrived]);

    let signed = Agreed {
        in_force_on: day("2026-01-05"),
        duty_person: Some(Uuid::from_u128(1)),
        review_on: day("2026-12-01"),
        ..begun
    };
    let arrived = "2026-11-20".parse().ok();
    assert_eq!(lacks(&signed, arrived, today), [], "the last day of the year of a plan counts");
    let gone = Agreed { duty_person: None, review_on: day("2026-11-30"), ..signed };
    assert_eq!(lacks(&gone, arrived, today), [DataSetLack::NoDutyPerson, DataSetLack::ReviewOverdue]);
}

#[test]
fn who_is_named_signs_and_nobody_for_them() {
    let (duty, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let department = Uuid::from_u128(9);
    let facts = DataSetFacts {
        status: DataSetStatus::Approved,
        department_id: Some(department),
        duty_user_id: Some(duty),
        submitted_by: Some(other),
    };
    let sign = |id, role| facts.decide(&Actor::of(id, "someone", role, department), DataSetAction::Sign).is_ok();
    assert!(sign(duty, Role::DepartmentAdmin));
    assert!(!sign(other, Role::DepartmentAdmin));
    assert!(!sign(other, Role::PlatformBusiness));

    let submitted = DataSetFacts { status: DataSetStatus::Submitted, ..facts };
    let approve =
        |id| submitted.decide(&Actor::of(id, "someone", Role::Coordinator, department), DataSetAction::Approve).is_ok();
    assert!(approve(duty));
    assert!(!approve(other), "whoever submitted it");
    let blank = DataSetFacts { status: DataSetStatus::Draft, department_id: None, ..facts };
    let submit = blank.decide(&Actor::of(duty, "someone", Role::PlatformBusiness, department), DataSetAction::Submit);
    assert_eq!(submit.map_err(|refusal| refusal.code), Err(Code::StateConflict));
}
