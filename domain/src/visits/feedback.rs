//! 企业评价: an enterprise rates a visit, or complains of it; complaints are the justice bureau's.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;

code_list! {
    FeedbackStatus "企业评价状态" { Rated "已评价", Received "投诉待处理", Handled "投诉已处理" }
}

code_list! {
    /// What can be done to what an enterprise said.
    FeedbackAction "企业评价操作" { Handle "处理投诉" }
}

/// A rating is said and done; a complaint waits for the justice bureau.
pub const fn next(status: FeedbackStatus, action: FeedbackAction) -> Option<FeedbackStatus> {
    match (status, action) {
        (FeedbackStatus::Received, FeedbackAction::Handle) => Some(FeedbackStatus::Handled),
        (FeedbackStatus::Rated | FeedbackStatus::Handled, FeedbackAction::Handle) => None,
    }
}

/// What an enterprise said, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct FeedbackFacts {
    pub status: FeedbackStatus,
}

impl Decide for FeedbackFacts {
    type Action = FeedbackAction;
    type Next = FeedbackStatus;

    /// It is nobody's but the justice bureau's: the body that it is about never reads it.
    fn is_granted(&self, actor: &Actor, _: FeedbackAction) -> bool {
        actor.reach(Permission::VisitFeedbackHandle).is_some()
    }

    fn judge(&self, _: &Actor, action: FeedbackAction) -> Result<FeedbackStatus, Refusal> {
        next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_complaints_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            FeedbackStatus::ALL,
            FeedbackAction::ALL,
            |s, a| next(*s, *a).map(FeedbackStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }
}
