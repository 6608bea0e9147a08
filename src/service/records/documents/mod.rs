//! 执法文书: drafted, issued with a number that stays, served, made void.

mod draft;
mod facts;
mod file;
mod issue;
mod serve;

pub use draft::{DocumentBody, InputsBody, create, discard, update};
pub use file::{Paper, content, issued_paper, open_file, preview, verified};
pub use issue::{issue, void};
pub use serve::{RefusalBody, ServiceBody, record_refusal, serve};

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::inspections::inspections;
use crate::persistence::records::documents as store;
use crate::service::kernel::sealed;
use crate::service::records::files;
use domain::inspections::inspections::InspectionStatus;
use domain::records::documents::templates::{Template, Values, version};
use domain::records::documents::{DocumentFacts, DocumentKind, Service};
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

/// How it was served, and how it was refused before: they name people, and are sealed.
#[derive(Clone, Debug, Default)]
pub struct Handing {
    pub service: Option<Service>,
    pub refusal: Option<Service>,
}

const SERVICE: &str = "service";
const REFUSAL: &str = "refusal";

impl Handing {
    pub async fn open(app: &App, row: &Model) -> Result<Self> {
        let read = async |column, sealed: Option<&str>| -> Result<Option<Service>> {
            let place = Place { table: "documents", column, id: row.id };
            let text = sealed::open_some(app, place, sealed).await?;
            text.map(|text| serde_json::from_str(&text).map_err(AppError::corrupt)).transpose()
        };
        Ok(Self {
            service: read(SERVICE, row.service.as_deref()).await?,
            refusal: read(REFUSAL, row.refusal.as_deref()).await?,
        })
    }

    async fn seal(app: &App, id: Uuid, column: &'static str, service: &Service) -> Result<String> {
        let text = serde_json::to_string(service)?;
        sealed::seal(app, Place { table: "documents", column, id }, &text).await
    }
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

/// An inspection, as far as deciding about its documents needs.
#[derive(Clone, Debug)]
pub struct Made {
    pub status: InspectionStatus,
    pub team: Vec<Uuid>,
}

/// The inspections of documents, by id: two statements, however many.
pub async fn with_inspections(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<BTreeMap<Uuid, Made>> {
    let ids: Vec<_> = rows.iter().map(|row| row.inspection_id).collect();
    let mut teams = inspections::teams(conn, ids.clone()).await?;
    let found = inspections::statuses(conn, ids).await?;
    let made = |(id, status)| (id, Made { status, team: teams.remove(&id).unwrap_or_default() });
    Ok(found.into_iter().map(made).collect())
}

/// A document, as far as deciding about it needs.
pub fn decision_facts(row: &Model, made: Option<Made>) -> DocumentFacts {
    let made = made.unwrap_or(Made { status: InspectionStatus::Void, team: Vec::new() });
    DocumentFacts {
        status: row.status,
        kind: row.kind,
        department_id: row.department_id,
        inspection: made.status,
        team: made.team,
        issued_by: row.issued_by,
    }
}

async fn facts_of(conn: &impl ConnectionTrait, row: &Model) -> Result<DocumentFacts> {
    let mut made = with_inspections(conn, std::slice::from_ref(row)).await?;
    Ok(decision_facts(row, made.remove(&row.inspection_id)))
}

/// Files of processes that ended are removed.
pub async fn sweep(app: &App) -> Result<()> {
    files::remove_orphans(app, FOLDER, async |keys| store::referred(&app.db, keys).await).await?;
    Ok(())
}
