//! Rows of before that something waits for, in turns: looked for beside all writers, done with their batches held.

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::{Last, Waiting};
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use entity::intake::behaviour_batches::Entity as Batches;
use entity::intake::behaviours::Model;

/// Each turn begins where the last one ended, so that what was looked at is not looked for again. Gives how many rows there were.
pub(super) async fn in_turns(
    app: &App,
    find: impl AsyncFn(Last) -> Result<Vec<Waiting>>,
    work: impl AsyncFn(&[Waiting]) -> Result<()>,
) -> Result<usize> {
    let (mut done, mut last) = (0, None);
    while !app.is_stopping() {
        let rows = find(last).await?;
        let Some(end) = rows.last() else { break };
        last = Some((end.created_at, end.id));
        work(&rows).await?;
        done += rows.len();
    }
    Ok(done)
}

/// The rows as they are when their batches are held: nobody changes a row without its batch.
pub(super) async fn held(tx: &WriteTx, rows: &[Waiting]) -> Result<Vec<Model>> {
    lock_rows::<Batches>(tx.conn(), rows.iter().map(|row| row.batch_id)).await?;
    store::by_ids(tx.conn(), rows.iter().map(|row| row.id).collect()).await
}
