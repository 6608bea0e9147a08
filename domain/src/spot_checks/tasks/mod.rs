//! 抽查任务: `DRAFT → POOL_FROZEN → MATCHED → IN_PROGRESS → FINISHED | CANCELLED`.

mod chance;
mod decide;
mod parties;
mod pool;
mod strata;

pub use chance::ChanceFacts;
pub use decide::TaskFacts;
pub use parties::{Committed, Leaving};
pub use pool::PoolFilter;
pub use strata::{
    StratumRule, check_ceiling, check_coverage, check_strata, classes_left_out, is_linkable, strata, stratum_label,
    with_unclassified,
};

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;

code_list! {
    TaskStatus "抽查任务状态" {
        Draft "草稿", PoolFrozen "对象库已冻结", Drawn "已抽取", Matched "已匹配人员", InProgress "检查中",
        Finished "已完成", Cancelled "已取消"
    }
}

code_list! {
    TaskSource "任务来源" { Plan "年度抽查工作计划", Temporary "临时任务", Clue "风险线索", Visit "日常检查", Issued "上级下发" }
}

code_list! {
    /// 任务类别. Both are stratified by credit class (rules of the trade §7).
    TaskKind "任务类别" { DoubleRandom "双随机抽查", Special "专项检查" }
}

code_list! {
    SpotType "抽查方式" { Targeted "定向", Untargeted "不定向" }
}

code_list! {
    Duty "部门职责" { Lead "发起部门", Cooperating "配合部门" }
}

code_list! {
    /// What can be done to a task.
    TaskAction "抽查任务操作" {
        Update "修改", ApproveExcess "批准超比例抽查", Commit "封存", Freeze "冻结对象库", Reveal "启封随机数", EnterChance "录入公开数值", Draw "抽取对象和人员",
        Redraw "重抽", ConsentVoid "同意作废本轮", DeclineVoid "不同意作废本轮", Start "开始检查", Finish "完成", Cancel "取消"
    }
}

/// The life of a task, whole.
pub const fn next(status: TaskStatus, action: TaskAction) -> Option<TaskStatus> {
    use TaskAction as A;
    use TaskStatus as S;

    match (status, action) {
        (S::Draft, A::Update | A::ApproveExcess | A::Commit) | (S::PoolFrozen | S::Drawn | S::Matched, A::Redraw) => {
            Some(S::Draft)
        }
        (S::Draft, A::Freeze) | (S::PoolFrozen, A::Reveal | A::EnterChance) => Some(S::PoolFrozen),
        (S::PoolFrozen | S::Drawn, A::Draw) => Some(S::Matched),
        // Where it leads is what was asked for: a new epoch, or the end.
        (S::PoolFrozen | S::Drawn | S::Matched, A::ConsentVoid | A::DeclineVoid) => Some(status),
        (S::Matched | S::InProgress, A::Start) => Some(S::InProgress),
        (S::InProgress, A::Finish) => Some(S::Finished),
        (S::Draft | S::PoolFrozen | S::Drawn | S::Matched, A::Cancel) => Some(S::Cancelled),
        (
            S::Draft,
            A::Reveal | A::EnterChance | A::Draw | A::Redraw | A::ConsentVoid | A::DeclineVoid | A::Start | A::Finish,
        )
        | (S::PoolFrozen, A::Update | A::ApproveExcess | A::Commit | A::Freeze | A::Start | A::Finish)
        | (
            S::Drawn,
            A::Update | A::ApproveExcess | A::Commit | A::Freeze | A::Reveal | A::EnterChance | A::Start | A::Finish,
        )
        | (
            S::Matched,
            A::Update | A::ApproveExcess | A::Commit | A::Freeze | A::Reveal | A::EnterChance | A::Draw | A::Finish,
        )
        | (
            S::InProgress,
            A::Update
            | A::ApproveExcess
            | A::Commit
            | A::Freeze
            | A::Reveal
            | A::EnterChance
            | A::Draw
            | A::Redraw
            | A::ConsentVoid
            | A::DeclineVoid
            | A::Cancel,
        )
        | (
            S::Finished | S::Cancelled,
            A::Update
            | A::ApproveExcess
            | A::Commit
            | A::Freeze
            | A::Reveal
            | A::EnterChance
            | A::Draw
            | A::Redraw
            | A::ConsentVoid
            | A::DeclineVoid
            | A::Start
            | A::Finish
            | A::Cancel,
        ) => None,
    }
}

pub fn apply(status: TaskStatus, action: TaskAction) -> Result<TaskStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

impl TaskAction {
    /// The permission of the route that carries the action; starting and finishing follow from the inspections.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Update | Self::Freeze | Self::Draw | Self::Redraw | Self::Cancel => Some(Permission::TasksWrite),
            Self::Commit | Self::Reveal | Self::EnterChance | Self::ConsentVoid | Self::DeclineVoid => {
                Some(Permission::DrawsCommit)
            }
            Self::ApproveExcess => Some(Permission::PlansReview),
            Self::Start | Self::Finish => None,
        }
    }
}

/// What was never drawn cannot be drawn again: the inspection of a clue, or of a daily visit, has a task and no draw.
pub const fn is_drawn(source: TaskSource) -> bool {
    !matches!(source, TaskSource::Clue | TaskSource::Visit | TaskSource::Issued)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_tasks_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            TaskStatus::ALL,
            TaskAction::ALL,
            |s, a| { next(*s, *a).map(TaskStatus::code) },
            |s| s.code(),
            |a| a.code()
        ));
    }
}
