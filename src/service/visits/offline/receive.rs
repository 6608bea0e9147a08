//! What a device sends is kept first, whole; then each record is carried out by itself, as soon as what comes before it is there.

use super::carry_out::{carry_out, judge};
use super::{OfflineRecordBody, RecordsBody, pass_facts, store};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::seeded;
use crate::persistence::access::users;
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::visits::visits as visit_store;
use crate::service::access::auth;
use chrono::{DateTime, Utc};
use domain::access::users::UserStatus;
use domain::access::{Decide, Permission};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use domain::oversight::audit::AuditAction;
use domain::visits::offline::{
    OfflineAction, OfflineField, OfflineProblem, OfflineStatus, PassAction, Verdict, corrected,
};
use entity::visits::offline_passes::{Entity as Passes, Model as Pass};
use entity::visits::offline_records::{Entity as Records, Model};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Takes what a device sends; each record as it stands then, in the order in which they were sent.
pub async fn receive(app: &App, ctx: &Ctx, pass: Uuid, body: &RecordsBody) -> Result<Vec<Model>> {
    let kept = write(&app.db, ctx, async |tx| keep(app, tx, pass, body).await).await?;
    settle_around(app, ctx, &kept).await?;

    let ids = kept.iter().map(|record| record.id).collect();
    let mut now = store::by_ids(&app.db, ids).await?;
    Ok(body.records.iter().filter_map(|record| now.remove(&record.id)).collect())
}

/// Keeps the records that were not sent before.
async fn keep(app: &App, tx: &WriteTx, id: Uuid, body: &RecordsBody) -> Result<Change<Vec<Model>>> {
    lock_row::<Passes>(tx.conn(), id).await?;
    let pass = find::<Passes>(tx.conn(), tx.ctx(), id).await?;
    pass_facts(app, tx.ctx(), &pass).decide(&tx.ctx().actor, PassAction::Send)?;
    let known = store::by_ids(tx.conn(), body.records.iter().map(|record| record.id).collect()).await?;
    let (mut kept, mut events, mut errors) = (Vec::new(), Vec::new(), Vec::new());

    for (at, sent) in body.records.iter().enumerate() {
        let digest = digest(sent)?;
        match known.get(&sent.id) {
            Some(before) if before.pass_id == pass.id && before.digest == digest => kept.push(before.clone()),
            Some(_) => {
                let detail = text!(
                    "该记录编号已用于另一条记录，请换一个编号。",
                    "The id was used for another record; give this one another."
                );
                errors.push(FieldError::new(format!("/records/{at}/id"), "ID_REUSED", detail));
            }
            None => {
                let record = arrived(tx, &pass, sent, body.sent_at, digest).await?;
                let record = insert(tx, record).await?;
                events.push(Event::of::<Records>(AuditAction::Received, &record).after(&record));
                kept.push(record);
            }
        }
    }
    if errors.is_empty() { Ok(Change::unmade(kept).and_all(events)) } else { Err(AppError::invalid(errors)) }
}

fn digest(sent: &OfflineRecordBody) -> Result<String> {
    Ok(hex::encode(Sha256::digest(serde_json::to_vec(sent)?)))
}

