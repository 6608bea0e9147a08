//! 到期鉴定: once a year a department looks at its files whose time is over, and says what becomes of each: destroyed, kept on, or
//! handed over to the archive. Its head approves, and the justice bureau stands by when they are destroyed.
//!
//! `APPRAISING → SUBMITTED → APPROVED → CARRYING_OUT → DONE`; `SUBMITTED | APPROVED → APPRAISING` where the head sends it back.

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
        Appraise "鉴定", Submit "提交", Return "退回", Approve "批准", Package "生成移交包", HandOver "登记移交", CarryOut "监销", Finish "完成"
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
        Held "已被保全", Supervised "监督案件未办结", ClueOpen "相关线索未办结", RecheckOpen "为未完结处置的复查", EvidenceKept "证据未到保管期限",
        NotDue "按现行保管期限未届满", Changed "案卷有新的变化", Unreadable "案卷数据异常"
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
        (S::Appraising, A::Appraise) | (S::Submitted | S::Approved, A::Return) => Some(S::Appraising),
        (S::Appraising, A::Submit) => Some(S::Submitted),
        (S::Submitted, A::Approve) => Some(S::Approved),
        (S::Approved, A::HandOver | A::Package) => Some(status),
        (S::Approved, A::CarryOut) => Some(S::CarryingOut),
        (S::CarryingOut, A::Finish) => Some(S::Done),
        (
            S::Appraising | S::Submitted | S::Approved | S::CarryingOut | S::Done,
            A::Appraise | A::Submit | A::Return | A::Approve | A::Package | A::HandOver | A::CarryOut | A::Finish,
        ) => None,
    }
}

impl DisposalAction {
    /// None where nobody does it by hand.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Appraise | Self::Submit | Self::Package | Self::HandOver => Some(Permission::ArchivesAppraise),
            Self::Return | Self::Approve => Some(Permission::ArchivesApprove),
            Self::CarryOut => Some(Permission::ArchivesSupervise),
            Self::Finish => None,
        }
    }
}

/// A list, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct DisposalFacts {
    pub status: DisposalStatus,
    pub department_id: Uuid,
    /// Whoever decided about a line, submitted the list, or handed it over.
    pub prepared_by: Vec<Uuid>,
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
            A::Approve => self.prepared_by.iter().try_for_each(|by| actor.check_not_own(Some(*by)))?,
            A::Return => self.check_still_here()?,
            A::Package | A::HandOver => self.check_goes_anywhere()?,
            A::CarryOut => {
                self.check_third_person(actor)?;
                self.check_receipt()?;
            }
            A::Appraise | A::Finish => {}
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

    /// What the archive has received does not come back.
    fn check_still_here(&self) -> Result<(), Refusal> {
        if !self.is_handed_over {
            return Ok(());
        }
        let detail = text!("档案馆已接收，不能退回。", "The archive has received it: it cannot be sent back.");
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// Whoever prepared it, or agreed to it, does not stand by as well.
    fn check_third_person(&self, actor: &Actor) -> Result<(), Refusal> {
        let persons = actor.persons();
        let hands = self.prepared_by.iter().chain(&self.approved_by);
        if !hands.into_iter().any(|by| persons.contains(by)) {
            return Ok(());
        }
        let detail = text!(
            "鉴定人、提交人和批准人不能监销，请由第三人办理。",
            "You appraised, submitted or approved it: a third person stands by."
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
    use crate::access::Role;

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

    #[test]
    fn each_hand_is_another() {
        let [admin, head, justice] = [1, 2, 3].map(Uuid::from_u128);
        let actor = |id, role| Actor::of(id, "a", role, Uuid::from_u128(9));
        let facts = |status| DisposalFacts {
            status,
            department_id: Uuid::from_u128(9),
            prepared_by: vec![admin],
            approved_by: Some(head),
            undecided: 0,
            to_hand_over: 0,
            is_handed_over: false,
        };
        let code = |facts: DisposalFacts, actor: &Actor, action| {
            facts.decide(actor, action).map_err(|refusal| refusal.code.code())
        };
        use DisposalAction as A;
        use DisposalStatus as S;

        // Whoever appraised as somebody's delegate approves nothing of it, and does not stand by.
        assert_eq!(code(facts(S::Submitted), &actor(admin, Role::BodyHead), A::Approve), Err("SELF_REVIEW"));
        assert_eq!(code(facts(S::Submitted), &actor(head, Role::BodyHead), A::Approve), Ok(S::Approved));
        let third = |id| code(facts(S::Approved), &actor(id, Role::JusticeSupervisor), A::CarryOut);
        assert_eq!((third(admin), third(head)), (Err("SECOND_PERSON_REQUIRED"), Err("SECOND_PERSON_REQUIRED")));
        assert_eq!(third(justice), Ok(S::CarryingOut));

        // What the archive has received does not come back; what goes nowhere has no package.
        let over = DisposalFacts { to_hand_over: 1, is_handed_over: true, ..facts(S::Approved) };
        assert_eq!(code(over, &actor(head, Role::BodyHead), A::Return), Err("STATE_CONFLICT"));
        assert_eq!(code(facts(S::Approved), &actor(head, Role::BodyHead), A::Return), Ok(S::Appraising));
        assert_eq!(code(facts(S::Approved), &actor(admin, Role::DepartmentAdmin), A::Package), Err("STATE_CONFLICT"));
        let waits = DisposalFacts { to_hand_over: 1, ..facts(S::Approved) };
        let stood_by = actor(justice, Role::JusticeSupervisor);
        assert_eq!(code(waits, &stood_by, A::CarryOut), Err("STATE_CONFLICT"));
    }
}
