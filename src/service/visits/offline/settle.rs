//! Each record is carried out by itself, as soon as what comes before it is there; what stands against it is kept with it.

use super::carry_out::{carry_out, judge};
use super::store;
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::seeded;
use crate::persistence::access::users;
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::service::access::auth;
use domain::access::Permission;
use domain::access::users::UserStatus;
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use domain::oversight::audit::AuditAction;
use domain::visits::offline::{OfflineAction, OfflineField, OfflineProblem, OfflineStatus, Verdict};
use entity::visits::offline_records::{Entity as Records, Model};
use uuid::Uuid;

/// Somebody entered, or a record was applied by hand: what waits for that goes on. Nothing of it stands against what was done.
pub async fn go_on(app: &App, ctx: &Ctx, visit: Uuid) {
    if let Err(error) = settle_around(app, ctx, vec![visit], Vec::new()).await {
        tracing::warn!(%error, %visit, "offline records were not looked at");
    }
}

/// Carries out what waits around some records, of other devices too, until nothing moves any more.
pub(super) async fn settle_around(app: &App, ctx: &Ctx, visits: Vec<Uuid>, subjects: Vec<Uuid>) -> Result<()> {
    loop {
        let mut moved = false;
        for record in store::waiting(&app.db, visits.clone(), subjects.clone()).await? {
            match try_one(app, ctx, &record).await {
                Ok(status) => moved |= status != OfflineStatus::Waiting,
                // It stays, and keeps nobody else from going on.
                Err(error) => tracing::warn!(%error, record = %record.id, "not carried out now"),
            }
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
            write(&app.db, &sender, async |tx| refuse(tx, record.id, problem.clone()).await).await
        }
        Err(error) => Err(error),
    }
}

/// Whoever sent a record, as they may act now; nobody, where the account may not any more.
async fn sender(app: &App, ctx: &Ctx, record: &Model) -> Result<Option<Ctx>> {
    // Nothing came after now: a record may have come while an earlier request was at work.
    let now = now().max(record.arrived_at);
    if record.user_id == ctx.actor.id {
        return Ok(Some(Ctx { now, ..ctx.clone() }));
    }
    let user = users::find(&app.db, record.user_id).await?;
    let Some(user) = user.filter(|user| user.status == UserStatus::Active) else { return Ok(None) };
    let actor = auth::actor(app, &user).await?;
    let reach = actor.reach(Permission::InspectionsRecord);
    Ok(reach.map(|reach| Ctx { now, ..Ctx::new(actor, reach, ctx.request_id.clone()) }))
}

/// The trade said no. Anything else may be tried again.
const fn is_refusal(error: &AppError) -> bool {
    !matches!(error.code, Code::Internal | Code::Unavailable | Code::DataCorrupt | Code::Stale)
}

async fn attempt(app: &App, tx: &WriteTx, id: Uuid) -> Result<Change<OfflineStatus>> {
    // Whoever sends the same record at the same time waits here, and then finds it done.
    lock_row::<Records>(tx.conn(), id).await?;
    let record = store::by_ids(tx.conn(), vec![id]).await?.remove(&id).ok_or_else(AppError::not_found)?;
    if seeded::bug("offline") {
        // Whoever saw it waiting carries it out again.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    } else if record.status != OfflineStatus::Waiting {
        // Another request was faster.
        return Ok(Change::unmade(record.status));
    }

    let (verdict, found) = judge(app, tx, &record).await?;
    let status = match verdict {
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
        record.problem = Some(conflict(tx, &record).await?.into());
        record.subject_version = found;
    }
    Ok(record.save(AuditAction::SetAside, None).await?.map(|record| record.status))
}

/// Who has said something different, and how it stands.
pub(super) async fn conflict(tx: &WriteTx, record: &Model) -> Result<OfflineProblem> {
    if record.action != OfflineAction::RecordResult {
        let detail = text!(
            "该入企检查的进入、离开登记在另一天，与本记录不同：请核实，确有两天的应另有入企检查；本记录可放弃。",
            "The visit was entered or left on another day than this record says: find out which is right. Two days are two visits; this record can be given up."
        );
        return Ok(problem_of(Code::StateConflict, detail, &[]));
    }

    let inspection = inspection_store::get(tx.conn(), tx.ctx(), record.subject_id).await?;
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

async fn refuse(tx: &WriteTx, id: Uuid, problem: OfflineProblem) -> Result<Change<OfflineStatus>> {
    lock_row::<Records>(tx.conn(), id).await?;
    let record = store::by_ids(tx.conn(), vec![id]).await?.remove(&id).ok_or_else(AppError::not_found)?;
    if record.status != OfflineStatus::Waiting {
        return Ok(Change::unmade(record.status));
    }

    let mut record = tx.edit_along::<Records>(record);
    record.status = OfflineStatus::Refused;
    record.problem = Some(problem.into());
    Ok(record.save(AuditAction::SetAside, None).await?.map(|record| record.status))
}

pub(super) fn problem_of(code: Code, detail: Text, errors: &[FieldError]) -> OfflineProblem {
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
