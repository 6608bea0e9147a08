//! 到期鉴定: once a year a department looks at its files whose time is over, and says what becomes of each: destroyed, kept on, or
//! handed over to the archive. Its head approves, and the justice bureau stands by when they are destroyed.
//!
//! `APPRAISING → SUBMITTED → APPROVED → CARRYING_OUT → DONE`; `SUBMITTED → APPRAISING` where the head sends it back.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{FILES_ARE_APPRAISED, SEPARATION_OF_DUTIES};
use crate::kernel::text::text;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    DisposalStatus "鉴定清册状态" {
        Appraising "鉴定中", Submitted "待批准", Approved "待监销", CarryingOut "处置中", Done "已处置"
    }
}

code_list! {
    /// What can be done to a list; `FINISH` is the platform's own, when the last line has its outcome.
    DisposalAction "鉴定清册操作" {
        Decide "鉴定", Submit "提交", Return "退回", Approve "批准", Package "生成移交包", HandOver "登记移交", CarryOut "监销", Finish "完成"
    }
}

code_list! {
    DisposalDecision "鉴定意见" { Destroy "销毁", Keep "延长保管", HandOver "移交档案馆" }
}

code_list! {
    DisposalOutcome "处置结果" { Destroyed "已销毁", Kept "继续保管", HandedOver "已移交", NotDestroyed "未予销毁" }
}

code_list! {
    /// What stands against destroying a file.
    Obstacle "不予销毁原因" {
        Held "已被保全", Supervised "监督案件未办结", ClueOpen "相关线索未办结", EvidenceKept "证据未到保管期限", Changed "案卷有新的变化"
    }
}

/// 移交接收.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    pub receiver: String,
    pub receipt_no: String,
    pub on: NaiveDate,
    pub by: Uuid,
}

/// The life of a list, whole.
pub const fn next(status: DisposalStatus, action: DisposalAction) -> Option<DisposalStatus> {
    use DisposalAction as A;
    use DisposalStatus as S;

    match (status, action) {
        (S::Appraising, A::Decide) | (S::Submitted, A::Return) => Some(S::Appraising),
        (S::Appraising, A::Submit) => Some(S::Submitted),
        (S::Submitted, A::Approve) => Some(S::Approved),
        (S::Approved, A::HandOver) | (S::Approved | S::Done, A::Package) => Some(status),
        (S::Approved, A::CarryOut) => Some(S::CarryingOut),
        (S::CarryingOut, A::Finish) => Some(S::Done),
        (
            S::Appraising | S::Submitted | S::Approved | S::CarryingOut | S::Done,
            A::Decide | A::Submit | A::Return | A::Approve | A::Package | A::HandOver | A::CarryOut | A::Finish,
        ) => None,
    }
}

impl DisposalAction {
    /// None where nobody does it by hand.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Decide | Self::Submit | Self::Package | Self::HandOver => Some(Permission::ArchivesAppraise),
            Self::Return | Self::Approve => Some(Permission::ArchivesApprove),
            Self::CarryOut => Some(Permission::ArchivesSupervise),
            Self::Finish => None,
        }
    }
}

/// A list, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct DisposalFacts {
    pub status: DisposalStatus,
    pub department_id: Uuid,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    /// Lines about which nothing is decided.
    pub undecided: u64,
    /// Lines that go to the archive.
    pub to_hand_over: u64,
    /// The archive has given its receipt.
    pub is_handed_over: bool,
}

impl Decide for DisposalFacts {
    type Action = DisposalAction;
    type Next = DisposalStatus;

    fn is_granted(&self, actor: &Actor, action: DisposalAction) -> bool {
        actor.may_take(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: DisposalAction) -> Result<DisposalStatus, Refusal> {
        use DisposalAction as A;

        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;

        match action {
            A::Submit => self.check_decided()?,
            A::Approve => actor.check_not_own(self.submitted_by)?,
            A::Package | A::HandOver => self.check_goes_anywhere()?,
            A::CarryOut => {
                self.check_third_person(actor)?;
                self.check_receipt()?;
            }
            A::Decide | A::Return | A::Finish => {}
        }

        Ok(next)
    }
}

impl DisposalFacts {
    fn check_decided(&self) -> Result<(), Refusal> {
        if self.undecided == 0 {
            return Ok(());
        }
        let n = self.undecided;
        let detail = text!("还有 {n} 件没有鉴定意见。", "Nothing is decided about {n} files.");
        Err(Refusal::new(Code::StateConflict, detail).under(FILES_ARE_APPRAISED))
    }

    fn check_goes_anywhere(&self) -> Result<(), Refusal> {
        if self.to_hand_over > 0 {
            return Ok(());
        }
        let detail = text!("清册中没有移交档案馆的案卷。", "No file of this list goes to the archive.");
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// Whoever asked for it, or agreed to it, does not stand by as well.
    fn check_third_person(&self, actor: &Actor) -> Result<(), Refusal> {
        let persons = actor.persons();
        if ![self.submitted_by, self.approved_by].into_iter().flatten().any(|by| persons.contains(&by)) {
            return Ok(());
        }
        let detail = text!(
            "提交人和批准人不能监销，请由第三人办理。",
            "You submitted or approved it: a third person stands by."
        );
        Err(Refusal::new(Code::SecondPersonRequired, detail).under(SEPARATION_OF_DUTIES))
    }

    fn check_receipt(&self) -> Result<(), Refusal> {
        if self.to_hand_over == 0 || self.is_handed_over {
            return Ok(());
        }
        let n = self.to_hand_over;
        let detail = text!(
            "有 {n} 件应移交档案馆，请先登记移交接收情况。",
            "{n} files go to the archive: write down its receipt first."
        );
        Err(Refusal::new(Code::StateConflict, detail).under(FILES_ARE_APPRAISED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_lists() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            DisposalStatus::ALL,
            DisposalAction::ALL,
            |s, a| next(*s, *a).map(DisposalStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }
}
