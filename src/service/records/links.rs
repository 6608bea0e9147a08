//! 限时链接: a link to a file is good for minutes, and for whoever has it: a picture in a page, a file in a player. Who may read is
//! asked when the link is made, and that is a line of the trail.

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::kernel::secrets::hmac;
use crate::persistence::records::evidence as evidence_store;
use crate::service::records::archives::package::{Package, package};
use crate::service::records::{documents, evidence, files};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use domain::records::documents::DocumentFormat;
use domain::records::evidence::Variant;
use std::ops::Range;
use uuid::Uuid;

/// What a link names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Evidence(Variant),
    Document(DocumentFormat),
    Package,
}

const TARGETS: [Target; 5] = [
    Target::Evidence(Variant::Original),
    Target::Evidence(Variant::Thumbnail),
    Target::Document(DocumentFormat::Pdf),
    Target::Document(DocumentFormat::Docx),
    Target::Package,
];

/// A link to a file.
pub struct Link {
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// A link to a record's file, from now on.
pub fn link(app: &App, ctx: &Ctx, id: Uuid, target: Target) -> Link {
    let expires_at = ctx.now + Duration::minutes(i64::from(app.settings.files.link_minutes));
    let place = TARGETS.iter().position(|known| *known == target).unwrap_or_default();
    let mut bytes = id.as_bytes().to_vec();
    bytes.push(u8::try_from(place).unwrap_or_default());
    bytes.extend(expires_at.timestamp().to_be_bytes());
    let mac = hmac(&app.secrets.link_key, &bytes);
    bytes.extend(&mac[..16]);
    Link { token: BASE64.encode(bytes), expires_at }
}

/// A file to be read.
pub struct Content {
    pub media_type: &'static str,
    pub name: String,
    pub size: u64,
    /// What it is tagged with.
    pub digest: String,
    pub source: Source,
}

/// Where a file's bytes are.
pub enum Source {
    /// In the pieces in which a piece of evidence came.
    Pieces(Uuid),
    /// Here already.
    Whole(Vec<u8>),
}

/// What a link leads to.
pub enum Linked {
    File(Content),
    /// Written while it is read: it has no size before.
    Package(Box<Package>),
}

/// What a link leads to, while the link is good.
pub async fn follow(app: &App, ctx: &Ctx, token: &str) -> Result<Linked> {
    match read(app, ctx, token).ok_or_else(AppError::not_found)? {
        (id, Target::Evidence(variant)) => Ok(Linked::File(evidence::content(app, id, variant).await?)),
        (id, Target::Document(format)) => Ok(Linked::File(documents::content(app, id, format).await?)),
        (id, Target::Package) => Ok(Linked::Package(Box::new(package(app, id).await?))),
    }
}

fn read(app: &App, ctx: &Ctx, token: &str) -> Option<(Uuid, Target)> {
    let bytes = BASE64.decode(token).ok()?;
    let (said, mac) = bytes.split_at_checked(25)?;
    verify_slices_are_equal(&hmac(&app.secrets.link_key, said)[..16], mac).ok()?;
    let until = i64::from_be_bytes(said[17..].try_into().ok()?);
    let target = TARGETS.get(usize::from(said[16])).copied()?;
    let id = Uuid::from_slice(&said[..16]).ok()?;

    (ctx.now.timestamp() < until).then_some((id, target))
}

/// A part of a file that is read at once.
pub enum Piece {
    Stored { key: String, start: u64 },
    Here(Vec<u8>),
}

impl Content {
    /// The pieces that hold a range of the file, in order.
    pub async fn pieces(&self, app: &App, range: &Range<u64>) -> Result<Vec<Piece>> {
        let signed = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
        match &self.source {
            Source::Whole(bytes) => Ok(vec![Piece::Here(bytes.clone())]),
            Source::Pieces(id) => {
                let chunks = evidence_store::chunks(&app.db, *id, signed(range.start), signed(range.end)).await?;
                let piece = |start: i64, key| Piece::Stored { key, start: u64::try_from(start).unwrap_or_default() };
                Ok(chunks.into_iter().map(|chunk| piece(chunk.start, chunk.key)).collect())
            }
        }
    }
}

impl Piece {
    /// The part of it that lies in a range of the file.
    pub async fn read(self, app: &App, range: &Range<u64>) -> Result<Vec<u8>> {
        let (bytes, start) = match self {
            Self::Here(bytes) => (bytes, 0),
            Self::Stored { key, start } => (files::read(app, &key).await?, start),
        };
        let within = |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes[within(range.start)..within(range.end)].to_vec())
    }
}
