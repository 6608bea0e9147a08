//! The life of a clue, whole.
//!
//! `RECEIVED → SIGNED → ASSIGNED → VERIFYING → DISPOSING → DISPOSED → FED_BACK → APPROVED → CLOSED`;
//! `RECEIVED –dispatch→ RECEIVED`; `SIGNED | ASSIGNED | RETURN_PENDING –transfer→ RECEIVED` of another department;
//! `SIGNED → RETURN_PENDING → RETURNED` to the level above; `FED_BACK | APPROVED → REWORK → VERIFYING`; `MERGED` into a
//! master clue.

use super::ClueSource;
use crate::access::Permission;
use crate::access::{Actor, Decide, Reach};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    ClueStatus "线索状态" {
        Received "待签收", Signed "已签收", Assigned "已分派", Verifying "核查中", Disposing "处置中", Disposed "已处置待反馈",
        FedBack "已反馈待审核", Approved "审核通过待办结", Closed "已办结", Rework "退回重办", ReturnPending "申请退回",
        Returned "已退回上级", Merged "已并案"
    }
}

code_list! {
    /// What can be done to a clue.
    ClueAction "线索操作" {
        Dispatch "交办", Transfer "转办", Sign "签收", Assign "分派", Accept "接办", Verify "核查", OpenInspection "转检查", Dispose "处置", FeedBack "反馈",
        Approve "审核通过", Rework "退回重办", Close "办结", Return "申请退回", ApproveReturn "同意退回",
        RefuseReturn "不同意退回", Merge "并案", Extend "延期"
    }
}

pub const fn next(status: ClueStatus, action: ClueAction) -> Option<ClueStatus> {
    use ClueAction as A;
    use ClueStatus as S;

    match (status, action) {
        (S::Received, A::Dispatch) | (S::Signed | S::Assigned | S::ReturnPending, A::Transfer) => Some(S::Received),
        (S::Received, A::Sign) | (S::ReturnPending, A::RefuseReturn) => Some(S::Signed),
        (S::Signed | S::Assigned, A::Assign) => Some(S::Assigned),
        (S::Assigned | S::Rework, A::Accept) => Some(S::Verifying),
        (S::Verifying, A::Verify) => Some(S::Disposing),
        (S::Disposing, A::Dispose) => Some(S::Disposed),
        (S::Disposed, A::FeedBack) => Some(S::FedBack),
        (S::FedBack, A::Approve) => Some(S::Approved),
        (S::FedBack | S::Approved, A::Rework) => Some(S::Rework),
        (S::Approved, A::Close) => Some(S::Closed),
        (S::Signed, A::Return) => Some(S::ReturnPending),
        (S::ReturnPending, A::ApproveReturn) => Some(S::Returned),
        (S::Received | S::Signed | S::Assigned | S::Verifying, A::Merge) => Some(S::Merged),
        (S::Signed | S::Assigned | S::Verifying | S::Disposing | S::Disposed | S::Rework, A::Extend)
        | (S::Verifying | S::Disposing, A::OpenInspection) => Some(status),
        (
            S::Received
            | S::Signed
            | S::Assigned
            | S::Verifying
            | S::Disposing
            | S::Disposed
            | S::FedBack
            | S::Approved
            | S::Closed
            | S::Rework
            | S::ReturnPending
            | S::Returned
            | S::Merged,
            A::Dispatch
            | A::Transfer
            | A::Sign
            | A::Assign
            | A::Accept
            | A::Verify
            | A::OpenInspection
            | A::Dispose
            | A::FeedBack
            | A::Approve
            | A::Rework
            | A::Close
            | A::Return
            | A::ApproveReturn
            | A::RefuseReturn
            | A::Merge
            | A::Extend,
        ) => None,
    }
}

pub fn apply(status: ClueStatus, action: ClueAction) -> Result<ClueStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// Somebody still has to do something about it.
pub const fn is_open(status: ClueStatus) -> bool {
    !matches!(status, ClueStatus::Closed | ClueStatus::Returned | ClueStatus::Merged)
}

