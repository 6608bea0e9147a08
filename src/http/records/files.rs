//! 限时链接: what a link leads to, whole or a range of it, read piece by piece.

use crate::app::App;
use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::extract::Anonymous;
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::View;
use crate::kernel::error::{AppError, Result};
use crate::service::records::archives::package::Package;
use crate::service::records::links::{Content, Link, Linked, Piece, follow};
use actix_web::body::{BoxBody, SizedStream};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::records::evidence::MEDIA_TYPES;
use futures::{StreamExt, stream};
use serde::Serialize;
use std::future::{Ready, ready};
use std::ops::Range;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

pub fn routes(api: &mut Api) {
    let mut group = api.group("files", "文件链接");
    group.get(
        "/api/v1/public/files/{token}",
        "read_linked_file",
        "读取链接所指的文件",
        "限时链接所指的证据、文书或移交包；证据和文书支持分段读取（Range）。",
        read_file,
    );
}

/// 查看链接
#[derive(Serialize, ToSchema)]
pub struct LinkView {
    /// 无须登录即可读取，到期失效
    pub url: String,
    pub expires_at: DateTime<Utc>,
}

impl View for LinkView {
    fn location(&self, _: &str) -> Option<String> {
        Some(self.url.clone())
    }
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        Self { url: format!("/api/v1/public/files/{}", link.token), expires_at: link.expires_at }
    }
}

/// `{token}` of a link, and the range that is asked for.
pub struct Asked {
    token: String,
    range: Option<String>,
    if_range: Option<String>,
}

impl FromRequest for Asked {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let token = request.match_info().get("token").unwrap_or_default().to_owned();
        ready(Ok(Self { token, range: text(header::RANGE), if_range: text(header::IF_RANGE) }))
    }
}

impl Describe for Asked {
    fn describe(doc: &mut Doc) {
        let token =
            ObjectBuilder::new().schema_type(Type::String).max_length(Some(100)).pattern(Some("^[A-Za-z0-9_-]+$"));
        doc.path_parameter("token", "查看链接所含的限时凭据", token);
    }
}

/// A file that is read while it is sent.
pub struct FileContent {
    app: Arc<App>,
    content: Content,
    range: Option<Range<u64>>,
    /// The first piece, read before anything is answered: what cannot be read is an error, not a file that breaks off.
    first: Bytes,
    rest: Vec<Piece>,
}

/// What a link leads to, as it is sent.
pub enum LinkedFile {
    File(Box<FileContent>),
    Package(Box<PackageContent>),
}

async fn read_file(anonymous: Anonymous, asked: Asked) -> Result<LinkedFile> {
    let Anonymous { app, ctx, .. } = anonymous;
    match follow(&app, &ctx, &asked.token).await? {
        Linked::File(content) => Ok(LinkedFile::File(Box::new(file_content(app, content, asked).await?))),
        Linked::Package(package) => Ok(LinkedFile::Package(Box::new(PackageContent { app, package: *package }))),
    }
}

async fn file_content(app: Arc<App>, content: Content, asked: Asked) -> Result<FileContent> {
    // A range of a file that has changed since is none of it.
    let asked_range = asked.range.filter(|_| asked.if_range.is_none_or(|tag| tag == tag_of(&content)));
    let range = match asked_range.as_deref() {
        None => None,
        Some(text) => range_of(text, content.size)?,
    };
    let whole = 0..content.size;
    let part = range.as_ref().unwrap_or(&whole);
    let mut rest = content.pieces(&app, part).await?;
    let first = if rest.is_empty() { Vec::new() } else { rest.remove(0).read(&app, part).await? };

    Ok(FileContent { app, content, range, first: first.into(), rest })
}

/// What the content is tagged with.
fn tag_of(content: &Content) -> String {
    format!("\"{}\"", content.digest)
}

