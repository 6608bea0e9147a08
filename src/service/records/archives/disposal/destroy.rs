//! Carrying out what was approved, file by file.

use super::{complete_one, decision_facts};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{lock_row, touch};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::records::case_files::CaseFile;
use crate::persistence::records::{case_files, disposal_lists as store};
use crate::service::records::archives::obstacles::obstacle;
use crate::service::records::documents::issued_paper;
use chrono::Months;
use domain::access::Decide;
use domain::kernel::refusal::Code;
use domain::oversight::audit::AuditAction;
use domain::records::disposal::{DisposalAction, DisposalDecision, DisposalOutcome, DisposalStatus, Obstacle};
use domain::records::documents::IssuedPaper;
use domain::records::retention::FileClass;
use entity::records::destroyed_papers;
use entity::records::disposal_lines::Model as Line;
use entity::records::disposal_lists::{Entity, Model};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Files a step at most; what is left over is done in the next.
const STEP: u64 = 100;

/// Goes on with the lists that are being carried out: each file in a change of its own, so that whoever is killed between two of
/// them has destroyed each whole or not at all.
pub async fn carry_on(app: &App) -> Result<usize> {
    let mut done = 0;
    for list in store::under_way(&app.db).await? {
        for line in store::without_outcome(&app.db, list.id, STEP).await? {
            match write(&app.db, &system(), async |tx| settle(app, tx, list.id, line.id).await).await {
                Ok(()) => done += 1,
                // The next list may go all the same.
                Err(error) if error.code == Code::Unavailable => {
                    tracing::warn!(%error, line = %line.id, "a file waits to be destroyed");
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, line = %line.id, "a file was not destroyed");
                    write(&app.db, &system(), async |tx| leave(tx, list.id, line.id).await).await?;
                    done += 1;
                }
            }
        }
        write(&app.db, &system(), async |tx| finish(tx, list.id).await).await?;
    }

    remove_doomed(app).await?;
    Ok(done)
}

/// Each file has a time of its own.
fn system() -> Ctx {
    Ctx::system("archives")
}

/// Removes the files of what was destroyed: of this process, and of one that ended in between.
async fn remove_doomed(app: &App) -> Result<()> {
    loop {
        let keys = case_files::doomed(&app.db, STEP).await?;
        if keys.is_empty() {
            return Ok(());
        }
        for key in keys {
            app.files.delete(&key).await?;
            case_files::is_gone(&app.db, &key).await?;
        }
    }
}

/// The line of a list, held: two processes take one after the other. None where another has settled it.
async fn held_line(tx: &WriteTx, list: Uuid, line: Uuid) -> Result<Option<(Model, Line)>> {
    lock_row::<Entity>(tx.conn(), list).await?;
    let list = store::any(tx.conn(), list).await?;
    let line = store::line(tx.conn(), line).await?;
    Ok(line.outcome.is_none().then_some((list, line)))
}

/// What became of a line that could not be read: it stays, and comes on the next list.
async fn leave(tx: &WriteTx, list: Uuid, line: Uuid) -> Result<Change<()>> {
    let Some((list, line)) = held_line(tx, list, line).await? else { return Ok(Change::unmade(())) };
    not_destroyed(tx, &list, line, Obstacle::Unreadable).await
}

async fn not_destroyed(tx: &WriteTx, list: &Model, line: Line, why: Obstacle) -> Result<Change<()>> {
    let line = Line {
        obstacle: Some(why),
        outcome: Some(DisposalOutcome::NotDestroyed),
        outcome_at: Some(tx.ctx().now),
        ..line
    };
    let line = store::put_line(tx.conn(), line).await?;
    touch::<Entity>(tx, list.id).await?;
    let event = Event::of::<Entity>(AuditAction::Retained, list).after(&json!({ "line": line }));
    Ok(Change::new((), event))
}

/// What becomes of a file: it went to the archive, it is destroyed, or it is said why not.
async fn settle(app: &App, tx: &WriteTx, list: Uuid, line: Uuid) -> Result<Change<()>> {
    let Some((list, line)) = held_line(tx, list, line).await? else { return Ok(Change::unmade(())) };
    let file = held_file(tx, &line).await?;
    if file.is_empty() {
        return not_destroyed(tx, &list, line, Obstacle::Changed).await;
    }
    let text = serde_json_canonicalizer::to_string(&file.content).map_err(AppError::internal)?;
    let line = Line { sha256: Some(hex::encode(Sha256::digest(text))), outcome_at: Some(tx.ctx().now), ..line };
    if line.decision == Some(DisposalDecision::HandOver) {
        return handed_over(app, tx, &list, line).await;
    }

    let rules = &app.settings.rules;
    let why = obstacle(tx.conn(), rules, (&line, list.department_id), &file, tx.ctx().today()).await?;
    if seeded::bug("holds") {
        // Looked at, and not held: on a busy machine, too, somebody shall come between.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    match why {
        Some(why) => not_destroyed(tx, &list, Line { sha256: None, ..line }, why).await,
        None => destroy(tx, &list, line, &file).await,
    }
}

