//! Approval by the head of each body, the notice, and ways out: returned, cancelled, looked at from afar.

use super::blank::{drafted, new_nonce, next_code};
use super::draft::VisitTerms;
use super::enter::noticed_of;
use super::{Visit, budget, decide, decision_facts, end, hold, record, save, store};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::grounds;
use crate::persistence::visits::visits::Parts;
use crate::service::inspections::inspections::drop_with_visit;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::audit::AuditAction;
use domain::visits::{VisitAction, VisitStatus};
use entity::visits::visit_parts;
use entity::visits::visits::{Entity, Model};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Approves or refuses (also afterwards), returns, serves the notice, cancels, or takes the check off site.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: VisitAction,
    words: Option<String>,
) -> Result<Change<Visit>> {
    let (mut visit, parts) = hold(tx, id, version).await?;
    let next = decide(tx, &visit, &parts, action)?;
    let was = visit.status;
    visit.status = next;

    let mut also = Vec::new();
    let audit = match action {
        VisitAction::Approve => {
            settle(tx, &visit, &parts, true, words.clone()).await?;
            AuditAction::Approved
        }
        VisitAction::ApproveLate | VisitAction::RefuseLate => {
            let approves = action == VisitAction::ApproveLate;
            let own = &tx.ctx().actor.departments;
            settle(tx, &visit, &parts, approves, words.clone()).await?;
            let parts = store::parts_of(tx.conn(), id).await?;
            end::close_where_done(app, tx, &mut visit, &parts).await?;
            if approves {
                AuditAction::LateApproved
            } else {
                visit.alerts.push(EnforcementAlert::UnapprovedEntry);
                for part in parts.parts.iter().filter(|part| part.refused && own.contains(&part.department_id)) {
                    let alert = EnforcementAlert::UnapprovedEntry;
                    also.extend(noticed_of(app, tx, &visit, part.department_id, alert).await?);
                }
                AuditAction::Rejected
            }
        }
        VisitAction::Return => {
            also = send_back(app, tx, (&mut visit, was), &parts, words.clone()).await?;
            AuditAction::Returned
        }
        VisitAction::Notify => {
            visit.notified_at = Some(tx.ctx().now);
            AuditAction::Served
        }
        VisitAction::Cancel | VisitAction::TakeOffSite => {
            // The others go on by themselves.
            also = split_others(app, tx, &visit, &parts, words.clone()).await?;
            let own = store::parts_of(tx.conn(), id).await?;
            budget::release(tx, &mut visit, &own).await?;
            store::move_inspections(tx, id, None, None).await?;
            visit.ended_reason.clone_from(&words);
            if action == VisitAction::Cancel {
                also.extend(drop_opened(tx, &own, words.as_deref().unwrap_or_default()).await?);
                AuditAction::Cancelled
            } else {
                AuditAction::TakenOffSite
            }
        }
        // These have use cases of their own.
        VisitAction::Update => AuditAction::Updated,
        VisitAction::Request => AuditAction::Submitted,
        VisitAction::Merge => AuditAction::Merged,
        VisitAction::Join => AuditAction::Joined,
        VisitAction::Enter | VisitAction::EnterUrgently => AuditAction::Entered,
        VisitAction::Leave => AuditAction::LeftSite,
        VisitAction::Close => AuditAction::Closed,
    };

    Ok(save(tx, visit, &parts, audit, words).await?.and_all(also))
}

