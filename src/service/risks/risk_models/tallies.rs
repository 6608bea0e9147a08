//! The figures of a run, version by version.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_models as store;
use domain::risks::risk_models::RunTally;
use entity::risks::risk_runs::{Entity, Model as Run};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Adds a batch's figures to the run's.
pub async fn add(tx: &WriteTx, id: Uuid, tallies: &BTreeMap<Uuid, RunTally>, objects: usize) -> Result<Run> {
    let before = store::run(tx.conn(), id).await?;
    let mut all = before.models.0.clone();
    let (mut fired, mut raised) = (0, 0);

    for (version, tally) in tallies {
        fired += tally.fired;
        raised += tally.raised;
        let sum = all.entry(*version).or_insert_with(|| RunTally {
            model_id: tally.model_id,
            number: tally.number,
            shadow: tally.shadow,
            ..RunTally::default()
        });
        sum.add(tally);
    }

    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let after = Run {
        evaluated: before.evaluated + count(objects as u64),
        fired: before.fired + count(fired),
        raised: before.raised + count(raised),
        models: all.into(),
        ..before.clone()
    };

    replace::<Entity>(tx, &before, after).await.map_err(AppError::again)
}
