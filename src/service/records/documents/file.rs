//! The files of a document: a draft as it would be, an issued one as it was.

use super::issue::set;
use super::{Filled, facts, template};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::{disposal_lists, documents as store};
use crate::service::records::files;
use crate::service::records::links::{Content, Link, Source, Target, link};
use chrono::Datelike;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::refusal::Refusal;
use domain::oversight::audit::AuditAction;
use domain::records::documents::templates::in_words;
use domain::records::documents::{DocumentFormat, DocumentStatus, IssuedPaper};
use entity::records::documents::{Entity, Model};
use uuid::Uuid;

/// A page to be looked at.
pub struct Paper(pub Vec<u8>);

/// A draft as it would be issued now, with 草稿 across its pages.
pub async fn preview(app: &App, ctx: &Ctx, id: Uuid) -> Result<Paper> {
    let row = find::<Entity>(&app.db, ctx, id).await?;
    // What was issued is looked at by its link.
    if row.status != DocumentStatus::Draft {
        return Err(AppError::not_found());
    }

    let _turn = app.preview_turn().await?;
    let template = template(row.kind, row.template_version)?;
    let mut filled = Filled::open(app, &row).await?;
    filled.fields = facts::gather(app, &app.db, ctx, &row).await?;
    let today = ctx.today();
    filled.fields.insert("issued_on".to_owned(), in_words(today));
    let made_on = (today.year(), today.month(), today.day());
    let (pdf, _) = set(template.sheet(&filled.fields, &filled.inputs, made_on, None)).await?;

    Ok(Paper(pdf))
}

/// Makes a link to a file of an issued document, and writes down who opened it.
pub async fn open_file(app: &App, tx: &WriteTx, id: Uuid, format: DocumentFormat) -> Result<Change<Link>> {
    let row = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    if row.pdf_key.is_none() {
        return Err(Refusal::state(row.status, ("OPEN", "查看文件")).into());
    }
    let link = link(app, tx.ctx(), id, Target::Document(format));
    let event = Event::of::<Entity>(AuditAction::FileOpened, &row);
    let event = event.after(&serde_json::json!({ "format": format, "expires_at": link.expires_at }));
    Ok(Change::new(link, event))
}

/// A file of a document that was issued.
pub async fn content(app: &App, id: Uuid, format: DocumentFormat) -> Result<Content> {
    let row = store::any(&app.db, id).await?.ok_or_else(AppError::not_found)?;
    let (key, digest, media_type, extension) = match format {
        DocumentFormat::Pdf => (row.pdf_key, row.pdf_sha256, "application/pdf", "pdf"),
        DocumentFormat::Docx => (
            row.docx_key,
            row.docx_sha256,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "docx",
        ),
    };
    let bytes = files::read(app, &key.ok_or_else(AppError::not_found)?).await?;

    Ok(Content {
        media_type,
        name: format!("{id}.{extension}"),
        size: bytes.len() as u64,
        digest: digest.unwrap_or_default(),
        source: Source::Whole(bytes),
    })
}

/// What was issued under the code on a paper.
pub async fn verified(app: &App, code: &str) -> Result<IssuedPaper> {
    if let Some(row) = store::by_code(&app.db, code).await? {
        return Ok(issued_paper(row));
    }
    let destroyed = disposal_lists::destroyed_paper(&app.db, code).await?.ok_or_else(AppError::not_found)?;
    Ok(destroyed.paper.0)
}

/// What whoever holds a paper may know of it.
pub fn issued_paper(row: Model) -> IssuedPaper {
    IssuedPaper {
        id: row.id,
        kind: row.kind,
        status: row.status,
        number: row.number.unwrap_or_default(),
        body_name: row.body_name.unwrap_or_default(),
        issued_on: row.issued_on.unwrap_or_default(),
        voided_on: row.voided_at.map(local_date),
        content_sha256: row.content_sha256,
        pdf_sha256: row.pdf_sha256.unwrap_or_default(),
        docx_sha256: row.docx_sha256.unwrap_or_default(),
        checkpoint: row.checkpoint.map(|mark| mark.0),
        destroyed_on: None,
    }
}
