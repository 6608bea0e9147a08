//! The lights of clues change with time: yellow, red, and at 120 % the county office is called.

use super::put_clocks;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::write;
use crate::persistence::risks::risk_clues as store;
use crate::service::oversight::worklist;
use domain::kernel::clocks::Flag;
use domain::oversight::audit::AuditAction;
use entity::risks::risk_clues::Entity;

/// Clues a step at most; what is left over is done in the next.
const STEP: u64 = 200;

/// Brings the lights up to date; a clue that somebody is changing right now is done in the next step.
pub async fn sweep(app: &App) -> Result<usize> {
    let ctx = Ctx::system("clue-clock");
    let due = store::due_for_a_flag(&app.db, ctx.now, STEP).await?;
    let mut done = 0;

    for before in due {
        let outcome = write(&app.db, &ctx, async |tx| {
            let mut after = before.clone();
            put_clocks(app, &mut after, ctx.now)?;
            let saved = replace::<Entity>(tx, &before, after).await?;
            worklist::clue(app, tx, &saved).await?;
            let escalated = saved.flag == Flag::Escalated && before.flag != saved.flag;
            let audit = if escalated { AuditAction::Escalated } else { AuditAction::Updated };
            let event = Event::new(audit, "risk-clues", saved.id).department(saved.department_id);
            Ok(Change::new((), event.before(&before).after(&saved)))
        });
        match outcome.await {
            Ok(()) => done += 1,
            Err(error) if error.code == domain::kernel::refusal::Code::Stale => {}
            Err(error) => return Err(error),
        }
    }

    Ok(done)
}
