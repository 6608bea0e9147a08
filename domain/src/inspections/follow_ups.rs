//! 后续处置: what follows from an inspection, each measure with its deadline: `OPEN → DONE`, with re-checks on the way, or
//! `OPEN → REFERRED → DONE` where it becomes a case, and `REFERRED → OPEN` where nobody takes it as one.

use super::case_referrals::ReferralStatus;
use super::inspections::{InspectionStatus, TRANSFERRED_FOR_A_CASE};
use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    FollowUpStatus "后续处置状态" { Open "未完结", Referred "已移送待立案", Done "已完结", Dropped "随检查作废" }
}

code_list! {
    /// What can be done to a measure. The last three nobody does by hand.
    FollowUpAction "后续处置操作" {
        Complete "完结", Recheck "申请复查", Refer "移送办案", Extend "延期", Settle "移送已立案", GiveBack "移送未立案", Drop "随检查作废"
    }
}

/// 责令改正 in the dictionary spot-dispose.
pub const RECTIFY: &str = "3";

/// 后续处置措施 in words, as in the dictionary spot-dispose.
pub fn measure_label(code: &str) -> &'static str {
    match code {
        "1" => "无需后续处置",
        "2" => "停止检查,反馈日常监管",
        RECTIFY => "责令改正",
        TRANSFERRED_FOR_A_CASE => "移送办案",
        "5" => "抄告其他部门",
        _ => "其他",
    }
}

/// The life of a measure, whole.
pub const fn next(status: FollowUpStatus, action: FollowUpAction) -> Option<FollowUpStatus> {
    use FollowUpAction as A;
    use FollowUpStatus as S;

    match (status, action) {
        (S::Open, A::Complete) | (S::Referred, A::Settle) => Some(S::Done),
        (S::Open, A::Recheck | A::Extend) | (S::Referred, A::GiveBack) => Some(S::Open),
        (S::Open, A::Refer) => Some(S::Referred),
        (S::Open, A::Drop) => Some(S::Dropped),
        (S::Open, A::Settle | A::GiveBack)
        | (S::Referred, A::Complete | A::Recheck | A::Refer | A::Extend | A::Drop)
        | (S::Done | S::Dropped, A::Complete | A::Recheck | A::Refer | A::Extend | A::Settle | A::GiveBack | A::Drop) => {
            None
        }
    }
}

/// Whether measures may follow: something has begun, and it counts.
pub const fn takes_follow_ups(status: InspectionStatus) -> bool {
    !matches!(status, InspectionStatus::Pending | InspectionStatus::Void)
}

impl FollowUpAction {
    /// None where nobody does it by hand.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Complete | Self::Refer => Some(Permission::InspectionsRecord),
            Self::Recheck => Some(Permission::VisitsRequest),
            // Whoever has to do it does not give themselves more time.
            Self::Extend => Some(Permission::InspectionsReview),
            Self::Settle | Self::GiveBack | Self::Drop => None,
        }
    }
}

/// It is not done, here or with whoever received the case.
pub const fn takes_time(status: FollowUpStatus) -> bool {
    matches!(status, FollowUpStatus::Open | FollowUpStatus::Referred)
}

/// A measure, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct FollowUpFacts {
    pub status: FollowUpStatus,
    /// Dictionary spot-dispose.
    pub measure: String,
    /// Of the inspection.
    pub department_id: Uuid,
    /// Officers of the inspection.
    pub team: Vec<Uuid>,
    /// What became of the case that it was handed on as, last.
    pub referral: Option<ReferralStatus>,
    /// A re-check was opened and has no result yet.
    pub waits_for_recheck: bool,
    pub is_overdue: bool,
    pub is_extended: bool,
}

impl Decide for FollowUpFacts {
    type Action = FollowUpAction;
    type Next = FollowUpStatus;

    fn is_granted(&self, actor: &Actor, action: FollowUpAction) -> bool {
        let assigned = actor.personnel_id.is_some_and(|officer| self.team.contains(&officer));
        actor.may_take(action.permission(), self.department_id, assigned)
    }

    fn judge(&self, _: &Actor, action: FollowUpAction) -> Result<FollowUpStatus, Refusal> {
        use FollowUpAction as A;

        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;

        match action {
            A::Complete => {
                self.check_rechecked()?;
                self.check_referred()?;
            }
            A::Recheck | A::Refer => self.check_rechecked()?,
            A::Extend => self.check_extension()?,
            A::Settle | A::GiveBack | A::Drop => {}
        }

        Ok(next)
    }
}

impl FollowUpFacts {
    /// Whether it was put right is not said before somebody has looked.
    fn check_rechecked(&self) -> Result<(), Refusal> {
        if !self.waits_for_recheck {
            return Ok(());
        }
        let detail = text!(
            "复查尚无结果，请先录入复查结果或作废复查。",
            "The re-check has no result yet: record it, or make the re-check void."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// What goes to a case ends with the case.
    fn check_referred(&self) -> Result<(), Refusal> {
        // One that nobody took as a case ends otherwise.
        if self.measure != TRANSFERRED_FOR_A_CASE || self.referral == Some(ReferralStatus::Declined) {
            return Ok(());
        }
        let detail = text!(
            "措施为移送办案：请办理移送，立案后自动完结。",
            "The measure is a case: refer it; it ends when the case is filed."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// Once, and before the time is over.
    fn check_extension(&self) -> Result<(), Refusal> {
        if self.is_overdue {
            let detail = text!("处置期限已过，不能再延期。", "The time is over: what is late cannot be extended.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if self.is_extended {
            let detail = text!("该处置已延期过一次，不能再次延期。", "The time of a measure is extended once only.");
            return Err(Refusal::new(Code::ExtensionUsed, detail));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_called_as_in_the_dictionary() {
        let tables = crate::register::dictionaries::all().unwrap_or_default();
        let codes = tables.get("spot-dispose").map(|table| table.values.clone()).unwrap_or_default();
        assert_eq!(codes.len(), 6);
        for value in codes {
            assert_eq!(measure_label(&value.code), value.label_zh);
        }
    }

    #[test]
    fn the_table_of_a_measures_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            FollowUpStatus::ALL,
            FollowUpAction::ALL,
            |s, a| next(*s, *a).map(FollowUpStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }
}
