//! 国家、省、市下发任务: `RECEIVED → SIGNED → ISSUED → RECORDING → SUBMITTED → CHECKED → REPORTED → ACKNOWLEDGED`, each step by its
//! day (rules of the trade §16). What departments do of it are its parts; where they all are decides between ISSUED and SUBMITTED.

mod parts;
mod timely;

pub use parts::{BehaviourKind, Feedback, PartAction, PartFacts, PartStatus, next_part};
pub use timely::{Step, StepTimes, late_steps};

use crate::access::{Actor, Decide, Permission};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

code_list! {
    IssuedTaskStatus "下发任务状态" {
        Received "待签收", Signed "待下发", Issued "已下发", Recording "办理中", Submitted "待核对", Checked "待上报", Reported "已上报",
        Rework "退回重办", Acknowledged "已确认"
    }
}

code_list! {
    IssueLevel "下发层级" { National "国家", Provincial "省", Municipal "市" }
}

code_list! {
    /// How it came.
    IssueChannel "接收方式" { Api "接口", File "文件", Manual "人工" }
}

code_list! {
    /// What can be done to an issued task as a whole.
    IssuedTaskAction "下发任务操作" {
        Update "修改", Sign "签收", Issue "下发", Return "退回部门", Check "核对", Report "上报", Acknowledge "登记确认", Rework "登记退回",
        Reopen "重新办理"
    }
}

/// The life of an issued task as far as the county office moves it; between ISSUED and SUBMITTED its parts do.
pub const fn next(status: IssuedTaskStatus, action: IssuedTaskAction) -> Option<IssuedTaskStatus> {
    use IssuedTaskAction as A;
    use IssuedTaskStatus as S;

    match (status, action) {
        (S::Received, A::Update) => Some(S::Received),
        (S::Received, A::Sign) => Some(S::Signed),
        (S::Signed, A::Issue) => Some(S::Issued),
        (S::Submitted, A::Return) | (S::Rework, A::Reopen) => Some(S::Recording),
        (S::Submitted, A::Check) => Some(S::Checked),
        (S::Checked, A::Report) => Some(S::Reported),
        (S::Reported, A::Acknowledge) => Some(S::Acknowledged),
        (S::Reported, A::Rework) => Some(S::Rework),
        (S::Received, A::Issue | A::Return | A::Check | A::Report | A::Acknowledge | A::Rework | A::Reopen)
        | (
            S::Signed,
            A::Update | A::Sign | A::Return | A::Check | A::Report | A::Acknowledge | A::Rework | A::Reopen,
        )
        | (
            S::Issued | S::Recording | S::Acknowledged,
            A::Update | A::Sign | A::Issue | A::Return | A::Check | A::Report | A::Acknowledge | A::Rework | A::Reopen,
        )
        | (S::Submitted, A::Update | A::Sign | A::Issue | A::Report | A::Acknowledge | A::Rework | A::Reopen)
        | (
            S::Checked,
            A::Update | A::Sign | A::Issue | A::Return | A::Check | A::Acknowledge | A::Rework | A::Reopen,
        )
        | (S::Reported, A::Update | A::Sign | A::Issue | A::Return | A::Check | A::Report | A::Reopen)
        | (S::Rework, A::Update | A::Sign | A::Issue | A::Return | A::Check | A::Report | A::Acknowledge | A::Rework) => {
            None
        }
    }
}

/// Where a task that was issued stands, by its parts: untouched, under way, or handed in by all.
pub fn by_parts(parts: &[PartStatus]) -> IssuedTaskStatus {
    if parts.iter().all(|part| *part == PartStatus::Submitted) {
        return IssuedTaskStatus::Submitted;
    }
    let untouched = |part: &PartStatus| matches!(part, PartStatus::ToSign | PartStatus::Signed);
    if parts.iter().all(untouched) { IssuedTaskStatus::Issued } else { IssuedTaskStatus::Recording }
}

impl IssuedTaskAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update
            | Self::Sign
            | Self::Issue
            | Self::Return
            | Self::Check
            | Self::Report
            | Self::Acknowledge
            | Self::Rework
            | Self::Reopen => Permission::IssuedTasksManage,
        }
    }
}

/// An issued task, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct IssuedTaskFacts {
    pub status: IssuedTaskStatus,
    /// Who received it.
    pub department_id: Uuid,
    /// Inspections made for it that have no approved result, or have it no more.
    pub open_inspections: u64,
}

impl Decide for IssuedTaskFacts {
    type Action = IssuedTaskAction;
    type Next = IssuedTaskStatus;

    fn is_granted(&self, actor: &Actor, action: IssuedTaskAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: IssuedTaskAction) -> Result<IssuedTaskStatus, Refusal> {
        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        if matches!(action, IssuedTaskAction::Check | IssuedTaskAction::Report) {
            parts::check_open(self.open_inspections)?;
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests;
