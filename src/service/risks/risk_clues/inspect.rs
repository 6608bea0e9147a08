//! A clue becomes an inspection in one action, and the inspection's approved result flows back to the clue.

use super::act::verified;
use super::bodies::InspectBody;
use super::{Clue, changed, decision_facts, put_clocks};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections as visits;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_clues as store;
use crate::service::inspections::{Opening, open};
use crate::service::oversight::worklist;
use domain::access::Decide;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_clues::{ClueAction, Verdict, apply};
use domain::spot_checks::tasks::TaskSource;
use entity::inspections::inspections;
use entity::risks::risk_clue_measures as measures;
use entity::risks::risk_clues::Entity;
use uuid::Uuid;

/// 行政检查 in the dictionary clue-dispose-type.
const INSPECTION: &str = "1";
/// 未发现违法行为 in the dictionary spot-result.
const NO_VIOLATION: &str = "1";

pub async fn open_inspection(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: InspectBody,
) -> Result<Change<Clue>> {
    let before = store::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    decision_facts(&before, tx.ctx().now).decide(&tx.ctx().actor, ClueAction::OpenInspection)?;
    let department = before.department_id.ok_or_else(|| AppError::internal("a clue under way without department"))?;
    let object = before.object_id.ok_or_else(|| AppError::internal("decided without an object"))?;
    let opening = Opening {
        source: TaskSource::Clue,
        department,
        object,
        item_ids: body.item_ids,
        officers: body.officers,
        exempt_ground: body.exempt_ground,
    };
    let (inspection, opened) = open(app, tx, &opening).await?;
    let now = tx.ctx().now;
    let measure = measures::Model {
        id: new_id(),
        clue_id: id,
        measure: INSPECTION.to_owned(),
        content: format!("转检查 {}", inspection.code),
        inspection_id: Some(inspection.id),
        task_id: Some(inspection.task_id),
        penalty_no: None,
        classification_id: None,
        outcome: None,
        created_by: tx.ctx().actor.id,
        created_at: now,
    };
    store::add_measures(tx.conn(), vec![measure]).await?;
    let mut after = before.clone();
    put_clocks(app, &mut after, now)?;
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::InspectionOpened, "risk-clues", id).before(&before);

    Ok(changed(tx, saved, event).await?.and_all(opened))
}

/// The approved result of an inspection that a clue asked for: noted beside its measure, and the verdict of a clue that
/// is still being verified. Problems found make it true, a clean result false; any other leaves it open.
pub async fn inspection_approved(app: &App, tx: &WriteTx, inspection: &inspections::Model) -> Result<Vec<Event>> {
    let Some((measure, before)) = store::of_inspection(tx.conn(), inspection.id).await? else {
        return Ok(Vec::new());
    };
    let parts = visits::parts_of(tx.conn(), inspection.id).await?;
    let outcome = format!(
        "检查 {} 结果代码 {}，不合格检查项 {} 个。{}",
        inspection.code,
        parts.results.join("、"),
        parts.failed_points(),
        inspection.summary.clone().unwrap_or_default()
    );
    store::put_outcome(tx.conn(), measure, outcome.clone()).await?;
    let mut after = before.clone();
    let status = before.status;
    let verdict = if parts.found_problems() {
        Some(Verdict::True)
    } else {
        // Whoever was not found, or did not cooperate, was not cleared either.
        (parts.results == [NO_VIOLATION]).then_some(Verdict::False)
    };
    // A verdict that this inspection gave is mended by its corrected result, until something was done about the clue.
    let own = before.verification.as_ref().is_some_and(|said| said.starts_with(&format!("检查 {} ", inspection.code)));
    let mends = own && before.verdict != verdict && apply(status, ClueAction::Dispose).is_ok();
    let next = apply(status, ClueAction::Verify).ok().or(mends.then_some(status));
    let decides = next.zip(verdict);

    if let Some((next, verdict)) = decides {
        after.status = next;
        after.verdict = Some(verdict);
        after.verification = Some(outcome);
        after.verified_by = Some(tx.ctx().actor.id);
        after.verified_at = Some(tx.ctx().now);
    }

    put_clocks(app, &mut after, tx.ctx().now)?;
    let saved = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
    worklist::clue(app, tx, &saved).await?;
    let mut events = vec![
        Event::new(AuditAction::ResultReceived, "risk-clues", before.id)
            .department(saved.department_id)
            .before(&before)
            .after(&saved),
    ];
    if decides.is_some() {
        events.extend(verified(tx, &saved).await?);
    }

    Ok(events)
}
