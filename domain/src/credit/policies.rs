//! The life of a mapping table and of a strategy: `DRAFT → ACTIVE → RETIRED`. Whoever wrote it does not put it in force.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

code_list! {
    PolicyState "映射表和策略的状态" { Draft "草稿", Active "启用", Retired "停用" }
}

code_list! {
    /// What can be done to a mapping table or a strategy. A new one in force retires the one before it.
    PolicyAction "映射表和策略的操作" { Update "修改", Activate "启用", Retire "停用" }
}

pub const fn next(state: PolicyState, action: PolicyAction) -> Option<PolicyState> {
    use PolicyAction as A;
    use PolicyState as S;
    match (state, action) {
        (S::Draft, A::Update) => Some(S::Draft),
        (S::Draft, A::Activate) => Some(S::Active),
        (S::Draft | S::Active, A::Retire) => Some(S::Retired),
        (S::Active, A::Update | A::Activate) | (S::Retired, A::Update | A::Activate | A::Retire) => None,
    }
}

pub fn apply(state: PolicyState, action: PolicyAction) -> Result<PolicyState, Refusal> {
    next(state, action).ok_or_else(|| Refusal::state(state, action))
}

impl PolicyAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update => Permission::CreditPoliciesWrite,
            Self::Activate | Self::Retire => Permission::CreditPoliciesApprove,
        }
    }
}

/// A mapping table or a strategy, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct PolicyFacts {
    pub state: PolicyState,
    pub created_by: Uuid,
}

impl Decide for PolicyFacts {
    type Action = PolicyAction;
    type Next = PolicyState;

    /// The county's tables are nobody's department's.
    fn is_granted(&self, actor: &Actor, action: PolicyAction) -> bool {
        actor.reach(action.permission()).is_some()
    }

    fn judge(&self, actor: &Actor, action: PolicyAction) -> Result<PolicyState, Refusal> {
        let next = apply(self.state, action)?;

        if action == PolicyAction::Activate {
            actor.check_not_own(Some(self.created_by))?;
        }

        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_policys_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            PolicyState::ALL,
            PolicyAction::ALL,
            |s, a| next(*s, *a).map(PolicyState::code),
            |s| s.code(),
            |a| a.code()
        ));
    }
}
