//! 投诉举报: received from wherever, handled by one department, and whoever complained is told.

mod act;
mod bodies;
mod check;
mod guards;
mod receive;
mod reporter;

pub use act::{Act, act, escalate_late};
pub use bodies::{
    ComplaintBody, ComplaintUpdateBody, ConcludeBody, ExtendTermBody, MaterialsBody, NotifyBody, RaiseClueBody,
    RefuseBody, ReporterBody, TransferOutBody,
};
pub use receive::{FromFile, create, from_file};
pub use reporter::{open, reveal, without_reporter};

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::complaints as store;
use crate::persistence::kernel::edit::find;
use chrono::{DateTime, NaiveDate, Utc};
use domain::complaints::{ComplaintClock, ComplaintClocks, ComplaintFacts};
use domain::kernel::clocks::{Clock, Due, Flag};
use entity::complaints::complaints::{Entity, Model};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// A complaint with the codes of those that went into it: whoever told of them is told with it.
pub struct Complaint {
    pub complaint: Model,
    pub merged: Vec<String>,
}

/// Completes complaints for reading: one statement more, however many.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Complaint>> {
    let mut merged = store::merged_into(conn, rows.iter().map(|row| row.id).collect()).await?;
    let complete = rows.into_iter().map(|complaint| {
        let merged = merged.remove(&complaint.id).unwrap_or_default();
        Complaint { complaint, merged }
    });
    Ok(complete.collect())
}

async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<Complaint> {
    complete(conn, vec![row]).await?.pop().ok_or_else(AppError::not_found)
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Complaint> {
    complete_one(conn, find::<Entity>(conn, ctx, id).await?).await
}

/// A complaint, as far as deciding about it needs.
pub fn decision_facts(complaint: &Model, today: NaiveDate) -> ComplaintFacts {
    ComplaintFacts {
        status: complaint.status,
        kind: complaint.kind,
        department_id: complaint.department_id,
        is_anonymous: complaint.is_anonymous,
        is_suspended: complaint.stops.last().is_some_and(|stop| stop.until.is_none()),
        clock: complaint.clock,
        is_extended: complaint.extension > 0,
        is_overdue: complaint.due_on.is_some_and(|due| due < today),
        has_clue: complaint.clue_id.is_some(),
        has_subject: complaint.object_id.is_some() || complaint.object_name.is_some(),
    }
}

/// The clocks of a stored complaint.
fn clocks(complaint: &Model) -> ComplaintClocks {
    ComplaintClocks {
        kind: complaint.kind,
        ticket: complaint.ticket,
        is_anonymous: complaint.is_anonymous,
        received_at: complaint.received_at,
        accepted_at: complaint.accepted_at,
        concluded_at: complaint.concluded_at,
        waits: complaint.waits.0.clone(),
        stops: complaint.stops.0.clone(),
        extension: u32::try_from(complaint.extension).unwrap_or(0),
    }
}

/// Writes down which clock ends first, and when.
fn put_clock(app: &App, complaint: &mut Model) {
    let due = clocks(complaint).due(&app.settings.rules, &app.calendar, complaint.status);
    (complaint.clock, complaint.due_on) = due.unzip();
}

/// One clock that runs, for those who ask why it ends when it does.
pub struct Deadline {
    pub kind: ComplaintClock,
    pub clock: Clock,
    pub due: Option<Due>,
    pub flag: Flag,
}

pub fn deadlines(app: &App, complaint: &Model, now: DateTime<Utc>) -> Vec<Deadline> {
    let clocks = clocks(complaint);
    let deadline = |kind| {
        let clock = clocks.clock(&app.settings.rules, kind);
        Deadline { kind, due: clock.due(&app.calendar), flag: clock.flag(&app.calendar, now), clock }
    };
    clocks.running(complaint.status).into_iter().map(deadline).collect()
}
