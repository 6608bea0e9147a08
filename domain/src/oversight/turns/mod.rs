//! Whose turn it is (轮到谁): what a record waits for in each state, worked out from what the trail says of it after a change.
//! Whatever changes a record leaves a line there, so no change can forget whom it makes wait.

mod states;

pub use states::*;

use super::worklist::Waiting;
use crate::inspections::follow_ups::measure_label;
use crate::intake::behaviours::BehaviourSet;
use crate::kernel::clocks::calendar::local_date;
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
    /// Who is to sign, and takes over with the signature.
    pub to_sign: Option<Uuid>,
    /// The department of the record, where the record names one.
    pub department_id: Option<Uuid>,
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
        "case-referrals" => of_referral(field(after, "status")?),
        "complaints" => {
            let due = !after["due_on"].is_null();
            of_complaint(field(after, "status")?, is_asked(after, "department_id"), after["is_anonymous"] == true, due)
        }
        "supervision-cases" => of_supervision(field(after, "status")?),
        "disposal-lists" => of_disposal_list(field(after, "status")?),
        "legal-holds" => of_hold(field(after, "status")?),
        "documents" => of_document(field(after, "status")?, field(after, "kind")?),
        "evidence" => of_evidence(field(after, "status")?),
        "certificates" => of_certificate(field(after, "status")?),
        "spot-check-items" => of_spot_check_item(field(after, "status")?, !after["item_id"].is_null()),
        // What the command line sent is nobody's in the list.
        "imports" if after["rows_rejected"].as_i64()? > 0 && department_of(after, "department_id").is_some() => {
            &[Waiting::ImportToCorrect]
        }
        "imports" => &[],
        // One entry for all that is wrong in a batch.
        "behaviour-batches" if after["errors"].as_i64()? > 0 => &[Waiting::BehavioursToCorrect],
        "behaviour-batches" => &[],
        "data-sets" => of_data_set(field(after, "status")?, &field::<Vec<_>>(after, "lacks")?),
        _ => return None,
    };
    let due = match resource {
        "tasks" if kinds == [Waiting::TaskToFinish] => "ends_on",
        "inspections" if kinds == [Waiting::InspectionToPublish] => "publish_due_on",
        "plans" if kinds == [Waiting::PlanToFinish] => "due_on",
        "issued-tasks" if kinds == [Waiting::IssuedToSign] => "sign_due_on",
        "issued-tasks" if kinds == [Waiting::IssuedToIssue] => "issue_due_on",
        "follow-ups" | "issued-tasks" | "issued-parts" => "due_on",
        "case-referrals" if kinds == [Waiting::CaseToFile] => "filing_due_on",
        "case-referrals" if kinds == [Waiting::CaseToClose] => "decision_due_on",
        "complaints" if kinds != [Waiting::ComplaintToDispatch] => "due_on",
        "supervision-cases" if kinds == [Waiting::SupervisionToReply] => "reply_due_on",
        "visits" if kinds == [Waiting::VisitToEnter] => "window_to",
        "legal-holds" | "data-sets" => "review_on",
        _ => "",
    };
    let department = match resource {
        "data-sets" if is_asked(after, "agreed_department_id") => "agreed_department_id",
        "tasks" | "visits" => "lead_department_id",
        "case-referrals" => "handler_department_id",
        _ => "department_id",
    };
    let shown = ["code", "name", "title", "certificate_no", "filename", "number", "cd_batch"];
    let words: Vec<&str> = shown.iter().filter_map(|name| after[*name].as_str()).collect();
    let words = match resource {
        "follow-ups" => of_measure(after),
        "behaviour-batches" => {
            let set = field::<BehaviourSet>(after, "kind").map(BehaviourSet::label);
            set.into_iter().chain(words).collect()
        }
        _ => words,
    };
    let title =
        if words.is_empty() { kinds.first().map_or("", |kind| kind.label()).to_owned() } else { words.join(" ") };

    // Who would go on may; a reviewer agrees that it is given up.
    let asked = resource == "inspections" && is_asked(after, "void_asked_by") && after["status"] != "VOID";
    let excess = kinds.contains(&Waiting::TaskToFreeze)
        && is_asked(after, "excess_reason")
        && !is_asked(after, "excess_approved_by");
    // Who went in without leave asks for it afterwards.
    let late = resource == "visits" && after["waits_for_late_approval"] == true;
    // Nobody did it in time, and somebody else was told.
    let escalated = is_asked(after, "escalated_at").then(|| escalation(kinds)).flatten();
    // What was agreed holds while something else is written down.
    let stale = resource == "data-sets" && is_asked(after, "in_force_on");
    let stale =
        if stale { of_arrivals(&field::<Vec<_>>(after, "lacks")?, is_asked(after, "escalated_at")) } else { &[] };
    let also = asked
        .then_some(Waiting::InspectionVoidToAgree)
        .or(excess.then_some(Waiting::ExcessToApprove))
        .or(late.then_some(Waiting::VisitToApproveLate))
        .or(escalated);

    Some(Turn {
        kinds: kinds.iter().copied().chain(also).chain(stale.iter().copied()).collect(),
        title: title.chars().take(200).collect(),
        due_on: field(after, due).or_else(|| chance_on(after).filter(|_| kinds.contains(&Waiting::TaskToDraw))),
        not_for: if excess { field(after, "excess_asked_by") } else { not_for(after, kinds) },
        assigned_to: match resource {
            "offline-records" => field(after, "user_id"),
            "evidence" => field(after, "declared_by"),
            "data-sets" => field(after, "signed_by"),
            _ => None,
        },
        to_sign: field(after, "duty_user_id"),
        department_id: department_of(after, department),
    })
}

