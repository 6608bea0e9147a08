//! What a record waits for in each of its states, noun by noun.

use crate::complaints::ComplaintStatus;
use crate::inspections::case_referrals::ReferralStatus;
use crate::inspections::follow_ups::FollowUpStatus;
use crate::inspections::inspecting_bodies::BodyStatus;
use crate::inspections::inspections::InspectionStatus;
use crate::inspections::issued_tasks::{IssuedTaskStatus, PartStatus};
use crate::intake::data_sets::{DataSetLack, DataSetStatus};
use crate::officers::certificates::CertificateStatus;
use crate::oversight::supervision_cases::SupervisionStatus;
use crate::oversight::worklist::Waiting;
use crate::records::disposal::DisposalStatus;
use crate::records::documents::{DocumentKind, DocumentStatus};
use crate::records::evidence::EvidenceStatus;
use crate::records::holds::HoldStatus;
use crate::spot_checks::libraries::LibraryStatus;
use crate::spot_checks::plans::PlanStatus;
use crate::spot_checks::spot_check_items::SpotCheckItemStatus;
use crate::spot_checks::tasks::TaskStatus;
use crate::visits::VisitStatus;
use crate::visits::feedback::FeedbackStatus;
use crate::visits::offline::OfflineStatus;

pub const fn of_plan(status: PlanStatus) -> &'static [Waiting] {
    match status {
        PlanStatus::Draft | PlanStatus::Amended => &[Waiting::PlanToComplete],
        PlanStatus::Submitted => &[Waiting::PlanToReview],
        PlanStatus::Approved => &[Waiting::PlanToFile],
        PlanStatus::Filed => &[Waiting::PlanToPublish],
        PlanStatus::Published => &[Waiting::PlanToFinish],
        PlanStatus::Finished => &[],
    }
}

pub const fn of_task(status: TaskStatus) -> &'static [Waiting] {
    match status {
        TaskStatus::Draft => &[Waiting::DrawToCommit, Waiting::TaskToFreeze],
        TaskStatus::PoolFrozen => &[Waiting::DrawToReveal, Waiting::TaskToDraw],
        // Left so by an earlier version.
        TaskStatus::Drawn => &[Waiting::TaskToMatch],
        TaskStatus::InProgress => &[Waiting::TaskToFinish],
        // Its inspections wait, one by one.
        TaskStatus::Matched | TaskStatus::Finished | TaskStatus::Cancelled => &[],
    }
}

/// Of a task whose draw waits for a public value.
pub const fn of_task_with_chance(status: TaskStatus) -> &'static [Waiting] {
    if matches!(status, TaskStatus::PoolFrozen) {
        return &[Waiting::DrawToReveal, Waiting::ChanceToEnter, Waiting::TaskToDraw];
    }
    of_task(status)
}

pub const fn of_inspection(status: InspectionStatus) -> &'static [Waiting] {
    match status {
        InspectionStatus::Pending => &[Waiting::InspectionToStart],
        InspectionStatus::Started | InspectionStatus::Entered | InspectionStatus::Returned => {
            &[Waiting::InspectionToRecord]
        }
        InspectionStatus::UnderReview => &[Waiting::InspectionToReview],
        InspectionStatus::Approved => &[Waiting::InspectionToPublish],
        InspectionStatus::Rejected
        | InspectionStatus::Published
        | InspectionStatus::Withdrawn
        | InspectionStatus::Void => &[],
    }
}

/// A library that no draw can be made from; one that is not used waits for nobody.
pub const fn of_library(status: LibraryStatus, good: bool) -> &'static [Waiting] {
    match (status, good) {
        (LibraryStatus::Active, false) => &[Waiting::LibraryToMend],
        (LibraryStatus::Active, true) | (LibraryStatus::Retired, _) => &[],
    }
}

pub const fn of_body(status: BodyStatus) -> &'static [Waiting] {
    match status {
        BodyStatus::Draft => &[Waiting::BodyToSubmit],
        BodyStatus::Submitted => &[Waiting::BodyToConfirm],
        BodyStatus::Confirmed => &[Waiting::BodyToPublish],
        BodyStatus::Published | BodyStatus::Withdrawn => &[],
    }
}

