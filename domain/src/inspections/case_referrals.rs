//! 案件移送: what an inspection found becomes a case, here or with somebody else: `REFERRED → FILED → CLOSED`, or `REFERRED → DECLINED`,
//! and then whoever found it goes on. The measure of the inspection and the referral name each other.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

code_list! {
    ReferralStatus "案件移送状态" { Referred "待立案审查", Filed "已立案", Declined "不予立案", Closed "已结案" }
}

code_list! {
    /// What can be done to a referral.
    ReferralAction "案件移送操作" { File "立案", Decline "不予立案", Close "结案" }
}

/// The life of a referral, whole.
pub const fn next(status: ReferralStatus, action: ReferralAction) -> Option<ReferralStatus> {
    use ReferralAction as A;
    use ReferralStatus as S;

    match (status, action) {
        (S::Referred, A::File) => Some(S::Filed),
        (S::Referred, A::Decline) => Some(S::Declined),
        (S::Filed, A::Close) => Some(S::Closed),
        (S::Referred, A::Close)
        | (S::Filed, A::File | A::Decline)
        | (S::Declined | S::Closed, A::File | A::Decline | A::Close) => None,
    }
}

/// A referral, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ReferralFacts {
    pub status: ReferralStatus,
    /// Who decides on the case; for somebody outside the platform, who sent it writes down what they decided.
    pub handler_department_id: Uuid,
    pub referred_by: Uuid,
}

impl Decide for ReferralFacts {
    type Action = ReferralAction;
    type Next = ReferralStatus;

    fn is_granted(&self, actor: &Actor, _: ReferralAction) -> bool {
        actor.may(Permission::CaseReferralsHandle, self.handler_department_id, false)
    }

    /// Whoever found it does not decide whether it is a case.
    fn judge(&self, actor: &Actor, action: ReferralAction) -> Result<ReferralStatus, Refusal> {
        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        if matches!(action, ReferralAction::File | ReferralAction::Decline) {
            actor.check_not_own(Some(self.referred_by))?;
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_referrals_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            ReferralStatus::ALL,
            ReferralAction::ALL,
            |s, a| next(*s, *a).map(ReferralStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }
}
