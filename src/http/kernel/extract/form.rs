//! What OAuth sends: a form body and Basic credentials, held to the same schema and limits as JSON.

use super::app::app_of;
use super::check::check_schema;
use super::json::{body_bytes, decode_body};
use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::{AppError, Result};
use crate::service::access::clients::invalid_client;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::future::{Ready, ready};
use utoipa::ToSchema;
use validator::Validate;

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// A form that the schema accepts; every member is a string.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Form<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let app = app_of(&request)?;
            let bytes = body_bytes(&request, payload, &[MEDIA_TYPE], app.settings.limits.body_bytes).await?;
            let value = Value::Object(members(&bytes)?);
            check_schema::<T>(&value)?;
            decode_body(value).map(Self)
        })
    }
}

fn members(bytes: &[u8]) -> Result<Map<String, Value>> {
    let malformed = || {
        AppError::new(
            Code::MalformedRequest,
            text!("表单格式有误或字段重复。", "The form is malformed or repeats a member."),
        )
    };
    let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text).map_err(|_| malformed())?.into_inner();
    let mut members = Map::new();

    for (name, value) in pairs {
        if value.contains('\0') || members.insert(name, Value::String(value)).is_some() {
            return Err(malformed());
        }
    }

    Ok(members)
}

impl<T: ToSchema + 'static> Describe for Form<T> {
    const BODY: bool = true;

    fn describe(doc: &mut Doc) {
        doc.form_body::<T>(MEDIA_TYPE);
    }
}

/// `Authorization: Basic`: the client id and its secret, if they were sent.
pub struct Basic(pub Option<(String, String)>);

impl Basic {
    fn read(request: &HttpRequest) -> Result<Option<(String, String)>> {
        let Some(header) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
        let text = header.to_str().map_err(|_| invalid_client())?;
        let (scheme, encoded) = text.split_once(' ').ok_or_else(invalid_client)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(invalid_client());
        }
        let decoded = BASE64.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let decoded = decoded.ok_or_else(invalid_client)?;
        let (client, secret) = decoded.split_once(':').ok_or_else(invalid_client)?;
        // RFC 6749 §2.3.1: both are form-encoded first.
        let plain = |text: &str| {
            let pair = web::Query::<Vec<(String, String)>>::from_query(&format!("v={text}")).ok()?.into_inner();
            pair.into_iter().next().map(|(_, value)| value)
        };
        let pair = plain(client).zip(plain(secret)).ok_or_else(invalid_client)?;

        Ok(Some(pair))
    }
}

impl FromRequest for Basic {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request).map(Self))
    }
}

impl Describe for Basic {
    fn describe(doc: &mut Doc) {
        doc.basic();
    }
}
