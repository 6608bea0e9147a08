//! Reading evidence: by a link, which whoever may read it makes. Each opening is a line of the trail.

use super::facts_of;
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::evidence as store;
use crate::service::records::files;
use crate::service::records::links::{Content, Link, Source, Target, link};
use domain::access::Decide;
use domain::oversight::audit::AuditAction;
use domain::records::evidence::{EvidenceAction, EvidenceStatus, MEDIA_TYPES, Variant};
use entity::records::evidence::Entity;
use uuid::Uuid;

/// Makes a link for whoever may read the evidence now, and writes down that they opened it.
pub async fn open(app: &App, tx: &WriteTx, id: Uuid, variant: Variant) -> Result<Change<Link>> {
    let ctx = tx.ctx();
    let row = find::<Entity>(tx.conn(), ctx, id).await?;
    facts_of(tx.conn(), &row).await?.decide(&ctx.actor, EvidenceAction::Open)?;
    if variant == Variant::Thumbnail && row.thumbnail_key.is_none() {
        return Err(AppError::not_found());
    }

    let link = link(app, ctx, id, Target::Evidence(variant));
    let event = Event::of::<Entity>(AuditAction::FileOpened, &row);
    let event = event.after(&serde_json::json!({ "variant": variant, "expires_at": link.expires_at }));
    Ok(Change::new(link, event))
}

/// The file of a piece of evidence that is kept.
pub async fn content(app: &App, id: Uuid, variant: Variant) -> Result<Content> {
    let row = store::any(&app.db, id).await?.filter(|row| row.status == EvidenceStatus::Kept);
    let row = row.ok_or_else(AppError::not_found)?;
    let media = MEDIA_TYPES.into_iter().find(|media| Some(media.name) == row.media_type.as_deref());
    let media = media.ok_or_else(|| AppError::corrupt("evidence of no type"))?;

    if variant == Variant::Thumbnail {
        let small = files::read(app, &row.thumbnail_key.ok_or_else(AppError::not_found)?).await?;
        return Ok(Content {
            media_type: "image/jpeg",
            name: format!("{id}-small.jpg"),
            size: small.len() as u64,
            digest: format!("{}-small", row.sha256),
            source: Source::Whole(small),
        });
    }
    Ok(Content {
        media_type: media.name,
        name: format!("{id}.{}", media.extension),
        size: u64::try_from(row.size_bytes).unwrap_or_default(),
        digest: row.sha256,
        source: Source::Pieces(id),
    })
}
