//! 案件移送: what an inspection found becomes a case, here or with somebody else: `REFERRED → FILED → CLOSED`, or `REFERRED → DECLINED`,
//! and then whoever found it goes on. The measure of the inspection and the referral name each other.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::SEPARATION_OF_DUTIES;
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    ReferralStatus "案件移送状态" { Referred "待立案审查", Filed "已立案", Declined "不予立案", Withdrawn "已撤回", Closed "已结案" }
}

code_list! {
    /// What can be done to a referral.
    ReferralAction "案件移送操作" { File "立案", Decline "不予立案", Withdraw "撤回移送", Close "结案" }
}

/// The life of a referral, whole.
pub const fn next(status: ReferralStatus, action: ReferralAction) -> Option<ReferralStatus> {
    use ReferralAction as A;
    use ReferralStatus as S;

    match (status, action) {
        (S::Referred, A::File) => Some(S::Filed),
        (S::Referred, A::Decline) => Some(S::Declined),
        (S::Referred, A::Withdraw) => Some(S::Withdrawn),
        (S::Filed, A::Close) => Some(S::Closed),
        (S::Referred, A::Close)
        | (S::Filed, A::File | A::Decline | A::Withdraw)
        | (S::Declined | S::Withdrawn | S::Closed, A::File | A::Decline | A::Withdraw | A::Close) => None,
    }
}

/// Somebody has still to decide.
pub const fn is_under_way(status: ReferralStatus) -> bool {
    matches!(status, ReferralStatus::Referred | ReferralStatus::Filed)
}

/// A referral, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ReferralFacts {
    pub status: ReferralStatus,
    /// Who sent it.
    pub department_id: Uuid,
    /// Who decides on the case; for somebody outside the platform, who sent it writes down what they decided.
    pub handler_department_id: Uuid,
    pub referred_by: Uuid,
}

impl Decide for ReferralFacts {
    type Action = ReferralAction;
    type Next = ReferralStatus;

    fn is_granted(&self, actor: &Actor, action: ReferralAction) -> bool {
        let whose = match action {
            ReferralAction::Withdraw => self.department_id,
            ReferralAction::File | ReferralAction::Decline | ReferralAction::Close => self.handler_department_id,
        };
        actor.may(Permission::CaseReferralsHandle, whose, false)
    }

    /// Whoever found it does not decide whether it is a case.
    fn judge(&self, actor: &Actor, action: ReferralAction) -> Result<ReferralStatus, Refusal> {
        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        let decides = matches!(action, ReferralAction::File | ReferralAction::Decline);
        if decides && actor.persons().contains(&self.referred_by) {
            let detail = text!(
                "移送人不得自行决定是否立案，请由另一人办理。",
                "Whoever referred it does not decide whether it is a case; somebody else does."
            );
            return Err(Refusal::new(Code::SelfReview, detail).under(SEPARATION_OF_DUTIES));
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
