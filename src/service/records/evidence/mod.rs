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

use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::records::legal_holds::{Held, held};
use domain::records::evidence::EvidenceFacts;
use entity::records::evidence::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The folder of the file store.
const FOLDER: &str = "evidence";

/// Pieces of evidence, as far as deciding about them needs, by their ids: two statements, however many.
pub async fn decision_facts(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<BTreeMap<Uuid, EvidenceFacts>> {
    let teams = inspections::teams(conn, rows.iter().map(|row| row.inspection_id).collect()).await?;
    let files: Vec<_> = rows
        .iter()
        .map(|row| Held {
            record_id: row.inspection_id,
            object_id: Some(row.object_id),
            department_id: row.department_id,
        })
        .collect();
    let held = held(conn, &files).await?;

    let facts = rows.iter().map(|row| {
        let facts = EvidenceFacts {
            status: row.status,
            department_id: row.department_id,
            team: teams.get(&row.inspection_id).cloned().unwrap_or_default(),
            is_held: held.contains(&row.inspection_id),
        };
        (row.id, facts)
    });
    Ok(facts.collect())
}

pub async fn facts_of(conn: &impl ConnectionTrait, row: &Model) -> Result<EvidenceFacts> {
    let facts = decision_facts(conn, std::slice::from_ref(row)).await?.remove(&row.id);
    facts.ok_or_else(|| AppError::internal("a piece of evidence without its facts"))
}
