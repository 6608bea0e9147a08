//! The public acts of a draw: lines of the trail that name nobody and are open to everybody, so that anyone can prove later what
//! was public when.

use crate::persistence::kernel::change::Event;
use domain::inspections::inspections::{ReplacementCause, VoidCause};
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::transcript::Ended;
use entity::spot_checks::commitments;
use entity::spot_checks::draws::Model;
use serde_json::{Value, json};
use uuid::Uuid;

fn act(action: AuditAction, task: Uuid, department: Uuid, content: Value) -> Event {
    Event::public(action, task, content).department(department)
}

/// A party's commitment.
pub(crate) fn committed(row: &commitments::Model) -> Event {
    let content = json!({ "epoch": row.epoch, "party": row.department_id, "commitment": row.commitment });
    act(AuditAction::Committed, row.task_id, row.department_id, content)
}

/// The terms of a freeze and the receipt of them.
pub(crate) fn frozen(draw: &Model) -> Event {
    let content = json!({
        "draw": draw.id, "epoch": draw.epoch, "terms": draw.terms, "receipt_key": draw.receipt_key,
        "receipt_signature": draw.receipt_signature,
    });
    act(AuditAction::Frozen, draw.task_id, draw.lead_department_id, content)
}

/// A party's secret.
pub(crate) fn revealed(row: &commitments::Model) -> Event {
    let content = json!({
        "epoch": row.epoch, "party": row.department_id, "secret": row.secret, "signature": row.signature,
    });
    act(AuditAction::Revealed, row.task_id, row.department_id, content)
}

/// What a party says was published.
pub(crate) fn chance_entered(draw: &Model, party: Uuid, value: &str) -> Event {
    let content = json!({ "draw": draw.id, "epoch": draw.epoch, "party": party, "value": value });
    act(AuditAction::ChanceEntered, draw.task_id, party, content)
}

/// What was drawn, by the digest of the whole record.
pub(crate) fn drawn(draw: &Model, digest: &str) -> Event {
    let content = json!({ "draw": draw.id, "epoch": draw.epoch, "seed": draw.seed, "digest": digest });
    act(AuditAction::Drawn, draw.task_id, draw.lead_department_id, content)
}

/// An epoch that was given up.
pub(crate) fn voided(draw: &Model, ended: &Ended, reason: &str) -> Event {
    let content = json!({
        "draw": draw.id, "epoch": draw.epoch, "cause": ended.cause, "revealed": ended.revealed, "stage": ended.stage,
        "reason": reason,
    });
    act(AuditAction::Voided, draw.task_id, draw.lead_department_id, content)
}

/// Somebody who was drawn did not go.
pub(crate) fn replaced(
    (task, draw, department): (Uuid, Uuid, Uuid),
    object_ref: &str,
    (left, joined): (&str, &str),
    cause: ReplacementCause,
) -> Event {
    let content = json!({ "draw": draw, "ref": object_ref, "left": left, "joined": joined, "cause": cause });
    act(AuditAction::Replaced, task, department, content)
}

/// A drawn visit that is not made.
pub(crate) fn visit_voided((task, draw, department): (Uuid, Uuid, Uuid), cause: VoidCause) -> Event {
    act(AuditAction::Voided, task, department, json!({ "draw": draw, "cause": cause }))
}

/// A result that was published or withdrawn; of a draw whose results may name their task, with the task.
pub(crate) fn published(action: AuditAction, inspection: Uuid, department: Uuid, task: Option<Uuid>) -> Event {
    act(action, task.unwrap_or(inspection), department, json!({ "inspection": inspection }))
}
