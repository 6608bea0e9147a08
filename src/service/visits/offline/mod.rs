//! 离线作业: what an officer takes along, and what comes back afterwards.

mod bodies;
mod carry_out;
mod receive;
mod settle;

pub use bodies::{OfflineRecordBody, PassBody, RecordsBody};
pub use receive::receive;
pub use settle::go_on;

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::offline as store;
use crate::persistence::visits::visits as visit_store;
use crate::service::inspections::inspections;
use crate::service::inspections::inspections::{Inspection, ToAnswer, to_answer};
use crate::service::visits::visits;
use crate::service::visits::visits::{Issued, Visit, entry_code};
use chrono::{DateTime, Days, Utc};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::offline::{
    OfflineAction, OfflineRecordAction, OfflineStatus, PassAction, PassFacts, PassStatus, RecordFacts, Subject,
    Verdict, is_before_entry, not_entered,
};
use entity::visits::{offline_passes, offline_records};
use sea_orm::ConnectionTrait;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A pass with all that is needed without a network.
pub struct Taken {
    pub pass: offline_passes::Model,
    /// Visits that may be made, each with the code to show at the door.
    pub visits: Vec<(Visit, Issued)>,
    /// Inspections with the check points to be answered.
    pub inspections: Vec<(Inspection, ToAnswer)>,
}

/// Until when what was done with a pass is taken.
pub fn taken_until(app: &App, pass: &offline_passes::Model) -> DateTime<Utc> {
    let days = Days::new(u64::from(app.settings.rules.make_up_days));
    pass.expires_at.checked_add_days(days).unwrap_or(pass.expires_at)
}

/// A pass, as far as deciding about it needs.
pub fn pass_facts(app: &App, ctx: &Ctx, pass: &offline_passes::Model) -> PassFacts {
    PassFacts {
        status: pass.status,
        user_id: pass.user_id,
        department_id: pass.department_id,
        taken_until: taken_until(app, pass),
        now: ctx.now,
    }
}

/// A record, as far as deciding about it needs.
pub const fn record_facts(record: &offline_records::Model, subject: Option<Subject>) -> RecordFacts {
    RecordFacts {
        status: record.status,
        action: record.action,
        user_id: record.user_id,
        department_id: record.department_id,
        subject,
    }
}

/// What records are about, as it stands, by the records' ids: two statements however many.
pub async fn subjects(
    conn: &impl ConnectionTrait,
    records: &[offline_records::Model],
) -> Result<BTreeMap<Uuid, Subject>> {
    let is_result = |record: &offline_records::Model| record.action == OfflineAction::RecordResult;
    let results = records.iter().filter(|record| is_result(record)).map(|record| record.subject_id);
    let inspections = inspection_store::by_ids(conn, results.collect()).await?;
    let visits = visit_store::by_ids(conn, records.iter().filter_map(|record| record.visit_id).collect()).await?;
    let visit = |record: &offline_records::Model| visits.get(&record.visit_id?).map(|visit| visit.status);
    let subject = |record: &offline_records::Model| {
        if !is_result(record) {
            return Some((record.id, Subject::Visit(visit(record)?)));
        }
        let waits = record.status == OfflineStatus::Waiting;
        let awaits_entry = waits && visit(record).is_some_and(is_before_entry);
        let status = inspections.get(&record.subject_id)?.status;
        Some((record.id, Subject::Inspection { status, awaits_entry }))
    };

    Ok(records.iter().filter_map(subject).collect())
}

pub async fn subject(conn: &impl ConnectionTrait, record: &offline_records::Model) -> Result<Option<Subject>> {
    Ok(subjects(conn, std::slice::from_ref(record)).await?.remove(&record.id))
}

