//! 离线作业: an officer takes a pass along and sends later what was done without a network, in any order, twice, from two phones.
//! What has arrived is never lost: it is applied, or waits for what comes before it, or says what stands against it.

use super::{VisitAction, VisitStatus};
use crate::access::{Actor, Decide, Permission};
use crate::inspections::inspections::{self, InspectionAction, InspectionStatus};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use crate::visits;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    PassStatus "离线作业包状态" { Active "使用中", Revoked "已作废" }
}

code_list! {
    PassAction "离线作业包操作" { Send "回传", Revoke "作废" }
}

code_list! {
    /// What was done without a network.
    OfflineAction "离线操作" { Enter "进入", RecordResult "录入结果", Leave "离开" }
}

code_list! {
    OfflineStatus "离线记录状态" {
        Waiting "待前序记录", Applied "已采用", Duplicate "与已有记录相同", Overtaken "已有更新的记录", Conflict "与他人记录冲突", Refused "不予采用",
        Discarded "已放弃"
    }
}

code_list! {
    /// What somebody does with a record that was not applied.
    OfflineRecordAction "离线记录操作" { Apply "采用", Discard "放弃" }
}

/// The life of a pass, whole; that it is over with time is looked at apart.
pub const fn next_pass(status: PassStatus, action: PassAction) -> Option<PassStatus> {
    match (status, action) {
        (PassStatus::Active, PassAction::Send) => Some(PassStatus::Active),
        (PassStatus::Active, PassAction::Revoke) => Some(PassStatus::Revoked),
        (PassStatus::Revoked, PassAction::Send | PassAction::Revoke) => None,
    }
}

/// The life of a record that was not applied when it came, whole.
pub const fn next_record(status: OfflineStatus, action: OfflineRecordAction) -> Option<OfflineStatus> {
    use OfflineRecordAction as A;
    use OfflineStatus as S;

    match (status, action) {
        (S::Waiting | S::Conflict | S::Refused, A::Apply) => Some(S::Applied),
        (S::Waiting | S::Conflict | S::Refused, A::Discard) => Some(S::Discarded),
        (S::Applied | S::Duplicate | S::Overtaken | S::Discarded, A::Apply | A::Discard) => None,
    }
}

/// A pass, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct PassFacts {
    pub status: PassStatus,
    pub user_id: Uuid,
    pub department_id: Uuid,
    /// Records are taken until then.
    pub taken_until: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

impl Decide for PassFacts {
    type Action = PassAction;
    type Next = PassStatus;

    /// Whose phone is lost may have no other at hand: the department ends the pass.
    fn is_granted(&self, actor: &Actor, _: PassAction) -> bool {
        actor.may(Permission::InspectionsRecord, self.department_id, actor.id == self.user_id)
    }

    fn judge(&self, actor: &Actor, action: PassAction) -> Result<PassStatus, Refusal> {
        let next = next_pass(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        if action == PassAction::Send && actor.id != self.user_id {
            return Err(Refusal::new(
                Code::StateConflict,
                text!(
                    "离线记录只能由领取离线作业包的人员回传。",
                    "Only the officer who took the pass sends what was done with it."
                ),
            ));
        }

        if action == PassAction::Send && self.now > self.taken_until {
            return Err(Refusal::new(
                Code::StateConflict,
                text!(
                    "离线作业包已过回传期限，请按补录办理。",
                    "The time to send what was done with this pass is over; record it afterwards, with the reason."
                ),
            ));
        }
        Ok(next)
    }
}

/// What a record is about, as it stands.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    Visit(VisitStatus),
    /// `awaits_entry`: the record waits for the visit to be entered.
    Inspection {
        status: InspectionStatus,
        awaits_entry: bool,
    },
}

/// A record, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct RecordFacts {
    pub status: OfflineStatus,
    pub action: OfflineAction,
    pub user_id: Uuid,
    pub department_id: Uuid,
    /// None where there is none of that id.
    pub subject: Option<Subject>,
}

impl RecordFacts {
    /// What the record says can still be done to its subject; whoever has a result has begun.
    fn check_subject(&self) -> Result<(), Refusal> {
        match (self.subject, self.action) {
            (None, _) => Err(Refusal::state(self.status, OfflineRecordAction::Apply)),
            (Some(Subject::Visit(status)), action) => {
                let step = if action == OfflineAction::Leave { VisitAction::Leave } else { VisitAction::Enter };
                visits::apply(status, step).map(|_| ())
            }
            (Some(Subject::Inspection { awaits_entry: true, .. }), _) => Err(not_entered()),
            (Some(Subject::Inspection { status: InspectionStatus::Pending, .. }), _) => Ok(()),
            (Some(Subject::Inspection { status, .. }), _) => {
                inspections::apply(status, InspectionAction::RecordResult).map(|_| ())
            }
        }
    }
}

