//! The life of a case: its table, when a step further is taken, and when it is extended.

use super::*;
use crate::access::{Actor, Decide, Role};

#[test]
fn the_table_of_a_cases_life() {
    insta::assert_snapshot!(crate::kernel::code_list::table(
        SupervisionStatus::ALL,
        SupervisionAction::ALL,
        |s, a| next(*s, *a).map(SupervisionStatus::code),
        |s| s.code(),
        |a| a.code()
    ));
}

fn justice() -> Actor {
    Actor::of(Uuid::from_u128(2), "justice", Role::JusticeSupervisor, Uuid::from_u128(9))
}

fn facts(status: SupervisionStatus) -> SupervisionFacts {
    SupervisionFacts {
        status,
        department_id: Uuid::from_u128(1),
        is_overdue: false,
        is_extended: false,
        papers: 0,
        has_cause: false,
        measure: SupervisionMeasure::Rectify,
        taken: None,
    }
}

#[test]
fn a_step_further_has_a_reason_and_is_written_down_before_the_end() {
    use SupervisionAction as A;
    use SupervisionStatus as S;
    let actor = justice();
    let may = |facts: SupervisionFacts, action| facts.judge(&actor, action).is_ok();

    let notice = facts(S::Notice);
    let late = SupervisionFacts { is_overdue: true, papers: 1, has_cause: true, ..notice };
    assert!(!may(notice, A::IssueDecision) && may(late, A::IssueDecision));
    assert!(may(notice, A::Extend) && !may(late, A::Extend));
    assert!(!may(SupervisionFacts { is_extended: true, ..notice }, A::Extend), "once");
    assert!(!may(notice, A::Escalate) && may(late, A::Escalate));

    let looked_at = facts(S::Investigating);
    assert!(may(looked_at, A::Dismiss) && !may(SupervisionFacts { papers: 1, ..looked_at }, A::Dismiss), "it was sent");
    let verified = facts(S::Verified);
    let talk = SupervisionFacts { measure: SupervisionMeasure::Talk, ..verified };
    assert!(may(verified, A::Close) && !may(verified, A::Escalate));
    assert!(!may(talk, A::Close) && may(talk, A::Escalate), "the talk is held first");
    let held = SupervisionFacts { taken: Some(SupervisionMeasure::Talk), ..talk };
    assert!(may(held, A::Close) && !may(held, A::Escalate));
    let report = SupervisionMeasure::Report;
    let reported = SupervisionFacts { measure: report, taken: Some(report), has_cause: true, ..held };
    assert!(!may(reported, A::Escalate), "nothing is higher");
}

#[test]
fn the_same_again_is_a_step_further() {
    let steps: Vec<_> = (0..4).map(SupervisionMeasure::after).collect();
    use SupervisionMeasure as M;
    assert_eq!(steps, [M::Rectify, M::Talk, M::Report, M::Report]);
    assert_eq!(M::Rectify.next().and_then(M::next).and_then(M::next), None);
}
