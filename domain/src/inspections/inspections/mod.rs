//! 检查: `PENDING → STARTED → ENTERED → UNDER_REVIEW → RETURNED | REJECTED | APPROVED → PUBLISHED → WITHDRAWN`; what was
//! approved or rejected can be reopened, what was withdrawn corrected.

mod decide;
mod results;

pub use decide::InspectionFacts;
pub use results::{
    CLEAN_IN_A_ROW, FAILED_POINT, PASSED_POINT, TRANSFERRED_FOR_A_CASE, check_clean_row, check_result, derived,
    found_problems, is_contradictory, out_of_date, problem_codes,
};

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{Rules, TWO_OFFICERS};
use crate::kernel::text::text;
use crate::register::objects::RegistrationStatus;

code_list! {
    InspectionStatus "检查状态" {
        Pending "待检查", Started "检查中", Entered "已录入", UnderReview "待审核", Returned "已退回", Rejected "审核不通过",
        Approved "已审核", Published "已公示", Withdrawn "已撤回",
        Void "作废"
    }
}

code_list! {
    /// What can be done to an inspection.
    InspectionAction "检查操作" {
        Start "开始检查", RecordResult "录入结果", Submit "提交审核", Return "退回", Reject "审核不通过",
        ApproveResult "审核通过", Reopen "退回重办", Publish "公示", Withdraw "撤回公示", Correct "更正", ReplaceOfficer "更换检查人员", AskVoid "申请作废", Void "作废"
    }
}

code_list! {
    /// Why a visit is not made. The first three are facts that the register shows; the others are asked for by one person and agreed to by another.
    VoidCause "检查作废原因" {
        ObjectCancelled "对象已注销", ObjectRevoked "对象已吊销", ObjectMovedOut "对象已迁出", ObjectNotFound "查无对象或停业",
        Duplicate "重复检查", CannotBeMade "无法实施", EpochVoid "所属抽取轮次作废或任务取消"
    }
}

impl VoidCause {
    /// What the register says where the cause is a fact.
    pub const fn fact(self) -> Option<RegistrationStatus> {
        match self {
            Self::ObjectCancelled => Some(RegistrationStatus::Cancelled),
            Self::ObjectRevoked => Some(RegistrationStatus::Revoked),
            Self::ObjectMovedOut => Some(RegistrationStatus::MovedOut),
            Self::ObjectNotFound | Self::Duplicate | Self::CannotBeMade | Self::EpochVoid => None,
        }
    }
}

code_list! {
    /// Why a member of a team cannot go, as the records show it.
    ReplacementCause "更换原因" {
        CertificateInvalid "行政执法证无效", NotActive "已停用", OtherDepartment "已调离本部门", Recused "须回避"
    }
}

/// The life of an inspection, whole.
pub const fn next(status: InspectionStatus, action: InspectionAction) -> Option<InspectionStatus> {
    use InspectionAction as A;
    use InspectionStatus as S;

    match (status, action) {
        (S::Pending, A::Start) => Some(S::Started),
        (S::Started | S::Entered | S::Returned, A::RecordResult) => Some(S::Entered),
        (S::Entered, A::Submit) => Some(S::UnderReview),
        (S::UnderReview, A::Return) => Some(S::Returned),
        (S::UnderReview, A::Reject) => Some(S::Rejected),
        (S::UnderReview, A::ApproveResult) => Some(S::Approved),
        (S::Approved, A::Publish) => Some(S::Published),
        (S::Approved | S::Rejected, A::Reopen) | (S::Withdrawn, A::Correct) => Some(S::Returned),
        (S::Published, A::Withdraw) => Some(S::Withdrawn),
        (S::Pending, A::ReplaceOfficer) => Some(S::Pending),
        (S::Started, A::ReplaceOfficer) => Some(S::Started),
        (S::Pending | S::Started | S::Entered | S::Returned, A::AskVoid) => Some(status),
        (S::Pending | S::Started | S::Entered | S::Returned, A::Void) => Some(S::Void),
        (
            S::Pending
            | S::Started
            | S::Entered
            | S::UnderReview
            | S::Returned
            | S::Rejected
            | S::Approved
            | S::Published
            | S::Withdrawn
            | S::Void,
            A::Start
            | A::RecordResult
            | A::Submit
            | A::Return
            | A::Reject
            | A::ApproveResult
            | A::Reopen
            | A::Publish
            | A::Withdraw
            | A::Correct
            | A::ReplaceOfficer
            | A::AskVoid
            | A::Void,
        ) => None,
    }
}

pub fn apply(status: InspectionStatus, action: InspectionAction) -> Result<InspectionStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// There is an approved result, public or not.
pub const fn has_result(status: InspectionStatus) -> bool {
    matches!(status, InspectionStatus::Approved | InspectionStatus::Published)
}

/// An approved result is still owed: there is none yet, or it was rejected or taken back. What was made void owes none.
pub const fn lacks_result(status: InspectionStatus) -> bool {
    !has_result(status) && !matches!(status, InspectionStatus::Void)
}

/// No further result is expected: the task can finish when all its inspections are closed.
pub const fn is_closed(status: InspectionStatus) -> bool {
    match status {
        InspectionStatus::Published
        | InspectionStatus::Withdrawn
        | InspectionStatus::Rejected
        | InspectionStatus::Void => true,
        InspectionStatus::Pending
        | InspectionStatus::Started
        | InspectionStatus::Entered
        | InspectionStatus::UnderReview
        | InspectionStatus::Returned
        | InspectionStatus::Approved => false,
    }
}

impl InspectionAction {
    /// The permission of the route that carries the action. An inspection is not skipped, nor its team changed, by those who
    /// would make the visit.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Start | Self::RecordResult | Self::Submit | Self::AskVoid => Permission::InspectionsRecord,
            Self::Return | Self::Reject | Self::ApproveResult | Self::Reopen | Self::ReplaceOfficer | Self::Void => {
                Permission::InspectionsReview
            }
            Self::Publish | Self::Withdraw | Self::Correct => Permission::InspectionsPublish,
        }
    }
}

/// 检查人员不少于两人，其中一名组长.
pub fn check_team(rules: &Rules, officers: usize, leaders: usize) -> Result<(), Refusal> {
    if officers < rules.minimum_officers as usize || leaders != 1 {
        return Err(Refusal::new(
            Code::TooFewOfficers,
            text!(
                "检查人员应不少于 {n} 人并有一名组长，现有 {officers} 人、组长 {leaders} 人。",
                "At least {n} officers with one leader are required; there are {officers} with {leaders} leader(s).",
                n = rules.minimum_officers
            ),
        )
        .under(TWO_OFFICERS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_an_inspections_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            InspectionStatus::ALL,
            InspectionAction::ALL,
            |s, a| { next(*s, *a).map(InspectionStatus::code) },
            |s| s.code(),
            |a| a.code()
        ));
    }

    #[test]
    fn one_officer_is_not_enough_and_two_leaders_are_one_too_many() {
        let rules = Rules::default();
        assert!(check_team(&rules, 2, 1).is_ok());
        for (officers, leaders) in [(1, 1), (2, 0), (2, 2)] {
            assert_eq!(
                check_team(&rules, officers, leaders).map_err(|refusal| refusal.code),
                Err(Code::TooFewOfficers)
            );
        }
    }
}
