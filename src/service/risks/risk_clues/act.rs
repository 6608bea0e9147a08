//! The steps of a clue's life.

use super::bodies::{
    AssignBody, DispatchBody, DisposeBody, ExtendBody, FeedBackBody, MergeBody, ReturnBody, TransferBody, VerifyBody,
};
use super::guards::{check_assignee, check_extension, check_master, dispose};
use super::{Clue, changed, clocks, decision_facts, put_clocks};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_clues as store;
use crate::service::oversight::worklist;
use crate::service::register::departments::check_other;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use crate::service::risks::risk_models;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::kernel::clocks::Clock;
use domain::kernel::clocks::legal::Stop;
use domain::kernel::stored::Stored;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_clues::{ClockKind, ClueAction, Verdict};
use domain::risks::risk_models::FactKind;
use entity::risks::risk_clues::{Entity, Model};
use uuid::Uuid;

/// A step, with what it needs.
#[derive(Clone)]
pub enum Act {
    Dispatch(DispatchBody),
    Transfer(TransferBody),
    Sign,
    Assign(AssignBody),
    Accept,
    Verify(VerifyBody),
    Dispose(DisposeBody),
    FeedBack(FeedBackBody),
    Approve(Option<String>),
    Rework(String),
    Close,
    Return(ReturnBody),
    ApproveReturn,
    RefuseReturn(String),
    Merge(MergeBody),
    Extend(ExtendBody),
}