/// One range of bytes (RFC 9110 §14.2); several, or another unit, are answered with the whole file.
fn range_of(text: &str, size: u64) -> Result<Option<Range<u64>>> {
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return Ok(None) };
    let range = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => from..to.saturating_add(1).min(size),
        (Ok(from), Err(_)) if to.trim().is_empty() => from..size,
        (Err(_), Ok(last)) if from.trim().is_empty() => size.saturating_sub(last)..size,
        _ => return Ok(None),
    };
    if range.start < size && !range.is_empty() {
        return Ok(Some(range));
    }
    let detail =
        text!("文件共 {size} 字节，没有所请求的范围。", "The file has {size} bytes; there is no such range of it.");
    Err(AppError::new(Code::RangeNotSatisfiable, detail))
}

impl Responder for FileContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let Self { app, content, range, first, rest } = self;
        // A reader of papers in a browser is no page of ours, and does not open in a sandbox.
        let is_paper = content.media_type == "application/pdf";
        let policy = if is_paper { "default-src 'none'; object-src 'self'" } else { "default-src 'none'; sandbox" };
        let mut response = if range.is_some() { HttpResponse::PartialContent() } else { HttpResponse::Ok() };
        response
            .content_type(content.media_type)
            .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", content.name)))
            // Whatever a file holds besides what it is, a browser runs nothing of it.
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .insert_header((header::CACHE_CONTROL, "private, max-age=300"))
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            .insert_header((header::ETAG, tag_of(&content)));
        if let Some(range) = &range {
            let said = format!("bytes {}-{}/{}", range.start, range.end - 1, content.size);
            response.insert_header((header::CONTENT_RANGE, said));
        }

        let range = range.unwrap_or(0..content.size);
        let length = range.end - range.start;
        let later = stream::iter(rest).then(move |piece| {
            let (app, range) = (Arc::clone(&app), range.clone());
            async move { piece.read(&app, &range).await.map(Bytes::from) }
        });
        let parts = stream::once(ready(Ok(first))).chain(later);
        response.body(SizedStream::new(length, parts.boxed_local()))
    }
}

/// A package that is written while it is sent.
pub struct PackageContent {
    app: Arc<App>,
    package: Package,
}

/// Parts of a package that wait for a slow reader.
const AHEAD: usize = 4;

impl Responder for PackageContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let Self { app, package } = self;
        let name = format!("attachment; filename=\"{}.zip\"", package.name());
        let (sender, receiver) = tokio::sync::mpsc::channel(AHEAD);
        actix_web::rt::spawn(package.write(app, sender));
        let parts = stream::unfold(receiver, async |mut parts| {
            let part = parts.recv().await?;
            Some((part.map(Bytes::from), parts))
        });

        HttpResponse::Ok()
            .content_type(ZIP)
            .insert_header((header::CONTENT_DISPOSITION, name))
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .streaming(parts.boxed_local())
    }
}

const ZIP: &str = "application/zip";

impl Responder for LinkedFile {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::File(content) => content.respond_to(request),
            Self::Package(content) => content.respond_to(request),
        }
    }
}

impl Describe for LinkedFile {
    fn describe(doc: &mut Doc) {
        doc.file(MEDIA_TYPES.into_iter().map(|media| media.name).chain([ZIP]));
    }
}

#[cfg(test)]
mod tests {
    use super::range_of;

    #[test]
    fn a_range_is_what_the_rfc_says() {
        let range = |text| range_of(text, 100).map_err(|error| error.code.code());

        assert_eq!(range("bytes=0-9"), Ok(Some(0..10)));
        assert_eq!(range("bytes=90-"), Ok(Some(90..100)));
        assert_eq!(range("bytes=-5"), Ok(Some(95..100)));
        assert_eq!(range("bytes=-500"), Ok(Some(0..100)));
        assert_eq!(range("bytes=99-400"), Ok(Some(99..100)));
        assert_eq!(range("bytes=100-"), Err("RANGE_NOT_SATISFIABLE"));
        assert_eq!(range("bytes=-0"), Err("RANGE_NOT_SATISFIABLE"));
        for other in ["bytes=5-1", "bytes=0-1,4-5", "lines=0-1", "bytes=", "bytes=-"] {
            assert_eq!(range(other), Ok(None), "{other}");
        }
    }
}
