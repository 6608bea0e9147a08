//! How visits end: with the last of their inspections. And what a result that was got on site needs.

use super::{decision_facts, hold_object, record, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::figures;
use crate::persistence::visits::visits::Parts;
use chrono::{Datelike, NaiveDate};
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::clocks::Term;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::VISITS_ARE_APPROVED;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::{EntryMode, VisitAction, VisitStatus, apply, is_open, next, was_entered};
use entity::inspections::inspections::Model as Inspection;
use entity::visits::visit_figures;
use entity::visits::visits::{Entity, Model};
use uuid::Uuid;

/// 实地核查 in the dictionary verify-way.
const ON_SITE: &str = "1";

/// A result that was got on site needs a visit that was approved and entered, not later than the inspection.
pub async fn check_on_site(
    app: &App,
    tx: &WriteTx,
    inspection: &Inspection,
    ways: &[String],
    inspected_on: NaiveDate,
) -> Result<()> {
    if !app.settings.rules.visits_required || !ways.iter().any(|way| way == ON_SITE) {
        return Ok(());
    }
    let visit = match inspection.visit_id {
        Some(visit) => store::by_id(tx.conn(), visit).await?,
        None => None,
    };
    let Some(visit) = visit.filter(|visit| was_entered(visit.status)) else {
        return Err(Refusal::new(
            Code::VisitRequired,
            text!(
                "实地核查须先有经批准并已进入的入企检查（/visits）；未入企的请填写实际的核查方式。",
                "A check on site needs a visit that was approved and entered (/visits); if nobody went there, say how it was checked."
            ),
        )
        .under(VISITS_ARE_APPROVED)
        .into());
    };
    if let Some(entered) = visit.entered_on.filter(|entered| inspected_on < *entered) {
        let detail = text!("检查日期早于进入日期 {entered}。", "The day lies before the entry ({entered}).");
        return Err(AppError::invalid_field("/inspected_on", "OUT_OF_RANGE", detail));
    }

    Ok(())
}

/// An inspection has come to its end, and perhaps its visit with it.
pub async fn inspection_ended(app: &App, tx: &WriteTx, inspection: &Inspection) -> Result<Vec<Event>> {
    let Some(id) = inspection.visit_id else { return Ok(Vec::new()) };
    // Two last inspections may end at once: the second one waits here and then counts right.
    hold_object(tx, inspection.object_id).await?;
    lock_row::<Entity>(tx.conn(), id).await?;
    let Some(visit) = store::by_id(tx.conn(), id).await? else { return Ok(Vec::new()) };
    let parts = store::parts_of(tx.conn(), id).await?;
    let before = record(&visit, &parts);
    let status = visit.status;
    let mut visit = tx.edit_along::<Entity>(visit);

    let nothing_left = parts.inspections.iter().all(|inspection| inspection.status == InspectionStatus::Void);
    let action = if nothing_left && (is_open(status) || status == VisitStatus::Draft) {
        // Nobody goes where nothing is left to look at: what was reserved is free again.
        visit.status = apply(status, VisitAction::Cancel)?;
        super::budget::release(tx, &mut visit, &parts).await?;
        visit.ended_reason = Some("所含检查已全部作废。".to_owned());
        AuditAction::Cancelled
    } else {
        close_where_done(app, tx, &mut visit, &parts).await?;
        AuditAction::Closed
    };
    if visit.status == status {
        return Ok(Vec::new());
    }

    let saved = visit.write().await?;
    let parts = store::parts_of(tx.conn(), id).await?;
    Ok(vec![Event::of::<Entity>(action, &saved).before(&before).after(&record(&saved, &parts))])
}

/// A visit is closed when nobody is there any more, each inspection is at its end, and each body has approved. It is counted then.
pub(super) async fn close_where_done(app: &App, tx: &WriteTx, visit: &mut Model, parts: &Parts) -> Result<()> {
    let Some(closed) = next(visit.status, VisitAction::Close) else { return Ok(()) };
    let open = store::open_inspections(tx.conn(), visit.id).await? > 0;
    if open || decision_facts(visit, parts).waits_for_late_approval() {
        return Ok(());
    }

    let ids = parts.inspections.iter().map(|inspection| inspection.id).collect();
    let found = inspections::parts(tx.conn(), ids).await?;
    visit.status = closed;
    visit.closed_at = Some(tx.ctx().now);
    visit.found_problems = Some(found.values().any(inspections::Parts::found_problems));
    count(app, tx, visit, parts).await
}

/// Adds the visit to the month in which it was made: of each body, and of the county.
async fn count(app: &App, tx: &WriteTx, visit: &Model, parts: &Parts) -> Result<()> {
    let Some(entered) = visit.entered_on else { return Ok(()) };
    let month = entered.with_day(1).unwrap_or(entered);
    let due = Term::working_days(app.settings.rules.late_approval_working_days).due_on(&app.calendar, entered);
    let late = parts.parts.iter().any(|part| part.approved_at.is_none_or(|at| local_date(at) > due));
    let row = |department_id| visit_figures::Model {
        department_id,
        month,
        visits: 1,
        scanned: i32::from(visit.entry_mode == Some(EntryMode::Scan)),
        joint: i32::from(parts.parts.len() > 1),
        with_problem: i32::from(visit.found_problems == Some(true)),
        unapproved: i32::from(late),
    };
    figures::add(tx.conn(), row(Uuid::nil())).await?;
    for part in &parts.parts {
        figures::add(tx.conn(), row(part.department_id)).await?;
    }

    Ok(())
}
