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

/// What the models were told of each row before a change, and what they are told after it.
#[derive(Default)]
pub(super) struct Penalties(BTreeMap<Uuid, (Penalty, Penalty)>);

impl Penalties {
    pub fn change(&mut self, before: Option<&Model>, after: &Model) {
        let told = penalty(after);
        self.0.entry(after.id).or_insert_with(|| (before.and_then(penalty), told)).1 = told;
    }

    /// All of them together, so that those who write wait for each other one way only.
    pub async fn tell(self, tx: &WriteTx) -> Result<()> {
        let (mut back, mut facts) = (Vec::new(), Vec::new());
        for (row, (known, told)) in self.0.into_iter().filter(|(_, (known, told))| known != told) {
            back.extend(known.map(|(object, _)| (object, row)));
            facts.extend(told.map(|(object, on)| New::of(object, on, FactKind::Penalty, row)));
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
