//! What a device sends is kept first, whole.

use super::carry_out::body_of;
use super::settle::{problem_of, settle_around};
use super::{OfflineRecordBody, RecordsBody, pass_facts, store};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::visits::visits as visit_store;
use chrono::{DateTime, Days, Utc};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::offline::{OfflineAction, OfflineStatus, PassAction, corrected};
use entity::visits::offline_passes::{Entity as Passes, Model as Pass};
use entity::visits::offline_records::{Entity as Records, Model};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Takes what a device sends; each record as it stands then, in the order in which they were sent.
pub async fn receive(app: &App, ctx: &Ctx, pass: Uuid, body: &RecordsBody) -> Result<Vec<Model>> {
    let kept = write(&app.db, ctx, async |tx| keep(app, tx, pass, body).await).await?;
    let visits: BTreeSet<_> = kept.iter().filter_map(|record| record.visit_id).collect();
    let subjects: BTreeSet<_> = kept.iter().map(|record| record.subject_id).collect();
    settle_around(app, ctx, visits.into_iter().collect(), subjects.into_iter().collect()).await?;

    let ids = kept.iter().map(|record| record.id).collect();
    let mut now = store::by_ids(&app.db, ids).await?;
    Ok(body.records.iter().filter_map(|record| now.remove(&record.id)).collect())
}

/// Keeps the records that were not sent before.
async fn keep(app: &App, tx: &WriteTx, id: Uuid, body: &RecordsBody) -> Result<Change<Vec<Model>>> {
    lock_row::<Passes>(tx.conn(), id).await?;
    let pass = find::<Passes>(tx.conn(), tx.ctx(), id).await?;
    pass_facts(app, tx.ctx(), &pass).decide(&tx.ctx().actor, PassAction::Send)?;
    check_open(tx, pass.id).await?;
    let known = store::by_ids(tx.conn(), body.records.iter().map(|record| record.id).collect()).await?;
    let (mut kept, mut events, mut errors) = (Vec::new(), Vec::new(), Vec::new());

    for (at, sent) in body.records.iter().enumerate() {
        match known.get(&sent.id) {
            None if sent.id == sent.subject_id || sent.id == pass.id => {
                let detail = text!("记录编号须是新的编号。", "A record has an id of its own.");
                errors.push(FieldError::new(format!("/records/{at}/id"), "NOT_NEW", detail));
            }
            Some(before) if before.pass_id == pass.id && is_same(before, sent)? => kept.push(before.clone()),
            Some(_) => {
                let detail = text!(
                    "该记录编号已用于另一条记录，请换一个编号。",
                    "The id was used for another record; give this one another."
                );
                errors.push(FieldError::new(format!("/records/{at}/id"), "ID_REUSED", detail));
            }
            None => {
                let record = arrived(app, tx, &pass, sent, body.sent_at).await?;
                let record = insert(tx, record).await?;
                events.push(Event::of::<Records>(AuditAction::Received, &record).after(&record));
                kept.push(record);
            }
        }
    }
    if errors.is_empty() { Ok(Change::unmade(kept).and_all(events)) } else { Err(AppError::invalid(errors)) }
}

/// What is not settled is looked at with each send: so much of one pass is enough.
const MOST_OPEN: u64 = 300;

async fn check_open(tx: &WriteTx, pass: Uuid) -> Result<()> {
    if store::open_of(tx.conn(), pass).await? < MOST_OPEN {
        return Ok(());
    }
    let detail = text!(
        "该离线作业包已有 {MOST_OPEN} 条记录待处理，请先采用或放弃。",
        "{MOST_OPEN} records of this pass wait to be settled: apply them or give them up first."
    );
    Err(Refusal::new(Code::StateConflict, detail).into())
}