/// A surprise visit is entered without a notice.
pub const fn of_visit(status: VisitStatus, surprise: bool) -> &'static [Waiting] {
    use VisitStatus as S;

    match status {
        S::Draft => &[Waiting::VisitToRequest],
        S::Requested => &[Waiting::VisitToApprove],
        S::Approved if !surprise => &[Waiting::VisitToNotify],
        S::Approved | S::Notified => &[Waiting::VisitToEnter],
        S::Entered => &[Waiting::VisitToLeave],
        // Its inspections wait, one by one; with the last of them it is closed.
        S::Left | S::Closed | S::Cancelled | S::Merged | S::OffSite => &[],
    }
}

/// What was not applied, or not yet, is its sender's to settle.
pub const fn of_offline_record(status: OfflineStatus) -> &'static [Waiting] {
    match status {
        OfflineStatus::Waiting | OfflineStatus::Conflict | OfflineStatus::Refused => &[Waiting::OfflineToSettle],
        OfflineStatus::Applied | OfflineStatus::Duplicate | OfflineStatus::Overtaken | OfflineStatus::Discarded => &[],
    }
}

pub const fn of_feedback(status: FeedbackStatus) -> &'static [Waiting] {
    match status {
        FeedbackStatus::Received => &[Waiting::VisitComplaint],
        FeedbackStatus::Rated | FeedbackStatus::Handled => &[],
    }
}

pub const fn of_issued_task(status: IssuedTaskStatus) -> &'static [Waiting] {
    use IssuedTaskStatus as S;

    match status {
        S::Received => &[Waiting::IssuedToSign],
        S::Signed => &[Waiting::IssuedToIssue],
        S::Submitted => &[Waiting::IssuedToCheck],
        S::Checked => &[Waiting::IssuedToReport],
        S::Rework => &[Waiting::IssuedToReopen],
        // Its parts wait, one by one; what is reported waits for the level above.
        S::Issued | S::Recording | S::Reported | S::Acknowledged => &[],
    }
}

pub const fn of_issued_part(status: PartStatus) -> &'static [Waiting] {
    match status {
        PartStatus::ToSign => &[Waiting::IssuedPartToSign],
        PartStatus::Signed | PartStatus::Recording => &[Waiting::IssuedPartToSubmit],
        PartStatus::Submitted => &[],
    }
}

pub const fn of_follow_up(status: FollowUpStatus) -> &'static [Waiting] {
    match status {
        FollowUpStatus::Open => &[Waiting::FollowUpDue],
        // Whoever decides on the case is waited for.
        FollowUpStatus::Referred | FollowUpStatus::Done | FollowUpStatus::Dropped => &[],
    }
}

pub const fn of_referral(status: ReferralStatus) -> &'static [Waiting] {
    match status {
        ReferralStatus::Referred => &[Waiting::CaseToFile],
        ReferralStatus::Filed => &[Waiting::CaseToClose],
        ReferralStatus::Declined | ReferralStatus::Withdrawn | ReferralStatus::Closed => &[],
    }
}

pub const fn of_supervision(status: SupervisionStatus) -> &'static [Waiting] {
    use SupervisionStatus as S;

    match status {
        S::Open => &[Waiting::SupervisionToBegin],
        S::Investigating => &[Waiting::SupervisionToDecide],
        S::Notice | S::Opinion | S::Decision => &[Waiting::SupervisionToReply],
        S::Replied => &[Waiting::SupervisionToVerify],
        S::Verified => &[Waiting::SupervisionToClose],
        S::Closed | S::Unfounded => &[],
    }
}

pub const fn of_evidence(status: EvidenceStatus) -> &'static [Waiting] {
    match status {
        EvidenceStatus::Declared => &[Waiting::EvidenceToUpload],
        EvidenceStatus::Refused => &[Waiting::EvidenceToExplain],
        // What has arrived is the platform's to check.
        EvidenceStatus::Received | EvidenceStatus::Kept | EvidenceStatus::Discarded => &[],
    }
}

/// A document that is signed on the spot waits for nobody once it is issued.
pub const fn of_document(status: DocumentStatus, kind: DocumentKind) -> &'static [Waiting] {
    match status {
        DocumentStatus::Draft => &[Waiting::DocumentToIssue],
        // What was refused is not served yet: it is left, before a witness.
        DocumentStatus::Issued | DocumentStatus::Refused if kind.is_served() => &[Waiting::DocumentToServe],
        DocumentStatus::Issued
        | DocumentStatus::Refused
        | DocumentStatus::Served
        | DocumentStatus::Void
        | DocumentStatus::Discarded => &[],
    }
}

