//! Carrying out what was approved, file by file.

use super::{complete_one, decision_facts};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::records::case_files::CaseFile;
use crate::persistence::records::{case_files, disposal_lists as store};
use crate::service::records::archives::obstacles::obstacle;
use crate::service::records::documents::issued_paper;
use crate::service::records::files;
use domain::access::Decide;
use domain::kernel::refusal::Code;
use domain::oversight::audit::AuditAction;
use domain::records::disposal::{DisposalAction, DisposalOutcome, DisposalStatus, Obstacle};
use domain::records::documents::IssuedPaper;
use domain::records::retention::RecordClass;
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
    let ctx = Ctx::system("archives");
    let mut done = 0;
    for list in store::under_way(&app.db).await? {
        for line in store::without_outcome(&app.db, list.id, STEP).await? {
            let outcome = write(&app.db, &ctx, async |tx| destroy(tx, list.id, line.id).await).await;
            match outcome {
                Ok(keys) => files::forget(app, keys).await,
                Err(error) if error.code == Code::Unavailable => return Err(error),
                // One that cannot be destroyed must not keep the others waiting.
                Err(error) => {
                    tracing::error!(%error, line = %line.id, "a file was not destroyed");
                    continue;
                }
            }
            done += 1;
        }
        write(&app.db, &ctx, async |tx| finish(tx, list.id).await).await?;
    }

    Ok(done)
}

/// Destroys a file, or says why not; gives what is left in the file store.
async fn destroy(tx: &WriteTx, list: Uuid, line: Uuid) -> Result<Change<Vec<String>>> {
    // Two processes take one line after the other.
    lock_row::<Entity>(tx.conn(), list).await?;
    let list = store::any(tx.conn(), list).await?;
    let mut line = store::line(tx.conn(), line).await?;
    if line.outcome.is_some() {
        return Ok(Change::unmade(Vec::new()));
    }
    let file = held_file(tx, &line).await?;

    line.outcome_at = Some(tx.ctx().now);
    line.obstacle = obstacle(tx.conn(), (&line, list.department_id), &file, tx.ctx().today()).await?;
    if seeded::bug("holds") {
        // Looked at, and not held: on a busy machine, too, somebody shall come between.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    if line.obstacle.is_some() || file.is_empty() {
        line.obstacle = line.obstacle.or(Some(Obstacle::Changed));
        line.outcome = Some(DisposalOutcome::NotDestroyed);
        let line = store::put_line(tx.conn(), line).await?;
        let event = Event::of::<Entity>(AuditAction::Decided, &list).after(&json!({ "line": line }));
        return Ok(Change::new(Vec::new(), event));
    }

    let text = serde_json_canonicalizer::to_string(&file.content).map_err(AppError::internal)?;
    line.sha256 = Some(hex::encode(Sha256::digest(text)));
    line.outcome = Some(DisposalOutcome::Destroyed);
    let events = tombstones(&list, &line, &file);
    if line.class == RecordClass::Inspection {
        keep_papers(tx, &line).await?;
    }
    let keys = case_files::destroy(tx, line.class, line.record_id, &file).await?;
    store::put_line(tx.conn(), line).await?;
    Ok(Change::unmade(keys).and_all(events))
}

/// The file, held: whoever places a hold waits, or was first.
async fn held_file(tx: &WriteTx, line: &Line) -> Result<CaseFile> {
    if seeded::bug("holds") {
        return case_files::read(tx.conn(), line.class, line.record_id).await;
    }
    if let Some(object) = line.object_id {
        lock_row::<entity::register::objects::Entity>(tx.conn(), object).await?;
    }

    if line.class == RecordClass::Inspection {
        lock_row::<entity::inspections::inspections::Entity>(tx.conn(), line.record_id).await?;
    } else {
        lock_row::<entity::risks::risk_clues::Entity>(tx.conn(), line.record_id).await?;
    }
    case_files::read(tx.conn(), line.class, line.record_id).await
}

/// A line of the trail for each record that goes: by it the emptied lines are known to be emptied by law.
fn tombstones(list: &Model, line: &Line, file: &CaseFile) -> Vec<Event> {
    let said = json!({
        "list_id": list.id, "list_code": list.code, "class": line.class, "file_code": line.code, "closed_on": line.closed_on,
        "due_on": line.due_on, "sha256": line.sha256, "approved_by": list.approved_by, "supervised_by": list.supervised_by
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
