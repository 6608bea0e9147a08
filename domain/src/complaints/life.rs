//! The life of a complaint, and what may be done to it now.
//!
//! `RECEIVED → (MATERIALS_REQUESTED, the clock stands still) → ACCEPTED → HANDLING → CONCLUDED → NOTIFIED → CLOSED`;
//! `RECEIVED → REFUSED → NOTIFIED`; `TRANSFERRED` out of the county, `MERGED` into the same matter.

use super::{ComplaintClock, ComplaintKind};
use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{COMPLAINTS_ARE_TOLD, COMPLAINTS_IN_TIME};
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    ComplaintStatus "投诉举报状态" {
        Received "待受理", MaterialsRequested "待补正", Accepted "已受理", Handling "办理中", Refused "不予受理待告知",
        Concluded "已有结论待告知", Notified "已告知", Closed "已办结", Transferred "已移送", Merged "已并案"
    }
}

code_list! {
    /// What can be done to a complaint.
    ComplaintAction "投诉举报操作" {
        Update "核定", Dispatch "分办", SendBack "退回分办", RequestMaterials "要求补正", Supply "收到补正", Accept "受理", Refuse "不予受理",
        Begin "开始调解或核查", Suspend "中止计时", Resume "恢复计时", Extend "延期", RaiseClue "转风险线索", Conclude "作出结论", Notify "告知",
        Close "办结", Transfer "移送", Merge "并案"
    }
}

/// The life of a complaint, whole. To another department of the county it is dispatched; outside it, it is transferred.
pub const fn next(status: ComplaintStatus, action: ComplaintAction) -> Option<ComplaintStatus> {
    use ComplaintAction as A;
    use ComplaintStatus as S;

    match (status, action) {
        (S::Received, A::Dispatch | A::SendBack) | (S::MaterialsRequested, A::Supply) => Some(S::Received),
        (S::Received, A::RequestMaterials) => Some(S::MaterialsRequested),
        (S::Received, A::Accept) => Some(S::Accepted),
        (S::Received | S::MaterialsRequested, A::Refuse) => Some(S::Refused),
        (S::Accepted, A::Begin) | (S::Handling, A::Suspend | A::Resume) => Some(S::Handling),
        (S::Received | S::Accepted | S::Handling, A::Update | A::Extend | A::RaiseClue) => Some(status),
        (S::Handling, A::Conclude) => Some(S::Concluded),
        (S::Concluded | S::Refused, A::Notify) => Some(S::Notified),
        (S::Concluded | S::Refused | S::Notified, A::Close) => Some(S::Closed),
        (S::Received | S::Accepted, A::Transfer) => Some(S::Transferred),
        (S::Received | S::Accepted | S::Handling, A::Merge) => Some(S::Merged),
        (
            S::Received
            | S::MaterialsRequested
            | S::Accepted
            | S::Handling
            | S::Refused
            | S::Concluded
            | S::Notified
            | S::Closed
            | S::Transferred
            | S::Merged,
            A::Update
            | A::Dispatch
            | A::SendBack
            | A::RequestMaterials
            | A::Supply
            | A::Accept
            | A::Refuse
            | A::Begin
            | A::Suspend
            | A::Resume
            | A::Extend
            | A::RaiseClue
            | A::Conclude
            | A::Notify
            | A::Close
            | A::Transfer
            | A::Merge,
        ) => None,
    }
}

/// Nothing more is expected of it.
pub const fn is_over(status: ComplaintStatus) -> bool {
    matches!(status, ComplaintStatus::Closed | ComplaintStatus::Transferred | ComplaintStatus::Merged)
}

impl ComplaintAction {
    /// More time is somebody else's to give.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Dispatch => Permission::ComplaintsDispatch,
            Self::Extend => Permission::ComplaintsReview,
            Self::Update
            | Self::SendBack
            | Self::RequestMaterials
            | Self::Supply
            | Self::Accept
            | Self::Refuse
            | Self::Begin
            | Self::Suspend
            | Self::Resume
            | Self::RaiseClue
            | Self::Conclude
            | Self::Notify
            | Self::Close
            | Self::Transfer
            | Self::Merge => Permission::ComplaintsHandle,
        }
    }
}