pub const fn of_certificate(status: CertificateStatus) -> &'static [Waiting] {
    match status {
        CertificateStatus::Applied => &[Waiting::CertificateToApprove],
        CertificateStatus::Approved => &[Waiting::CertificateToIssue],
        CertificateStatus::Lost => &[Waiting::CertificateToReissue],
        // Before it ends the calendar says so; a suspension ends by itself.
        CertificateStatus::Active
        | CertificateStatus::Suspended
        | CertificateStatus::Revoked
        | CertificateStatus::Cancelled
        | CertificateStatus::Expired
        | CertificateStatus::Reissued => &[],
    }
}

/// `linked`: it stands on a supervision item. Until then it can only be kept.
pub const fn of_spot_check_item(status: SpotCheckItemStatus, linked: bool) -> &'static [Waiting] {
    match (status, linked) {
        (SpotCheckItemStatus::Draft, true) => &[Waiting::SpotItemToPublish],
        (SpotCheckItemStatus::Draft, false) | (SpotCheckItemStatus::Published | SpotCheckItemStatus::Retired, _) => &[],
    }
}

pub const fn of_disposal_list(status: DisposalStatus) -> &'static [Waiting] {
    match status {
        DisposalStatus::Appraising => &[Waiting::DisposalToAppraise],
        DisposalStatus::Submitted => &[Waiting::DisposalToApprove],
        DisposalStatus::Approved => &[Waiting::DisposalToCarryOut],
        // The platform does it, or has done it.
        DisposalStatus::CarryingOut | DisposalStatus::Done => &[],
    }
}

pub const fn of_hold(status: HoldStatus) -> &'static [Waiting] {
    match status {
        HoldStatus::Active => &[Waiting::HoldToReview],
        HoldStatus::Released => &[],
    }
}

/// `due`: a clock of it runs. What is nobody's yet is the county office's; nobody is told of what nobody signed.
pub const fn of_complaint(status: ComplaintStatus, dispatched: bool, anonymous: bool, due: bool) -> &'static [Waiting] {
    use ComplaintStatus as S;

    match status {
        S::Received if !dispatched => &[Waiting::ComplaintToDispatch],
        S::Received => &[Waiting::ComplaintToDecide],
        S::MaterialsRequested => &[Waiting::ComplaintToSupply],
        S::Handling if !due => &[Waiting::ComplaintToResume],
        S::Accepted | S::Handling => &[Waiting::ComplaintToHandle],
        S::Concluded | S::Refused if !anonymous => &[Waiting::ComplaintToTell],
        S::Concluded | S::Refused | S::Notified => &[Waiting::ComplaintToClose],
        S::Closed | S::Transferred | S::Merged => &[],
    }
}

/// Whoever answers for it may have left.
pub fn of_data_set(status: DataSetStatus, lacks: &[DataSetLack]) -> &'static [Waiting] {
    match status {
        DataSetStatus::Draft => &[Waiting::DataSetToDescribe],
        DataSetStatus::Submitted => &[Waiting::DataSetToApprove],
        DataSetStatus::Approved | DataSetStatus::InForce if lacks.contains(&DataSetLack::NoDutyPerson) => {
            &[Waiting::DataSetToDescribe]
        }
        DataSetStatus::Approved => &[Waiting::DataSetToSign],
        DataSetStatus::InForce => &[Waiting::DataSetToReview],
    }
}

/// A set whose rows did not come: its duty person's, and the platform's where there is none, or after a while.
pub fn of_arrivals(lacks: &[DataSetLack], is_escalated: bool) -> &'static [Waiting] {
    let is_stale = lacks.iter().any(|lack| lack.is_of_arrival());
    match (is_stale, lacks.contains(&DataSetLack::NoDutyPerson), is_escalated) {
        (false, ..) => &[],
        (true, true, _) => &[Waiting::DataSetToPursue],
        (true, false, true) => &[Waiting::DataSetToUpdate, Waiting::DataSetToPursue],
        (true, false, false) => &[Waiting::DataSetToUpdate],
    }
}
