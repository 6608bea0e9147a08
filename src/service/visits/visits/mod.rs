//! 入企检查: asked for by those who go, approved by the head of each body, made, and closed with the last of its inspections.

mod act;
mod blank;
mod budget;
mod code;
mod draft;
mod end;
mod enter;
mod join;

pub use act::act;
pub use budget::{Assessment, Offer, assess_visit};
pub use code::{Issued, Receipt, ScanBody, entry_code, scan};
pub use draft::{VisitBody, VisitOpeningBody, VisitTerms, create, update};
pub use end::{ON_SITE, check_asked, check_on_site, inspection_ended, of_inspection};
pub use enter::{EnterBody, LeaveBody, enter, enter_urgently, leave};
pub use join::{RequestBody, request};

use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::{Edit, find};
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{departments, objects};
use crate::persistence::visits::visits as store;
use crate::persistence::visits::visits::Parts;
use domain::access::Decide;
use domain::oversight::audit::AuditAction;
use domain::visits::{PartFacts, VisitAction, VisitFacts, VisitKind};
use entity::register::objects as object_entity;
use entity::visits::visits::{Entity, Model};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A visit with what belongs to it and the names a reader needs.
pub struct Visit {
    pub visit: Model,
    pub parts: Parts,
    /// Object name and USCC.
    pub object: Option<(String, Option<String>)>,
    /// Departments' names by id.
    pub departments: BTreeMap<Uuid, String>,
}

/// Completes visits for reading: a constant number of statements.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Visit>> {
    let mut parts = store::parts(conn, rows.iter().map(|row| row.id).collect()).await?;
    let objects = objects::by_ids(conn, rows.iter().map(|row| row.object_id).collect()).await?;
    let ids: Vec<_> = parts.values().flat_map(|part| part.parts.iter().map(|part| part.department_id)).collect();
    let names: BTreeMap<_, _> =
        departments::existing(conn, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect();

    let done = rows.into_iter().map(|visit| {
        let parts = parts.remove(&visit.id).unwrap_or_default();
        let object = objects.get(&visit.object_id).map(|object| (object.name.clone(), object.uscc.clone()));
        let own =
            parts.parts.iter().filter_map(|part| Some((part.department_id, names.get(&part.department_id)?.clone())));
        let departments = own.collect();
        Visit { visit, parts, object, departments }
    });
    Ok(done.collect())
}

/// One visit, completed.
pub async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<Visit> {
    let mut all = complete(conn, vec![row]).await?;
    all.pop().ok_or_else(|| AppError::internal("one in, none out"))
}

/// A visit, as far as deciding about it needs.
pub fn decision_facts(visit: &Model, parts: &Parts) -> VisitFacts {
    let facts = |part: &entity::visits::visit_parts::Model| PartFacts {
        department_id: part.department_id,
        requested_by: part.requested_by,
        is_approved: part.approved_by.is_some(),
        is_refused: part.refused,
    };
    VisitFacts {
        status: visit.status,
        lead_department_id: visit.lead_department_id,
        parts: parts.parts.iter().map(facts).collect(),
        officers: parts.who_goes(),
        is_surprise: visit.surprise,
        was_urgent: visit.urgent,
        is_drawn: parts.parts.iter().any(|part| matches!(part.kind, VisitKind::DoubleRandom | VisitKind::Special)),
    }
}

/// A visit at the version that the caller has seen, and what belongs to it. Whatever changes what is used of an enterprise's
/// budget holds the enterprise first, so that two who ask at once come one after the other.
async fn hold(tx: &WriteTx, id: Uuid, version: i32) -> Result<(Edit<'_, Entity>, Parts)> {
    let found = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    hold_object(tx, found.object_id).await?;
    let visit = tx.edit::<Entity>(id, version).await?;
    let parts = store::parts_of(tx.conn(), id).await?;
    Ok((visit, parts))
}

async fn hold_object(tx: &WriteTx, object: Uuid) -> Result<()> {
    if seeded::bug("budget") {
        return Ok(());
    }
    lock_row::<object_entity::Entity>(tx.conn(), object).await
}

/// The state that an action leads to, for whoever may take it.
fn decide(tx: &WriteTx, visit: &Model, parts: &Parts, action: VisitAction) -> Result<domain::visits::VisitStatus> {
    Ok(decision_facts(visit, parts).decide(&tx.ctx().actor, action)?)
}

/// What the trail keeps of a visit: the record, its bodies' parts, and whether an entry still waits for leave.
fn record(visit: &Model, parts: &Parts) -> Value {
    let mut record = json!(visit);
    record["parts"] = json!(parts.parts);
    record["inspection_ids"] = json!(parts.inspections.iter().map(|inspection| inspection.id).collect::<Vec<_>>());
    record["waits_for_late_approval"] = json!(decision_facts(visit, parts).waits_for_late_approval());
    record
}

/// Writes a visit whose parts are written already, with its line of the trail.
async fn save(
    tx: &WriteTx,
    visit: Edit<'_, Entity>,
    parts: &Parts,
    action: AuditAction,
    reason: Option<String>,
) -> Result<Change<Visit>> {
    let before = record(visit.before(), parts);
    let saved = visit.write().await?;
    let done = complete_one(tx.conn(), saved).await?;
    let event = Event::of::<Entity>(action, &done.visit).reason(reason);
    let event = event.before(&before).after(&record(&done.visit, &done.parts));
    Ok(Change::new(done, event))
}