/// A complaint, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a step asks for")]
pub struct ComplaintFacts {
    pub status: ComplaintStatus,
    pub kind: ComplaintKind,
    /// Whose it is; none while the county office has not said.
    pub department_id: Option<Uuid>,
    /// Nobody can be told.
    pub is_anonymous: bool,
    /// Its clock stands still.
    pub is_suspended: bool,
    /// The clock whose day comes first.
    pub clock: Option<ComplaintClock>,
    pub is_extended: bool,
    /// Its time is over.
    pub is_overdue: bool,
    /// A clue was made of it.
    pub has_clue: bool,
    /// It says about whom it is.
    pub has_subject: bool,
}

impl Decide for ComplaintFacts {
    type Action = ComplaintAction;
    type Next = ComplaintStatus;

    fn is_granted(&self, actor: &Actor, action: ComplaintAction) -> bool {
        actor.may(action.permission(), self.department_id.unwrap_or_default(), false)
    }

    fn judge(&self, _: &Actor, action: ComplaintAction) -> Result<ComplaintStatus, Refusal> {
        use ComplaintAction as A;

        let against = || Refusal::state(self.status, action);
        let next = next(self.status, action).ok_or_else(against)?;

        match action {
            // A 举报 is verified and an enquiry answered, whoever tells and whatever is missing.
            A::Refuse | A::RequestMaterials if self.kind != ComplaintKind::Complaint => Err(against()),
            A::Suspend if self.is_suspended || self.kind == ComplaintKind::Enquiry => Err(against()),
            A::Resume if !self.is_suspended => Err(against()),
            A::Conclude if self.is_suspended => Err(Self::is_standing_still()),
            A::RaiseClue => self.check_clue(),
            A::Extend => self.check_extension(),
            A::Notify if self.is_anonymous => Err(Self::tells_nobody()),
            A::Close => self.check_told(),
            A::Update
            | A::Dispatch
            | A::SendBack
            | A::RequestMaterials
            | A::Supply
            | A::Accept
            | A::Refuse
            | A::Begin
            | A::Suspend
            | A::Resume
            | A::Conclude
            | A::Notify
            | A::Transfer
            | A::Merge => Ok(()),
        }?;
        Ok(next)
    }
}

impl ComplaintFacts {
    fn is_standing_still() -> Refusal {
        let detail = text!("计时已中止，请先恢复计时。", "Its clock stands still: let it run first.");
        Refusal::new(Code::StateConflict, detail)
    }

    fn tells_nobody() -> Refusal {
        let detail = text!("匿名的无从告知，可直接办结。", "It is anonymous: nobody can be told; close it.");
        Refusal::new(Code::StateConflict, detail)
    }

    fn check_clue(&self) -> Result<(), Refusal> {
        if self.has_clue {
            let detail = text!("已转为风险线索。", "A risk clue was made of it already.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if !self.has_subject {
            let detail = text!("请先核定被反映的主体。", "Say first about whom it is.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        Ok(())
    }

    /// Once, before the time is over, and of the clocks that may be.
    fn check_extension(&self) -> Result<(), Refusal> {
        let refuse = |code, detail| Err(Refusal::new(code, detail).under(COMPLAINTS_IN_TIME));
        if !matches!(self.clock, Some(ComplaintClock::Verify | ComplaintClock::Answer)) {
            let detail = text!("此时限不能延长。", "This term cannot be extended.");
            return refuse(Code::StateConflict, detail);
        }
        if self.is_overdue {
            let detail = text!("办理期限已过，不能再延期。", "The time is over: what is late cannot be extended.");
            return refuse(Code::StateConflict, detail);
        }
        if self.is_extended {
            let detail = text!("办理期限只能延长一次。", "The time is extended once only.");
            return refuse(Code::ExtensionUsed, detail);
        }
        Ok(())
    }

    /// Whoever gave their name is told first.
    fn check_told(&self) -> Result<(), Refusal> {
        if self.status == ComplaintStatus::Notified || self.is_anonymous {
            return Ok(());
        }
        let detail = text!("请先将结论告知投诉举报人。", "Tell whoever complained what came of it first.");
        Err(Refusal::new(Code::StateConflict, detail).under(COMPLAINTS_ARE_TOLD))
    }
}
