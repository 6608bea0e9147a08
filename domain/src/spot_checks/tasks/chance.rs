//! 公开随机数值 of a task: when secrets are still taken, who says what was published, and when the draw may use it.

use super::TaskFacts;
use crate::access::Actor;
use crate::kernel::clocks::calendar::local_time;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{SEPARATION_OF_DUTIES, TWO_PARTIES};
use crate::kernel::text::text;
use crate::spot_checks::draws::chance::ChanceWitness;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The public value that a draw waits for, as far as deciding needs.
#[derive(Clone, Debug)]
pub struct ChanceFacts {
    /// It is known from then on.
    pub at: DateTime<Utc>,
    /// Parties that have to say the same.
    pub voices: usize,
    pub said_by: Vec<ChanceWitness>,
}

impl TaskFacts {
    /// What may be drawn with of all that the parties say: what enough of them say alike, and one outside the lead's house where it
    /// hangs on their word.
    pub fn settled<'a>(&self, said_by: &'a [ChanceWitness]) -> Option<&'a str> {
        let voices = self.chance.as_ref().map_or(1, |chance| chance.voices);
        let mut alike: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for said in said_by {
            alike.entry(&said.value).or_default().insert(said.party);
        }

        let outside = |parties: &BTreeSet<Uuid>| {
            self.committed.iter().any(|made| made.is_outside && parties.contains(&made.department_id))
        };
        let enough = |parties: &BTreeSet<Uuid>| parties.len() >= voices && (voices == 1 || outside(parties));
        alike.into_iter().find(|(_, parties)| enough(parties)).map(|(value, _)| value)
    }

    /// The public value is known and not every secret is: nothing can be drawn any more, and nobody has to agree to that.
    pub(super) fn is_beyond_drawing(&self) -> bool {
        self.chance.as_ref().is_some_and(|chance| self.now >= chance.at)
            && self.committed.iter().any(|made| !made.is_revealed)
    }

    /// A value that is known already would bind nobody.
    pub(super) fn check_chance_to_come(&self) -> Result<(), Refusal> {
        if self.chance.as_ref().is_none_or(|chance| self.now < chance.at) {
            return Ok(());
        }
        let detail = if self.committed.is_empty() {
            text!(
                "约定的公开数值已经揭晓；请先修改任务，另约更晚的时刻。",
                "The public value that the task names is known already: change the task to a later one first."
            )
        } else {
            text!(
                "约定的公开数值已经揭晓；请取消任务后重建，另约更晚的时刻。",
                "The public value that the task names is known already: cancel the task and make it anew with a later one."
            )
        };

        Err(Refusal::new(Code::ChanceKnown, detail).under(TWO_PARTIES))
    }

    /// Whoever reveals after the public value is known could see the result and refuse.
    pub(super) fn check_before_chance(&self) -> Result<(), Refusal> {
        let Some(chance) = self.chance.as_ref().filter(|chance| self.now >= chance.at) else { return Ok(()) };
        let (local, utc) = (local_time(chance.at), chance.at.format("%Y-%m-%dT%H:%M:%SZ"));

        Err(Refusal::new(
            Code::ChanceKnown,
            text!(
                "约定的公开数值已于 {local} 揭晓，此后不再接受启封；请以“一方拒不启封”等原因申请重抽。",
                "The public value has been known since {utc}, so no secret is taken any more: give up the epoch with a cause."
            ),
        )
        .under(TWO_PARTIES))
    }

    /// A party says what was published: once it is, and once for each party.
    pub(super) fn check_enter_chance(&self, actor: &Actor) -> Result<(), Refusal> {
        let Some(chance) = &self.chance else {
            let detail = text!("本任务没有约定公开数值。", "This task waits for no public value.");
            return Err(Refusal::new(Code::StateConflict, detail));
        };
        if !self.committed.iter().any(|made| made.department_id == actor.department_id) {
            let detail = text!(
                "公开数值由本轮的封存方录入，本部门在本轮没有封存。",
                "The parties of the epoch enter the public value; your department did not commit for it."
            );
            return Err(Refusal::new(Code::PartyNotOfTask, detail).under(TWO_PARTIES));
        }

        self.check_staying()?;
        self.check_secrets()?;
        if self.now < chance.at {
            let (local, utc) = (local_time(chance.at), chance.at.format("%Y-%m-%dT%H:%M:%SZ"));
            let detail = text!("约定的公开数值到 {local} 才揭晓。", "The public value is not known before {utc}.");
            return Err(Refusal::new(Code::ChancePending, detail).under(TWO_PARTIES));
        }
        if self.settled(&chance.said_by).is_some() {
            let detail = text!("公开数值已经确定，不能更改。", "The public value is settled and cannot be changed.");
            return Err(Refusal::new(Code::ChanceSettled, detail).under(TWO_PARTIES));
        }

        let others = chance.said_by.iter().filter(|said| said.party != actor.department_id);
        if others.into_iter().any(|said| actor.persons().contains(&said.person)) {
            return Err(Refusal::new(
                Code::SelfReview,
                text!(
                    "同一人不得代表两个封存方录入公开数值。",
                    "One person does not say for two parties what was published."
                ),
            )
            .under(SEPARATION_OF_DUTIES));
        }

        Ok(())
    }

    /// Nothing is drawn before the public value is settled.
    pub(super) fn check_chance(&self) -> Result<(), Refusal> {
        let Some(chance) = &self.chance else { return Ok(()) };
        if self.settled(&chance.said_by).is_some() {
            return Ok(());
        }
        let (local, utc) = (local_time(chance.at), chance.at.format("%Y-%m-%dT%H:%M:%SZ"));
        let (said, voices) = (chance.said_by.len(), chance.voices);

        Err(Refusal::new(
            Code::ChancePending,
            text!(
                "本任务约定用 {local} 揭晓的公开数值抽取，须由 {voices} 个封存方录入一致，已录入 {said} 个。",
                "The draw waits for a public value of {utc}, entered alike by {voices} of its parties; {said} entered one."
            ),
        )
        .under(TWO_PARTIES))
    }
}
