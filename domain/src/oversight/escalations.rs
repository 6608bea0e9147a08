//! What is late is told to somebody else: by what waits, to whom.

use super::alerts::EnforcementAlert;
use super::supervision_cases::SupervisionSubject;
use super::worklist::Waiting;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escalation {
    /// Whoever reviews the department's inspections.
    Reviewer,
    /// The county office, of a complaint that was not handled in time.
    Office,
    /// The platform, of a data set that did not come.
    Platform,
    /// The justice bureau, of an answer that did not come.
    Supervisor,
    /// The justice bureau, by an alert: it looks into it.
    Alert(EnforcementAlert, SupervisionSubject),
}

/// Step by step: an overdue measure is the reviewer's first, and the justice bureau's when the reviewer has not helped.
pub const ESCALATIONS: [(Waiting, Escalation); 12] = [
    (Waiting::FollowUpDue, Escalation::Reviewer),
    (Waiting::FollowUpOverdue, Escalation::Alert(EnforcementAlert::FollowUpOverdue, SupervisionSubject::FollowUp)),
    (Waiting::CaseToFile, Escalation::Alert(EnforcementAlert::ReferralOverdue, SupervisionSubject::CaseReferral)),
    (Waiting::CaseToClose, Escalation::Alert(EnforcementAlert::ReferralOverdue, SupervisionSubject::CaseReferral)),
    (Waiting::SupervisionToReply, Escalation::Supervisor),
    (Waiting::ComplaintToDecide, Escalation::Office),
    (Waiting::ComplaintToSupply, Escalation::Office),
    (Waiting::ComplaintToHandle, Escalation::Office),
    (Waiting::ComplaintToResume, Escalation::Office),
    (Waiting::ComplaintToTell, Escalation::Office),
    (Waiting::DataSetToUpdate, Escalation::Platform),
    (Waiting::VisitToApproveLate, Escalation::Alert(EnforcementAlert::UnapprovedEntry, SupervisionSubject::Visit)),
];

pub fn of(kind: Waiting) -> Option<Escalation> {
    ESCALATIONS.iter().find(|(late, _)| *late == kind).map(|(_, escalation)| *escalation)
}
