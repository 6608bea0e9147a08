//! Whose turn it is, state by state.

use super::*;
use crate::complaints::ComplaintStatus;
use crate::inspections::case_referrals::ReferralStatus;
use crate::inspections::follow_ups::FollowUpStatus;
use crate::inspections::inspecting_bodies::BodyStatus;
use crate::inspections::inspections::InspectionStatus;
use crate::inspections::issued_tasks::{IssuedTaskStatus, PartStatus};
use crate::officers::certificates::CertificateStatus;
use crate::oversight::supervision_cases::SupervisionStatus;
use crate::records::documents::{DocumentKind, DocumentStatus};
use crate::records::evidence::EvidenceStatus;
use crate::spot_checks::libraries::LibraryStatus;
use crate::spot_checks::plans::PlanStatus;
use crate::spot_checks::spot_check_items::SpotCheckItemStatus;
use crate::spot_checks::tasks::TaskStatus;
use crate::visits::VisitStatus;
use crate::visits::feedback::FeedbackStatus;
use crate::visits::offline::OfflineStatus;
use serde_json::json;

/// Every state of every noun: whom it makes wait, or nobody.
#[test]
fn every_state_waits_for_somebody_or_for_nobody() {
    fn lines<S: Copy>(
        noun: &str,
        states: &[S],
        code: fn(S) -> &'static str,
        of: fn(S) -> &'static [Waiting],
    ) -> Vec<String> {
        let line = |state: &S| {
            let kinds: Vec<_> = of(*state).iter().map(|kind| kind.code()).collect();
            format!("{noun:18} {:14} -> {}", code(*state), kinds.join(" "))
        };
        states.iter().map(line).collect()
    }

    let linked = |status| of_spot_check_item(status, true);
    let all = [
        lines("plans", PlanStatus::ALL, PlanStatus::code, of_plan),
        lines("tasks", TaskStatus::ALL, TaskStatus::code, of_task),
        lines("tasks (value)", TaskStatus::ALL, TaskStatus::code, of_task_with_chance),
        lines("inspections", InspectionStatus::ALL, InspectionStatus::code, of_inspection),
        lines("inspecting-bodies", BodyStatus::ALL, BodyStatus::code, of_body),
        lines("libraries", LibraryStatus::ALL, LibraryStatus::code, |status| of_library(status, true)),
        lines("libraries (bad)", LibraryStatus::ALL, LibraryStatus::code, |status| of_library(status, false)),
        lines("visits", VisitStatus::ALL, VisitStatus::code, |status| of_visit(status, false)),
        lines("visits (surprise)", VisitStatus::ALL, VisitStatus::code, |status| of_visit(status, true)),
        lines("evidence", EvidenceStatus::ALL, EvidenceStatus::code, of_evidence),
        lines("documents (served)", DocumentStatus::ALL, DocumentStatus::code, |status| {
            of_document(status, DocumentKind::InspectionNotice)
        }),
        lines("documents (signed)", DocumentStatus::ALL, DocumentStatus::code, |status| {
            of_document(status, DocumentKind::SiteRecord)
        }),
        lines("offline-records", OfflineStatus::ALL, OfflineStatus::code, of_offline_record),
        lines("visit-feedback", FeedbackStatus::ALL, FeedbackStatus::code, of_feedback),
        lines("issued-tasks", IssuedTaskStatus::ALL, IssuedTaskStatus::code, of_issued_task),
        lines("issued-parts", PartStatus::ALL, PartStatus::code, of_issued_part),
        lines("follow-ups", FollowUpStatus::ALL, FollowUpStatus::code, of_follow_up),
        lines("case-referrals", ReferralStatus::ALL, ReferralStatus::code, of_referral),
        lines("supervision-cases", SupervisionStatus::ALL, SupervisionStatus::code, of_supervision),
        lines("complaints (none's)", ComplaintStatus::ALL, ComplaintStatus::code, |status| {
            of_complaint(status, false, false, true)
        }),
        lines("complaints", ComplaintStatus::ALL, ComplaintStatus::code, |status| {
            of_complaint(status, true, false, true)
        }),
        lines("complaints (still)", ComplaintStatus::ALL, ComplaintStatus::code, |status| {
            of_complaint(status, true, true, false)
        }),
        lines("certificates", CertificateStatus::ALL, CertificateStatus::code, of_certificate),
        lines("spot-check-items", SpotCheckItemStatus::ALL, SpotCheckItemStatus::code, linked),
    ];
    insta::assert_snapshot!(all.concat().join("\n"));
}

/// The column of the list has room for so many characters.
#[test]
fn every_kind_has_room() {
    assert!(Waiting::CODES.iter().all(|code| code.len() <= 24), "{:?}", Waiting::CODES);
}

#[test]
fn the_trail_says_whose_turn_it_is() {
    let submitter = Uuid::from_u128(7);
    let plan = json!({ "status": "SUBMITTED", "code": "C1", "name": "年度计划", "submitted_by": submitter, "department_id": Uuid::nil() });
    let turn = of_record("plans", &plan).unwrap_or_default();
    assert_eq!((turn.kinds, turn.title.as_str()), (vec![Waiting::PlanToReview], "C1 年度计划"));
    assert_eq!(turn.not_for, Some(submitter));
    let inspection = json!({ "status": "APPROVED", "publish_due_on": "2026-12-01", "submitted_by": submitter });
    let turn = of_record("inspections", &inspection).unwrap_or_default();
    assert_eq!((turn.due_on, turn.not_for), (NaiveDate::from_ymd_opt(2026, 12, 1), None));
    let task = json!({ "status": "DRAFT", "excess_reason": "集中整治", "excess_asked_by": submitter });
    let turn = of_record("tasks", &task).unwrap_or_default();
    assert_eq!(turn.not_for(Waiting::ExcessToApprove), Some(submitter), "whoever asked does not approve");
    assert_eq!(turn.not_for(Waiting::TaskToFreeze), None, "and goes on with the task");
    assert_eq!(of_record("objects", &json!({ "status": "X" })), None);
}
