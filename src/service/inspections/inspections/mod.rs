//! 检查: started by the officers, reviewed by somebody else, published in time.

mod checks;
mod facts;
mod record;
mod review;
mod start;
mod team;
mod void;

pub use checks::{CheckBody, ToAnswer, to_answer};
pub use record::{PointBody, ResultBody, record_result, stands};
pub use review::{OpinionBody, act};
pub use start::{check_frequency, check_yearly, start};
pub use team::{ReplaceBody, check as check_team_today, recused_from, replace_officer, valid_certificates};
pub use void::{VoidInspectionBody, ask_void, drop_with_visit, void};

use crate::kernel::ctx::random_id;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::inspections::inspections::Parts;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use chrono::{DateTime, Utc};
use domain::inspections::inspections::InspectionFacts;
use domain::inspections::inspections::InspectionStatus;
use entity::inspections::inspections::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An inspection with what belongs to it and the names a reader needs.
pub struct Inspection {
    pub inspection: Model,
    pub parts: Parts,
    /// Object name and USCC.
    pub object: Option<(String, Option<String>)>,
    /// Officers' names by id.
    pub officers: BTreeMap<Uuid, String>,
}

/// Whoever goes on with a visit does without the void that somebody asked for.
fn go_on(inspection: &mut Model) {
    if inspection.void_asked_by.take().is_some() {
        (inspection.void_cause, inspection.void_reason) = (None, None);
    }
}

/// Completes inspections for reading: a constant number of statements.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Inspection>> {
    let mut parts = inspections::parts(conn, rows.iter().map(|row| row.id).collect()).await?;
    let objects =
        crate::persistence::register::objects::by_ids(conn, rows.iter().map(|row| row.object_id).collect()).await?;
    let officers = parts.values().flat_map(|part| part.officers.iter().map(|officer| officer.personnel_id)).collect();
    let officers = personnel::by_ids(conn, officers).await?;
    let done = rows.into_iter().map(|inspection| {
        let parts = parts.remove(&inspection.id).unwrap_or_default();
        let names = parts
            .officers
            .iter()
            .filter_map(|officer| Some((officer.personnel_id, officers.get(&officer.personnel_id)?.name.clone())));
        let names = names.collect();
        let object = objects.get(&inspection.object_id).map(|object| (object.name.clone(), object.uscc.clone()));
        Inspection { inspection, parts, object, officers: names }
    });

    Ok(done.collect())
}

/// One inspection, completed.
pub async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<Inspection> {
    let mut all = complete(conn, vec![row]).await?;
    all.pop().ok_or_else(|| crate::kernel::error::AppError::internal("one in, none out"))
}

/// An inspection, as far as deciding about it needs.
pub fn decision_facts(row: &Model, parts: &Parts) -> InspectionFacts {
    InspectionFacts {
        status: row.status,
        department_id: row.department_id,
        entered_by: row.entered_by,
        submitted_by: row.submitted_by,
        was_approved: row.approved_by.is_some(),
        team: parts.officers.iter().map(|member| member.personnel_id).collect(),
        replaced: parts.replacements.iter().map(|replaced| replaced.left_id).collect(),
    }
}

/// A changed inspection with its parts, as it is answered.
async fn shown(tx: &WriteTx, change: Change<Model>) -> Result<Change<Inspection>> {
    let shown = complete_one(tx.conn(), change.value.clone()).await?;
    Ok(change.map(|_| shown))
}

/// A new inspection that waits to be started; `draw`: where one was drawn.
pub fn pending(
    now: DateTime<Utc>,
    code: String,
    (task_id, draw_id): (Uuid, Option<Uuid>),
    object_id: Uuid,
    department_id: Uuid,
) -> Model {
    Model {
        // Public: an id that told the moment of the match would tell the draw, and so the stratum.
        id: random_id(),
        code,
        task_id,
        draw_id,
        object_id,
        department_id,
        visit_id: None,
        status: InspectionStatus::Pending,
        started_at: None,
        inspected_on: None,
        verify_ways: Vec::<String>::new().into(),
        summary: None,
        repeat_explanation: None,
        evidence_count: None,
        entered_by: None,
        submitted_by: None,
        approved_by: None,
        opinion: None,
        publish_due_on: None,
        exempt_ground: None,
        revision: 1,
        published_at: None,
        withdrawn_at: None,
        withdrawn_reason: None,
        void_reason: None,
        void_cause: None,
        void_asked_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
