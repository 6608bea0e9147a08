//! 风险预警线索: received from wherever, worked on by one department, ended by the county office.

mod act;
mod bodies;
mod guards;
mod inspect;
mod raise;
mod receive;
mod sweep;

pub use act::{Act, act};
pub use bodies::{
    AssignBody, ClueBody, DispatchBody, DisposeBody, ExtendBody, FeedBackBody, InspectBody, MeasureBody, MergeBody,
    ReturnBody, TransferBody, VerifyBody,
};
pub use inspect::{inspection_approved, open_inspection};
pub use raise::{Warning, of_complaint, raise};
pub use receive::create;
pub use sweep::sweep;

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_clues as store;
use chrono::{DateTime, Duration, Utc};
use domain::kernel::clocks::calendar::start_of;
use domain::kernel::clocks::{Clock, Due, Flag};
use domain::risks::risk_clues::{ClockKind, ClueClocks, ClueFacts, lights, running};
use entity::risks::risk_clue_measures as measures;
use entity::risks::risk_clues::Model;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// A clue with the measures taken.
pub struct Clue {
    pub clue: Model,
    pub measures: Vec<measures::Model>,
}

/// Completes clues for reading: one statement more, however many.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Clue>> {
    let mut measures = store::measures(conn, rows.iter().map(|row| row.id).collect()).await?;
    let complete = rows.into_iter().map(|clue| {
        let measures = measures.remove(&clue.id).unwrap_or_default();
        Clue { clue, measures }
    });
    Ok(complete.collect())
}

pub async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<Clue> {
    let mut all = complete(conn, vec![row]).await?;
    all.pop().ok_or_else(|| crate::kernel::error::AppError::internal("one in, none out"))
}

/// A clue, as far as deciding about it needs.
pub fn decision_facts(clue: &Model, now: DateTime<Utc>) -> ClueFacts {
    ClueFacts {
        status: clue.status,
        department_id: clue.department_id,
        assigned_to: clue.assigned_to,
        return_requested_by: clue.return_requested_by,
        disposed_by: clue.disposed_by,
        fed_back_by: clue.fed_back_by,
        source: clue.source,
        has_object: clue.object_id.is_some(),
        is_overdue: clue.feed_back_due_at.is_some_and(|due| now >= due),
        is_extended: clue.extension_reason.is_some(),
    }
}

/// The clocks of a stored clue.
pub fn clocks(clue: &Model) -> Result<ClueClocks> {
    let stops = clue.clock_stops.0.clone();
    Ok(ClueClocks {
        level: clue.level,
        sign_from: clue.dispatched_at.unwrap_or(clue.created_at),
        feed_back_from: clue.clock_from,
        stops,
        extension: u32::try_from(clue.extension).unwrap_or(0),
    })
}

/// Writes down when the clocks end, which light is on, and when it changes next.
fn put_clocks(app: &App, clue: &mut Model, now: DateTime<Utc>) -> Result<()> {
    let clocks = clocks(clue)?;
    let due = |kind| clocks.clock(&app.settings.rules, kind).due(&app.calendar).map(|due| due.at);
    clue.sign_due_at = due(ClockKind::Sign).unwrap_or(now);
    clue.assign_due_at = due(ClockKind::Assign);
    clue.feed_back_due_at = due(ClockKind::FeedBack);
    let (flag, next) = lights(&clocks, &app.settings.rules, &app.calendar, clue.status, now);
    clue.flag = flag;
    clue.next_flag_at = next;
    Ok(())
}

/// One clock of a clue, for those who ask why it ends when it does.
pub struct Deadline {
    pub kind: ClockKind,
    pub clock: Clock,
    pub due: Option<Due>,
    pub runs: bool,
    pub flag: Flag,
}

pub fn deadlines(app: &App, clue: &Model, now: DateTime<Utc>) -> Result<Vec<Deadline>> {
    let clocks = clocks(clue)?;
    let running = running(clue.status);
    let deadline = |kind: &ClockKind| {
        let clock = clocks.clock(&app.settings.rules, *kind);
        let runs = running.contains(kind);
        let flag = if runs { clock.flag(&app.calendar, now) } else { Flag::Green };
        Deadline { kind: *kind, due: clock.due(&app.calendar), runs, flag, clock }
    };
    Ok(ClockKind::ALL.iter().map(deadline).collect())
}

/// Clues that are likely the same: same object and domain, issued within the window.
pub async fn duplicates(app: &App, ctx: &Ctx, id: Uuid) -> Result<Vec<Clue>> {
    let clue = store::get(&app.db, ctx, id).await?;
    let around = Duration::days(i64::from(app.settings.rules.clue_duplicate_days));
    let window = (clue.issued_at - around, clue.issued_at + around);
    complete(&app.db, store::alike(&app.db, ctx, &clue, window).await?).await
}

/// The first moment of the day after today in Asia/Shanghai: nothing is issued later.
fn end_of_today(ctx: &Ctx) -> DateTime<Utc> {
    start_of(ctx.today()) + Duration::days(1)
}

async fn changed(tx: &WriteTx, row: Model, event: Event) -> Result<Change<Clue>> {
    let event = event.department(row.department_id).after(&row);
    Ok(Change::new(complete_one(tx.conn(), row).await?, event))
}