/// A record as it came: it waits to be carried out, or says at once why it is not.
async fn arrived(
    tx: &WriteTx,
    pass: &Pass,
    sent: &OfflineRecordBody,
    sent_at: DateTime<Utc>,
    digest: String,
) -> Result<Model> {
    let now = tx.ctx().now;
    let happened_at = corrected(sent.at, sent_at, now);
    let of_pass = match sent.action {
        OfflineAction::Enter | OfflineAction::Leave => pass.visit_ids.contains(&sent.subject_id),
        OfflineAction::RecordResult => pass.inspection_ids.contains(&sent.subject_id),
    };
    let problem = if !of_pass {
        let detail = text!(
            "这一入企检查或检查不在离线作业包内。",
            "The visit or inspection is none of those that were taken along."
        );
        Some((Code::NotFound, detail))
    } else if happened_at < pass.issued_at || happened_at > pass.expires_at {
        let detail = text!(
            "发生时间不在离线作业包的有效期内；请核对设备时间，并按补录办理。",
            "It happened when the pass was not valid: check the device's clock, and record it afterwards."
        );
        Some((Code::StateConflict, detail))
    } else {
        None
    };
    let (title, visit_id) = named(tx, sent).await?;

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
        digest,
        body: serde_json::to_value(sent)?,
        status: if problem.is_some() { OfflineStatus::Refused } else { OfflineStatus::Waiting },
        problem: problem.map(|(code, detail)| problem_of(code, detail, &[]).into()),
        subject_version: None,
        applied_at: None,
        discarded_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
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

/// Carries out what waits around some records, of other devices too, until nothing moves any more.
async fn settle_around(app: &App, ctx: &Ctx, records: &[Model]) -> Result<()> {
    let visits: BTreeSet<_> = records.iter().filter_map(|record| record.visit_id).collect();
    let subjects: BTreeSet<_> = records.iter().map(|record| record.subject_id).collect();
    let (visits, subjects): (Vec<_>, Vec<_>) = (visits.into_iter().collect(), subjects.into_iter().collect());
    loop {
        let mut moved = false;
        for record in store::waiting(&app.db, visits.clone(), subjects.clone()).await? {
            moved |= try_one(app, ctx, &record).await? != OfflineStatus::Waiting;
        }
        if !moved {
            return Ok(());
        }
    }
}

/// Carries one record out under its sender's name, and says how it stands.
async fn try_one(app: &App, ctx: &Ctx, record: &Model) -> Result<OfflineStatus> {
    let Some(sender) = sender(app, ctx, record).await? else { return Ok(OfflineStatus::Waiting) };
    let done = write(&app.db, &sender, async |tx| attempt(app, tx, record.id).await).await;
    match done {
        Ok(status) => Ok(status),
        Err(error) if is_refusal(&error) => {
            let problem = problem_of(error.code, error.detail.clone(), &error.errors);
            write(&app.db, &sender, async |tx| set_aside(tx, record.id, OfflineStatus::Refused, problem.clone()).await)
                .await
        }
        Err(error) => Err(error),
    }
}

/// Whoever sent a record, as they may act now; nobody, where the account may not any more.
async fn sender(app: &App, ctx: &Ctx, record: &Model) -> Result<Option<Ctx>> {
    if record.user_id == ctx.actor.id {
        return Ok(Some(ctx.clone()));
    }
    let user = users::find(&app.db, record.user_id).await?;
    let Some(user) = user.filter(|user| user.status == UserStatus::Active) else { return Ok(None) };
    let actor = auth::actor(app, &user).await?;
    let reach = actor.reach(Permission::InspectionsRecord);
    Ok(reach.map(|reach| Ctx::new(actor, reach, ctx.request_id.clone())))
}

/// The trade said no. Anything else may be tried again.
const fn is_refusal(error: &AppError) -> bool {
    !matches!(error.code, Code::Internal | Code::Unavailable | Code::DataCorrupt | Code::Stale)
}

async fn attempt(app: &App, tx: &WriteTx, id: Uuid) -> Result<Change<OfflineStatus>> {
    // Whoever sends the same record at the same time waits here, and then finds it done.
    if !seeded::bug("offline") {
        lock_row::<Records>(tx.conn(), id).await?;
    }
    let record = store::by_ids(tx.conn(), vec![id]).await?.remove(&id).ok_or_else(AppError::not_found)?;
    if seeded::bug("offline") {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    if record.status != OfflineStatus::Waiting {
        // Another request was faster.
        return Ok(Change::unmade(record.status));
    }

    let status = match judge(app, tx, &record).await? {
        Verdict::Wait => return Ok(Change::unmade(OfflineStatus::Waiting)),
        Verdict::Apply => {
            // Somebody changed it between reading and writing: read again.
            let done = carry_out(app, tx, &record).await;
            let done = done.map_err(|error| if error.code == Code::Stale { error.again() } else { error })?;
            let mut record = tx.edit_along::<Records>(record);
            record.status = OfflineStatus::Applied;
            record.subject_version = Some(done.version);
            record.applied_at = Some(tx.ctx().now);
            let saved = record.save(AuditAction::Adopted, None).await?;
            return Ok(saved.and_all(done.events).map(|record| record.status));
        }
        Verdict::Duplicate => OfflineStatus::Duplicate,
        Verdict::Overtaken => OfflineStatus::Overtaken,
        Verdict::Conflict => OfflineStatus::Conflict,
    };
    let mut record = tx.edit_along::<Records>(record);
    record.status = status;
    if status == OfflineStatus::Conflict {
        record.problem = Some(conflict(tx, record.subject_id).await?.into());
    }
    Ok(record.save(AuditAction::SetAside, None).await?.map(|record| record.status))
}

/// Who has said something different, and how it stands.
async fn conflict(tx: &WriteTx, inspection: Uuid) -> Result<OfflineProblem> {
    let inspection = inspection_store::get(tx.conn(), tx.ctx(), inspection).await?;
    let who = match inspection.entered_by {
        Some(user) => users::find(tx.conn(), user).await?.map(|user| user.display_name),
        None => None,
    };
    let who = who.unwrap_or_default();
    let (label, code) = (inspection.status.label(), inspection.status.code());
    let detail = text!(
        "{who}已录入该检查的结果（现为{label}），与本记录不同：请核对后采用或放弃本记录。",
        "{who} has recorded another result of this inspection (now {code}): compare the two, then apply this one or give it up."
    );
    Ok(problem_of(Code::StateConflict, detail, &[]))
}

async fn set_aside(
    tx: &WriteTx,
    id: Uuid,
    status: OfflineStatus,
    problem: OfflineProblem,
) -> Result<Change<OfflineStatus>> {
    lock_row::<Records>(tx.conn(), id).await?;
    let record = store::by_ids(tx.conn(), vec![id]).await?.remove(&id).ok_or_else(AppError::not_found)?;
    if record.status != OfflineStatus::Waiting {
        return Ok(Change::unmade(record.status));
    }

    let mut record = tx.edit_along::<Records>(record);
    record.status = status;
    record.problem = Some(problem.into());
    Ok(record.save(AuditAction::SetAside, None).await?.map(|record| record.status))
}

fn problem_of(code: Code, detail: Text, errors: &[FieldError]) -> OfflineProblem {
    let field = |error: &FieldError| OfflineField {
        pointer: error.pointer.clone(),
        code: error.code.to_owned(),
        message_zh: error.detail.zh.clone(),
        message_en: error.detail.en.clone(),
    };
    OfflineProblem {
        code,
        message_zh: detail.zh,
        message_en: detail.en,
        errors: errors.iter().take(100).map(field).collect(),
    }
}
