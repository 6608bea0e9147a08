//! Resumable uploads by tus 1.0.0 (core protocol): `HEAD` says how far a file has come, `PATCH` goes on from there. A file is
//! registered as evidence first, and that gives its address.

use crate::app::App;
use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::extract::{Id, ctx_for, late, next_chunk};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::service::records::evidence::{Upload, standing};
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use domain::access::Permit;
use domain::access::permit::EvidenceWrite;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::schema::{ObjectBuilder, Type};

const VERSION: &str = "1.0.0";
const MEDIA_TYPE: &str = "application/offset+octet-stream";

/// Whoever sends a file, in the protocol's version.
pub struct Sender {
    app: Arc<App>,
    ctx: Ctx,
}

/// Bytes of a file, from an offset on.
pub struct Bytes {
    offset: i64,
    payload: Payload,
}

/// How far a file has come.
pub struct Standing<const STATUS: u16> {
    received: i64,
    size: i64,
}

impl FromRequest for Sender {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sender = || {
            let (app, ctx) = ctx_for::<EvidenceWrite>(request)?;
            if text_of(request, "Tus-Resumable") == VERSION {
                return Ok(Self { app, ctx });
            }
            let detail = text!("请以 Tus-Resumable: {VERSION} 发送。", "Send Tus-Resumable: {VERSION}.");
            Err(AppError::new(Code::UploadVersion, detail))
        };
        ready(sender())
    }
}

impl Describe for Sender {
    fn describe(doc: &mut Doc) {
        doc.permission = Some(EvidenceWrite::PERMISSION);
        let version = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([VERSION]));
        doc.required_header("Tus-Resumable", "断点续传协议版本", version);
    }
}

fn text_of<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl FromRequest for Bytes {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = text_of(request, header::CONTENT_TYPE.as_str());
        if !content_type.eq_ignore_ascii_case(MEDIA_TYPE) {
            let detail = text!("请以 {MEDIA_TYPE} 发送内容。", "Send the body as {MEDIA_TYPE}.");
            return ready(Err(AppError::new(Code::UnsupportedMediaType, detail)));
        }
        let offset = text_of(request, "Upload-Offset").parse::<i64>().ok().filter(|offset| *offset >= 0);
        let Some(offset) = offset else {
            let detail =
                text!("Upload-Offset 应为已收到的字节数。", "Upload-Offset is the number of bytes that are here.");
            let error = FieldError::new("Upload-Offset", "INVALID_PARAMETER", detail.clone());
            return ready(Err(AppError::new(Code::InvalidParameter, detail).with_errors(vec![error])));
        };

        ready(Ok(Self { offset, payload: payload.take() }))
    }
}

impl Describe for Bytes {
    const BODY: bool = true;

    fn describe(doc: &mut Doc) {
        let offset = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        doc.required_header("Upload-Offset", "本段内容在文件中的起始字节，即已收到的字节数", offset);
        doc.file_body(&[MEDIA_TYPE]);
        doc.problem(409);
    }
}

impl<const STATUS: u16> Responder for Standing<STATUS> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = if STATUS == 204 { HttpResponse::NoContent() } else { HttpResponse::Ok() };
        response
            .insert_header(("Tus-Resumable", VERSION))
            .insert_header(("Upload-Offset", self.received.to_string()))
            .insert_header(("Upload-Length", self.size.to_string()))
            .finish()
    }
}

impl<const STATUS: u16> Describe for Standing<STATUS> {
    fn describe(doc: &mut Doc) {
        let headers =
            [("Tus-Resumable", "协议版本"), ("Upload-Offset", "已收到的字节数"), ("Upload-Length", "文件大小")];
        doc.headers_only(STATUS, &headers);
        // Nothing more is wanted of what was refused or discarded.
        doc.problem(409);
    }
}

pub(super) async fn upload_standing(sender: Sender, id: Id) -> Result<Standing<200>> {
    let (received, size) = standing(&sender.app, &sender.ctx, id.0).await?;
    Ok(Standing { received, size })
}

pub(super) async fn send_bytes(sender: Sender, id: Id, bytes: Bytes) -> Result<Standing<204>> {
    let Sender { app, ctx } = &sender;
    let _turn = app.upload_turn().await?;
    let Bytes { offset, mut payload } = bytes;
    let limits = &app.settings.limits;
    let mut upload = Upload::resume(app, ctx, id.0, offset).await?;

    let receive = async {
        while let Some(chunk) = next_chunk(&mut payload, Duration::from_secs(limits.body_seconds)).await? {
            upload.take(&chunk).await?;
        }
        Ok(())
    };
    let received = actix_web::rt::time::timeout(Duration::from_secs(limits.import_seconds), receive).await;
    match received.unwrap_or_else(|_| Err(late())) {
        // Time is up: what has come is kept, and the answer says where to go on.
        Err(error) if error.code == Code::RequestTimeout => {}
        Err(error) if error.code == Code::PayloadTooLarge => return Err(error),
        // The line broke: what has come is kept, and is not sent again.
        Err(error) => {
            upload.finish().await?;
            return Err(error);
        }
        Ok(()) => {}
    }

    let (received, size) = upload.finish().await?;
    Ok(Standing { received, size })
}