impl ClueAction {
    /// The permission of the route that carries the action.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Sign | Self::Assign | Self::Return | Self::Merge | Self::Extend => Permission::CluesAssign,
            Self::Accept | Self::Verify | Self::OpenInspection | Self::Dispose | Self::FeedBack => {
                Permission::CluesHandle
            }
            Self::Approve | Self::Rework => Permission::CluesReview,
            Self::Dispatch | Self::Transfer => Permission::CluesDispatch,
            Self::Close | Self::ApproveReturn | Self::RefuseReturn => Permission::CluesSupervise,
        }
    }
}

/// A clue, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ClueFacts {
    pub status: ClueStatus,
    /// None until a department has signed a clue that named none.
    pub department_id: Option<Uuid>,
    pub assigned_to: Option<Uuid>,
    pub return_requested_by: Option<Uuid>,
    pub disposed_by: Option<Uuid>,
    pub fed_back_by: Option<Uuid>,
    /// What came from the level above it can take back.
    pub source: ClueSource,
    /// The register has the clue's object.
    pub has_object: bool,
    /// The time for feeding back is over.
    pub is_overdue: bool,
    pub is_extended: bool,
}

impl Decide for ClueFacts {
    type Action = ClueAction;
    type Next = ClueStatus;

    fn is_granted(&self, actor: &Actor, action: ClueAction) -> bool {
        let permission = action.permission();
        let Some(department) = self.department_id else {
            return matches!(actor.reach(permission), Some(Reach::All | Reach::Department));
        };
        actor.may(permission, department, self.assigned_to == Some(actor.id))
    }

    fn judge(&self, actor: &Actor, action: ClueAction) -> Result<ClueStatus, Refusal> {
        use ClueAction as A;

        let next = apply(self.status, action)?;

        match action {
            A::Sign => self.check_signer(actor)?,
            A::Approve => {
                actor.check_not_own(self.fed_back_by)?;
                actor.check_not_own(self.disposed_by)?;
            }
            A::Rework | A::Close => actor.check_not_own(self.fed_back_by)?,
            A::ApproveReturn => {
                actor.check_not_own(self.return_requested_by)?;
                self.check_upper()?;
            }
            A::RefuseReturn => actor.check_not_own(self.return_requested_by)?,
            A::OpenInspection => self.check_object()?,
            A::Extend => self.check_extension()?,
            A::Dispatch
            | A::Transfer
            | A::Assign
            | A::Accept
            | A::Verify
            | A::Dispose
            | A::FeedBack
            | A::Return
            | A::Merge => {}
        }

        Ok(next)
    }
}

impl ClueFacts {
    /// A clue that names no department is signed by the one that will work on it.
    fn check_signer(&self, actor: &Actor) -> Result<(), Refusal> {
        if self.department_id.is_some() || actor.reach(ClueAction::Sign.permission()) != Some(Reach::All) {
            return Ok(());
        }

        Err(Refusal::new(
            Code::StateConflict,
            text!("该线索尚无承办部门，应由承办部门签收。", "The department that will work on it has to sign it."),
        ))
    }

    /// A clue of the county's own has no level above: it goes to the department whose it is.
    fn check_upper(&self) -> Result<(), Refusal> {
        if self.source.is_upper() {
            return Ok(());
        }

        Err(Refusal::new(
            Code::StateConflict,
            text!(
                "本级线索没有可退回的上级，请转办给应当承办的部门，或不同意退回。",
                "There is no level above to take it back: transfer it to the department whose it is, or refuse the return."
            ),
        ))
    }

    fn check_object(&self) -> Result<(), Refusal> {
        if self.has_object {
            return Ok(());
        }

        Err(Refusal::new(
            Code::MeasureInvalid,
            text!("线索主体不在登记库中，请先登记。", "The register does not have the clue's object; add it first."),
        ))
    }

    /// Once, and before the time is over.
    fn check_extension(&self) -> Result<(), Refusal> {
        if self.is_overdue {
            return Err(Refusal::new(
                Code::StateConflict,
                text!("反馈期限已过，不能再延期。", "The time is over: what is late cannot be extended."),
            ));
        }
        if self.is_extended {
            return Err(Refusal::new(
                Code::ExtensionUsed,
                text!("该线索已延期过一次，不能再次延期。", "The time of a clue is extended once only."),
            ));
        }
        Ok(())
    }
}
