//! The steps of a complaint's life.

use super::bodies::{
    ComplaintUpdateBody, ConcludeBody, ExtendTermBody, MaterialsBody, NotifyBody, RaiseClueBody, RefuseBody,
    TransferOutBody,
};
use super::guards::{check_extension, check_master, conclude, update};
use super::receive::tell_models;
use super::{Complaint, clocks, complete_one, decision_facts, put_clock, store};
use crate::app::App;
use crate::kernel::error::Result;
use crate::kernel::seeded;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::register::departments::check_other;
use crate::service::risks::risk_clues;
use crate::service::risks::risk_clues::{DispatchBody, MergeBody};
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::complaints::{ComplaintAction, is_over};
use domain::kernel::clocks::legal::Stop;
use domain::oversight::audit::AuditAction;
use domain::oversight::turns::of_complaint;
use domain::oversight::worklist::Waiting;
use entity::complaints::complaints::{Entity, Model};
use uuid::Uuid;

/// A step, with what it needs.
#[derive(Clone)]
pub enum Act {
    Update(ComplaintUpdateBody),
    Dispatch(DispatchBody),
    SendBack(String),
    RequestMaterials(MaterialsBody),
    Supply,
    Accept,
    Refuse(RefuseBody),
    Begin,
    Suspend(String),
    Resume,
    Extend(ExtendTermBody),
    RaiseClue(RaiseClueBody),
    Conclude(ConcludeBody),
    Notify(NotifyBody),
    Close,
    Transfer(TransferOutBody),
    Merge(MergeBody),
}

impl Act {
    const fn action(&self) -> ComplaintAction {
        match self {
            Self::Update(_) => ComplaintAction::Update,
            Self::Dispatch(_) => ComplaintAction::Dispatch,
            Self::SendBack(_) => ComplaintAction::SendBack,
            Self::RequestMaterials(_) => ComplaintAction::RequestMaterials,
            Self::Supply => ComplaintAction::Supply,
            Self::Accept => ComplaintAction::Accept,
            Self::Refuse(_) => ComplaintAction::Refuse,
            Self::Begin => ComplaintAction::Begin,
            Self::Suspend(_) => ComplaintAction::Suspend,
            Self::Resume => ComplaintAction::Resume,
            Self::Extend(_) => ComplaintAction::Extend,
            Self::RaiseClue(_) => ComplaintAction::RaiseClue,
            Self::Conclude(_) => ComplaintAction::Conclude,
            Self::Notify(_) => ComplaintAction::Notify,
            Self::Close => ComplaintAction::Close,
            Self::Transfer(_) => ComplaintAction::Transfer,
            Self::Merge(_) => ComplaintAction::Merge,
        }
    }
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<Complaint>> {
    if let Act::Merge(body) = &act {
        // Two may be merged into each other at once: both are held, in the order of their ids.
        if !seeded::bug("merging") {
            lock_rows::<Entity>(tx.conn(), [id, body.master_id]).await?;
        }
    }
    let mut complaint = tx.edit::<Entity>(id, version).await?;
    let before = complaint.before().clone();
    complaint.status = decision_facts(&before, tx.ctx().today()).decide(&tx.ctx().actor, act.action())?;
    let Done { audit, reason, also } = take(app, tx, &before, &mut complaint, act).await?;
    let ended =
        clocks(&complaint).ended(&app.settings.rules, &app.calendar, (before.status, complaint.status), tx.ctx().now);
    complaint.terms.0.extend(ended);
    put_clock(app, &mut complaint);
    if is_over(complaint.status) {
        complaint.ended_at = Some(tx.ctx().now);
    }
    if waits_for(&complaint) != waits_for(&before) || complaint.due_on != before.due_on {
        // It can be late again, and told again.
        complaint.escalated_at = None;
    }

    let saved = complaint.write().await?;
    tell_models(tx, Some(&before), &saved).await?;
    let event = Event::of::<Entity>(audit, &saved).reason(reason).before(&before).after(&saved);
    Ok(Change::new(complete_one(tx.conn(), saved).await?, event).and_all(also))
}

/// What a complaint waits for, as its entry in the worklist says.
fn waits_for(complaint: &Model) -> &'static [Waiting] {
    let (dispatched, due) = (complaint.department_id.is_some(), complaint.due_on.is_some());
    of_complaint(complaint.status, dispatched, complaint.is_anonymous, due)
}