impl Act {
    const fn action(&self) -> ClueAction {
        match self {
            Self::Dispatch(_) => ClueAction::Dispatch,
            Self::Transfer(_) => ClueAction::Transfer,
            Self::Sign => ClueAction::Sign,
            Self::Assign(_) => ClueAction::Assign,
            Self::Accept => ClueAction::Accept,
            Self::Verify(_) => ClueAction::Verify,
            Self::Dispose(_) => ClueAction::Dispose,
            Self::FeedBack(_) => ClueAction::FeedBack,
            Self::Approve(_) => ClueAction::Approve,
            Self::Rework(_) => ClueAction::Rework,
            Self::Close => ClueAction::Close,
            Self::Return(_) => ClueAction::Return,
            Self::ApproveReturn => ClueAction::ApproveReturn,
            Self::RefuseReturn(_) => ClueAction::RefuseReturn,
            Self::Merge(_) => ClueAction::Merge,
            Self::Extend(_) => ClueAction::Extend,
        }
    }
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<Clue>> {
    if let Act::Merge(body) = &act {
        // Two clues may be merged into each other at once: both are held, in the order of their ids.
        lock_rows::<Entity>(tx.conn(), [id, body.master_id]).await?;
    }
    let before = store::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let status = decision_facts(&before, tx.ctx().now).decide(&tx.ctx().actor, act.action())?;
    let mut after = Model { status, ..before.clone() };
    let mut also = Vec::new();
    let (audit, reason) = take(app, tx, &before, &mut after, act).await?;
    put_clocks(app, &mut after, tx.ctx().now)?;
    let saved = replace::<Entity>(tx, &before, after).await?;
    worklist::clue(app, tx, &saved).await?;
    if audit == AuditAction::Verified {
        also.extend(verified(tx, &saved).await?);
    }
    let event = Event::new(audit, "risk-clues", id).reason(reason).before(&before);

    Ok(changed(tx, saved, event).await?.and_all(also))
}

/// What a step changes, and the line of the trail it leaves.
async fn take(
    app: &App,
    tx: &WriteTx,
    before: &Model,
    after: &mut Model,
    act: Act,
) -> Result<(AuditAction, Option<String>)> {
    let (actor, now) = (tx.ctx().actor.id, tx.ctx().now);
    Ok(match act {
        Act::Dispatch(body) => {
            check_other(tx, before.department_id, body.department_id).await?;
            hand_over(after, body.department_id, now);
            (AuditAction::Dispatched, None)
        }
        Act::Transfer(body) => {
            check_other(tx, before.department_id, body.department_id).await?;
            after.clock_stops = stops(app, before, |clock| clock.resume(now))?;
            hand_over(after, body.department_id, now);
            after.transfer_reason = Some(body.reason.clone());
            (AuditAction::Transferred, Some(body.reason))
        }
        Act::Sign => {
            after.signed_by = Some(actor);
            after.signed_at = Some(now);
            after.signed_late = now >= before.sign_due_at;
            after.department_id = before.department_id.or(Some(tx.ctx().actor.department_id));
            (AuditAction::Signed, None)
        }
        Act::Assign(body) => {
            check_assignee(tx, before, body.user_id).await?;
            after.assigned_to = Some(body.user_id);
            after.assigned_at = Some(now);
            (AuditAction::Assigned, None)
        }
        Act::Accept => {
            after.accepted_at = Some(now);
            (AuditAction::Undertaken, None)
        }
        Act::Verify(body) => {
            after.verdict = Some(body.verdict);
            after.verification = Some(body.verification);
            after.verified_by = Some(actor);
            after.verified_at = Some(now);
            (AuditAction::Verified, None)
        }
        Act::Dispose(body) => {
            dispose(tx, before, body.measures).await?;
            after.disposed_by = Some(actor);
            after.disposed_at = Some(now);
            (AuditAction::Disposed, None)
        }
        Act::FeedBack(body) => {
            after.feedback = Some(body.feedback);
            after.fed_back_by = Some(actor);
            after.fed_back_at = Some(now);
            after.fed_back_late |= before.feed_back_due_at.is_some_and(|due| now >= due);
            (AuditAction::FedBack, None)
        }
        Act::Approve(opinion) => {
            after.opinion.clone_from(&opinion);
            after.reviewed_by = Some(actor);
            after.reviewed_at = Some(now);
            (AuditAction::Approved, opinion)
        }
        Act::Rework(reason) => {
            after.rework_count += 1;
            after.rework_reason = Some(reason.clone());
            after.reviewed_by = Some(actor);
            after.reviewed_at = Some(now);
            after.verdict = None;
            // The time for feeding back begins anew; an extension was for the time before.
            after.clock_from = now;
            after.clock_stops = Stored::default();
            after.extension = 0;
            (AuditAction::Reworked, Some(reason))
        }
        Act::Close => {
            after.closed_by = Some(actor);
            after.closed_at = Some(now);
            (AuditAction::Closed, None)
        }
        Act::Return(body) => {
            after.return_reason = Some(body.reason.clone());
            after.return_evidence = body.evidence.into();
            after.return_requested_by = Some(actor);
            after.clock_stops = stops(app, before, |clock| clock.stop(now))?;
            (AuditAction::ReturnRequested, Some(body.reason))
        }
        Act::ApproveReturn => (AuditAction::ReturnApproved, None),
        Act::RefuseReturn(reason) => {
            after.opinion = Some(reason.clone());
            after.clock_stops = stops(app, before, |clock| clock.resume(now))?;
            (AuditAction::ReturnRefused, Some(reason))
        }
        Act::Merge(body) => {
            check_master(tx, before, body.master_id).await?;
            after.master_id = Some(body.master_id);
            (AuditAction::Merged, Some(body.reason))
        }
        Act::Extend(body) => {
            check_extension(app, &body)?;
            after.extension = body.working_days;
            after.extension_reason = Some(body.reason.clone());
            (AuditAction::Extended, Some(body.reason))
        }
    })
}

/// The clue waits for another department from now on: what the one before did of it is the trail's, and the time for feeding
/// back goes on.
fn hand_over(clue: &mut Model, department: Uuid, now: DateTime<Utc>) {
    clue.department_id = Some(department);
    clue.dispatched_at = Some(now);
    (clue.signed_by, clue.signed_at, clue.signed_late) = (None, None, false);
    (clue.assigned_to, clue.assigned_at) = (None, None);
    (clue.return_reason, clue.return_requested_by) = (None, None);
    clue.return_evidence = Stored::default();
}

/// What follows from a verdict: a fact for the models, and the judgement of the model that raised the clue.
pub(super) async fn verified(tx: &WriteTx, clue: &Model) -> Result<Vec<Event>> {
    let verdict = clue.verdict;
    if let Some(object) = clue.object_id {
        // A verdict takes the place of the one before a rework.
        risk_facts::take_back(tx, object, clue.id, Some(FactKind::ClueConfirmed)).await?;
        if verdict.is_some_and(Verdict::is_hit) {
            let fact = New::of(object, tx.ctx().today(), FactKind::ClueConfirmed, clue.id);
            risk_facts::add(tx, vec![New { department: clue.department_id, ..fact }]).await?;
        }
    }
    match (clue.model_id, clue.model_number) {
        (Some(model), Some(number)) => risk_models::after_verdict(tx, model, number).await,
        _ => Ok(Vec::new()),
    }
}

/// The clock's standstills after a stop or a restart.
fn stops(app: &App, clue: &Model, change: impl Fn(&mut Clock)) -> Result<Stored<Vec<Stop>>> {
    let mut clock = clocks(clue)?.clock(&app.settings.rules, ClockKind::FeedBack);
    change(&mut clock);
    Ok(clock.stops.into())
}
