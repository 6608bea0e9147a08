//! The life of a supervision item, whole (rules of the trade §2).

use super::{ItemOrigin, Upstream};
use crate::domain::access::Permission;
use crate::domain::code_list;
use crate::domain::refusal::Refusal;

code_list! {
    /// 事项状态.
    ItemState {
        ToClaim "待认领", ClaimedDraft "认领草稿", LocalDraft "新增草稿", Submitted "待审核", Effective "有效",
        ChangeDraft "变更草稿", ChangeSubmitted "变更待审核", CancelPending "取消待审核", Cancelled "已取消",
        WriteOffPending "核销待审核", WrittenOff "已核销"
    }
}

code_list! {
    /// What can be done to an item.
    ItemAction {
        Claim "认领", Decline "不认领", Update "完善", Submit "提交", Return "退回", Approve "批准", Change "变更",
        Cancel "取消", Discard "放弃草稿", AcceptUpstream "采纳上级变化", ObjectUpstream "提出异议",
        DecideBasis "依据处理", UpstreamCancel "上级取消"
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
            Self::UpstreamCancel => None,
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
        self.next(action).ok_or_else(|| Refusal::state(self.state.code(), action.code()))
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
        (S::WriteOffPending, A::Approve) => Some(S::WrittenOff),
        (S::WriteOffPending, A::Return) => Some(S::ToClaim),
        // Drafts.
        (S::ClaimedDraft | S::LocalDraft | S::ChangeDraft, A::Update) => Some(life.state),
        (S::ClaimedDraft | S::LocalDraft, A::Submit) => Some(S::Submitted),
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
            | A::UpstreamCancel,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn life(origin: ItemOrigin, state: ItemState, upstream: Upstream) -> ItemLife {
        ItemLife { origin, state, upstream, basis_lost: true }
    }

    #[test]
    fn the_table_of_an_items_life() {
        let mut text = String::new();
        for (title, origin, upstream) in [
            ("UPSTREAM, catalogue changed", ItemOrigin::Upstream, Upstream::Changed),
            ("UPSTREAM, catalogue cancelled", ItemOrigin::Upstream, Upstream::Cancelled),
            ("UPSTREAM, nothing open", ItemOrigin::Upstream, Upstream::None),
            ("LOCAL", ItemOrigin::Local, Upstream::None),
        ] {
            text += "# ";
            text += title;
            text.push('\n');
            text += &crate::domain::table(
                ItemState::ALL,
                ItemAction::ALL,
                |state, action| life(origin, *state, upstream).next(*action).map(ItemState::code),
                |state| state.code(),
                |action| action.code(),
            );
            text.push('\n');
        }
        insta::assert_snapshot!(text);
    }

    /// The same life told another way: what is drafted, what lies with the reviewer, whether a version is in force.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[expect(clippy::struct_excessive_bools, reason = "the model is told in flags on purpose")]
    struct Model {
        local: bool,
        draft: bool,
        review: Option<Asked>,
        in_force: bool,
        gone: Option<ItemState>,
        notice: Option<bool>,
        frozen: bool,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Asked {
        Content,
        Cancellation,
        WriteOff,
    }

    impl Model {
        fn state(self) -> ItemState {
            use ItemState as S;
            match (self.gone, self.review, self.draft, self.in_force) {
                (Some(gone), ..) => gone,
                (_, Some(Asked::WriteOff), ..) => S::WriteOffPending,
                (_, Some(Asked::Cancellation), ..) => S::CancelPending,
                (_, Some(Asked::Content), _, true) => S::ChangeSubmitted,
                (_, Some(Asked::Content), _, false) => S::Submitted,
                (_, None, true, true) => S::ChangeDraft,
                (_, None, true, false) if self.local => S::LocalDraft,
                (_, None, true, false) => S::ClaimedDraft,
                (_, None, false, true) => S::Effective,
                (_, None, false, false) => S::ToClaim,
            }
        }

        /// Plays the action; false where it makes no sense.
        fn play(&mut self, action: ItemAction) -> bool {
            use ItemAction as A;
            if self.gone.is_some() {
                return false;
            }
            let (resting, drafting) = (self.review.is_none() && !self.draft, self.review.is_none() && self.draft);
            let unclaimed = resting && !self.in_force;
            match action {
                A::Claim if unclaimed => self.draft = true,
                A::Decline if unclaimed => self.review = Some(Asked::WriteOff),
                A::UpstreamCancel if unclaimed || self.review == Some(Asked::WriteOff) => {
                    self.gone = Some(ItemState::Cancelled);
                }
                A::Update if drafting => {}
                A::Submit if drafting => self.review = Some(Asked::Content),
                A::Discard if drafting => {
                    self.draft = false;
                    if self.local && !self.in_force {
                        self.gone = Some(ItemState::Cancelled);
                    }
                }
                A::Return if self.review.is_some() => self.review = None,
                A::Approve => match self.review.take() {
                    None => return false,
                    Some(Asked::Content) => (self.draft, self.in_force) = (false, true),
                    Some(Asked::Cancellation) => self.gone = Some(ItemState::Cancelled),
                    Some(Asked::WriteOff) => self.gone = Some(ItemState::WrittenOff),
                },
                A::Change if resting && self.in_force => self.draft = true,
                A::Cancel if resting && self.in_force => self.review = Some(Asked::Cancellation),
                A::DecideBasis if self.frozen && self.in_force => {}
                A::ObjectUpstream if self.notice.is_some() && (self.in_force || drafting) && self.review.is_none() => {}
                A::AcceptUpstream if (self.in_force || drafting) && self.review.is_none() => match self.notice {
                    None => return false,
                    Some(false) => self.draft = true,
                    Some(true) if self.in_force => (self.draft, self.review) = (false, Some(Asked::Cancellation)),
                    Some(true) => self.gone = Some(ItemState::Cancelled),
                },
                A::Claim
                | A::Decline
                | A::UpstreamCancel
                | A::Update
                | A::Submit
                | A::Discard
                | A::Return
                | A::Change
                | A::Cancel
                | A::DecideBasis
                | A::ObjectUpstream
                | A::AcceptUpstream => return false,
            }
            true
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// 10,000 random sequences: the table and the model never differ.
        /// Notices and repealed clauses come and go between the actions.
        #[test]
        fn the_table_equals_the_model(
            local in any::<bool>(),
            steps in prop::collection::vec((0..ItemAction::ALL.len(), 0u8..4, any::<bool>()), 1..40),
        ) {
            let origin = if local { ItemOrigin::Local } else { ItemOrigin::Upstream };
            let start = if local { ItemState::LocalDraft } else { ItemState::ToClaim };
            let mut life = ItemLife { origin, state: start, upstream: Upstream::None, basis_lost: false };
            let mut model = Model { local, draft: local, ..Model::default() };
            for (action, notice, frozen) in steps {
                let action = ItemAction::ALL[action];
                let (upstream, told) = match notice {
                    0 if !local => (Upstream::Changed, Some(false)),
                    1 if !local => (Upstream::Cancelled, Some(true)),
                    2 => (Upstream::Objected, None),
                    _ => (Upstream::None, None),
                };
                (life.upstream, life.basis_lost) = (upstream, frozen);
                (model.notice, model.frozen) = (told, frozen);
                // The catalogue cancels nothing of the department's own.
                if local && action == ItemAction::UpstreamCancel {
                    continue;
                }
                let before = model;
                let possible = model.play(action);
                if !possible {
                    model = before;
                }
                prop_assert_eq!(life.next(action).is_some(), possible, "{:?} {:?}", life, action);
                if let Some(state) = life.next(action) {
                    life.state = state;
                }
                prop_assert_eq!(life.state, model.state());
            }
        }
    }
}
