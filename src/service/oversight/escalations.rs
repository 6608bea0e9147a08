//! What nobody did in time is told to somebody else: the reviewer, then the justice bureau; of complaints the county office, of data sets the platform. What is late is what the worklist says.

use super::supervision_cases::{Subject, escalate_late, raise};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::oversight::{supervision_cases, worklist as store};
use crate::persistence::visits::visits;
use crate::service::complaints;
use crate::service::inspections::follow_ups;
use crate::service::intake::data_sets;
use domain::kernel::refusal::Code;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::escalations::{Escalation, of};
use domain::oversight::supervision_cases::SupervisionSubject;
use entity::oversight::worklist_entries::Model;
use uuid::Uuid;

/// Entries a step at most; what is left over is done in the next.
const STEP: u64 = 200;

/// Tells of what has become late since the last time; one that somebody is doing right now is looked at in the next step.
pub async fn sweep(app: &App) -> Result<usize> {
    let ctx = Ctx::system("escalation");
    let mut done = 0;
    for entry in store::late(&app.db, ctx.today(), STEP).await? {
        let outcome = write(&app.db, &ctx, async |tx| told(app, tx, &entry).await).await;
        match outcome {
            Ok(()) => done += 1,
            Err(error) if error.code == Code::Stale => {}
            Err(error) if error.code == Code::Unavailable => return Err(error),
            // One that cannot be told must not keep the others waiting.
            Err(error) => tracing::error!(%error, entry = %entry.id, "what is late was not told"),
        }
    }
    Ok(done)
}

/// Once for each entry, by whichever process comes first.
async fn told(app: &App, tx: &WriteTx, entry: &Model) -> Result<Change<()>> {
    let id = entry.resource_id;
    let events = match of(entry.kind) {
        Some(Escalation::Reviewer) => follow_ups::escalate(tx, id).await?,
        Some(Escalation::Supervisor) => escalate_late(tx, id).await?,
        Some(Escalation::Office) => complaints::escalate_late(tx, id).await?,
        Some(Escalation::Platform) => data_sets::escalate_late(tx, id).await?,
        Some(Escalation::Alert(about, kind)) => alert(app, tx, entry, about, kind).await?,
        None => Vec::new(),
    };
    // Its entry comes after the record, as for whoever changes the record; where another was faster, all this is taken back.
    if !store::mark_late(tx.conn(), entry, tx.ctx().now).await? {
        return Err(AppError::stale());
    }
    Ok(Change::unmade(()).and_all(events))
}

/// The justice bureau looks into it.
async fn alert(
    app: &App,
    tx: &WriteTx,
    entry: &Model,
    alert: EnforcementAlert,
    kind: SupervisionSubject,
) -> Result<Vec<Event>> {
    let Some(named) = supervision_cases::named(tx.conn(), kind, entry.resource_id).await? else {
        return Ok(Vec::new());
    };
    let id = entry.resource_id;
    // Of a visit, each body whose head has not decided.
    let departments = match kind {
        SupervisionSubject::Visit => undecided(tx, id).await?,
        SupervisionSubject::Inspection
        | SupervisionSubject::FollowUp
        | SupervisionSubject::VisitFeedback
        | SupervisionSubject::RiskClue
        | SupervisionSubject::Document
        | SupervisionSubject::CaseReferral => {
            entry.department_id.or(named.departments.first().copied()).into_iter().collect()
        }
    };

    let mut events = Vec::new();
    for department in departments {
        let subject = Subject { kind, id, label: named.label.clone() };
        events.extend(raise(app, tx, alert, department, subject).await?);
    }
    Ok(events)
}

/// Bodies of a visit whose heads have neither approved nor refused.
async fn undecided(tx: &WriteTx, visit: Uuid) -> Result<Vec<Uuid>> {
    let parts = visits::parts_of(tx.conn(), visit).await?.parts;
    let open = parts.into_iter().filter(|part| part.approved_by.is_none() && !part.refused);
    Ok(open.map(|part| part.department_id).collect())
}
