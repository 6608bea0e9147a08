//! A JSON body: strict syntax, then the published schema itself (every bad field at once), then `validator`'s rules.

use super::app::app_of;
use super::check::check_schema;
use super::strict;
use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::middleware::{is_mismatch, signature_invalid};
use crate::kernel::error::{AppError, FieldError, Result};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::time::Duration;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// A body that the schema and the type's own rules accept.
pub struct Json<T>(pub T);

/// SHA-256 of the body as it came, for the idempotency fingerprint.
#[derive(Clone, Copy)]
pub struct BodyDigest(pub [u8; 32]);

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Json<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let app = app_of(&request)?;
            let bytes = body_bytes(&request, payload, MEDIA_TYPES, app.settings.limits.body_bytes).await?;
            let value = parse_strict(&bytes)?;
            check_schema::<T>(&value)?;
            decode_body(value).map(Self)
        })
    }
}

impl<T: ToSchema + 'static> Describe for Json<T> {
    const BODY: bool = true;

    fn describe(doc: &mut Doc) {
        doc.body::<T>();
    }
}

/// The body of a value that its schema accepts, if its own rules do.
pub(super) fn decode_body<T: DeserializeOwned + Validate>(value: Value) -> Result<T> {
    let body: T = serde_json::from_value(value).map_err(|error| malformed(&error))?;
    body.validate().map_err(|errors| AppError::invalid(flatten(&errors)))?;
    Ok(body)
}

/// What JSON may call itself.
pub const MEDIA_TYPES: &[&str] = &["application/json", "application/merge-patch+json"];

/// The bytes of a body of one of some media types, within a limit; their digest is kept for the idempotency
/// fingerprint.
pub async fn body_bytes(request: &HttpRequest, payload: Payload, types: &[&str], limit: usize) -> Result<web::Bytes> {
    let app = app_of(request)?;
    check_type(request, types)?;
    let bytes = read_body(payload, limit, Duration::from_secs(app.settings.limits.body_seconds)).await?;
    request.extensions_mut().insert(BodyDigest(Sha256::digest(&bytes).into()));
    Ok(bytes)
}

/// Strict JSON, or a problem that says what is wrong and where.
pub fn parse_strict(bytes: &[u8]) -> Result<Value> {
    strict::parse(bytes).map_err(|error| malformed(&error))
}

fn check_type(request: &HttpRequest, known: &[&str]) -> Result<()> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if known.contains(&essence.as_str()) {
        return Ok(());
    }
    let first = known.first().copied().unwrap_or_default();
    Err(AppError::new(Code::UnsupportedMediaType, text!("请以 {first} 发送内容。", "Send the body as {first}.")))
}

/// Reads a whole body within its limits.
async fn read_body(mut payload: Payload, limit: usize, within: Duration) -> Result<web::Bytes> {
    let read = async {
        let mut body = web::BytesMut::new();
        while let Some(chunk) = next_chunk(&mut payload, within).await? {
            if body.len() + chunk.len() > limit {
                return Err(AppError::new(
                    Code::PayloadTooLarge,
                    text!("内容超过 {limit} 字节。", "The body is larger than {limit} bytes."),
                ));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    actix_web::rt::time::timeout(within, read).await.unwrap_or_else(|_| Err(late()))
}

/// The next piece of a body, unless it is too long in coming.
pub async fn next_chunk(payload: &mut Payload, within: Duration) -> Result<Option<web::Bytes>> {
    match actix_web::rt::time::timeout(within, payload.next()).await {
        Err(_) => Err(late()),
        Ok(None) => Ok(None),
        Ok(Some(Err(error))) if is_mismatch(&error) => Err(signature_invalid("content-digest")),
        Ok(Some(chunk)) => chunk.map(Some).map_err(|error| malformed(&error)),
    }
}

pub fn late() -> AppError {
    AppError::new(Code::RequestTimeout, text!("内容未在限时内到达。", "The body did not arrive in time."))
}

fn malformed(error: &impl ToString) -> AppError {
    let error = error.to_string();
    let detail = text!("JSON 格式有误：{error}", "The JSON is malformed: {error}");
    AppError::new(Code::MalformedRequest, detail.clone()).with_errors(vec![FieldError::new("", "MALFORMED", detail)])
}

/// `validator`'s errors as pointers, in a stable order. Their parameters hold the input and are not shown.
fn flatten(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut flat = Vec::new();
    walk(errors, "", &mut flat);
    flat.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    flat
}

fn walk(errors: &ValidationErrors, at: &str, into: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        let here = if field == "__all__" { at.to_owned() } else { format!("{at}/{field}") };
        match kind {
            ValidationErrorsKind::Field(list) => {
                for error in list {
                    let pointer = error.params.get("pointer").and_then(Value::as_str).unwrap_or(&here).to_owned();
                    let message = error.message.as_deref().unwrap_or("不符合要求。|It is not valid.");
                    let (zh, en) = message.split_once('|').unwrap_or((message, message));
                    let detail = Text { zh: zh.to_owned(), en: en.to_owned() };
                    into.push(FieldError::new(pointer, "RULE", detail));
                }
            }
            ValidationErrorsKind::Struct(inner) => walk(inner, &here, into),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    walk(inner, &format!("{here}/{index}"), into);
                }
            }
        }
    }
}
