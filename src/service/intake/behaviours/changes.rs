//! What follows from changes of rows, whoever makes them: the sums of their batches, the figures, and what the models are told.

use super::figures::{Ledger, sums_of};
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::Tally;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use chrono::NaiveDate;
use domain::intake::behaviours::figures::month_of;
use domain::intake::behaviours::{BehaviourSet, BehaviourStatus};
use domain::oversight::audit::AuditAction;
use domain::risks::risk_models::FactKind;
use entity::intake::behaviour_batches::Entity as Batches;
use entity::intake::behaviours::Model;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Changes of rows whose batches are held.
#[derive(Default)]
pub(super) struct Changes {
    tallies: BTreeMap<Uuid, Tally>,
    ledger: Ledger,
    penalties: Penalties,
}

impl Changes {
    pub fn add(&mut self, tx: &WriteTx, before: Option<&Model>, after: &Model) {
        *self.tallies.entry(after.batch_id).or_default() += tally(before, after);
        self.ledger.change(before, after, month_of(tx.ctx().today()));
        self.penalties.change(before, after);
    }

    /// All of them together and in one order, so that two who write wait for each other one way only.
    pub async fn settle(self, tx: &WriteTx) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        for (batch, tally) in self.tallies.into_iter().filter(|(_, tally)| *tally != Tally::default()) {
            let counted = store::count(tx, batch, tally).await?;
            events.push(Event::of::<Batches>(AuditAction::Counted, &counted).after(&counted));
        }
        self.penalties.tell(tx).await?;
        self.ledger.write(tx).await?;
        Ok(events)
    }
}

/// What a change adds to the sums of its batch.
fn tally(before: Option<&Model>, after: &Model) -> Tally {
    let added = sums_of(after) - before.map(sums_of).unwrap_or_default();
    Tally { rows: added.rows, errors: added.errors, first_errors: added.first_errors }
}

/// Whom a penalty is against, and since when.
type Penalty = Option<(Uuid, NaiveDate)>;

/// What the models were told of a row before a change, and what they are told after it.
struct Told {
    before: Penalty,
    after: Penalty,
    /// Whether it was told at all is not known.
    is_anew: bool,
}

/// A penalty that is right is a fact about whom it is against, on the day of the decision.
#[derive(Default)]
pub(super) struct Penalties(BTreeMap<Uuid, Told>);

impl Penalties {
    pub fn change(&mut self, before: Option<&Model>, after: &Model) {
        let after_it = penalty(after);
        let blank = || Told { before: before.and_then(penalty), after: None, is_anew: false };
        self.0.entry(after.id).or_insert_with(blank).after = after_it;
    }

    /// Of a row of before there were such facts.
    pub fn tell_anew(&mut self, row: &Model) {
        let told = penalty(row);
        self.0.insert(row.id, Told { before: told, after: told, is_anew: true });
    }

    /// All of them together, so that those who write wait for each other one way only.
    pub async fn tell(self, tx: &WriteTx) -> Result<()> {
        let (mut back, mut facts) = (Vec::new(), Vec::new());
        for (row, Told { before, after, .. }) in
            self.0.into_iter().filter(|(_, told)| told.is_anew || told.before != told.after)
        {
            back.extend(before.map(|(object, _)| (object, row)));
            facts.extend(after.map(|(object, on)| New::of(object, on, FactKind::Penalty, row)));
        }
        risk_facts::exchange(tx, FactKind::Penalty, &back, facts).await
    }
}

/// One that says 不予行政处罚 is none.
fn penalty(row: &Model) -> Penalty {
    let is_one = row.kind == BehaviourSet::Penalty && row.status == BehaviourStatus::Accepted;
    let is_spared = row.content.get("administrative_penalties").is_some_and(|said| said == "是");
    row.object_id.zip(row.happened_on).filter(|_| is_one && !is_spared)
}
