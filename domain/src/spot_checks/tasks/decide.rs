//! What may be done to a task, by whom: its parties commit, reveal and draw in turn.

use super::{TaskAction, TaskSource, TaskStatus, apply, is_drawn};
use crate::access::{Actor, Decide, Role};
use crate::kernel::clocks::calendar::local_time;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{SEPARATION_OF_DUTIES, TWO_PARTIES};
use crate::kernel::text::text;
use crate::spot_checks::draws::EpochVoidCause;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A party's commitment of the current epoch.
#[derive(Clone, Debug)]
pub struct Committed {
    pub department_id: Uuid,
    pub committed_by: Uuid,
    pub is_revealed: bool,
    /// The justice bureau, or of another house than the lead.
    pub is_outside: bool,
    /// Committed by the format of before: its secret would not fit a freeze of today.
    pub is_former: bool,
    pub name: String,
}

/// That an epoch is to be given up after a secret is public: the witness has to agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    pub then: TaskAction,
    pub cause: EpochVoidCause,
    pub reason: String,
    pub asked_by: Uuid,
    /// The department of whoever asked.
    pub asked_from: Uuid,
    pub asked_at: DateTime<Utc>,
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
    fn check_staying(&self) -> Result<(), Refusal> {
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
        self.check_format()?;
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
        self.check_staying()?;
        self.check_time()?;

        let lead = self.committed.iter().find(|made| made.department_id == self.lead_department_id);
        if actor.department_id != self.lead_department_id && lead.is_some_and(|lead| !lead.is_revealed) {
            return Err(Refusal::new(
                Code::LeadRevealsFirst,
                text!(
                    "发起部门尚未启封；发起部门先启封，以免其预知结果后弃抽。",
                    "The lead department reveals first, so that it cannot refuse once it knows the result."
                ),
            )
            .under(TWO_PARTIES));
        }

        Ok(())
    }

    /// Time to note the terms.
    fn check_time(&self) -> Result<(), Refusal> {
        let Some(from) = self.reveal_from.filter(|from| self.now < *from) else { return Ok(()) };
        let (local, utc) = (local_time(from), from.format("%Y-%m-%dT%H:%M:%SZ"));

        Err(Refusal::new(
            Code::RevealTooEarly,
            text!(
                "{local} 起方可启封；在此之前请各方留存冻结回执。",
                "Secrets are revealed from {utc} on; until then each party keeps the receipt of the freeze."
            ),
        )
        .under(TWO_PARTIES))
    }

    /// Commitments of before an upgrade do not fit a freeze of today.
    fn check_format(&self) -> Result<(), Refusal> {
        if !self.committed.iter().any(|made| made.is_former) {
            return Ok(());
        }

        Err(Refusal::new(
            Code::TooFewCommitments,
            text!(
                "本轮有升级前提交的封存值，已不能使用；请取消任务后重建。",
                "This epoch has commitments of before an upgrade, which no longer fit: cancel the task and make it anew."
            ),
        )
        .under(TWO_PARTIES))
    }

    /// Enough parties, the lead and one of another house among them.
    fn check_parties(&self) -> Result<(), Refusal> {
        self.check_format()?;
        let (minimum, made) = (self.minimum_parties, self.committed.len());
        let lead = self.committed.iter().any(|made| made.department_id == self.lead_department_id);
        let outside = self.committed.iter().any(|made| made.is_outside);
        if made >= minimum as usize && lead && outside {
            return Ok(());
        }
        if made >= minimum as usize && lead {
            return Err(Refusal::new(
                Code::TooFewCommitments,
                text!(
                    "封存方都属于发起部门系统；冻结前须有该系统以外的部门（如司法行政部门）封存随机数。",
                    "All parties are of the lead department's house; one outside it, such as the justice bureau, must commit before the freeze."
                ),
            )
            .under(TWO_PARTIES));
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
        let who = missing.map(|made| made.name.as_str()).collect::<Vec<_>>().join("、");
        if who.is_empty() {
            return Ok(());
        }

        Err(Refusal::new(
            Code::SecretsMissing,
            text!(
                "以下封存方尚未启封随机数：{who}。拒不启封的，应选明原因、经见证方同意重抽，开启新一轮。",
                "These parties have not revealed: {who}. If one refuses, redraw with a cause and a witness: a new epoch begins."
            ),
        ))
    }
}
