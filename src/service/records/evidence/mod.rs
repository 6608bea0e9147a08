//! 证据: registered with its digest when it is captured, sent in pieces, checked once, kept.

mod check;
mod content;
mod declare;
mod pictures;
mod upload;

pub use check::{check_waiting, sweep};
pub use content::{content, open};
pub use declare::{EvidenceBody, PositionBody, declare, discard};
pub use upload::{Upload, standing};

use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use domain::records::evidence::EvidenceFacts;
use entity::records::evidence::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The folder of the file store.
const FOLDER: &str = "evidence";

/// Evidence with the officers of its inspections: one statement more, however many.
pub async fn with_teams(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<BTreeMap<Uuid, Vec<Uuid>>> {
    inspections::teams(conn, rows.iter().map(|row| row.inspection_id).collect()).await
}

/// A piece of evidence, as far as deciding about it needs.
pub fn decision_facts(row: &Model, team: Vec<Uuid>) -> EvidenceFacts {
    EvidenceFacts { status: row.status, department_id: row.department_id, team }
}

async fn facts_of(conn: &impl ConnectionTrait, row: &Model) -> Result<EvidenceFacts> {
    let mut teams = with_teams(conn, std::slice::from_ref(row)).await?;
    Ok(decision_facts(row, teams.remove(&row.inspection_id).unwrap_or_default()))
}
