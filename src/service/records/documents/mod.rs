//! 执法文书: drafted, issued with a number that stays, served, made void.

mod draft;
mod facts;
mod file;
mod issue;
mod serve;

pub use draft::{DocumentBody, InputsBody, create, discard, update};
pub use file::{Paper, content, open_file, preview, verified};
pub use issue::{issue, void};
pub use serve::{RefusalBody, ServiceBody, record_refusal, serve};

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::inspections::inspections;
use crate::persistence::records::documents as store;
use crate::service::kernel::sealed;
use crate::service::records::files;
use domain::records::documents::templates::{Template, Values, version};
use domain::records::documents::{DocumentFacts, DocumentKind};
use entity::records::documents::Model;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The folder of the file store.
const FOLDER: &str = "documents";

/// What is filled in: by the officer, and, once it is issued, from what was stored then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    pub inputs: Values,
    pub fields: Values,
}

const fn place(id: Uuid) -> Place {
    Place { table: "documents", column: "content", id }
}

impl Filled {
    /// Sealed for its record, and the digest that the trail has.
    async fn seal(&self, app: &App, id: Uuid) -> Result<(String, String)> {
        let text = serde_json::to_string(self)?;
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        Ok((sealed::seal(app, place(id), &text).await?, digest))
    }

    /// What stands in a record.
    pub async fn open(app: &App, row: &Model) -> Result<Self> {
        let text = sealed::open(app, place(row.id), &row.content).await?;
        serde_json::from_str(&text).map_err(AppError::corrupt)
    }
}

fn template(kind: DocumentKind, number: i32) -> Result<&'static Template> {
    version(kind, number).ok_or_else(|| AppError::corrupt(format!("no template {kind:?} {number}")))
}

/// Documents with the officers of their inspections: one statement more, however many.
pub async fn with_teams(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<BTreeMap<Uuid, Vec<Uuid>>> {
    inspections::teams(conn, rows.iter().map(|row| row.inspection_id).collect()).await
}

/// A document, as far as deciding about it needs.
pub fn decision_facts(row: &Model, team: Vec<Uuid>) -> DocumentFacts {
    DocumentFacts {
        status: row.status,
        kind: row.kind,
        department_id: row.department_id,
        team,
        issued_by: row.issued_by,
    }
}

async fn facts_of(conn: &impl ConnectionTrait, row: &Model) -> Result<DocumentFacts> {
    let mut teams = with_teams(conn, std::slice::from_ref(row)).await?;
    Ok(decision_facts(row, teams.remove(&row.inspection_id).unwrap_or_default()))
}

/// Files of processes that ended are removed.
pub async fn sweep(app: &App) -> Result<()> {
    files::remove_orphans(app, FOLDER, async |keys| store::referred(&app.db, keys).await).await?;
    Ok(())
}
