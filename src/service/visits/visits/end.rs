//! How visits end: with the last of their inspections. And what a result that was got on site needs.

use super::{decision_facts, hold_object, record, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::tasks;
use crate::persistence::visits::figures;
use crate::persistence::visits::visits::Parts;
use chrono::{Datelike, NaiveDate};
use domain::kernel::clocks::Term;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::VISITS_ARE_APPROVED;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::TaskSource;
use domain::visits::{EntryMode, VisitAction, VisitStatus, apply, is_open, is_unapproved, next, was_entered};
use entity::inspections::inspections::Model as Inspection;
use entity::visits::visits::{Entity, Model};
use entity::visits::{visit_figures, visit_parts};
use std::collections::BTreeSet;
use uuid::Uuid;

/// 实地核查 in the dictionary verify-way.
pub const ON_SITE: &str = "1";

/// The visit on which an inspection is made, where it is made on one.
pub async fn of_inspection(tx: &WriteTx, inspection: &Inspection) -> Result<Option<Model>> {
    match inspection.visit_id {
        Some(visit) => store::by_id(tx.conn(), visit).await,
        None => Ok(None),
    }
}

/// A result that was got on site needs a visit that was approved and entered, on a day on which somebody was there.
pub fn check_on_site(
    app: &App,
    inspection: &Inspection,
    visit: Option<&Model>,
    ways: &[String],
    inspected_on: NaiveDate,
) -> Result<()> {
    // What was got on site before, or before visits were entered here, is put right without going there again.
    let known = inspection.visit_id.is_none() && inspection.verify_ways.iter().any(|way| way == ON_SITE);
    if known || !app.settings.rules.visits_required || !ways.iter().any(|way| way == ON_SITE) {
        return Ok(());
    }
    let entered = visit.filter(|visit| was_entered(visit.status)).and_then(|visit| Some((visit, visit.entered_on?)));
    let Some((visit, from)) = entered else {
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

    let left = visit.left_at.map(local_date);
    if inspected_on >= from && left.is_none_or(|left| inspected_on <= left) {
        return Ok(());
    }
    let to = left.map(|day| format!(" 至 {day}")).unwrap_or_default();
    let until = left.map(|day| format!(" to {day}")).unwrap_or_default();
    let detail = text!(
        "检查日期不在入企期间（{from}{to}）内；再次入企须另行申请。",
        "That day nobody was there (from {from}{until}); another visit is asked for anew."
    );
    Err(AppError::invalid_field("/inspected_on", "OUT_OF_RANGE", detail))
}

/// A daily check begins once the visit for which it was opened has been approved.
pub async fn check_asked(tx: &WriteTx, inspection: &Inspection) -> Result<()> {
    let visit = of_inspection(tx, inspection).await?;
    let waits = visit.is_some_and(|visit| matches!(visit.status, VisitStatus::Draft | VisitStatus::Requested));
    if !waits || tasks::by_id(tx.conn(), inspection.task_id).await?.source != TaskSource::Visit {
        return Ok(());
    }

    Err(Refusal::new(
        Code::VisitRequired,
        text!(
            "日常检查须在入企检查获批准后开始；改以非现场方式检查的，请先转为非现场。",
            "A daily check begins when its visit is approved; to check from afar, take it off site first."
        ),
    )
    .under(VISITS_ARE_APPROVED)
    .into())
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

    let before_entry = is_open(status) || status == VisitStatus::Draft;
    let action = if before_entry && parts.open().next().is_none() {
        // Nobody goes where nothing is left to look at: what was reserved is free again.
        let is_void = parts.live().next().is_none();
        let ends = if is_void { VisitAction::Cancel } else { VisitAction::TakeOffSite };
        visit.status = apply(status, ends)?;
        super::budget::release(tx, &mut visit, &parts).await?;
        let why = if is_void { "所含检查已全部作废。" } else { "所含检查已以非现场方式办结。" };
        visit.ended_reason = Some(why.to_owned());
        if is_void { AuditAction::Cancelled } else { AuditAction::TakenOffSite }
    } else if before_entry {
        drop_empty(tx, &mut visit, &parts).await?;
        AuditAction::Updated
    } else {
        close_where_done(app, tx, &mut visit, &parts).await?;
        AuditAction::Closed
    };
    let left = store::parts_of(tx.conn(), id).await?;
    if *visit.before() == *visit && left.parts == parts.parts {
        return Ok(Vec::new());
    }

    let saved = visit.write().await?;
    let parts = store::parts_of(tx.conn(), id).await?;
    Ok(vec![Event::of::<Entity>(action, &saved).before(&before).after(&record(&saved, &parts))])
}

/// A body that has nothing left to look at does not go along: what it took is free, and its head is not asked.
async fn drop_empty(tx: &WriteTx, visit: &mut Model, parts: &Parts) -> Result<()> {
    let goes = |part: &visit_parts::Model| parts.open().any(|one| one.department_id == part.department_id);
    for part in parts.parts.iter().filter(|part| !goes(part)) {
        super::budget::release_part(tx, visit, part).await?;
        store::drop_part(tx.conn(), visit.id, part.department_id).await?;
    }

    super::budget::go_on(tx, visit).await
}

/// A visit is closed when nobody is there any more, each inspection is at its end, and each body has approved. It is counted then.
pub(super) async fn close_where_done(app: &App, tx: &WriteTx, visit: &mut Model, parts: &Parts) -> Result<()> {
    let Some(closed) = next(visit.status, VisitAction::Close) else { return Ok(()) };
    if parts.open().next().is_some() || decision_facts(visit, parts).waits_for_late_approval() {
        return Ok(());
    }

    let ids = parts.live().map(|inspection| inspection.id).collect();
    let found = inspections::parts(tx.conn(), ids).await?;
    let problems: BTreeSet<_> = found.iter().filter(|(_, parts)| parts.found_problems()).map(|(id, _)| *id).collect();
    visit.status = closed;
    visit.closed_at = Some(tx.ctx().now);
    visit.found_problems = Some(!problems.is_empty());
    count(app, tx, visit, parts, &problems).await
}

/// Adds the visit to the month in which it was made: of each body by what it found, and of the county.
async fn count(app: &App, tx: &WriteTx, visit: &Model, parts: &Parts, problems: &BTreeSet<Uuid>) -> Result<()> {
    let Some(entered) = visit.entered_on else { return Ok(()) };
    let due = Term::working_days(app.settings.rules.late_approval_working_days).due_on(&app.calendar, entered);
    let is_late = |part: &visit_parts::Model| is_unapproved(part.approved_at.map(local_date), due);
    let went: BTreeSet<_> = parts.live().map(|one| one.department_id).collect();
    let row = |department_id, found: bool, late: bool| visit_figures::Model {
        department_id,
        month: entered.with_day(1).unwrap_or(entered),
        visits: 1,
        scanned: i32::from(visit.entry_mode == Some(EntryMode::Scan)),
        joint: i32::from(went.len() > 1),
        with_problem: i32::from(found),
        unapproved: i32::from(late),
    };

    let late = parts.parts.iter().any(is_late);
    figures::add(tx.conn(), row(Uuid::nil(), !problems.is_empty(), late)).await?;
    for part in &parts.parts {
        let mut own = parts.live().filter(|one| one.department_id == part.department_id);
        let found = own.any(|one| problems.contains(&one.id));
        figures::add(tx.conn(), row(part.department_id, found, is_late(part))).await?;
    }
    Ok(())
}