/// What a measure is called, and what it is about.
fn of_measure(record: &Value) -> Vec<&str> {
    let label = record["measure"].as_str().map(measure_label);
    label.into_iter().chain(record["detail"].as_str()).collect()
}

/// Who is told of what was not done in time: an entry beside the one that is late.
fn escalation(late: &[Waiting]) -> Option<Waiting> {
    match late {
        [Waiting::FollowUpDue] => Some(Waiting::FollowUpOverdue),
        [Waiting::SupervisionToReply] => Some(Waiting::SupervisionOverdue),
        [
            Waiting::ComplaintToDecide
            | Waiting::ComplaintToSupply
            | Waiting::ComplaintToHandle
            | Waiting::ComplaintToResume
            | Waiting::ComplaintToTell,
        ] => Some(Waiting::ComplaintOverdue),
        _ => None,
    }
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
        [Waiting::CaseToFile] => field(record, "referred_by"),
        _ => field(record, "submitted_by").filter(|_| kinds.iter().any(|kind| is_review(*kind))),
    }
}

const fn is_review(kind: Waiting) -> bool {
    matches!(
        kind,
        Waiting::PlanToReview
            | Waiting::PlanToFile
            | Waiting::InspectionToReview
            | Waiting::BodyToConfirm
            | Waiting::DisposalToApprove
            | Waiting::DataSetToApprove
    )
}

impl Turn {
    /// The record's own deadline is for whoever has it; who is told that it is over has a deadline of their own.
    pub fn due_on(&self, kind: Waiting) -> Option<NaiveDate> {
        let has_its_own = matches!(
            kind,
            Waiting::FollowUpOverdue
                | Waiting::SupervisionOverdue
                | Waiting::ComplaintOverdue
                | Waiting::DataSetToDescribe
                | Waiting::DataSetToApprove
                | Waiting::DataSetToSign
                | Waiting::DataSetToUpdate
                | Waiting::DataSetToPursue
        );
        self.due_on.filter(|_| !has_its_own)
    }

    /// Whose one kind of waiting is alone.
    pub fn assigned_to(&self, kind: Waiting) -> Option<Uuid> {
        if kind == Waiting::DataSetToSign { self.to_sign } else { self.assigned_to }
    }

    /// Who cannot end one kind of waiting: whoever asked does not decide, but goes on with the rest.
    pub fn not_for(&self, kind: Waiting) -> Option<Uuid> {
        let decides = is_review(kind)
            || matches!(kind, Waiting::TaskVoidToDecide | Waiting::ExcessToApprove | Waiting::CaseToFile);
        self.not_for.filter(|_| decides)
    }
}

fn field<T: DeserializeOwned>(record: &Value, name: &str) -> Option<T> {
    serde_json::from_value(record.get(name)?.clone()).ok()
}

#[cfg(test)]
mod tests;
