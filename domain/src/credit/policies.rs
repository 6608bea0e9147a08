//! The life of a mapping table and of a strategy: `DRAFT → ACTIVE → RETIRED`. Whoever wrote it does not put it in force.

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;

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
    next(state, action).ok_or_else(|| Refusal::state((state.code(), state.label()), (action.code(), action.label())))
}

impl PolicyAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update => Permission::CreditPoliciesWrite,
            Self::Activate | Self::Retire => Permission::CreditPoliciesApprove,
        }
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
