//! The figures of a run, version by version.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_models as store;
use entity::risks::risk_runs::{Entity, Model as Run};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a version did in a run, and how it agreed with the other version of its model.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    pub model_id: Uuid,
    pub number: i32,
    pub shadow: bool,
    pub evaluated: u64,
    pub fired: u64,
    pub raised: u64,
    /// Objects for which both versions fired.
    pub both: u64,
    /// Objects for which this one fired and the other did not.
    pub only_this: u64,
    /// Objects for which the other one fired and this did not.
    pub only_other: u64,
}

impl Tally {
    fn add(&mut self, more: &Self) {
        self.evaluated += more.evaluated;
        self.fired += more.fired;
        self.raised += more.raised;
        self.both += more.both;
        self.only_this += more.only_this;
        self.only_other += more.only_other;
    }
}

/// Adds a batch's figures to the run's.
pub async fn add(tx: &WriteTx, id: Uuid, tallies: &BTreeMap<Uuid, Tally>, objects: usize) -> Result<Run> {
    let before = store::run(tx.conn(), id).await?;
    let mut all: BTreeMap<Uuid, Tally> = serde_json::from_value(before.models.clone())?;
    let (mut fired, mut raised) = (0, 0);
    for (version, tally) in tallies {
        fired += tally.fired;
        raised += tally.raised;
        let sum = all.entry(*version).or_insert_with(|| Tally {
            model_id: tally.model_id,
            number: tally.number,
            shadow: tally.shadow,
            ..Tally::default()
        });
        sum.add(tally);
    }
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let after = Run {
        evaluated: before.evaluated + count(objects as u64),
        fired: before.fired + count(fired),
        raised: before.raised + count(raised),
        models: serde_json::to_value(all)?,
        ..before.clone()
    };
    replace::<Entity>(tx, &before, after).await.map_err(AppError::again)
}
