//! What may be done to a task, by whom: its parties commit, reveal and draw in turn.

use super::{Committed, Leaving, TaskAction, TaskSource, TaskStatus, apply, is_drawn};
use crate::access::{Actor, Decide};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::TWO_PARTIES;
use crate::kernel::text::text;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A task, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct TaskFacts {
    pub status: TaskStatus,
    pub source: TaskSource,
    pub lead_department_id: Uuid,
    /// Lead and cooperating departments.
    pub departments: Vec<Uuid>,
    /// The commitments of the current epoch.
    pub committed: Vec<Committed>,
    /// How many parties must commit before the freeze.
    pub minimum_parties: u32,
    pub leaving: Option<Leaving>,
    /// No secret is revealed before.
    pub reveal_from: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

impl Decide for TaskFacts {
    type Action = TaskAction;
    type Next = TaskStatus;

    fn is_granted(&self, actor: &Actor, action: TaskAction) -> bool {
        let department = match action {
            // Each party acts for itself.
            TaskAction::Commit | TaskAction::Reveal | TaskAction::ConsentVoid | TaskAction::DeclineVoid => {
                actor.department_id
            }
            TaskAction::Update
            | TaskAction::Freeze
            | TaskAction::Draw
            | TaskAction::Redraw
            | TaskAction::Start
            | TaskAction::Finish
            | TaskAction::Cancel => self.lead_department_id,
        };

        actor.may_take(action.permission(), department, false)
    }

    fn judge(&self, actor: &Actor, action: TaskAction) -> Result<TaskStatus, Refusal> {
        let next = apply(self.status, action)?;

        match action {
            TaskAction::Update => self.check_uncommitted()?,
            TaskAction::Commit => self.check_commit(actor)?,
            TaskAction::Reveal => self.check_reveal(actor)?,
            TaskAction::Freeze => self.check_parties()?,
            TaskAction::Draw => {
                self.check_staying()?;
                self.check_secrets()?;
            }
            TaskAction::Redraw if !is_drawn(self.source) => return Err(Refusal::state(self.status, action)),
            TaskAction::Redraw | TaskAction::Cancel => {
                self.check_staying()?;
                // Then it is only asked for.
                return Ok(if self.needs_consent() { self.status } else { next });
            }
            TaskAction::ConsentVoid => return self.check_witness(actor),
            TaskAction::DeclineVoid => {
                self.check_witness(actor)?;
            }
            TaskAction::Start | TaskAction::Finish => {}
        }

        Ok(next)
    }
}

impl TaskFacts {
    /// Whether the epoch is given up only where the witness agrees: from the first secret that is public, somebody may know how
    /// the draw will end.
    pub fn needs_consent(&self) -> bool {
        self.committed.iter().any(|made| made.is_revealed)
    }

    /// Nothing goes on while the epoch may be given up.
    pub(super) fn check_staying(&self) -> Result<(), Refusal> {
        let Some(leaving) = &self.leaving else { return Ok(()) };
        let (label, code) = (leaving.then.label(), leaving.then.code());

        Err(Refusal::new(
            Code::VoidPending,
            text!(
                "已申请作废本轮（{label}），须待见证方同意或不同意。",
                "It was asked to give up this epoch ({code}); a witness has to agree or not first."
            ),
        )
        .under(TWO_PARTIES))
    }

    /// A party of the epoch that is not of the lead's house; gives what was asked for.
    fn check_witness(&self, actor: &Actor) -> Result<TaskStatus, Refusal> {
        let Some(leaving) = &self.leaving else {
            return Err(Refusal::state(self.status, TaskAction::ConsentVoid));
        };
        let outside = self.committed.iter().any(|made| made.is_outside && made.department_id == actor.department_id);
        let own = actor.department_id == leaving.asked_from || actor.persons().contains(&leaving.asked_by);
        if !outside || own {
            return Err(Refusal::new(
                Code::PartyNotOfTask,
                text!(
                    "须由本轮封存方中发起部门系统以外、也非申请部门的一方（如司法行政部门）决定。",
                    "A party of this epoch outside the lead department's house that did not ask for it, such as the justice bureau, decides."
                ),
            )
            .under(TWO_PARTIES));
        }

        apply(self.status, leaving.then)
    }

    fn check_uncommitted(&self) -> Result<(), Refusal> {
        if self.committed.is_empty() {
            return Ok(());
        }

        Err(Refusal::new(
            Code::CommitmentExists,
            text!(
                "已有部门就本轮封存随机数，任务内容不能再改；确需修改的，请取消后重建。",
                "A party has committed for this epoch: the task can no longer be changed; cancel it and make a new one."
            ),
        ))
    }
}
