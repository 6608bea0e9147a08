//! The life of a draw: `FROZEN → DRAWN → MATCHED`, and from each to `VOID`, which is for ever.

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
    /// What happens to a draw after its pool was frozen.
    DrawAction "抽取操作" { Draw "抽取", Match "匹配人员", Void "作废" }
}

/// The life of a draw, whole.
pub const fn next(status: DrawStatus, action: DrawAction) -> Option<DrawStatus> {
    use DrawAction as A;
    use DrawStatus as S;
    match (status, action) {
        (S::Frozen, A::Draw) => Some(S::Drawn),
        (S::Drawn, A::Match) => Some(S::Matched),
        (S::Frozen | S::Drawn | S::Matched, A::Void) => Some(S::Void),
        (S::Frozen, A::Match) | (S::Drawn, A::Draw) | (S::Matched, A::Draw | A::Match) => None,
        (S::Void, A::Draw | A::Match | A::Void) => None,
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
