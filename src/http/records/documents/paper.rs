//! Pages of a draft, and the code on a paper.

use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::{AppError, Result};
use crate::service::records::documents::Paper;
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use std::future::{Ready, ready};
use utoipa::openapi::schema::{ObjectBuilder, Type};

impl Responder for Paper {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("application/pdf")
            .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"draft.pdf\""))
            .body(self.0)
    }
}

impl Describe for Paper {
    fn describe(doc: &mut Doc) {
        doc.raw("application/pdf", ObjectBuilder::new().schema_type(Type::String));
    }
}

/// `{code}`: the verify code that stands on a document.
pub struct VerifyCode(pub String);

impl FromRequest for VerifyCode {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.match_info().get("code").unwrap_or_default().to_ascii_uppercase())))
    }
}

impl Describe for VerifyCode {
    fn describe(doc: &mut Doc) {
        let code = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[2-9A-HJ-NP-Za-hj-np-z]{16}$"));
        doc.path_parameter("code", "文书上的核验码", code);
    }
}
