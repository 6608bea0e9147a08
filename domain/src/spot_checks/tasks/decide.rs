//! What may be done to a task, by whom: its parties commit, reveal and draw in turn.

use super::{TaskAction, TaskSource, TaskStatus, apply, is_drawn};
use crate::access::{Actor, Decide, Role};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{SEPARATION_OF_DUTIES, TWO_PARTIES};
use crate::kernel::text::text;
use uuid::Uuid;

/// A party's commitment of the current epoch.
#[derive(Clone, Copy, Debug)]
pub struct Committed {
    pub department_id: Uuid,
    pub committed_by: Uuid,
    pub is_revealed: bool,
}

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
}

impl Decide for TaskFacts {
    type Action = TaskAction;
    type Next = TaskStatus;

    fn is_granted(&self, actor: &Actor, action: TaskAction) -> bool {
        let department = match action {
            // Each party acts for itself.
            TaskAction::Commit | TaskAction::Reveal => actor.department_id,
            TaskAction::Update
            | TaskAction::Freeze
            | TaskAction::Draw
            | TaskAction::Match
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
            TaskAction::Draw => self.check_secrets()?,
            TaskAction::Redraw if !is_drawn(self.source) => return Err(Refusal::state(self.status, action)),
            TaskAction::Redraw | TaskAction::Match | TaskAction::Start | TaskAction::Finish | TaskAction::Cancel => {}
        }

        Ok(next)
    }
}

impl TaskFacts {
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

    /// The actor's department is a party: lead, cooperating, or the justice bureau as witness.
    fn check_party(&self, actor: &Actor) -> Result<(), Refusal> {
        if self.departments.contains(&actor.department_id) || actor.role == Role::JusticeSupervisor {
            return Ok(());
        }

        Err(Refusal::new(
            Code::PartyNotOfTask,
            text!(
                "只有发起部门、配合部门和司法行政部门可以参加封存。",
                "Only the lead, the cooperating departments and the justice bureau take part."
            ),
        ))
    }

    /// One commitment a party, and no person is two parties.
    fn check_commit(&self, actor: &Actor) -> Result<(), Refusal> {
        self.check_party(actor)?;
        if self.committed.iter().any(|made| made.department_id == actor.department_id) {
            return Err(Refusal::new(
                Code::CommitmentExists,
                text!(
                    "本部门在本轮已封存随机数，不能更改。",
                    "Your department has committed for this epoch; it cannot be changed."
                ),
            ));
        }

        if self.committed.iter().any(|made| actor.persons().contains(&made.committed_by)) {
            return Err(Refusal::new(
                Code::SelfReview,
                text!(
                    "同一人不得代表两个封存方，请由本部门其他人员提交。",
                    "One person is not two parties: somebody else has to commit for your department."
                ),
            )
            .under(SEPARATION_OF_DUTIES));
        }

        Ok(())
    }

    /// A party's secret becomes public once.
    fn check_reveal(&self, actor: &Actor) -> Result<(), Refusal> {
        self.check_party(actor)?;
        let Some(made) = self.committed.iter().find(|made| made.department_id == actor.department_id) else {
            return Err(Refusal::new(
                Code::SecretMismatch,
                text!("本部门在本轮没有封存。", "Your department did not commit for this epoch."),
            ));
        };
        if made.is_revealed {
            return Err(Refusal::new(
                Code::SecretRevealed,
                text!("本部门的随机数已公开。", "Your department's secret is public already."),
            ));
        }

        Ok(())
    }

    /// Enough parties, the lead among them.
    fn check_parties(&self) -> Result<(), Refusal> {
        let (minimum, made) = (self.minimum_parties, self.committed.len());
        let lead = self.committed.iter().any(|made| made.department_id == self.lead_department_id);
        if made >= minimum as usize && lead {
            return Ok(());
        }

        Err(Refusal::new(
            Code::TooFewCommitments,
            text!(
                "冻结前至少需 {minimum} 个不同部门（含发起部门）封存随机数，现有 {made} 个。",
                "Before the freeze {minimum} departments, the lead among them, must commit; {made} did."
            ),
        )
        .under(TWO_PARTIES))
    }

    /// Nothing is drawn before every secret is public.
    fn check_secrets(&self) -> Result<(), Refusal> {
        let missing = self.committed.iter().filter(|made| !made.is_revealed);
        let who = missing.map(|made| made.department_id.to_string()).collect::<Vec<_>>().join(", ");
        if who.is_empty() {
            return Ok(());
        }

        Err(Refusal::new(
            Code::SecretsMissing,
            text!(
                "以下封存方尚未启封随机数：{who}。拒不公开的，应以理由重抽，开启新一轮。",
                "These parties have not revealed: {who}. If one refuses, redraw with a reason: a new epoch begins."
            ),
        ))
    }
}
