//! What the county's rows say of a visit, and what it takes of the budget.

use super::join::{RequestBody, request};
use super::store;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::register::objects;
use crate::persistence::visits::visits::Parts;
use crate::persistence::visits::{budget, grounds, visit_rules};
use crate::service::inspections::inspections::check_yearly;
use chrono::{Datelike, Days, NaiveDate};
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::refusal::Code;
use domain::visits::budget::{Breach, Request, RuleKind, Usage, breaches, check};
use domain::visits::{LONGEST_WINDOW, VisitAction, VisitStatus, apply};
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
    /// Other bodies' visits at about the same time.
    pub offers: Vec<Offer>,
    /// What the request itself would be refused for.
    pub refusal: Option<AppError>,
}

/// A visit that could be joined, and why not, where it could not.
pub struct Offer {
    pub visit: Model,
    pub refusal: Option<AppError>,
}

/// What a part of a visit would be refused for.
async fn judge(conn: &impl ConnectionTrait, visit: &Model, part: &visit_parts::Model) -> Result<(Usage, Vec<Breach>)> {
    let object = objects::by_ids(conn, vec![visit.object_id]).await?.remove(&visit.object_id);
    let object = object.ok_or_else(AppError::not_found)?;
    let window = (visit.window_from, visit.window_to);
    let rules = visit_rules::in_force(conn, visit.window_from).await?;
    let intervals = rules.iter().filter(|rule| rule.kind == RuleKind::Interval);
    let apart = intervals.map(|rule| rule.amount).max();
    let usage = budget::usage(conn, &object, part.department_id, window, visit.id, apart).await?;
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

/// What the caller may know of the rows that refuse.
fn shown(ctx: &Ctx, breaches: Vec<Breach>) -> Vec<Breach> {
    let sees = ctx.actor.sees_class();
    breaches.into_iter().map(|one| if sees { one } else { one.without_class() }).collect()
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
        if part.ground.is_some() {
            store::put_part(tx.conn(), part.clone()).await?;
            continue;
        }
        let (_, found) = judge(tx.conn(), visit, part).await?;
        if seeded::bug("budget") {
            // Read, then written: on a busy machine two at once shall meet as well.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        check(&shown(tx.ctx(), found))?;
        // What was drawn was counted where it was drawn.
        let counts = |one: &&&Inspection| one.draw_id.is_none() && one.status != InspectionStatus::Void;
        for inspection in own.iter().filter(counts) {
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

/// Gives back what a part took; its approval, and what its ground exempted, hold no longer.
pub(super) async fn release_part(tx: &WriteTx, visit: &Model, part: &visit_parts::Model) -> Result<visit_parts::Model> {
    if let Some(year) = visit.budget_year.filter(|_| part.counts) {
        budget::add(tx.conn(), (visit.object_id, year, part.department_id), -1).await?;
    }
    grounds::take_ground(tx.conn(), part.exempted_ids.0.clone()).await?;

    let exempted_ids = Vec::new().into();
    Ok(visit_parts::Model { counts: false, approved_by: None, approved_at: None, exempted_ids, ..part.clone() })
}

/// Gives back what a visit took.
pub(super) async fn release(tx: &WriteTx, visit: &mut Model, parts: &Parts) -> Result<()> {
    for part in &parts.parts {
        let freed = release_part(tx, visit, part).await?;
        store::put_part(tx.conn(), freed).await?;
    }
    release_enterprise(tx, visit).await
}

/// The enterprise is not visited, or not by anybody who counts.
async fn release_enterprise(tx: &WriteTx, visit: &mut Model) -> Result<()> {
    if let Some(year) = visit.budget_year.take() {
        budget::add(tx.conn(), (visit.object_id, year, Uuid::nil()), -1).await?;
    }
    Ok(())
}

/// Some bodies do not go along any more: the others go on, under the lead of one of them, and without whoever had not approved.
pub(super) async fn go_on(tx: &WriteTx, visit: &mut Model) -> Result<()> {
    let left = store::parts_of(tx.conn(), visit.id).await?.parts;
    if !left.iter().any(|part| part.counts) {
        release_enterprise(tx, visit).await?;
    }
    if let Some(first) = left.first().filter(|_| left.iter().all(|part| part.department_id != visit.lead_department_id))
    {
        visit.lead_department_id = first.department_id;
    }
    if visit.status == VisitStatus::Requested && left.iter().all(|part| part.approved_by.is_some()) {
        visit.status = apply(visit.status, VisitAction::Approve)?;
    }
    Ok(())
}

/// Visits of other bodies that this one could join: the same object, at about the same time.
pub(super) async fn offers(
    app: &App,
    conn: &impl ConnectionTrait,
    visit: &Model,
    parts: &Parts,
    today: NaiveDate,
) -> Result<Vec<Model>> {
    let apart = Days::new(u64::from(app.settings.rules.visit_merge_days));
    // A window that begins earlier may reach into these days.
    let longest = Days::new(u64::from(LONGEST_WINDOW));
    let first = visit.window_from.checked_sub_days(apart).unwrap_or(visit.window_from);
    let last = visit.window_to.checked_add_days(apart).unwrap_or(visit.window_to);
    let earliest = first.checked_sub_days(longest).unwrap_or(first);
    let mut found = store::open_near(conn, visit.object_id, (earliest, last)).await?;

    let of_found = store::parts(conn, found.iter().map(|other| other.id).collect()).await?;
    let own: BTreeSet<_> = parts.parts.iter().map(|part| part.department_id).collect();
    let same_body = |other: &Model| {
        let theirs = of_found.get(&other.id).map(|parts| parts.parts.as_slice()).unwrap_or_default();
        theirs.iter().any(|part| own.contains(&part.department_id))
    };
    found.retain(|other| other.id != visit.id && other.window_to >= first.max(today) && !same_body(other));
    Ok(found)
}

/// What would become of a request, and of joining each visit that is offered: asked in the same way, and taken back.
pub async fn assess_visit(app: &App, ctx: &Ctx, visit: &Model) -> Result<Assessment> {
    let parts = store::parts_of(&app.db, visit.id).await?;
    let (mut usage, mut found) = (Usage::default(), Vec::new());
    for part in &parts.parts {
        let (used, more) = judge(&app.db, visit, part).await?;
        usage = used;
        found.extend(if part.counts { Vec::new() } else { more });
    }

    let mut offers = Vec::new();
    for offer in self::offers(app, &app.db, visit, &parts, ctx.today()).await? {
        let body = RequestBody { join_id: Some(offer.id), apart_reason: None };
        offers.push(Offer { visit: offer, refusal: attempt(app, ctx, visit, body).await? });
    }
    let body = RequestBody { join_id: None, apart_reason: None };
    let refusal = attempt(app, ctx, visit, body).await?;
    Ok(Assessment { usage, breaches: shown(ctx, found), offers, refusal })
}

/// Asks in a transaction that is taken back; gives the refusal.
async fn attempt(app: &App, ctx: &Ctx, visit: &Model, body: RequestBody) -> Result<Option<AppError>> {
    let refusal = std::sync::Mutex::new(None);
    let tried = write(&app.db, ctx, async |tx| {
        let asked = request(app, tx, visit.id, visit.version, body.clone()).await;
        if let Ok(mut kept) = refusal.lock() {
            *kept = asked.err();
        }
        Err::<Change<()>, _>(AppError::not_found())
    });
    match tried.await {
        Err(error) if error.code == Code::NotFound => {}
        Err(error) => return Err(error),
        Ok(()) => return Err(AppError::internal("a trial that was kept")),
    }
    match refusal.into_inner().map_err(AppError::internal)? {
        // That the service could not ask is no answer.
        Some(error) if matches!(error.code, Code::Internal | Code::Unavailable | Code::DataCorrupt) => Err(error),
        refusal => Ok(refusal),
    }
}