/// The line of the trail that a step leaves, and what else it brought.
struct Done {
    audit: AuditAction,
    reason: Option<String>,
    also: Vec<Event>,
}

fn done(audit: AuditAction, reason: Option<String>) -> Done {
    Done { audit, reason, also: Vec::new() }
}

/// What a step changes.
async fn take(app: &App, tx: &WriteTx, before: &Model, after: &mut Model, act: Act) -> Result<Done> {
    let now = tx.ctx().now;

    Ok(match act {
        Act::Update(body) => {
            update(app, tx, after, body).await?;
            done(AuditAction::Updated, None)
        }
        Act::Dispatch(body) => {
            check_other(tx, before.department_id, body.department_id).await?;
            after.department_id = Some(body.department_id);
            done(AuditAction::Dispatched, None)
        }
        Act::SendBack(reason) => {
            after.department_id = None;
            done(AuditAction::Returned, Some(reason))
        }
        Act::RequestMaterials(body) => {
            after.waits.0.push(Stop { from: now, until: None });
            after.materials = Some(body.materials.clone());
            done(AuditAction::MaterialsRequested, Some(body.materials))
        }
        Act::Supply => {
            end_stop(&mut after.waits.0, now);
            done(AuditAction::MaterialsSupplied, None)
        }
        Act::Accept => {
            after.accepted_at = Some(now);
            done(AuditAction::Admitted, None)
        }
        Act::Refuse(body) => {
            end_stop(&mut after.waits.0, now);
            after.refusal_ground = Some(body.ground);
            after.result = Some(body.reason.clone());
            done(AuditAction::AdmissionRefused, Some(body.reason))
        }
        Act::Begin => done(AuditAction::Started, None),
        Act::Suspend(reason) => {
            after.stops.0.push(Stop { from: now, until: None });
            done(AuditAction::ClockStopped, Some(reason))
        }
        Act::Resume => {
            end_stop(&mut after.stops.0, now);
            done(AuditAction::ClockResumed, None)
        }
        Act::Extend(body) => {
            check_extension(app, before, body.working_days)?;
            after.extension = body.working_days;
            after.extension_reason = Some(body.reason.clone());
            done(AuditAction::Extended, Some(body.reason))
        }
        Act::RaiseClue(body) => {
            let (clue, event) = risk_clues::of_complaint(app, tx, before, body.domain, body.level).await?;
            after.clue_id = Some(clue.id);
            Done { also: vec![event], ..done(AuditAction::ClueRaised, None) }
        }
        Act::Conclude(body) => {
            conclude(tx, after, body).await?;
            after.concluded_at = Some(now);
            done(AuditAction::Concluded, None)
        }
        Act::Notify(body) => {
            after.notified_at = Some(now);
            after.told = Some(body.told);
            done(AuditAction::Told, None)
        }
        Act::Close => done(AuditAction::Closed, None),
        Act::Transfer(body) => {
            after.transferred_to = Some(body.to);
            after.result = Some(body.reason.clone());
            done(AuditAction::TransferredOut, Some(body.reason))
        }
        Act::Merge(body) => {
            check_master(tx, before, body.master_id).await?;
            after.master_id = Some(body.master_id);
            done(AuditAction::Merged, Some(body.reason))
        }
    })
}

fn end_stop(stops: &mut [Stop], now: DateTime<Utc>) {
    if let Some(stop) = stops.last_mut().filter(|stop| stop.until.is_none()) {
        stop.until = Some(now);
    }
}

/// Nobody handled it in time: the county office is told. One that went on meanwhile is left alone.
pub async fn escalate_late(tx: &WriteTx, id: Uuid) -> Result<Vec<Event>> {
    let Some(row) = store::by_id(tx.conn(), id).await? else { return Ok(Vec::new()) };
    if is_over(row.status) || row.escalated_at.is_some() {
        return Ok(Vec::new());
    }
    let mut complaint = tx.edit_along::<Entity>(row);
    complaint.escalated_at = Some(tx.ctx().now);
    Ok(complaint.save(AuditAction::Escalated, None).await?.into_events())
}
