//! Receiving a file: kept in pieces beside its job, so that any process can carry it out, after a crash too.

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::worklist;
use crate::service::intake::jobs::queue;
use crate::service::kernel::sealed;
use domain::intake::imports::Dataset;
use domain::intake::jobs::JobKind;
use domain::oversight::audit::AuditAction;
use entity::intake::{import_chunks, imports, jobs};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use uuid::Uuid;

const CHUNK: usize = 1 << 20;

/// Stores a spooled file and queues the job that will carry it out.
pub async fn receive(
    app: &App,
    tx: &WriteTx,
    dataset: Dataset,
    filename: &str,
    file: &File,
) -> Result<Change<(imports::Model, jobs::Model)>> {
    let id = new_id();
    let job = queue(tx, JobKind::Import, "imports", id).await?;
    let change = store(app, tx, id, dataset, filename, file, Some(job.id)).await?;
    Ok(change.map(|import| (import, job)))
}

/// Stores only the record: the command line carries the file out itself.
pub async fn store_for_command_line(
    app: &App,
    tx: &WriteTx,
    dataset: Dataset,
    filename: &str,
    file: &File,
) -> Result<Change<imports::Model>> {
    store(app, tx, new_id(), dataset, filename, file, None).await
}

async fn store(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    dataset: Dataset,
    filename: &str,
    file: &File,
    job: Option<Uuid>,
) -> Result<Change<imports::Model>> {
    let mut file = file.try_clone().map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let size = file.metadata().map_err(AppError::internal)?.len();
    let now = tx.ctx().now;
    let mut import = imports::Model {
        id,
        job_id: job,
        department_id: tx.ctx().actor.department_id,
        dataset,
        filename: filename.chars().take(255).collect(),
        encoding: None,
        size_bytes: i64::try_from(size).map_err(AppError::internal)?,
        sha256: String::new(),
        on_behalf_of: tx.ctx().actor.acts_for,
        rows_total: 0,
        rows_created: 0,
        rows_updated: 0,
        rows_unchanged: 0,
        rows_rejected: 0,
        rows_skipped: 0,
        findings_count: 0,
        created_by: tx.ctx().actor.id,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    import = insert(tx, import).await?;
    let mut hasher = Sha256::new();
    let mut position = 0;

    loop {
        let mut content = Vec::with_capacity(CHUNK);
        file.by_ref().take(CHUNK as u64).read_to_end(&mut content).map_err(AppError::internal)?;
        if content.is_empty() {
            break;
        }
        hasher.update(&content);
        if job.is_some() {
            // Files hold personal data: at rest they are sealed.
            let mut chunk = import_chunks::Model { id: new_id(), import_id: id, position, content: String::new() };
            let place = Place { table: "import_chunks", column: "content", id: chunk.id };
            chunk.content = sealed::seal_bytes(app, place, &content).await?;
            import_chunks::Entity::insert(chunk.into_active_model().reset_all())
                .exec_without_returning(tx.conn())
                .await
                .or_app()?;
        }
        position += 1;
    }

    import.sha256 = hex::encode(hasher.finalize());
    let import = import.into_active_model().reset_all().update(tx.conn()).await.or_app()?;
    worklist::clear_imports(tx, &import).await?;
    let event = Event::new(AuditAction::Created, "imports", id).after(&import);

    Ok(Change::new(import, event))
}
