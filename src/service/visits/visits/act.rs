//! Approval by the head of each body, the notice, and ways out: returned, cancelled, looked at from afar.

use super::{Visit, budget, decide, decision_facts, end, hold, save, store};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::visits::Parts;
use crate::service::inspections::inspections::drop_with_visit;
use domain::oversight::audit::AuditAction;
use domain::visits::VisitAction;
use entity::visits::visit_parts;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Approves (also afterwards), returns, serves the notice, cancels, or takes the check off site.
pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: VisitAction,
    words: Option<String>,
) -> Result<Change<Visit>> {
    let (mut visit, parts) = hold(tx, id, version).await?;
    visit.status = decide(tx, &visit, &parts, action)?;

    let mut dropped = Vec::new();
    let audit = match action {
        VisitAction::Approve => {
            approve(tx, &visit, &parts, words.clone()).await?;
            AuditAction::Approved
        }
        VisitAction::ApproveLate => {
            approve(tx, &visit, &parts, words.clone()).await?;
            let parts = store::parts_of(tx.conn(), id).await?;
            end::close_where_done(app, tx, &mut visit, &parts).await?;
            AuditAction::LateApproved
        }
        VisitAction::Return => {
            budget::release(tx, &mut visit, &parts).await?;
            visit.return_reason.clone_from(&words);
            visit.notified_at = None;
            AuditAction::Returned
        }
        VisitAction::Notify => {
            visit.notified_at = Some(tx.ctx().now);
            AuditAction::Served
        }
        VisitAction::Cancel | VisitAction::TakeOffSite => {
            budget::release(tx, &mut visit, &parts).await?;
            store::move_inspections(tx.conn(), id, None).await?;
            if action == VisitAction::Cancel {
                dropped = drop_opened(tx, &parts, words.as_deref().unwrap_or_default()).await?;
            }
            visit.ended_reason.clone_from(&words);
            if action == VisitAction::Cancel { AuditAction::Cancelled } else { AuditAction::TakenOffSite }
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

    Ok(save(tx, visit, &parts, audit, words).await?.and_all(dropped))
}

/// The daily checks that were opened for this visit, and have not begun.
async fn drop_opened(tx: &WriteTx, parts: &Parts, reason: &str) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for opened in store::opened_for(tx.conn(), &parts.inspections).await? {
        events.extend(drop_with_visit(tx, opened, reason).await?);
    }
    Ok(events)
}

/// The parts that wait for this head are approved.
async fn approve(
    tx: &WriteTx,
    visit: &entity::visits::visits::Model,
    parts: &Parts,
    opinion: Option<String>,
) -> Result<()> {
    let ctx = tx.ctx();
    let facts = decision_facts(visit, parts);
    let own: BTreeSet<_> = facts.approvable(&ctx.actor).map(|part| part.department_id).collect();
    for part in parts.parts.iter().filter(|part| own.contains(&part.department_id)) {
        let approved = visit_parts::Model {
            approved_by: Some(ctx.actor.id),
            approved_at: Some(ctx.now),
            opinion: opinion.clone(),
            ..part.clone()
        };
        store::put_part(tx.conn(), approved).await?;
    }

    Ok(())
}
