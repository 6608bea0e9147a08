//! What the county's rows say of a visit, and what it takes of the budget.

use super::{decision_facts, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::persistence::visits::visits::Parts;
use crate::persistence::visits::{budget, visit_rules};
use crate::service::inspections::inspections::check_yearly;
use chrono::{Datelike, Days};
use domain::access::Decide;
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::refusal::Refusal;
use domain::visits::budget::{Breach, Request, Usage, breaches, check};
use domain::visits::{VisitAction, is_open};
use entity::inspections::inspections::Model as Inspection;
use entity::visits::visit_parts;
use entity::visits::visits::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What would become of a request now. Nothing is reserved.
pub struct Assessment {
    pub usage: Usage,
    /// The rows that refuse.
    pub breaches: Vec<Breach>,
    /// Other bodies' visits that it could join.
    pub offers: Vec<Model>,
    /// Why it cannot be asked for at all, whatever the rows say.
    pub refusal: Option<Refusal>,
}

/// What a part of a visit would be refused for.
async fn judge(conn: &impl ConnectionTrait, visit: &Model, part: &visit_parts::Model) -> Result<(Usage, Vec<Breach>)> {
    let object = objects::by_ids(conn, vec![visit.object_id]).await?.remove(&visit.object_id);
    let object = object.ok_or_else(AppError::not_found)?;
    let window = (visit.window_from, visit.window_to);
    let usage = budget::usage(conn, &object, part.department_id, window, visit.id).await?;
    let rules = visit_rules::in_force(conn, visit.window_from).await?;
    let request = Request {
        kind: part.kind,
        department: part.department_id,
        class: object.local_class,
        object_type: &object.object_type,
        from: visit.window_from,
        to: visit.window_to,
        joins: visit.budget_year.is_some(),
    };

    // What the law exempts is bound by no row.
    let found = if part.ground.is_some() { Vec::new() } else { breaches(&rules, &request, &usage) };
    Ok((usage, found))
}

/// Takes the enterprise's and each body's share of the budget, or refuses; whoever calls holds the object.
pub(super) async fn reserve(
    tx: &WriteTx,
    visit: &mut Model,
    parts: &[visit_parts::Model],
    inspections: &[Inspection],
) -> Result<()> {
    for part in parts.iter().filter(|part| !part.counts) {
        let own: Vec<_> = inspections.iter().filter(|one| one.department_id == part.department_id).collect();
        if let Some(ground) = part.ground {
            store::put_ground(tx.conn(), own.iter().map(|inspection| inspection.id).collect(), ground).await?;
            store::put_part(tx.conn(), part.clone()).await?;
            continue;
        }
        let (_, found) = judge(tx.conn(), visit, part).await?;
        if seeded::bug("budget") {
            // Read, then written: on a busy machine two at once shall meet as well.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        check(&found)?;
        // What was drawn was counted where it was drawn.
        for inspection in own.iter().filter(|one| one.draw_id.is_none() && one.status == InspectionStatus::Pending) {
            check_yearly(tx, inspection).await?;
        }
        let year = visit.budget_year.unwrap_or_else(|| visit.window_from.year());
        if visit.budget_year.is_none() {
            budget::add(tx.conn(), (visit.object_id, year, Uuid::nil()), 1).await?;
            visit.budget_year = Some(year);
        }
        budget::add(tx.conn(), (visit.object_id, year, part.department_id), 1).await?;
        store::put_part(tx.conn(), visit_parts::Model { counts: true, ..part.clone() }).await?;
    }

    Ok(())
}

/// Gives back what was taken; nobody's approval holds any longer.
pub(super) async fn release(tx: &WriteTx, visit: &mut Model, parts: &Parts) -> Result<()> {
    let year = visit.budget_year.take();
    for part in &parts.parts {
        if let Some(year) = year.filter(|_| part.counts) {
            budget::add(tx.conn(), (visit.object_id, year, part.department_id), -1).await?;
        }
        let part = visit_parts::Model { counts: false, approved_by: None, approved_at: None, ..part.clone() };
        store::put_part(tx.conn(), part).await?;
    }
    if let Some(year) = year {
        budget::add(tx.conn(), (visit.object_id, year, Uuid::nil()), -1).await?;
    }
    Ok(())
}

/// Visits of other bodies that this one could join: the same object, at about the same time.
pub(super) async fn offers(app: &App, conn: &impl ConnectionTrait, visit: &Model, parts: &Parts) -> Result<Vec<Model>> {
    let apart = Days::new(u64::from(app.settings.rules.visit_merge_days));
    // A window that begins earlier may reach into these days.
    let longest = Days::new(u64::from(app.settings.rules.visit_window_days));
    let first = visit.window_from.checked_sub_days(apart).unwrap_or(visit.window_from);
    let last = visit.window_to.checked_add_days(apart).unwrap_or(visit.window_to);
    let earliest = first.checked_sub_days(longest).unwrap_or(first);
    let found = store::open_near(conn, visit.object_id, (earliest, last)).await?;

    let mut of_found = store::parts(conn, found.iter().map(|other| other.id).collect()).await?;
    let own: BTreeSet<_> = parts.parts.iter().map(|part| part.department_id).collect();
    let joinable = |other: &Model| {
        let theirs = of_found.remove(&other.id).unwrap_or_default();
        let same_body = theirs.parts.iter().any(|part| own.contains(&part.department_id));
        other.id != visit.id && other.window_to >= first && !same_body && is_open(other.status)
    };
    let mut joinable = joinable;
    Ok(found.into_iter().filter(|other| joinable(other)).collect())
}

/// What the rows say of a draft now, and with whom it could be made one.
pub async fn assess_visit(app: &App, ctx: &crate::kernel::ctx::Ctx, visit: &Model) -> Result<Assessment> {
    let conn = &app.db;
    let parts = store::parts_of(conn, visit.id).await?;
    let refusal = decision_facts(visit, &parts).decide(&ctx.actor, VisitAction::Request).err();
    let offers = offers(app, conn, visit, &parts).await?;
    let (mut usage, mut found) = (Usage::default(), Vec::new());
    for part in parts.parts.iter().filter(|part| !part.counts) {
        let (used, more) = judge(conn, visit, part).await?;
        usage = used;
        found.extend(more);
    }
    Ok(Assessment { usage, breaches: found, offers, refusal })
}
