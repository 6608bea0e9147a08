//! The life of a draw: `FROZEN → MATCHED`, and from each to `VOID`, which is for ever. Objects and officers are drawn in one step;
//! `DRAWN` is what draws were between two steps once.

use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;

code_list! {
    /// 抽取状态. A void epoch stays on record with its reason.
    DrawStatus "抽取状态" { Frozen "已冻结", Drawn "已抽取", Matched "已匹配", Void "作废" }
}

code_list! {
    /// Whether a record that somebody sent is one that was published: of its task and epoch, at a stage that was.
    Published "是否公布" { Yes "已公布", No "与公布的不同", UnknownTask "没有这一任务" }
}

code_list! {
    /// Why an epoch is given up.
    EpochVoidCause "作废原因" {
        PartyRefused "有封存方拒绝启封", PartyUnreachable "有封存方失联", SecretLost "随机数遗失或不合要求",
        PoolWrong "对象库有误", RosterWrong "人员库有误", RecordChanged "冻结后记录被改动", TaskWithdrawn "任务撤销",
        SystemFault "系统故障"
    }
}

code_list! {
    /// What happens to a draw after its pool was frozen.
    DrawAction "抽取操作" { Draw "抽取对象和人员", Void "作废" }
}

/// The life of a draw, whole.
pub const fn next(status: DrawStatus, action: DrawAction) -> Option<DrawStatus> {
    use DrawAction as A;
    use DrawStatus as S;
    match (status, action) {
        (S::Frozen | S::Drawn, A::Draw) => Some(S::Matched),
        (S::Frozen | S::Drawn | S::Matched, A::Void) => Some(S::Void),
        (S::Matched, A::Draw) | (S::Void, A::Draw | A::Void) => None,
    }
}

pub fn apply(status: DrawStatus, action: DrawAction) -> Result<DrawStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_draws_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            DrawStatus::ALL,
            DrawAction::ALL,
            |s, a| { next(*s, *a).map(DrawStatus::code) },
            |s| s.code(),
            |a| a.code()
        ));
    }
}
