//! The outermost layer: request id, panics, problems in the caller's language, conditional answers, headers, metrics.

use super::RequestId;
use crate::app::App;
use crate::http::kernel::problem::{Language, render, status};
use crate::kernel::ctx::new_id;
use crate::kernel::error::AppError;
use crate::persistence::kernel::db::counting;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What the envelope needs to know of the request after it is gone.
struct Facts {
    request_id: String,
    language: Language,
    path: String,
    method: Method,
    if_none_match: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
}

pub async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let facts = Facts::of(&request);
    request.extensions_mut().insert(RequestId(facts.request_id.clone()));
    let told = request.app_data::<web::Data<App>>().is_some_and(|app| app.settings.log.server_timing);
    let (outcome, statements) = counting(AssertUnwindSafe(next.call(request)).catch_unwind()).await;
    let mut response = match outcome {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => return Err(error),
        Err(_) => return Err(panicked(&facts).into()),
    };

    if response.status().as_u16() >= 400 && !is_problem(response.headers()) {
        response = as_problem(response, &facts);
    } else if is_unchanged(&response, &facts) {
        response = response.map_body(|head, _| {
            head.status = StatusCode::NOT_MODIFIED;
            head.headers.remove(header::CONTENT_TYPE);
            BoxBody::new(())
        });
    }

    add_headers(response.headers_mut(), &facts);
    if told && let Ok(value) = HeaderValue::from_str(&format!("db;desc=\"{statements} statements\"")) {
        response.headers_mut().insert(HeaderName::from_static("server-timing"), value);
    }
    count(&response, begun);

    Ok(response)
}

impl Facts {
    fn of(request: &ServiceRequest) -> Self {
        let headers = request.headers();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let valid = |id: &&str| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };

        Self {
            request_id: text(X_REQUEST_ID).filter(valid).map_or_else(|| new_id().simple().to_string(), str::to_owned),
            language: Language::of(text(header::ACCEPT_LANGUAGE)),
            path: request.path().to_owned(),
            method: request.method().clone(),
            if_none_match: headers.get(header::IF_NONE_MATCH).cloned(),
            traceparent: headers.get(TRACEPARENT).filter(|value| value.len() == 55).cloned(),
        }
    }
}

/// A problem that is written already: after a panic there is no response left to rewrite.
#[derive(Debug)]
struct Panicked {
    body: String,
    request_id: String,
}

impl std::fmt::Display for Panicked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a handler panicked")
    }
}

impl ResponseError for Panicked {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::InternalServerError()
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((X_REQUEST_ID, self.request_id.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(self.body.clone())
    }
}

fn panicked(facts: &Facts) -> Panicked {
    let request_id = facts.request_id.clone();
    tracing::error!(request_id, method = %facts.method, path = facts.path, "a handler panicked");
    let problem = render(&AppError::internal("panic"), facts.language, &facts.path, &request_id);
    Panicked { body: serde_json::to_string(&problem).unwrap_or_default(), request_id }
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"))
}

/// Errors of handlers keep their own code; the framework's get one by their status.
fn as_problem(response: ServiceResponse<BoxBody>, facts: &Facts) -> ServiceResponse<BoxBody> {
    let own = response.response().error().and_then(|error| error.as_error::<AppError>()).cloned();
    let error = own.unwrap_or_else(|| of_status(response.status(), response.headers()));
    if status(error.code).is_server_error() {
        let request_id = facts.request_id.as_str();
        tracing::error!(request_id, method = %facts.method, path = facts.path, %error, "request failed");
    }
    let problem = render(&error, facts.language, &facts.path, &facts.request_id);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let language = facts.language.tag();

    response.map_body(|head, _| {
        head.status = status(error.code);
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        head.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
        head.headers.remove(header::CONTENT_LENGTH);
        BoxBody::new(body)
    })
}

fn of_status(status: StatusCode, headers: &HeaderMap) -> AppError {
    match status {
        StatusCode::NOT_FOUND => AppError::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allow = headers.get(header::ALLOW).and_then(|value| value.to_str().ok()).unwrap_or("");
            AppError::new(
                Code::MethodNotAllowed,
                text!("该地址只支持 {allow}。", "This resource supports {allow} only.", allow = allow),
            )
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            AppError::new(Code::PayloadTooLarge, text!("内容过大。", "The body is too large."))
        }
        StatusCode::REQUEST_TIMEOUT => {
            AppError::new(Code::RequestTimeout, text!("请求未在限时内到达。", "The request did not arrive in time."))
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            AppError::new(Code::UnsupportedMediaType, text!("不支持的内容类型。", "Unsupported media type."))
        }
        status if status.is_client_error() => {
            AppError::new(Code::MalformedRequest, text!("请求格式有误。", "The request is malformed."))
        }
        status => AppError::internal(status),
    }
}

fn is_unchanged(response: &ServiceResponse<BoxBody>, facts: &Facts) -> bool {
    if facts.method != Method::GET || response.status() != StatusCode::OK {
        return false;
    }
    let (Some(etag), Some(asked)) = (response.headers().get(header::ETAG), &facts.if_none_match) else { return false };
    let asked = asked.to_str().unwrap_or_default();
    asked.split(',').any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == etag.as_bytes())
}

fn add_headers(headers: &mut HeaderMap, facts: &Facts) {
    if let Ok(id) = HeaderValue::from_str(&facts.request_id) {
        headers.insert(X_REQUEST_ID, id);
    }
    if let Some(traceparent) = &facts.traceparent {
        headers.insert(TRACEPARENT, traceparent.clone());
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// A client may invent methods, and each would be a series of its own for ever.
fn known(method: &Method) -> &'static str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let names = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.iter().position(|one| one == method).map_or("other", |at| names[at])
}

fn count(response: &ServiceResponse<BoxBody>, begun: Instant) {
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = known(response.request().method());
    let status = response.status().as_u16().to_string();
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route)
        .record(begun.elapsed().as_secs_f64());
}
