//! 计划执行进度: how far each line is, by the tasks that carry it out.

use crate::kernel::code_list::code_list;
use crate::spot_checks::tasks::TaskStatus;

code_list! {
    LineState "计划条目进度" { Planned "未开展", InProgress "进行中", Done "已完成", Cancelled "已取消" }
}

/// Where a line stands, by the states of its tasks and by how many objects have a published result. It is done when its tasks
/// are finished and as many are published as it says, one at least: what was drawn and made void was not carried out.
pub fn state(cancelled: bool, planned: Option<u32>, tasks: &[TaskStatus], published: u64) -> LineState {
    if cancelled {
        return LineState::Cancelled;
    }
    let mut live = tasks.iter().filter(|status| **status != TaskStatus::Cancelled).peekable();
    if live.peek().is_none() {
        return LineState::Planned;
    }
    let enough = published >= u64::from(planned.unwrap_or(1).max(1));

    if enough && live.all(|status| *status == TaskStatus::Finished) { LineState::Done } else { LineState::InProgress }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_done_with_its_tasks_and_its_number() {
        use TaskStatus::{Cancelled, Finished, InProgress};
        assert_eq!(state(false, Some(20), &[], 0), LineState::Planned);
        assert_eq!(state(false, Some(20), &[Cancelled], 9), LineState::Planned, "it carries nothing out");
        assert_eq!(state(false, Some(20), &[Finished], 12), LineState::InProgress, "12 of 20");
        assert_eq!(state(false, Some(20), &[Finished, InProgress], 20), LineState::InProgress);
        assert_eq!(state(false, Some(20), &[Finished, Finished, Cancelled], 20), LineState::Done);
        assert_eq!(state(false, None, &[Finished], 1), LineState::Done, "a share says no number");
        assert_eq!(state(false, None, &[Finished], 0), LineState::InProgress, "all of it was void");
        assert_eq!(state(true, Some(20), &[Finished], 12), LineState::Cancelled);
    }
}
