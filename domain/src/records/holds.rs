//! 档案保全: what must not be destroyed while a court, a review or an inquiry may ask for it, whatever its retention period says.

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::FILES_ARE_HELD;
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    /// What is held.
    HoldSubject "保全对象" { Object "监管对象的全部案卷", Inspection "检查案卷", RiskClue "风险线索案卷" }
}

code_list! {
    HoldStatus "保全状态" { Active "保全中", Released "已解除" }
}

code_list! {
    HoldAction "保全操作" { Extend "续期", Release "解除" }
}

/// The life of a hold, whole.
pub const fn next(status: HoldStatus, action: HoldAction) -> Option<HoldStatus> {
    match (status, action) {
        (HoldStatus::Active, HoldAction::Extend) => Some(HoldStatus::Active),
        (HoldStatus::Active, HoldAction::Release) => Some(HoldStatus::Released),
        (HoldStatus::Released, HoldAction::Extend | HoldAction::Release) => None,
    }
}

/// A hold, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct HoldFacts {
    pub status: HoldStatus,
    /// Who placed it.
    pub department_id: Uuid,
}

impl Decide for HoldFacts {
    type Action = HoldAction;
    type Next = HoldStatus;

    fn is_granted(&self, actor: &Actor, _: HoldAction) -> bool {
        actor.may(Permission::LegalHoldsManage, self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: HoldAction) -> Result<HoldStatus, Refusal> {
        next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))
    }
}

/// Nothing of a file that is held is destroyed.
pub fn check_not_held(is_held: bool) -> Result<(), Refusal> {
    if !is_held {
        return Ok(());
    }
    let detail = text!(
        "案卷已被保全，解除保全之前不得销毁，也不得作废其中的证据。",
        "The file is held: until the hold is released it is not destroyed, and no evidence of it is discarded."
    );
    Err(Refusal::new(Code::RecordHeld, detail).under(FILES_ARE_HELD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_holds() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            HoldStatus::ALL,
            HoldAction::ALL,
            |s, a| next(*s, *a).map(HoldStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }
}
