//! Accounts of the platform.

use super::code_list;
use super::refusal::Refusal;

code_list! {
    /// 账户状态.
    UserStatus { Active "启用", Disabled "停用" }
}

code_list! {
    /// What an administrator does to an account.
    UserAction { Activate "启用", Disable "停用" }
}

/// The life of an account.
pub const fn next(status: UserStatus, action: UserAction) -> Option<UserStatus> {
    match (status, action) {
        (UserStatus::Active, UserAction::Disable) => Some(UserStatus::Disabled),
        (UserStatus::Disabled, UserAction::Activate) => Some(UserStatus::Active),
        (UserStatus::Active, UserAction::Activate) | (UserStatus::Disabled, UserAction::Disable) => None,
    }
}

pub fn apply(status: UserStatus, action: UserAction) -> Result<UserStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state((status.code(), status.label()), (action.code(), action.label())))
}
