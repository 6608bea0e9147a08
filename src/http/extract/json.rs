//! A JSON body: strict syntax, then the published schema itself (every bad field at once), then `validator`'s rules.

use super::strict;
use crate::app::App;
use crate::domain::refusal::Code;
use crate::domain::text::{Text, text};
use crate::error::{AppError, FieldError, Result};
use crate::http::describe::{Describe, Doc};
use crate::http::middleware::{is_mismatch, signature_invalid};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// A body that the schema and the type's own rules accept.
pub struct Json<T>(pub T);

/// The schema of each body type.
#[derive(Default)]
pub struct Validators(pub HashMap<TypeId, BodySchema>);

/// A body's schema, compiled when the first such body arrives: all of them together would be most of what the process
/// holds at rest.
pub struct BodySchema {
    /// The schema with everything it refers to, as JSON.
    text: String,
    compiled: OnceLock<Validator>,
}

impl BodySchema {
    pub fn new(schema: &Value) -> Self {
        Self { text: schema.to_string(), compiled: OnceLock::new() }
    }

    fn validator(&self) -> Result<&Validator> {
        if let Some(validator) = self.compiled.get() {
            return Ok(validator);
        }
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&serde_json::from_str(&self.text)?)
            .map_err(|error| AppError::internal(format!("a body's schema: {error}")))?;
        Ok(self.compiled.get_or_init(|| validator))
    }
}

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
            let app = request.app_data::<web::Data<App>>().ok_or_else(|| AppError::internal("no app data"))?;
            let bytes = body_bytes(&request, payload, MEDIA_TYPES, app.settings.limits.body_bytes).await?;
            let value = parse_strict(&bytes)?;
            check_schema::<T>(request.app_data::<web::Data<Validators>>(), &value)?;
            decode_body(value).map(Self)
        })
    }
}

impl<T: ToSchema + 'static> Describe for Json<T> {
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
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| AppError::internal("no app data"))?;
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
pub(super) async fn next_chunk(payload: &mut Payload, within: Duration) -> Result<Option<web::Bytes>> {
    match actix_web::rt::time::timeout(within, payload.next()).await {
        Err(_) => Err(late()),
        Ok(None) => Ok(None),
        Ok(Some(Err(error))) if is_mismatch(&error) => Err(signature_invalid("content-digest")),
        Ok(Some(chunk)) => chunk.map(Some).map_err(|error| malformed(&error)),
    }
}

fn late() -> AppError {
    AppError::new(Code::RequestTimeout, text!("内容未在限时内到达。", "The body did not arrive in time."))
}

fn malformed(error: &impl ToString) -> AppError {
    let error = error.to_string();
    let detail = text!("JSON 格式有误：{error}", "The JSON is malformed: {error}");
    AppError::new(Code::MalformedRequest, detail.clone()).with_errors(vec![FieldError::new("", "MALFORMED", detail)])
}

/// Every violation of the schema; unknown members make it a 400, all else a 422.
pub(super) fn check_schema<T: 'static>(validators: Option<&web::Data<Validators>>, value: &Value) -> Result<()> {
    let schema = validators.and_then(|all| all.0.get(&TypeId::of::<T>()));
    let validator = schema.ok_or_else(|| AppError::internal("body type without schema"))?.validator()?;
    let mut errors = Vec::new();
    let mut unknown = !value.is_object();
    for error in validator.iter_errors(value) {
        unknown |= collect(&error, &mut errors);
    }
    if errors.is_empty() {
        return Ok(());
    }
    errors.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    if unknown {
        let detail =
            text!("内容含未声明的字段，或不是 JSON 对象。", "The body has undeclared members, or is no JSON object.");
        return Err(AppError::new(Code::MalformedRequest, detail).with_errors(errors));
    }
    Err(AppError::invalid(errors))
}

/// Adds a violation, each member by its pointer; true where a member is not declared.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's kinds grow; all others are told alike")]
fn collect(error: &jsonschema::ValidationError<'_>, into: &mut Vec<FieldError>) -> bool {
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                let name = name.replace('~', "~0").replace('/', "~1");
                let detail = text!("未声明的字段。", "This member is not declared.");
                into.push(FieldError::new(format!("{at}/{name}"), "UNKNOWN_FIELD", detail));
            }
            true
        }
        Kind::Required { property } => {
            let pointer = format!("{at}/{}", property.as_str().unwrap_or_default());
            into.push(FieldError::new(pointer, "REQUIRED", text!("必填。", "This member is required.")));
            false
        }
        // A nullable reference: what counts is the branch that is not null.
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let branch = context.iter().find(|branch| !branch.iter().any(|inner| is_null_branch(inner, at)));
            branch.into_iter().flatten().fold(false, |unknown, inner| collect(inner, into) | unknown)
        }
        kind => {
            let (code, detail) = describe(kind);
            into.push(FieldError::new(at, code, detail));
            false
        }
    }
}

fn is_null_branch(error: &jsonschema::ValidationError<'_>, at: &str) -> bool {
    error.instance_path().as_str() == at
        && matches!(error.kind(), Kind::Type { kind: TypeKind::Single(kind) } if kind.as_str() == "null")
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's kinds grow; all others are told alike")]
fn describe(kind: &Kind) -> (&'static str, Text) {
    match kind {
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" / "),
            };
            ("TYPE", text!("类型应为 {expected}。", "The type must be {expected}."))
        }
        Kind::Enum { options } => ("NOT_IN_LIST", text!("应为 {options} 之一。", "It must be one of {options}.")),
        Kind::MinLength { limit } => ("TOO_SHORT", text!("长度不足 {limit}。", "It is shorter than {limit}.")),
        Kind::MaxLength { limit } => ("TOO_LONG", text!("长度超过 {limit}。", "It is longer than {limit}.")),
        Kind::Minimum { limit } => ("TOO_SMALL", text!("不得小于 {limit}。", "It must be {limit} or more.")),
        Kind::Maximum { limit } => ("TOO_LARGE", text!("不得大于 {limit}。", "It must be {limit} or less.")),
        Kind::MinItems { limit } => ("TOO_FEW", text!("至少 {limit} 项。", "There must be {limit} or more.")),
        Kind::MaxItems { limit } => ("TOO_MANY", text!("至多 {limit} 项。", "There must be {limit} or fewer.")),
        Kind::UniqueItems => ("REPEATED", text!("不得重复。", "Values must not repeat.")),
        Kind::Pattern { pattern } => ("PATTERN", text!("不符合格式 {pattern}。", "It does not match {pattern}.")),
        Kind::Format { format } => ("FORMAT", text!("不是有效的 {format}。", "It is not a valid {format}.")),
        other => {
            let keyword = other.keyword();
            ("SCHEMA", text!("不符合 {keyword} 约束。", "It violates {keyword}."))
        }
    }
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