/// Whether a record is the one that was sent before, as both are read by this build: a body may have members by now that it had
/// not when the record came.
fn is_same(before: &Model, sent: &OfflineRecordBody) -> Result<bool> {
    Ok(serde_json::to_value(body_of(before)?)? == serde_json::to_value(sent)?)
}

/// A record as it came: it waits to be carried out, or says at once why it is not.
async fn arrived(
    app: &App,
    tx: &WriteTx,
    pass: &Pass,
    sent: &OfflineRecordBody,
    sent_at: DateTime<Utc>,
) -> Result<Model> {
    let now = tx.ctx().now;
    let happened_at = corrected(sent.at, sent_at, now);
    let problem = check_fits(app, pass, (sent.action, sent.subject_id), (happened_at, now)).err();
    let of_pass = is_of_pass(pass, sent.action, sent.subject_id);
    let (title, visit_id) = if of_pass { named(tx, sent).await? } else { (sent.action.label().to_owned(), None) };

    Ok(Model {
        id: sent.id,
        pass_id: pass.id,
        user_id: pass.user_id,
        department_id: pass.department_id,
        title,
        action: sent.action,
        subject_id: sent.subject_id,
        visit_id,
        device_at: sent.at,
        sent_at,
        arrived_at: now,
        happened_at,
        body: serde_json::to_value(sent)?,
        status: if problem.is_some() { OfflineStatus::Refused } else { OfflineStatus::Waiting },
        problem: problem.map(|refusal| problem_of(refusal.code, refusal.detail, &[]).into()),
        subject_version: None,
        applied_at: None,
        discarded_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

fn is_of_pass(pass: &Pass, action: OfflineAction, subject: Uuid) -> bool {
    match action {
        OfflineAction::Enter | OfflineAction::Leave => pass.visit_ids.contains(&subject),
        OfflineAction::RecordResult => pass.inspection_ids.contains(&subject),
    }
}

/// Whether something was done with a pass: of what was taken along, while the pass was good, and told in time.
pub(super) fn check_fits(
    app: &App,
    pass: &Pass,
    (action, subject): (OfflineAction, Uuid),
    (happened_at, arrived_at): (DateTime<Utc>, DateTime<Utc>),
) -> std::result::Result<(), Refusal> {
    if !is_of_pass(pass, action, subject) {
        let detail = text!(
            "这一入企检查或检查不在离线作业包内。",
            "The visit or inspection is none of those that were taken along."
        );
        return Err(Refusal::new(Code::NotFound, detail));
    }

    if happened_at < pass.issued_at || happened_at > pass.expires_at {
        let detail = text!(
            "发生时间不在离线作业包的有效期内；请核对设备时间，并按补录办理。",
            "It happened when the pass was not valid: check the device's clock, and record it afterwards."
        );
        return Err(Refusal::new(Code::StateConflict, detail));
    }
    let days = app.settings.rules.make_up_days;
    if happened_at.checked_add_days(Days::new(u64::from(days))).is_some_and(|last| arrived_at > last) {
        let detail = text!("已超过补录期限（{days} 天）。", "It came later than {days} day(s) after it had happened.");
        return Err(Refusal::new(Code::StateConflict, detail));
    }
    Ok(())
}

/// What a record is called in lists, and the visit to which it belongs.
async fn named(tx: &WriteTx, sent: &OfflineRecordBody) -> Result<(String, Option<Uuid>)> {
    let label = sent.action.label();
    if sent.action == OfflineAction::RecordResult {
        let found = inspection_store::by_ids(tx.conn(), vec![sent.subject_id]).await?.remove(&sent.subject_id);
        let code = found.as_ref().map_or_else(String::new, |inspection| inspection.code.clone());
        return Ok((format!("{label} {code}"), found.and_then(|inspection| inspection.visit_id)));
    }
    let visit = visit_store::by_id(tx.conn(), sent.subject_id).await?;
    Ok((format!("{label} {}", visit.map_or_else(String::new, |visit| visit.code)), Some(sent.subject_id)))
}
