//! 计划执行进度: how far each line is, by the tasks that carry it out.

use crate::kernel::code_list::code_list;
use crate::spot_checks::tasks::TaskStatus;

code_list! {
    LineState "计划条目进度" { Planned "未开展", InProgress "进行中", Done "已完成", Cancelled "已取消" }
}

/// A task of a line, as far as its progress needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTask {
    pub status: TaskStatus,
    /// Objects drawn in the epoch that counts.
    pub drawn: u32,
}

/// Where a line stands. It is done when its tasks are finished and have drawn what it says, at least.
pub fn state(cancelled: bool, planned: Option<u32>, tasks: &[LineTask]) -> LineState {
    if cancelled {
        return LineState::Cancelled;
    }
    let live: Vec<_> = tasks.iter().filter(|task| task.status != TaskStatus::Cancelled).collect();
    if live.is_empty() {
        return LineState::Planned;
    }
    let finished = live.iter().all(|task| task.status == TaskStatus::Finished);
    let drawn: u32 = live.iter().map(|task| task.drawn).sum();
    if finished && planned.is_none_or(|planned| drawn >= planned) { LineState::Done } else { LineState::InProgress }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_done_with_its_tasks_and_its_number() {
        let task = |status, drawn| LineTask { status, drawn };
        let (finished, cancelled) = (task(TaskStatus::Finished, 12), task(TaskStatus::Cancelled, 9));
        assert_eq!(state(false, Some(20), &[]), LineState::Planned);
        assert_eq!(state(false, Some(20), &[cancelled]), LineState::Planned, "what was cancelled carries nothing out");
        assert_eq!(state(false, Some(20), &[finished]), LineState::InProgress, "12 of 20");
        assert_eq!(state(false, Some(20), &[finished, task(TaskStatus::InProgress, 8)]), LineState::InProgress);
        assert_eq!(state(false, Some(20), &[finished, task(TaskStatus::Finished, 8), cancelled]), LineState::Done);
        assert_eq!(state(false, None, &[finished]), LineState::Done, "a share says no number");
        assert_eq!(state(true, Some(20), &[finished]), LineState::Cancelled);
    }
}
