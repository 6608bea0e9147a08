//! Alerts open cases. What comes up of the same kind and department joins the case while nothing has been sent of it.

use super::{Model, SupervisionCase, blank, complete_one, key, record, saved, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::tx::WriteTx;
use chrono::Months;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::audit::AuditAction;
use domain::oversight::supervision_cases::{SupervisionMeasure, SupervisionSource, SupervisionSubject};
use entity::oversight::supervision_cases::Entity;
use entity::oversight::supervision_subjects;
use uuid::Uuid;

/// Signs of the facts, at most; whatever is added later stands among what the case is about.
const LONGEST: usize = 8_000;

/// Records that a case gathers, at most.
const MOST: usize = 100;

/// What was noticed.
pub struct Subject {
    pub kind: SupervisionSubject,
    pub id: Uuid,
    /// What an official calls it.
    pub label: String,
}

/// Opens a case, or adds to the one that is open.
pub async fn raise(
    app: &App,
    tx: &WriteTx,
    alert: EnforcementAlert,
    department: Uuid,
    subject: Subject,
) -> Result<Vec<Event>> {
    let fact = format!("{}　{}：{}", tx.ctx().today(), subject.label, alert.label());
    let key = key(department, alert);
    if store::is_known(tx.conn(), (alert, department), (subject.kind, subject.id)).await? {
        return Ok(Vec::new());
    }
    if let Some(known) = held(tx, &key).await? {
        return join(tx, known, subject, &fact).await;
    }

    let blank = blank(app, tx, department, SupervisionSource::Alert).await?;
    let case = Model {
        alert: Some(alert),
        open_key: Some(key),
        title: alert.label().to_owned(),
        facts: fact,
        measure: measure(app, tx, alert, department).await?,
        opened_by: Uuid::nil(),
        ..blank
    };
    // Another may have opened it just now: this change is made again then, and joins.
    let case = insert(tx, case).await.map_err(AppError::again)?;
    add(tx, &case, subject).await?;
    let whole = complete_one(tx.conn(), case).await?;
    Ok(vec![Event::of::<Entity>(AuditAction::Created, &whole.case).after(&record(&whole))])
}

/// The case that gathers, held: whoever sends something of it waits, or was first.
async fn held(tx: &WriteTx, key: &str) -> Result<Option<Model>> {
    let Some(found) = store::gathering(tx.conn(), key).await? else { return Ok(None) };
    lock_row::<Entity>(tx.conn(), found.id).await?;
    store::gathering(tx.conn(), key).await
}

/// How far it goes by how often it happened before.
async fn measure(app: &App, tx: &WriteTx, alert: EnforcementAlert, department: Uuid) -> Result<SupervisionMeasure> {
    if !alert.climbs() {
        return Ok(SupervisionMeasure::Rectify);
    }
    let now = tx.ctx().now;
    let since = now.checked_sub_months(Months::new(app.settings.rules.supervision_repeat_months)).unwrap_or(now);
    Ok(SupervisionMeasure::after(store::times_since(tx.conn(), (alert, department), since).await?))
}

async fn join(tx: &WriteTx, known: Model, subject: Subject, fact: &str) -> Result<Vec<Event>> {
    let before: SupervisionCase = complete_one(tx.conn(), known.clone()).await?;
    let mut case = tx.edit_along::<Entity>(known);
    let facts = format!("{}\n{fact}", case.facts);
    if facts.chars().count() <= LONGEST {
        case.facts = facts;
    }
    if before.subjects.len() + 1 >= MOST {
        // The next one opens another case.
        case.open_key = None;
    }
    add(tx, &case, subject).await?;
    let case = case.write().await?;
    Ok(saved(tx, &before, case, AuditAction::Updated, None).await?.into_events())
}

async fn add(tx: &WriteTx, case: &Model, subject: Subject) -> Result<()> {
    store::hold_file(tx, subject.kind, subject.id).await?;
    let row = supervision_subjects::Model {
        case_id: case.id,
        kind: subject.kind,
        record_id: subject.id,
        label: subject.label,
        added_at: tx.ctx().now,
    };
    store::add_subjects(tx.conn(), vec![row]).await
}
