//! A penalty that is right is a fact about whom it is against, on the day of the decision.

use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use chrono::NaiveDate;
use domain::intake::behaviours::{BehaviourSet, BehaviourStatus};
use domain::risks::risk_models::FactKind;
use entity::intake::behaviours::Model;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whom a penalty is against, and since when.
type Penalty = Option<(Uuid, NaiveDate)>;

/// What the models were told of a row before a change, and what they are told after it.
struct Told {
    before: Penalty,
    after: Penalty,
    /// Whether it was told at all is not known.
    is_anew: bool,
}

/// What the models are told of the rows of a change.
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
