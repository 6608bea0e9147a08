//! Whose turn it is (轮到谁): what a record waits for in each state, worked out from what the trail says of it after a change.
//! Whatever changes a record leaves a line there, so no change can forget whom it makes wait.

use super::worklist::Waiting;
use crate::inspections::inspecting_bodies::BodyStatus;
use crate::inspections::inspections::{FollowUpStatus, InspectionStatus};
use crate::inspections::issued_tasks::{IssuedTaskStatus, PartStatus};
use crate::kernel::clocks::calendar::local_date;
use crate::officers::certificates::CertificateStatus;
use crate::spot_checks::libraries::LibraryStatus;
use crate::spot_checks::plans::PlanStatus;
use crate::spot_checks::spot_check_items::SpotCheckItemStatus;
use crate::spot_checks::tasks::TaskStatus;
use crate::visits::VisitStatus;
use crate::visits::feedback::FeedbackStatus;
use crate::visits::offline::OfflineStatus;
use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// What one record waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub kinds: Vec<Waiting>,
    /// What the official reads in the list.
    pub title: String,
    /// A deadline of the record's own; else the kind's.
    pub due_on: Option<NaiveDate>,
    /// Who submitted it and so cannot review it.
    pub not_for: Option<Uuid>,
    /// Whose it is alone, of those who have no wider reach.
    pub assigned_to: Option<Uuid>,
    /// The department of the record, where the record names one.
    pub department_id: Option<Uuid>,
}

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
        FollowUpStatus::Done => &[],
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

/// What a record waits for after a change, by what the trail says of it; `None` where the trail is not what tells.
pub fn of_record(resource: &str, after: &Value) -> Option<Turn> {
    // A plan is written down with its lines.
    let after = after.get("plan").filter(|_| resource == "plans").unwrap_or(after);
    let kinds = match resource {
        "plans" => of_plan(field(after, "status")?),
        "tasks" if is_asked(after, "leaving") => &[Waiting::TaskVoidToDecide],
        "tasks" if is_asked(after, "chance") && after["chance"]["settled"] != true => {
            of_task_with_chance(field(after, "status")?)
        }
        "tasks" if is_asked(after, "chance") && after["status"] == "POOL_FROZEN" => &[Waiting::TaskToDraw],
        "tasks" => of_task(field(after, "status")?),
        "inspections" => of_inspection(field(after, "status")?),
        "inspecting-bodies" => of_body(field(after, "status")?),
        "libraries" => of_library(field(after, "status")?, after["problem"].is_null()),
        "visits" => of_visit(field(after, "status")?, after["surprise"] == true),
        "offline-records" => of_offline_record(field(after, "status")?),
        "visit-feedback" => of_feedback(field(after, "status")?),
        "issued-tasks" => of_issued_task(field(after, "status")?),
        "issued-parts" => of_issued_part(field(after, "status")?),
        "follow-ups" => of_follow_up(field(after, "status")?),
        "certificates" => of_certificate(field(after, "status")?),
        "spot-check-items" => of_spot_check_item(field(after, "status")?, !after["item_id"].is_null()),
        // What the command line sent is nobody's in the list.
        "imports" if after["rows_rejected"].as_i64()? > 0 && department_of(after, "department_id").is_some() => {
            &[Waiting::ImportToCorrect]
        }
        "imports" => &[],
        _ => return None,
    };
    let due = match resource {
        "tasks" if kinds == [Waiting::TaskToFinish] => "ends_on",
        "inspections" if kinds == [Waiting::InspectionToPublish] => "publish_due_on",
        "plans" if kinds == [Waiting::PlanToFinish] => "due_on",
        "issued-tasks" if kinds == [Waiting::IssuedToSign] => "sign_due_on",
        "issued-tasks" if kinds == [Waiting::IssuedToIssue] => "issue_due_on",
        "follow-ups" | "issued-tasks" | "issued-parts" => "due_on",
        "visits" if kinds == [Waiting::VisitToEnter] => "window_to",
        _ => "",
    };
    let department = if matches!(resource, "tasks" | "visits") { "lead_department_id" } else { "department_id" };
    let shown = ["code", "name", "title", "certificate_no", "measure", "filename"];
    let words: Vec<&str> = shown.iter().filter_map(|name| after[*name].as_str()).collect();
    let title =
        if words.is_empty() { kinds.first().map_or("", |kind| kind.label()).to_owned() } else { words.join(" ") };

    // Who would go on may; a reviewer agrees that it is given up.
    let asked = resource == "inspections" && is_asked(after, "void_asked_by") && after["status"] != "VOID";
    let excess = kinds.contains(&Waiting::TaskToFreeze)
        && is_asked(after, "excess_reason")
        && !is_asked(after, "excess_approved_by");
    // Who went in without leave asks for it afterwards.
    let late = resource == "visits" && after["waits_for_late_approval"] == true;
    let also = asked
        .then_some(Waiting::InspectionVoidToAgree)
        .or(excess.then_some(Waiting::ExcessToApprove))
        .or(late.then_some(Waiting::VisitToApproveLate));

    Some(Turn {
        kinds: kinds.iter().copied().chain(also).collect(),
        title: title.chars().take(200).collect(),
        due_on: field(after, due).or_else(|| chance_on(after).filter(|_| kinds.contains(&Waiting::TaskToDraw))),
        not_for: if excess { field(after, "excess_asked_by") } else { not_for(after, kinds) },
        assigned_to: field(after, "user_id").filter(|_| resource == "offline-records"),
        department_id: department_of(after, department),
    })
}

/// The day on which a task's public value is known: secrets are public before, and the draw comes after.
fn chance_on(record: &Value) -> Option<NaiveDate> {
    field::<DateTime<Utc>>(record.get("chance")?, "at").map(local_date)
}

/// Whether something was asked for that somebody else has to agree to.
fn is_asked(record: &Value, name: &str) -> bool {
    record.get(name).is_some_and(|asked| !asked.is_null())
}

/// A record's department; the nil id is none.
fn department_of(record: &Value, name: &str) -> Option<Uuid> {
    field::<Uuid>(record, name).filter(|id| !id.is_nil())
}

/// Who cannot do it: who submitted it, or asked for it.
fn not_for(record: &Value, kinds: &[Waiting]) -> Option<Uuid> {
    match kinds {
        [Waiting::TaskVoidToDecide] => field(record.get("leaving")?, "asked_by"),
        _ => field(record, "submitted_by").filter(|_| kinds.iter().any(|kind| is_review(*kind))),
    }
}

const fn is_review(kind: Waiting) -> bool {
    matches!(kind, Waiting::PlanToReview | Waiting::PlanToFile | Waiting::InspectionToReview | Waiting::BodyToConfirm)
}

impl Turn {
    /// Who cannot end one kind of waiting: whoever asked does not decide, but goes on with the rest.
    pub fn not_for(&self, kind: Waiting) -> Option<Uuid> {
        let decides = is_review(kind) || matches!(kind, Waiting::TaskVoidToDecide | Waiting::ExcessToApprove);
        self.not_for.filter(|_| decides)
    }
}

fn field<T: DeserializeOwned>(record: &Value, name: &str) -> Option<T> {
    serde_json::from_value(record.get(name)?.clone()).ok()
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
