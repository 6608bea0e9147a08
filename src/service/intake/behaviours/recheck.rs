//! A new set of rules looks at the rows that an earlier one has seen: as if each had been sent again.

use super::incoming::{Incoming, of_stored};
use super::person::unsealed;
use super::receive::{all_taken, receive_all};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::Waiting;
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::{WriteTx, write};
use domain::intake::behaviours::quality::rules;
use entity::intake::behaviour_batches::Entity as Batches;

/// Rows in one change, at most.
const A_TURN: u64 = 200;

/// Looks at every row once more that the rules in force have not seen. Gives how many there were.
pub async fn recheck(app: &App) -> Result<usize> {
    let (mut seen, mut last) = (0, None);
    while !app.is_stopping() {
        // Looked for beside all writers, and from where the last turn ended.
        let rows = store::seen_by_others(&app.db, &rules().version, last, A_TURN).await?;
        let Some(end) = rows.last() else { break };
        last = Some((end.created_at, end.id));
        seen += rows.len();
        let ctx = Ctx { now: now(), ..Ctx::system("quality-rules") };
        let turn = write(&app.db, &ctx, async |tx| {
            let rows = stored(app, tx, &rows).await?;
            Ok(receive_all(app, tx, rows).await?.try_map(all_taken)?.map(|_| ()))
        });
        Box::pin(turn).await?;
    }
    Ok(seen)
}

/// What the rows say when their batches are held: nobody changes a row without its batch.
async fn stored(app: &App, tx: &WriteTx, rows: &[Waiting]) -> Result<Vec<Incoming>> {
    lock_rows::<Batches>(tx.conn(), rows.iter().map(|row| row.batch_id)).await?;
    let ids = rows.iter().map(|row| row.id).collect();
    let mut again = Vec::with_capacity(rows.len());
    for row in store::by_ids(tx.conn(), ids).await? {
        if row.rules_version == rules().version {
            continue;
        }
        let content = match unsealed(app, &row).await {
            Ok(_) if row.person.is_none() => row.content.0.clone(),
            Ok(content) => content,
            Err(error) => {
                // One that cannot be opened must not keep the others waiting.
                tracing::error!(%error, behaviour = %row.id, "a row could not be looked at by the rules of now");
                continue;
            }
        };
        again.extend(of_stored(&row, content));
    }
    Ok(again)
}
