//! A new set of rules looks at the rows that an earlier one has seen: as if each had been sent again.

use super::incoming::{Incoming, of_stored};
use super::person::unsealed;
use super::receive::{all_taken, receive_all};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::kernel::tx::{WriteTx, write};
use domain::intake::behaviours::quality::rules;

/// Rows in one change, at most.
const A_TURN: u64 = 200;

/// Looks at every row once more that the rules in force have not seen. Gives how many there were.
pub async fn recheck(app: &App) -> Result<u64> {
    let mut seen = 0;
    loop {
        let ctx = Ctx { now: now(), ..Ctx::system("quality-rules") };
        let turn = write(&app.db, &ctx, async |tx| {
            let rows = stored(app, tx).await?;
            let turn = rows.len() as u64;
            Ok(receive_all(app, tx, rows).await?.try_map(all_taken)?.map(|_| turn))
        });
        let turn = Box::pin(turn).await?;
        seen += turn;
        if turn < A_TURN || app.is_stopping() {
            return Ok(seen);
        }
    }
}

async fn stored(app: &App, tx: &WriteTx) -> Result<Vec<Incoming>> {
    let mut rows = Vec::new();
    for row in store::seen_by_others(tx.conn(), &rules().version, A_TURN).await? {
        let content = if row.person.is_some() { unsealed(app, &row).await? } else { row.content.0.clone() };
        rows.extend(of_stored(app, &row, content));
    }
    Ok(rows)
}