/// Why a result that was got on site is not recorded yet.
pub fn not_entered() -> Refusal {
    Refusal::new(
        Code::StateConflict,
        text!(
            "尚未进入，或入企检查尚待批准；请先登记进入。",
            "Nobody has entered yet, or the visit waits for leave: record the entry first."
        ),
    )
}

impl Decide for RecordFacts {
    type Action = OfflineRecordAction;
    type Next = OfflineStatus;

    fn is_granted(&self, actor: &Actor, _: OfflineRecordAction) -> bool {
        actor.may(Permission::InspectionsRecord, self.department_id, actor.id == self.user_id)
    }

    fn judge(&self, _: &Actor, action: OfflineRecordAction) -> Result<OfflineStatus, Refusal> {
        let next = next_record(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        if action == OfflineRecordAction::Apply {
            self.check_subject()?;
        }
        Ok(next)
    }
}

/// What stands against a record, as its sender reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineProblem {
    pub code: Code,
    pub message_zh: String,
    pub message_en: String,
    pub errors: Vec<OfflineField>,
}

/// What is wrong with one member of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineField {
    pub pointer: String,
    pub code: String,
    pub message_zh: String,
    pub message_en: String,
}

/// What becomes of a record that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// To be carried out; the use case may still refuse.
    Apply,
    /// Something before it has not come yet.
    Wait,
    /// It was done already, by whomever.
    Duplicate,
    /// The same officer has sent a later one, which was applied.
    Overtaken,
    /// Somebody else has said something different.
    Conflict,
}

/// Going in; `same_day`: as the entry that is on record, where there is one.
pub const fn judge_entry(visit: VisitStatus, same_day: bool) -> Verdict {
    use VisitStatus as S;
    match visit {
        S::Entered | S::Left | S::Closed if same_day => Verdict::Duplicate,
        S::Entered | S::Left | S::Closed => Verdict::Conflict,
        // It went back while the officers were away: it is looked at again when somebody has approved it.
        S::Draft | S::Requested => Verdict::Wait,
        // Where there is no leave to go in, the visit itself says why.
        S::Approved | S::Notified | S::Cancelled | S::Merged | S::OffSite => Verdict::Apply,
    }
}

/// Coming out: after the entry, which may be on another phone; `same_day`: as the leave that is on record.
pub const fn judge_leave(visit: VisitStatus, same_day: bool) -> Verdict {
    use VisitStatus as S;
    match visit {
        S::Left | S::Closed if same_day => Verdict::Duplicate,
        S::Left | S::Closed => Verdict::Conflict,
        S::Draft | S::Requested | S::Approved | S::Notified => Verdict::Wait,
        S::Entered | S::Cancelled | S::Merged | S::OffSite => Verdict::Apply,
    }
}

/// What an inspection has when a result for it comes.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub status: InspectionStatus,
    /// The result that stands is the same, word for word.
    pub same: bool,
    /// When, by the phone's clock put right and as it is, the result that stands was written, where the same officer sent it and
    /// nobody has changed it since, or a reviewer gave it back.
    pub own: Option<Written>,
}

/// A moment on a device: put right, and by its own clock, which tells apart what the correction makes one.
pub type Written = (DateTime<Utc>, DateTime<Utc>);

/// A result: `visit` is the one that it was got on, where it was got on site.
pub fn judge_result(visit: Option<VisitStatus>, standing: Standing, written: Written) -> Verdict {
    use InspectionStatus as S;
    if standing.same {
        return Verdict::Duplicate;
    }
    if let Some(own) = standing.own {
        return if written > own { Verdict::Apply } else { Verdict::Overtaken };
    }

    match standing.status {
        S::Pending | S::Started if visit.is_some_and(is_before_entry) => Verdict::Wait,
        S::Pending | S::Started | S::Void => Verdict::Apply,
        S::Entered | S::UnderReview | S::Returned | S::Rejected | S::Approved | S::Published | S::Withdrawn => {
            Verdict::Conflict
        }
    }
}

/// Nobody has gone in, and somebody may.
pub const fn is_before_entry(visit: VisitStatus) -> bool {
    use VisitStatus as S;
    matches!(visit, S::Draft | S::Requested | S::Approved | S::Notified)
}

/// A clock that is off by so much or less is right: what was sent was on its way for a while, too.
const RIGHT: Duration = Duration::minutes(2);
/// A clock that is off by more tells no time at all.
const NO_CLOCK: Duration = Duration::days(36_500);

/// A time by the phone's clock, put right by how far that was from the service's when it sent: never after it came.
pub fn corrected(device_at: DateTime<Utc>, sent_at: DateTime<Utc>, arrived_at: DateTime<Utc>) -> DateTime<Utc> {
    let offset = arrived_at - sent_at;
    let is_off = (RIGHT..NO_CLOCK).contains(&offset.abs());
    let offset = if is_off { offset } else { Duration::zero() };
    device_at.checked_add_signed(offset).unwrap_or(arrived_at).min(arrived_at)
}
