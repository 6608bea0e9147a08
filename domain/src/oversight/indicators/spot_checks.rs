//! Rows 5 and 6: double random from the list to the follow-up, and how many townships had their enterprises inspected.

use super::{Ratio, Sets};
use crate::inspections::issued_tasks::{Step, StepTimes, late_steps};
use crate::kernel::code_list::code_list;
use crate::kernel::text::text;
use crate::spot_checks::tasks::TaskStatus;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

code_list! {
    /// 双随机监管环节 (rules of the trade §5), in their order.
    Stage "双随机监管环节" {
        ItemList "抽查事项清单", Plan "年度计划", Task "抽查任务", Pool "冻结对象库", Draw "随机抽取", Team "匹配人员",
        Notice "批准和通知", Inspection "实施检查", Result "录入结果", Review "审核", Publication "公示", FollowUp "后续处置"
    }
}

/// Which stages a department used this year.
#[derive(Clone, Debug, Default)]
pub struct StageFacts {
    pub department: Uuid,
    pub used: BTreeSet<Stage>,
    /// Whether a problem was found, so that something has to follow.
    pub found_problems: bool,
}

/// Row 5: stages used ÷ stages required, of each department with a published list; a follow-up is required where a problem
/// was found.
pub fn stage_use<'a>(departments: impl IntoIterator<Item = &'a StageFacts>) -> Sets {
    let mut sets = Sets::default();
    for facts in departments.into_iter().filter(|facts| facts.used.contains(&Stage::ItemList)) {
        let is_required = |stage: &&Stage| **stage != Stage::FollowUp || facts.found_problems;
        let required: Vec<_> = Stage::ALL.iter().filter(is_required).collect();
        let left: Vec<_> = required.iter().filter(|stage| !facts.used.contains(**stage)).collect();
        let words = |name: fn(Stage) -> &'static str, by: &str| {
            left.iter().map(|stage| name(***stage)).collect::<Vec<_>>().join(by)
        };
        let reason = (!left.is_empty()).then(|| {
            let (zh, en) = (words(Stage::label, "、"), words(Stage::code, ", "));
            text!("本年未应用：{zh}", "not used this year: {en}")
        });
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let part = Ratio { numerator: count(required.len() - left.len()), denominator: count(required.len()) };
        sets.weigh(facts.department, part, reason);
    }

    sets
}

/// A task of the year that was not cancelled.
#[derive(Clone, Debug)]
pub struct RunFacts {
    pub id: Uuid,
    pub status: TaskStatus,
    pub ends_on: NaiveDate,
    /// Whether a result of it became public.
    pub published: bool,
}

/// Row 5: tasks through all stages ÷ tasks due. What is under way within its time is not yet due.
pub fn task_completion<'a>(tasks: impl IntoIterator<Item = &'a RunFacts>, today: NaiveDate) -> Sets {
    let mut sets = Sets::default();
    for task in tasks {
        if task.status == TaskStatus::Finished {
            let nothing = text!("没有公示任何检查结果", "none of its results was published");
            sets.count(task.id, if task.published { Ok(()) } else { Err(nothing) });
        } else if task.ends_on < today {
            let (zh, en, end) = (task.status.label(), task.status.code(), task.ends_on);
            let reason = text!("任务已于 {end} 到期，仍为“{zh}”", "the task ended on {end} and is still {en}");
            sets.count(task.id, Err(reason));
        }
    }
    sets
}

/// An issued task of the year.
#[derive(Clone, Debug)]
pub struct IssuedFacts {
    pub id: Uuid,
    pub times: StepTimes,
}