/// The parts that wait for this head are approved, or refused; a ground exempts from now on.
async fn settle(tx: &WriteTx, visit: &Model, parts: &Parts, approves: bool, opinion: Option<String>) -> Result<()> {
    let ctx = tx.ctx();
    let facts = decision_facts(visit, parts);
    let own: BTreeSet<_> = facts.approvable(&ctx.actor).map(|part| part.department_id).collect();
    for part in parts.parts.iter().filter(|part| own.contains(&part.department_id)) {
        let mut settled = visit_parts::Model { opinion: opinion.clone(), refused: !approves, ..part.clone() };
        if approves {
            (settled.approved_by, settled.approved_at) = (Some(ctx.actor.id), Some(ctx.now));
            let of = parts.live().filter(|one| one.department_id == part.department_id).map(|one| one.id).collect();
            if let Some(ground) = part.ground {
                settled.exempted_ids = grounds::exempt(tx.conn(), of, ground).await?.into();
            }
        }
        store::put_part(tx.conn(), settled).await?;
    }
    Ok(())
}

/// Back to those who asked. The head of the lead sends each body its own part; the head of a body that joined takes out that one,
/// and the others go on.
async fn send_back(
    app: &App,
    tx: &WriteTx,
    (visit, was): (&mut Model, VisitStatus),
    parts: &Parts,
    reason: Option<String>,
) -> Result<Vec<Event>> {
    visit.nonce = new_nonce();
    if visit.status == VisitStatus::Draft {
        let events = split_others(app, tx, visit, parts, reason.clone()).await?;
        let own = store::parts_of(tx.conn(), visit.id).await?;
        budget::release(tx, visit, &own).await?;
        (visit.return_reason, visit.notified_at) = (reason, None);
        return Ok(events);
    }

    let facts = decision_facts(visit, parts);
    let own: BTreeSet<_> = facts.of_head(&tx.ctx().actor).map(|part| part.department_id).collect();
    let mut events = Vec::new();
    for part in parts.parts.iter().filter(|part| own.contains(&part.department_id)) {
        events.push(split(app, tx, visit, part, reason.clone()).await?);
    }
    visit.status = was;
    budget::go_on(tx, visit).await?;
    Ok(events)
}

/// Whatever the lead does with the whole, the other bodies have their own drafts again.
async fn split_others(
    app: &App,
    tx: &WriteTx,
    visit: &Model,
    parts: &Parts,
    reason: Option<String>,
) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for part in parts.parts.iter().filter(|part| part.department_id != visit.lead_department_id) {
        events.push(split(app, tx, visit, part, reason.clone()).await?);
    }
    Ok(events)
}

/// A part becomes a draft of its own body, and gives back what it took.
async fn split(
    app: &App,
    tx: &WriteTx,
    visit: &Model,
    part: &visit_parts::Model,
    reason: Option<String>,
) -> Result<Event> {
    let part = budget::release_part(tx, visit, part).await?;
    // In its own words, where it had asked by itself before.
    let own = store::merged_draft(tx.conn(), visit, part.department_id).await?;
    let said = own.as_ref().unwrap_or(visit);
    let terms = VisitTerms {
        ground: part.ground,
        purpose: said.purpose.clone(),
        on_site_reason: said.on_site_reason.clone(),
        surprise: said.surprise,
        window_from: said.window_from,
        window_to: said.window_to,
    };
    let code = next_code(app, tx).await?;
    let mut draft = drafted(tx.ctx(), code, (visit.object_id, part.department_id), &terms);
    (draft.created_by, draft.return_reason) = (part.requested_by, reason);
    let draft = insert(tx, draft).await?;
    store::drop_part(tx.conn(), visit.id, part.department_id).await?;
    store::move_inspections(tx, visit.id, Some(part.department_id), Some(draft.id)).await?;
    store::put_part(tx.conn(), visit_parts::Model { visit_id: draft.id, ..part }).await?;

    let parts = store::parts_of(tx.conn(), draft.id).await?;
    Ok(Event::of::<Entity>(AuditAction::Created, &draft).after(&record(&draft, &parts)))
}

/// The daily checks that were opened for this visit, and have not begun.
async fn drop_opened(tx: &WriteTx, parts: &Parts, reason: &str) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for opened in store::opened_for(tx.conn(), &parts.inspections).await? {
        events.extend(drop_with_visit(tx, opened, reason).await?);
    }
    Ok(events)
}
