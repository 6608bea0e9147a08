//! What may be done to a task, by whom: its parties commit, reveal and draw in turn.

use super::{ChanceFacts, Committed, Leaving, TaskAction, TaskSource, TaskStatus, apply, is_drawn};
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
    /// The public value that the draw waits for.
    pub chance: Option<ChanceFacts>,
    /// More than the ceiling is asked for, with a reason.
    pub asks_for_excess: bool,
    pub excess_asked_by: Option<Uuid>,
    /// Who agreed to it.
    pub excess_approved_by: Option<Uuid>,
    pub now: DateTime<Utc>,
}

impl Decide for TaskFacts {
    type Action = TaskAction;
    type Next = TaskStatus;

    fn is_granted(&self, actor: &Actor, action: TaskAction) -> bool {
        let department = match action {
            // Each party acts for itself.
            TaskAction::Commit
            | TaskAction::Reveal
            | TaskAction::EnterChance
            | TaskAction::ConsentVoid
            | TaskAction::DeclineVoid => actor.department_id,
            TaskAction::Update
            | TaskAction::ApproveExcess
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
            TaskAction::ApproveExcess => {
                if !self.asks_for_excess || self.excess_approved_by.is_some() {
                    return Err(Refusal::state(self.status, action));
                }
                actor.check_not_own(self.excess_asked_by)?;
            }
            TaskAction::Commit => self.check_commit(actor)?,
            TaskAction::Reveal => self.check_reveal(actor)?,
            TaskAction::Freeze => {
                self.check_parties()?;
                actor.check_not_own(self.excess_approved_by)?;
            }
            TaskAction::EnterChance => self.check_enter_chance(actor)?,
            TaskAction::Draw => {
                self.check_staying()?;
                self.check_secrets()?;
                self.check_chance()?;
            }
            TaskAction::Redraw if !is_drawn(self.source) => return Err(Refusal::state(self.status, action)),
            TaskAction::Redraw | TaskAction::Cancel => {
                self.check_staying()?;
                if self.needs_consent() {
                    self.check_decider(actor)?;
                    // Then it is only asked for.
                    return Ok(self.status);
                }
            }
            TaskAction::ConsentVoid => return self.check_witness(actor),
            TaskAction::DeclineVoid => {
                self.check_witness(actor)?;
                if self.is_beyond_drawing() {
                    return Err(Refusal::state(self.status, action));
                }
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
        self.committed.iter().any(|made| made.is_revealed) && !self.is_beyond_drawing()
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

    /// Somebody else is left who may decide; else what was asked for would hang for ever.
    fn check_decider(&self, actor: &Actor) -> Result<(), Refusal> {
        if self.committed.iter().any(|made| made.is_outside && made.department_id != actor.department_id) {
            return Ok(());
        }

        Err(Refusal::new(
            Code::PartyNotOfTask,
            text!(
                "本部门是发起部门系统以外的唯一封存方，须由本部门决定；请由发起部门申请。",
                "Your department is the only party outside the lead's house, and so decides; the lead department asks."
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;
    use crate::spot_checks::draws::EpochVoidCause;

    const LEAD: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn actor(department: Uuid, person: u128) -> Actor {
        Actor::of(Uuid::from_u128(person), "lead", Role::SpotCheckLead, department)
    }

    fn frozen() -> TaskFacts {
        let party = |department_id| Committed {
            department_id,
            committed_by: Uuid::from_u128(9),
            is_revealed: true,
            is_outside: department_id != LEAD,
            is_former: false,
            name: "某局".to_owned(),
        };
        TaskFacts {
            status: TaskStatus::PoolFrozen,
            source: TaskSource::Temporary,
            lead_department_id: LEAD,
            departments: vec![LEAD, OTHER],
            committed: vec![party(LEAD), party(OTHER)],
            minimum_parties: 2,
            leaving: None,
            reveal_from: None,
            chance: None,
            asks_for_excess: false,
            excess_asked_by: None,
            excess_approved_by: None,
            now: DateTime::UNIX_EPOCH,
        }
    }

    /// Whoever may give up any task could have asked from the only department that may agree: the epoch would hang for ever.
    #[test]
    fn whoever_alone_may_agree_does_not_ask() {
        let facts = frozen();
        assert_eq!(facts.judge(&actor(LEAD, 3), TaskAction::Redraw), Ok(TaskStatus::PoolFrozen), "asked for");
        let refused = facts.judge(&actor(OTHER, 4), TaskAction::Redraw);
        assert_eq!(refused.map_err(|refusal| refusal.code), Err(Code::PartyNotOfTask));
    }

    /// One department does not both ask and agree, whoever its people are.
    #[test]
    fn the_department_that_asked_does_not_agree() {
        let leaving = |asked_from| Leaving {
            then: TaskAction::Redraw,
            cause: EpochVoidCause::PoolWrong,
            reason: "对象库有误".to_owned(),
            asked_by: Uuid::from_u128(3),
            asked_from,
            asked_at: DateTime::UNIX_EPOCH,
        };
        let asked = |from| TaskFacts { leaving: Some(leaving(from)), ..frozen() };
        assert_eq!(asked(LEAD).judge(&actor(OTHER, 4), TaskAction::ConsentVoid), Ok(TaskStatus::Draft));
        for (facts, department) in [(asked(OTHER), OTHER), (asked(LEAD), LEAD)] {
            let refused = facts.judge(&actor(department, 4), TaskAction::ConsentVoid);
            assert_eq!(refused.map_err(|refusal| refusal.code), Err(Code::PartyNotOfTask));
        }
    }
}