/// Row 5: issued tasks with every step in time ÷ those that are reported or late. What is under way and in time is not yet due.
pub fn issued_timeliness<'a>(tasks: impl IntoIterator<Item = &'a IssuedFacts>, today: NaiveDate) -> Sets {
    let mut sets = Sets::default();
    for task in tasks {
        let late = late_steps(&task.times, today);
        if !late.is_empty() {
            let words = |name: fn(Step) -> &'static str, by: &str| {
                late.iter().map(|step| name(*step)).collect::<Vec<_>>().join(by)
            };
            let (zh, en) = (words(Step::label, "、"), words(Step::code, ", "));
            sets.count(task.id, Err(text!("未按时：{zh}", "not in time: {en}")));
        } else if task.times.reported.is_some() {
            sets.count(task.id, Ok(()));
        }
    }
    sets
}

/// A township: how many enterprises are registered there, and how many of them were inspected this year, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TownshipFacts {
    pub code: String,
    pub name: String,
    pub enterprises: u64,
    pub inspected: u64,
}

impl TownshipFacts {
    pub const fn ratio(&self) -> Ratio {
        Ratio { numerator: self.inspected, denominator: self.enterprises }
    }

    /// More than the share, strictly: 20 of 400 are no more than 5 %.
    pub const fn is_covered(&self, share_bp: u32) -> bool {
        self.inspected * 10_000 > self.enterprises * share_bp as u64
    }
}

/// Row 6: townships above the share ÷ townships (rules of the trade §18).
pub fn township_coverage(townships: &[TownshipFacts], share_bp: u32) -> Ratio {
    let covered = townships.iter().filter(|township| township.is_covered(share_bp)).count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ratio { numerator: count(covered), denominator: count(townships.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn township(enterprises: u64, inspected: u64) -> TownshipFacts {
        TownshipFacts { code: "510821100".into(), name: "东河镇".into(), enterprises, inspected }
    }

    #[test]
    fn more_than_five_per_cent_is_more() {
        let (just, more) = (township(400, 20), township(400, 21));
        assert_eq!((just.ratio().basis_points(), just.is_covered(500)), (Some(500), false));
        assert_eq!((more.ratio().basis_points(), more.is_covered(500)), (Some(525), true));
        assert!(!township(0, 0).is_covered(500), "where nobody is, nobody was inspected");
        let townships: Vec<_> = (0..23).map(|at| township(400, if at < 12 { 21 } else { 20 })).collect();
        assert_eq!(township_coverage(&townships, 500).basis_points(), Some(5_217), "12 of 23");
    }

    #[test]
    fn stages_are_counted_where_they_are_required() {
        let all: BTreeSet<_> = Stage::ALL.iter().copied().filter(|stage| *stage != Stage::FollowUp).collect();
        let facts = |n, used: &BTreeSet<Stage>, found_problems| StageFacts {
            department: Uuid::from_u128(n),
            used: used.clone(),
            found_problems,
        };
        let sets = stage_use(&[
            facts(1, &all, false),
            facts(2, &all, true),
            facts(3, &BTreeSet::from([Stage::ItemList, Stage::Plan]), false),
            // Who has no list takes no part.
            facts(4, &BTreeSet::from([Stage::Plan]), false),
        ]);
        assert_eq!(sets.ratio(), Ratio { numerator: 11 + 11 + 2, denominator: 11 + 12 + 11 });
        assert_eq!(sets.missing[&Uuid::from_u128(2)].zh, "本年未应用：后续处置");
        assert_eq!(sets.missing.len(), 2);
    }

    #[test]
    fn a_task_is_due_when_it_is_finished_or_over() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let task = |n, status, ends| RunFacts { id: Uuid::from_u128(n), status, ends_on: on(ends), published: n != 4 };
        let tasks = [
            task(1, TaskStatus::Finished, "2026-12-31"),
            task(2, TaskStatus::InProgress, "2026-11-30"),
            task(3, TaskStatus::Draft, "2026-11-29"),
            // All that it drew was void.
            task(4, TaskStatus::Finished, "2026-11-29"),
        ];
        let sets = task_completion(&tasks, on("2026-11-30"));
        assert_eq!(sets.ratio(), Ratio { numerator: 1, denominator: 3 });
        assert_eq!(sets.missing.keys().copied().collect::<Vec<_>>(), [3, 4].map(Uuid::from_u128));
    }
}