/// An officer takes along what they have to do.
pub async fn take(app: &App, tx: &WriteTx, body: PassBody) -> Result<Change<Taken>> {
    let ctx = tx.ctx();
    let Some(officer) = ctx.actor.personnel_id else {
        let detail = text!(
            "只有绑定执法人员的账户可以领取离线作业包。",
            "A pass is an officer's: this account is bound to none."
        );
        return Err(Refusal::new(Code::StateConflict, detail).into());
    };
    let rules = &app.settings.rules;
    let days = Days::new(u64::from(rules.offline_days));
    let rows = store::to_take(tx.conn(), officer, &body.inspection_ids, u64::from(rules.offline_inspections)).await?;
    check_taken(&body.inspection_ids, &rows)?;
    let ids: BTreeSet<_> = rows.iter().filter_map(|inspection| inspection.visit_id).collect();
    let going = store::to_make(tx.conn(), ids.into_iter().collect()).await?;
    let pass = offline_passes::Model {
        id: new_id(),
        user_id: ctx.actor.id,
        personnel_id: officer,
        department_id: ctx.actor.department_id,
        device: body.device,
        visit_ids: going.iter().map(|visit| visit.id).collect::<Vec<_>>().into(),
        inspection_ids: rows.iter().map(|inspection| inspection.id).collect::<Vec<_>>().into(),
        status: PassStatus::Active,
        issued_at: ctx.now,
        expires_at: ctx.now.checked_add_days(days).unwrap_or(ctx.now),
        revoked_reason: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    let pass = insert(tx, pass).await?;
    let event = Event::created::<offline_passes::Entity>(&pass);
    let mut taken = Taken { pass, visits: Vec::new(), inspections: Vec::new() };
    for visit in visits::complete(tx.conn(), going).await? {
        let code = entry_code(app, ctx, &visit).await?;
        taken.visits.push((visit, code));
    }
    taken.inspections = with_points(tx, rows).await?;
    Ok(Change::new(taken, event))
}

/// Whoever names inspections takes all of them, or is told which cannot be taken.
fn check_taken(named: &[Uuid], rows: &[entity::inspections::inspections::Model]) -> Result<()> {
    let missing = named.iter().enumerate().filter(|(_, id)| !rows.iter().any(|row| row.id == **id)).map(|(at, _)| {
        let detail =
            text!("不是本人待录入结果的检查。", "It is none of your inspections whose result is still to be recorded.");
        FieldError::new(format!("/inspection_ids/{at}"), "NO_SUCH_RECORD", detail)
    });
    let errors: Vec<_> = missing.collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// Inspections with what is to be answered: looked up once a task and department.
async fn with_points(
    tx: &WriteTx,
    rows: Vec<entity::inspections::inspections::Model>,
) -> Result<Vec<(Inspection, ToAnswer)>> {
    let mut asked: BTreeMap<_, ToAnswer> = BTreeMap::new();
    let mut with = Vec::with_capacity(rows.len());
    for inspection in inspections::complete(tx.conn(), rows).await? {
        let row = &inspection.inspection;
        let key = (row.task_id, row.department_id, row.inspected_on);
        let known = match asked.entry(key) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => new.insert(to_answer(tx.conn(), tx.ctx(), row).await?).clone(),
        };
        with.push((inspection, known));
    }

    Ok(with)
}

/// A device is lost, or its pass is not to be used any more.
pub async fn revoke(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    reason: String,
) -> Result<Change<offline_passes::Model>> {
    let mut pass = tx.edit::<offline_passes::Entity>(id, version).await?;

    pass.status = pass_facts(app, tx.ctx(), &pass).decide(&tx.ctx().actor, PassAction::Revoke)?;
    pass.revoked_reason = Some(reason.clone());
    pass.save(AuditAction::Revoked, Some(reason)).await
}

/// Somebody looks at a record that was not applied, and applies it or gives it up.
pub async fn settle(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: OfflineRecordAction,
    reason: Option<String>,
) -> Result<Change<offline_records::Model>> {
    let mut record = tx.edit::<offline_records::Entity>(id, version).await?;

    let subject = subject(tx.conn(), &record).await?;
    record.status = record_facts(&record, subject).decide(&tx.ctx().actor, action)?;
    match action {
        OfflineRecordAction::Apply => apply(app, tx, record).await,
        OfflineRecordAction::Discard => {
            record.discarded_reason.clone_from(&reason);
            record.save(AuditAction::Discarded, reason).await
        }
    }
}

/// The same is looked at as when it came; over what another has said only where that is what was named.
async fn apply(
    app: &App,
    tx: &WriteTx,
    mut record: Edit<'_, offline_records::Entity>,
) -> Result<Change<offline_records::Model>> {
    let pass = store::pass(tx.conn(), record.pass_id).await?;
    receive::check_fits(app, &pass, (record.action, record.subject_id), (record.happened_at, record.arrived_at))?;
    let (verdict, found) = carry_out::judge(app, tx, &record).await?;
    let named = record.before().status == OfflineStatus::Conflict && record.subject_version == found;

    let set_aside = match verdict {
        Verdict::Wait => return Err(not_entered().into()),
        Verdict::Duplicate => Some(OfflineStatus::Duplicate),
        Verdict::Overtaken => Some(OfflineStatus::Overtaken),
        // What stands has changed since: it is shown, and asked again.
        Verdict::Conflict if !named => Some(OfflineStatus::Conflict),
        Verdict::Conflict | Verdict::Apply => None,
    };
    if let Some(status) = set_aside {
        record.status = status;
        let disputed = status == OfflineStatus::Conflict;
        record.problem = if disputed { Some(settle::conflict(tx, &record).await?.into()) } else { None };
        record.subject_version = found;
        return record.save(AuditAction::SetAside, None).await;
    }

    let done = carry_out::carry_out(app, tx, &record).await?;
    record.problem = None;
    record.subject_version = Some(done.version);
    record.applied_at = Some(tx.ctx().now);
    Ok(record.save(AuditAction::Adopted, None).await?.and_all(done.events))
}
