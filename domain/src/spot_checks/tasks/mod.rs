//! 抽查任务: `DRAFT → POOL_FROZEN → MATCHED → IN_PROGRESS → FINISHED | CANCELLED`.

mod chance;
mod decide;
mod parties;
mod pool;

pub use chance::ChanceFacts;
pub use decide::TaskFacts;
pub use parties::{Committed, Leaving};
pub use pool::PoolFilter;

use crate::access::Permission;
use crate::credit::{CreditClass, check_minimums, check_monotone};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use crate::spot_checks::draws::strata::Stratum;
use serde::{Deserialize, Serialize};

code_list! {
    TaskStatus "抽查任务状态" {
        Draft "草稿", PoolFrozen "对象库已冻结", Drawn "已抽取", Matched "已匹配人员", InProgress "检查中",
        Finished "已完成", Cancelled "已取消"
    }
}

code_list! {
    TaskSource "任务来源" { Plan "年度抽查工作计划", Temporary "临时任务", Clue "风险线索" }
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
        Update "修改", Commit "封存", Freeze "冻结对象库", Reveal "启封随机数", EnterChance "录入公开数值", Draw "抽取对象和人员",
        Redraw "重抽", ConsentVoid "同意作废本轮", DeclineVoid "不同意作废本轮", Start "开始检查", Finish "完成", Cancel "取消"
    }
}

/// The life of a task, whole.
pub const fn next(status: TaskStatus, action: TaskAction) -> Option<TaskStatus> {
    use TaskAction as A;
    use TaskStatus as S;

    match (status, action) {
        (S::Draft, A::Update | A::Commit) | (S::PoolFrozen | S::Drawn | S::Matched, A::Redraw) => Some(S::Draft),
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
        | (S::PoolFrozen, A::Update | A::Commit | A::Freeze | A::Start | A::Finish)
        | (S::Drawn, A::Update | A::Commit | A::Freeze | A::Reveal | A::EnterChance | A::Start | A::Finish)
        | (S::Matched, A::Update | A::Commit | A::Freeze | A::Reveal | A::EnterChance | A::Draw | A::Finish)
        | (
            S::InProgress,
            A::Update
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
            Self::Start | Self::Finish => None,
        }
    }
}

/// What was never drawn cannot be drawn again: the inspection of a clue has a task and no draw.
pub const fn is_drawn(source: TaskSource) -> bool {
    !matches!(source, TaskSource::Clue)
}

/// How a credit class is drawn from: its rate in basis points and its minimum count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StratumRule {
    pub class: CreditClass,
    pub rate_bp: u32,
    pub minimum: u32,
}

/// Refuses strata whose rates, or whose minimums, fall as risk rises: a high minimum of a small risk would stand in for a rate.
pub fn check_strata(rules: &[StratumRule]) -> Result<(), Refusal> {
    check_monotone(&rules.iter().map(|rule| (rule.class, rule.rate_bp)).collect::<Vec<_>>())?;
    check_minimums(&rules.iter().map(|rule| (rule.class, rule.rate_bp, rule.minimum)).collect::<Vec<_>>())
}

/// 未分类 is drawn like 一般 unless it has a stratum of its own; it is reported apart.
pub fn with_unclassified(mut rules: Vec<StratumRule>) -> Vec<StratumRule> {
    let general = rules.iter().find(|rule| rule.class == CreditClass::General).copied();
    if let (Some(general), false) = (general, rules.iter().any(|rule| rule.class == CreditClass::Unclassified)) {
        rules.push(StratumRule { class: CreditClass::Unclassified, ..general });
    }
    rules
}

/// The opaque public label of a class: its place in the task's own list, so that `S2` says nothing outside the task.
pub fn stratum_label(rules: &[StratumRule], class: CreditClass) -> Option<String> {
    rules.iter().position(|rule| rule.class == class).map(|index| format!("S{}", index + 1))
}

/// Whether published results may name their task. Where all that is drawn is of one stratum, its public rate would tell the
/// credit class of every enterprise that is named, and the class is never public (rules of the trade §7).
pub fn is_linkable(strata: &[Stratum]) -> bool {
    strata.iter().filter(|stratum| stratum.count > 0).count() > 1
}

/// The strata of a pool, by label, with populations and counts.
pub fn strata(rules: &[StratumRule], population: impl Fn(CreditClass) -> u64) -> Vec<Stratum> {
    let labelled = rules.iter().enumerate();
    labelled
        .map(|(index, rule)| {
            Stratum::new(format!("S{}", index + 1), rule.rate_bp, u64::from(rule.minimum), population(rule.class))
        })
        .collect()
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

    #[test]
    fn one_stratum_alone_would_tell_the_class() {
        let stratum = |label: &str, rate| Stratum::new(label.to_owned(), rate, 0, 10);
        assert!(!is_linkable(&[stratum("S1", 10_000)]));
        assert!(!is_linkable(&[stratum("S1", 0), stratum("S2", 10_000)]));
        assert!(is_linkable(&[stratum("S1", 300), stratum("S2", 10_000)]));
    }

    #[test]
    fn labels_do_not_name_the_class() {
        let rules = [
            StratumRule { class: CreditClass::Key, rate_bp: 2_500, minimum: 1 },
            StratumRule { class: CreditClass::General, rate_bp: 300, minimum: 1 },
        ];
        assert_eq!(stratum_label(&rules, CreditClass::General).as_deref(), Some("S2"));
        assert_eq!(stratum_label(&rules, CreditClass::Dishonest), None);
    }
}