/// The archive has it; what it has is what the digest says, and it stays here for some years.
async fn handed_over(app: &App, tx: &WriteTx, list: &Model, line: Line) -> Result<Change<()>> {
    let months = Months::new(app.settings.rules.hand_over_keep_years * 12);
    let on = list.handed_over.as_ref().map_or_else(|| tx.ctx().today(), |over| over.on);
    let line = Line { keep_until: on.checked_add_months(months), outcome: Some(DisposalOutcome::HandedOver), ..line };
    let line = store::put_line(tx.conn(), line).await?;

    touch::<Entity>(tx, list.id).await?;
    let event = Event::of::<Entity>(AuditAction::HandedOver, list).after(&json!({ "line": line }));
    Ok(Change::new((), event))
}

/// Destroys a file, whole.
async fn destroy(tx: &WriteTx, list: &Model, line: Line, file: &CaseFile) -> Result<Change<()>> {
    let line = Line { outcome: Some(DisposalOutcome::Destroyed), ..line };
    let events = tombstones(list, &line, file);
    if line.class == FileClass::Inspection {
        keep_papers(tx, &line).await?;
    }

    case_files::destroy(tx, line.class, line.record_id, file).await?;
    store::put_line(tx.conn(), line).await?;
    touch::<Entity>(tx, list.id).await?;
    Ok(Change::unmade(()).and_all(events))
}

/// The file, held: whoever places a hold waits, or was first.
async fn held_file(tx: &WriteTx, line: &Line) -> Result<CaseFile> {
    if seeded::bug("holds") {
        return case_files::read(tx.conn(), line.class, line.record_id).await;
    }
    if let Some(object) = line.object_id {
        lock_row::<entity::register::objects::Entity>(tx.conn(), object).await?;
    }

    let id = line.record_id;
    match line.class {
        FileClass::Inspection => lock_row::<entity::inspections::inspections::Entity>(tx.conn(), id).await,
        FileClass::RiskClue => lock_row::<entity::risks::risk_clues::Entity>(tx.conn(), id).await,
    }?;
    case_files::read(tx.conn(), line.class, line.record_id).await
}

/// A line of the trail for each record that goes: by it the emptied lines are known to be emptied by law.
fn tombstones(list: &Model, line: &Line, file: &CaseFile) -> Vec<Event> {
    let said = json!({
        "list_id": list.id, "list_code": list.code, "class": line.class, "file_code": line.code, "closed_on": line.closed_on,
        "due_on": line.due_on, "sha256": line.sha256, "approved_by": list.approved_by, "supervised_by": list.supervised_by,
        "witness": list.witness
    });
    let records = file.nouns.iter().flat_map(|(noun, ids)| ids.iter().map(move |id| (*noun, *id)));
    let events = records.map(|(noun, id)| {
        let event = Event::new(AuditAction::Destroyed, noun, id).department(list.department_id);
        event.reason(line.reason.clone()).after(&said)
    });
    events.collect()
}

/// Whoever holds a paper is still told that it was issued.
async fn keep_papers(tx: &WriteTx, line: &Line) -> Result<()> {
    let today = tx.ctx().today();
    for row in case_files::papers(tx.conn(), line.record_id).await? {
        let Some(verify_code) = row.verify_code.clone() else { continue };
        let paper = IssuedPaper { destroyed_on: Some(today), ..issued_paper(row) };
        store::keep_paper(tx.conn(), destroyed_papers::Model { verify_code, line_id: line.id, paper: paper.into() })
            .await?;
    }
    Ok(())
}

/// When the last line has its outcome.
async fn finish(tx: &WriteTx, id: Uuid) -> Result<Change<()>> {
    lock_row::<Entity>(tx.conn(), id).await?;
    let list = store::any(tx.conn(), id).await?;
    if list.status != DisposalStatus::CarryingOut || !store::is_done(tx.conn(), id).await? {
        return Ok(Change::unmade(()));
    }
    let whole = complete_one(tx.conn(), list.clone()).await?;
    let mut list = tx.edit_along::<Entity>(list);
    list.status = decision_facts(&whole).decide(&tx.ctx().actor, DisposalAction::Finish)?;

    list.carried_out_at = Some(tx.ctx().now);
    Ok(list.save(AuditAction::Finished, None).await?.map(|_| ()))
}
