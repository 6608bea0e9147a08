//! 检查实施清单: how an item of type 行政检查 is inspected. Complete means every required element valid and approved.

mod elements;

pub use elements::{CheckPoint, Elements, check};

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

code_list! {
    ListState "检查实施清单状态" {
        NotRequired "无需编制", Missing "待编制", Draft "草稿", Submitted "待审核", Effective "有效",
        ChangeDraft "变更草稿", ChangeSubmitted "变更待审核", Retired "已失效"
    }
}

code_list! {
    /// What can be done to an implementation list.
    ListAction "检查实施清单操作" {
        Update "完善", Submit "提交", Return "退回", Approve "批准", Change "变更", Discard "放弃草稿",
        DecideBasis "依据失效处理", Require "需编制", Unrequire "无需编制", Retire "失效"
    }
}

impl ListAction {
    /// The permission of the route that carries the action; what follows from the item is nobody's.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Update | Self::Submit | Self::Change | Self::Discard => Some(Permission::ItemsWrite),
            Self::Return | Self::Approve | Self::DecideBasis => Some(Permission::ItemsReview),
            Self::Require | Self::Unrequire | Self::Retire => None,
        }
    }

    /// 审核: done by somebody else than the submitter.
    pub const fn reviews(self) -> bool {
        matches!(self, Self::Return | Self::Approve)
    }
}

impl ListState {
    /// A version was approved and has not been taken back.
    pub const fn is_approved(self) -> bool {
        matches!(self, Self::Effective | Self::ChangeDraft | Self::ChangeSubmitted)
    }
}

/// The life of an implementation list, whole.
pub const fn next(state: ListState, basis_lost: bool, action: ListAction) -> Option<ListState> {
    use ListAction as A;
    use ListState as S;

    match (state, action) {
        (S::NotRequired | S::Retired, A::Require) => Some(S::Missing),
        (S::Missing | S::Draft, A::Update) => Some(S::Draft),
        (S::Draft, A::Submit) => Some(S::Submitted),
        (S::Draft, A::Discard) => Some(S::Missing),
        (S::Submitted, A::Return) => Some(S::Draft),
        (S::Submitted | S::ChangeSubmitted, A::Approve) | (S::ChangeDraft, A::Discard) => Some(S::Effective),
        (S::Effective, A::Change) | (S::ChangeDraft, A::Update) | (S::ChangeSubmitted, A::Return) => {
            Some(S::ChangeDraft)
        }
        (S::ChangeDraft, A::Submit) => Some(S::ChangeSubmitted),
        (S::Effective | S::ChangeDraft | S::ChangeSubmitted, A::DecideBasis) if basis_lost => Some(state),
        (S::Missing | S::Draft | S::Submitted | S::Effective | S::ChangeDraft | S::ChangeSubmitted, A::Unrequire) => {
            Some(S::NotRequired)
        }
        (
            S::NotRequired | S::Missing | S::Draft | S::Submitted | S::Effective | S::ChangeDraft | S::ChangeSubmitted,
            A::Retire,
        ) => Some(S::Retired),
        (
            S::NotRequired
            | S::Missing
            | S::Draft
            | S::Submitted
            | S::Effective
            | S::ChangeDraft
            | S::ChangeSubmitted
            | S::Retired,
            A::Update
            | A::Submit
            | A::Return
            | A::Approve
            | A::Change
            | A::Discard
            | A::DecideBasis
            | A::Require
            | A::Unrequire
            | A::Retire,
        ) => None,
    }
}

pub fn apply(state: ListState, basis_lost: bool, action: ListAction) -> Result<ListState, Refusal> {
    next(state, basis_lost, action).ok_or_else(|| Refusal::state(state, action))
}

/// 检查实施清单编码: the body's USCC and its level's digit, which a serial of five digits follows (dictionary §3.5).
pub fn list_series(body_uscc: &str, level: char) -> String {
    format!("{body_uscc}{level}")
}

/// An implementation list, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ListFacts {
    pub state: ListState,
    /// Frozen, since the clauses it stands on were repealed.
    pub basis_lost: bool,
    pub department_id: Uuid,
    pub submitted_by: Option<Uuid>,
}

impl Decide for ListFacts {
    type Action = ListAction;
    type Next = ListState;

    fn is_granted(&self, actor: &Actor, action: ListAction) -> bool {
        actor.may_take(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: ListAction) -> Result<ListState, Refusal> {
        let next = apply(self.state, self.basis_lost, action)?;

        if action.reviews() {
            actor.check_not_own(self.submitted_by)?;
        }

        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_a_lists_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            ListState::ALL,
            ListAction::ALL,
            |state, action| next(*state, true, *action).map(ListState::code),
            |state| state.code(),
            |action| action.code()
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Against the same life told by flags: needed, drafted, with the reviewer, in force.
        #[test]
        fn the_table_equals_the_model(steps in prop::collection::vec(0..ListAction::ALL.len(), 1..40)) {
            use ListAction as A;
            let (mut needed, mut drafted, mut asked, mut in_force, mut retired) = (true, false, false, false, false);
            let mut state = ListState::Missing;

            for step in steps {
                let action = ListAction::ALL[step];
                let live = needed && !retired;
                let possible = match action {
                    A::Require => !needed || retired,
                    A::Unrequire => live,
                    A::Retire => !retired,
                    A::Update => live && !asked && (drafted || !in_force),
                    A::Submit | A::Discard => live && drafted && !asked,
                    A::Return | A::Approve => live && asked,
                    A::Change => live && in_force && !drafted,
                    A::DecideBasis => live && in_force,
                };
                prop_assert_eq!(next(state, true, action).is_some(), possible, "{:?} {:?}", state, action);
                if !possible { continue }
                match action {
                    A::Require => (needed, retired, drafted, asked, in_force) = (true, false, false, false, false),
                    A::Unrequire => (needed, drafted, asked, in_force) = (false, false, false, false),
                    A::Retire => retired = true,
                    A::Update | A::Change => drafted = true,
                    A::Submit => asked = true,
                    A::Discard => drafted = false,
                    A::Return => asked = false,
                    A::Approve => (asked, drafted, in_force) = (false, false, true),
                    A::DecideBasis => {}
                }
                state = next(state, true, action).unwrap_or(state);
                let told = match (retired, needed, asked, drafted, in_force) {
                    (true, ..) => ListState::Retired,
                    (_, false, ..) => ListState::NotRequired,
                    (_, _, true, _, true) => ListState::ChangeSubmitted,
                    (_, _, true, _, false) => ListState::Submitted,
                    (_, _, false, true, true) => ListState::ChangeDraft,
                    (_, _, false, true, false) => ListState::Draft,
                    (_, _, false, false, true) => ListState::Effective,
                    (_, _, false, false, false) => ListState::Missing,
                };
                prop_assert_eq!(state, told);
            }
        }
    }
}
