//! What one inspection of the demo leaves behind: three photos, its notice, its record and its result, served.

use super::accounts::again;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::tx::write;
use crate::service::records::documents;
use crate::service::records::documents::{DocumentBody, ServiceBody};
use crate::service::records::evidence;
use crate::service::records::evidence::{EvidenceBody, PositionBody, Upload};
use domain::records::documents::{DocumentKind, ServiceWay};
use domain::records::evidence::EvidenceKind;
use entity::records::documents::Model as Document;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use sha2::{Digest, Sha256};
use std::io::Cursor;
use uuid::Uuid;

pub const PHOTOS: i32 = 3;

/// A made-up photo: bands of colour, no two alike.
fn photo(at: i32) -> Result<Vec<u8>> {
    let shade = |value: u32| u8::try_from(value % 256).unwrap_or_default();
    let at = u32::try_from(at).unwrap_or_default();
    let picture = RgbImage::from_fn(1_280, 960, |x, y| Rgb([shade(x / 5 + at * 60), shade(y / 4), shade((x + y) / 9)]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Jpeg).map_err(AppError::internal)?;
    Ok(bytes.into_inner())
}

/// Captured, sent and kept.
pub async fn photos(app: &App, who: &Ctx, inspection: Uuid) -> Result<()> {
    for seq in 1..=PHOTOS {
        let content = photo(seq)?;
        let body = EvidenceBody {
            seq,
            kind: EvidenceKind::Photo,
            filename: format!("IMG_{seq:04}.jpg"),
            size_bytes: i64::try_from(content.len()).unwrap_or_default(),
            sha256: hex::encode(Sha256::digest(&content)),
            captured_at: again(who).now,
            device: Some("执法终端-07（演示）".to_owned()),
            position: Some(PositionBody { longitude: 106.28963, latitude: 32.23104, accuracy_m: Some(8.0) }),
            spot_check_item_id: None,
            check_number: None,
            note: Some("演示照片".to_owned()),
        };

        let ctx = again(who);
        let declare = async |tx: &_| evidence::declare(app, tx, inspection, body.clone()).await;
        let declared = write(&app.db, &ctx, async |tx| declare(tx).await).await?;
        let mut upload = Upload::resume(app, &ctx, declared.id, 0).await?;
        upload.take(&content).await?;
        upload.finish().await?;
    }
    evidence::check_waiting(app).await
}

async fn issued(
    app: &App,
    who: &Ctx,
    inspection: Uuid,
    kind: DocumentKind,
    inputs: &[(&str, &str)],
) -> Result<Document> {
    let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = DocumentBody { kind, inputs, about_id: None };
    let create = async |tx: &_| documents::create(app, tx, inspection, body.clone()).await;
    let draft = write(&app.db, &again(who), async |tx| create(tx).await).await?;
    let issue = async |tx: &_| documents::issue(app, tx, draft.id, draft.version).await;
    write(&app.db, &again(who), async |tx| issue(tx).await).await
}

async fn served(app: &App, who: &Ctx, document: Document) -> Result<()> {
    let ctx = again(who);
    let body = ServiceBody {
        way: ServiceWay::Direct,
        to: "经营者（演示）".to_owned(),
        at: ctx.now,
        witnesses: Vec::new(),
        note: None,
        receipt_evidence_id: None,
    };
    let serve = async |tx: &_| documents::serve(app, tx, document.id, document.version, body.clone()).await;
    write(&app.db, &ctx, async |tx| serve(tx).await).await?;
    Ok(())
}

/// The notice, before they look.
pub async fn notice(app: &App, who: &Ctx, inspection: Uuid) -> Result<()> {
    let inputs = [("materials", "营业执照、食品经营许可证、进货查验记录"), ("contact", "执法科，0839-4200000（演示）")];
    let notice = issued(app, who, inspection, DocumentKind::InspectionNotice, &inputs).await?;
    served(app, who, notice).await
}

/// The record, of what was recorded.
pub async fn record(app: &App, who: &Ctx, inspection: Uuid) -> Result<()> {
    let inputs = [("attendant", "经营者（演示）"), ("statement", "无异议")];
    issued(app, who, inspection, DocumentKind::SiteRecord, &inputs).await?;
    Ok(())
}

/// The result, when it is approved.
pub async fn result(app: &App, who: &Ctx, inspection: Uuid) -> Result<()> {
    let notice = issued(app, who, inspection, DocumentKind::ResultNotice, &[]).await?;
    served(app, who, notice).await
}
