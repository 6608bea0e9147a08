//! A new set of rules looks at the rows that an earlier one has seen: as if each had been sent again.

use super::incoming::{Incoming, of_stored};
use super::person::whole;
use super::receive::{all, receive_all};
use super::turns::{held, in_turns};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::Waiting;
use crate::persistence::kernel::tx::{WriteTx, write};
use domain::intake::behaviours::quality::rules;

/// Rows in one change, at most.
const A_TURN: u64 = 200;

/// Looks at every row once more that the rules in force have not seen. Gives how many there were.
pub async fn recheck(app: &App) -> Result<usize> {
    let find = async |last| store::seen_by_others(&app.db, &rules().version, last, A_TURN).await;
    let look = async |rows: &[Waiting]| {
        let ctx = Ctx { now: now(), ..Ctx::system("quality-rules") };
        let turn = write(&app.db, &ctx, async |tx| {
            let rows = stored(app, tx, rows).await?;
            Ok(receive_all(app, tx, rows).await?.try_map(all)?.map(|_| ()))
        });
        Box::pin(turn).await
    };
    in_turns(app, find, look).await
}

async fn stored(app: &App, tx: &WriteTx, rows: &[Waiting]) -> Result<Vec<Incoming>> {
    let mut again = Vec::with_capacity(rows.len());
    for row in held(tx, rows).await?.into_iter().filter(|row| row.rules_version != rules().version) {
        match whole(app, &row).await {
            Ok(content) => again.extend(of_stored(&row, content)),
            // One that cannot be opened must not keep the others waiting.
            Err(error) => {
                tracing::error!(%error, behaviour = %row.id, "a row could not be looked at by the rules of now");
            }
        }
    }
    Ok(again)
}
