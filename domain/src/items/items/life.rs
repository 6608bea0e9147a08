//! The life of a supervision item, whole (rules of the trade §2).

use super::{ItemOrigin, Upstream};
use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

code_list! {
    ItemState "监管事项状态" {
        ToClaim "待认领", ClaimedDraft "认领草稿", LocalDraft "新增草稿", Submitted "待审核", Effective "有效",
        ChangeDraft "变更草稿", ChangeSubmitted "变更待审核", CancelPending "取消待审核", Cancelled "已取消",
        WriteOffPending "核销待审核", WrittenOff "已核销"
    }
}

code_list! {
    /// What can be done to an item.
    ItemAction "监管事项操作" {
        Claim "认领", Decline "不认领", Update "完善", Submit "提交", Return "退回", Approve "批准", Change "变更",
        Cancel "取消", Discard "放弃草稿", AcceptUpstream "采纳上级变化", ObjectUpstream "提出异议",
        DecideBasis "依据失效处理", UpstreamCancel "上级取消", UpstreamPublish "上级重新公布"
    }
}

impl ItemAction {
    /// The permission of the route that carries the action; what the catalogue does is nobody's.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Claim
            | Self::Decline
            | Self::Update
            | Self::Submit
            | Self::Change
            | Self::Cancel
            | Self::Discard
            | Self::AcceptUpstream
            | Self::ObjectUpstream => Some(Permission::ItemsWrite),
            Self::Return | Self::Approve | Self::DecideBasis => Some(Permission::ItemsReview),
            Self::UpstreamCancel | Self::UpstreamPublish => None,
        }
    }

    /// 审核: done by somebody else than the submitter.
    pub const fn reviews(self) -> bool {
        matches!(self, Self::Return | Self::Approve)
    }
}

impl ItemState {
    /// A version of the item was approved and has not been taken back.
    pub const fn is_claimed(self) -> bool {
        matches!(self, Self::Effective | Self::ChangeDraft | Self::ChangeSubmitted | Self::CancelPending)
    }

    /// Nothing more happens to it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::WrittenOff)
    }
}

/// Everything the life of an item hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemLife {
    pub origin: ItemOrigin,
    pub state: ItemState,
    pub upstream: Upstream,
    /// Frozen, since the clauses it stands on were repealed.
    pub basis_lost: bool,
}

impl ItemLife {
    /// The state after the action, where the action is possible now.
    pub const fn next(self, action: ItemAction) -> Option<ItemState> {
        next(self, action)
    }

    pub fn apply(self, action: ItemAction) -> Result<ItemState, Refusal> {
        self.next(action).ok_or_else(|| Refusal::state(self.state, action))
    }
}

/// An item, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ItemFacts {
    pub life: ItemLife,
    pub department_id: Uuid,
    pub submitted_by: Option<Uuid>,
}

impl Decide for ItemFacts {
    type Action = ItemAction;
    type Next = ItemState;

    fn is_granted(&self, actor: &Actor, action: ItemAction) -> bool {
        actor.may_take(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: ItemAction) -> Result<ItemState, Refusal> {
        let next = self.life.apply(action)?;

        if action.reviews() {
            actor.check_not_own(self.submitted_by)?;
        }

        Ok(next)
    }
}

/// The table: every state and action is named here.
pub const fn next(life: ItemLife, action: ItemAction) -> Option<ItemState> {
    use ItemAction as A;
    use ItemState as S;
    use Upstream as U;

    match (life.state, action) {
        (S::ToClaim, A::Claim) => Some(S::ClaimedDraft),
        (S::ToClaim, A::Decline) => Some(S::WriteOffPending),
        (S::ToClaim | S::WriteOffPending, A::UpstreamCancel) => Some(S::Cancelled),
        (S::Cancelled, A::UpstreamPublish) if matches!(life.origin, ItemOrigin::Upstream) => Some(S::ToClaim),
        (S::WriteOffPending, A::Approve) => Some(S::WrittenOff),
        (S::WriteOffPending, A::Return) => Some(S::ToClaim),
        // Drafts.
        (S::ClaimedDraft | S::LocalDraft | S::ChangeDraft, A::Update) => Some(life.state),
        (S::ClaimedDraft | S::LocalDraft, A::Submit) => Some(S::Submitted),
        (S::ClaimedDraft, A::Discard) if matches!(life.upstream, U::Cancelled) => Some(S::Cancelled),
        (S::ClaimedDraft, A::Discard) => Some(S::ToClaim),
        (S::LocalDraft, A::Discard) => Some(S::Cancelled),
        (S::ChangeDraft, A::Discard) => Some(S::Effective),
        (S::ChangeDraft, A::Submit) => Some(S::ChangeSubmitted),
        // Review.
        (S::Submitted, A::Return) => Some(match life.origin {
            ItemOrigin::Upstream => S::ClaimedDraft,
            ItemOrigin::Local => S::LocalDraft,
        }),
        (S::Submitted | S::ChangeSubmitted, A::Approve) | (S::CancelPending, A::Return) => Some(S::Effective),
        (S::ChangeSubmitted, A::Return) => Some(S::ChangeDraft),
        (S::CancelPending, A::Approve) => Some(S::Cancelled),
        // In force.
        (S::Effective, A::Change) => Some(S::ChangeDraft),
        (S::Effective, A::Cancel) => Some(S::CancelPending),
        (S::Effective | S::ChangeDraft | S::ChangeSubmitted | S::CancelPending, A::DecideBasis) if life.basis_lost => {
            Some(life.state)
        }
        // The catalogue changed under it.
        (S::ClaimedDraft | S::ChangeDraft, A::AcceptUpstream) if matches!(life.upstream, U::Changed) => {
            Some(life.state)
        }
        (S::Effective, A::AcceptUpstream) if matches!(life.upstream, U::Changed) => Some(S::ChangeDraft),
        (S::ClaimedDraft, A::AcceptUpstream) if matches!(life.upstream, U::Cancelled) => Some(S::Cancelled),
        (S::Effective | S::ChangeDraft, A::AcceptUpstream) if matches!(life.upstream, U::Cancelled) => {
            Some(S::CancelPending)
        }
        (S::ClaimedDraft | S::ChangeDraft | S::Effective, A::ObjectUpstream) if life.upstream.is_open() => {
            Some(life.state)
        }
        (
            S::ToClaim
            | S::ClaimedDraft
            | S::LocalDraft
            | S::Submitted
            | S::Effective
            | S::ChangeDraft
            | S::ChangeSubmitted
            | S::CancelPending
            | S::Cancelled
            | S::WriteOffPending
            | S::WrittenOff,
            A::Claim
            | A::Decline
            | A::Update
            | A::Submit
            | A::Return
            | A::Approve
            | A::Change
            | A::Cancel
            | A::Discard
            | A::AcceptUpstream
            | A::ObjectUpstream
            | A::DecideBasis
            | A::UpstreamCancel
            | A::UpstreamPublish,
        ) => None,
    }
}
