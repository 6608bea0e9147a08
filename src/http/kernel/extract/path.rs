//! Path ids and versions.

use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::{AppError, FieldError, Result};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use domain::kernel::refusal::Code as Refused;
use domain::kernel::text::text;
use std::future::{Ready, ready};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use uuid::Uuid;

/// `{id}`: a record.
pub struct Id(pub Uuid);

/// `{code}` or `{name}`: a business code or a dictionary's name.
pub struct Code(pub String);

/// `{id}` and the version in `If-Match` that the change is based on.
#[derive(Clone, Copy)]
pub struct Versioned {
    pub id: Uuid,
    pub version: i32,
}

fn id(request: &HttpRequest) -> Result<Uuid> {
    let text = request.match_info().get("id").unwrap_or_default();
    Uuid::try_parse(text).map_err(|_| {
        let detail = text!("标识应为 UUID。", "The id must be a UUID.");
        AppError::new(Refused::InvalidParameter, detail.clone()).with_errors(vec![FieldError::new(
            "id",
            "INVALID_PARAMETER",
            detail,
        )])
    })
}

impl FromRequest for Id {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(id(request).map(Self))
    }
}

impl Describe for Id {
    fn describe(doc: &mut Doc) {
        let schema =
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        doc.path_parameter("id", "记录标识 (UUIDv7)", schema);
    }
}

impl FromRequest for Code {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.match_info().get("code").unwrap_or_default().to_owned())))
    }
}

impl Describe for Code {
    fn describe(doc: &mut Doc) {
        let schema =
            ObjectBuilder::new().schema_type(Type::String).max_length(Some(64)).pattern(Some("^[A-Za-z0-9._-]+$"));
        doc.path_parameter("code", "代码表名称，或指标的代码或序号", schema);
    }
}

impl FromRequest for Versioned {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(versioned(request))
    }
}

fn versioned(request: &HttpRequest) -> Result<Versioned> {
    let id = id(request)?;
    let Some(value) = request.headers().get(header::IF_MATCH) else {
        return Err(AppError::new(
            Refused::PreconditionRequired,
            text!(
                "请在 If-Match 中带上读取时的 ETag，以免覆盖他人的修改。",
                "Send the ETag you read in If-Match, so that nobody's change is overwritten."
            ),
        ));
    };
    let text = value.to_str().unwrap_or_default();
    let version =
        text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse::<i32>().ok());
    // A tag that this service never gave, such as "+3" or "03", matches nothing.
    let version = version.filter(|version| text == format!("\"{version}\""));

    version.map(|version| Versioned { id, version }).ok_or_else(AppError::stale)
}

impl Describe for Versioned {
    fn describe(doc: &mut Doc) {
        Id::describe(doc);
        doc.if_match();
    }
}
