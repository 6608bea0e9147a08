//! The parties of a draw: who may commit and reveal, when, and what is missing.

use super::{TaskAction, TaskFacts};
use crate::access::{Actor, Role};
use crate::kernel::clocks::calendar::local_time;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{SEPARATION_OF_DUTIES, TWO_PARTIES};
use crate::kernel::text::{listed, text};
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

impl TaskFacts {
    /// The actor's department is a party: lead, cooperating, or the justice bureau as witness.
    pub(super) fn check_party(&self, actor: &Actor) -> Result<(), Refusal> {
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
    pub(super) fn check_commit(&self, actor: &Actor) -> Result<(), Refusal> {
        self.check_party(actor)?;
        self.check_format()?;
        self.check_chance_to_come()?;
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
    pub(super) fn check_reveal(&self, actor: &Actor) -> Result<(), Refusal> {
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
        self.check_before_chance()?;

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
    pub(super) fn check_time(&self) -> Result<(), Refusal> {
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
    pub(super) fn check_format(&self) -> Result<(), Refusal> {
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
    pub(super) fn check_parties(&self) -> Result<(), Refusal> {
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
    pub(super) fn check_secrets(&self) -> Result<(), Refusal> {
        let mut missing = self.committed.iter().filter(|made| !made.is_revealed).peekable();
        if missing.peek().is_none() {
            return Ok(());
        }

        let who = listed(missing.map(|made| made.name.as_str()));
        Err(Refusal::new(
            Code::SecretsMissing,
            text!(
                "以下封存方尚未启封随机数：{zh}。拒不启封的，应选明原因、经见证方同意重抽，开启新一轮。",
                "These parties have not revealed: {en}. If one refuses, redraw with a cause and a witness: a new epoch begins.",
                zh = who.zh,
                en = who.en
            ),
        ))
    }
}
