//! What an operation does not declare, it does not take: a query or a body that nobody would read is refused.

use super::list::pairs;
use crate::kernel::error::{AppError, FieldError, Result};
use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;

/// `query`, `body`: whether the operation has one.
pub fn check(request: &HttpRequest, query: bool, body: bool) -> Result<()> {
    if !query && !request.query_string().is_empty() {
        let errors = pairs(request)?.into_iter().map(|(name, _)| {
            let detail = text!("未声明的参数 {name}。", "The parameter {name} is not declared.");
            FieldError::new(name, "UNKNOWN_PARAMETER", detail)
        });
        let detail = text!("该操作没有查询参数。", "This operation takes no query.");
        return Err(AppError::new(Code::UnknownParameter, detail).with_errors(errors.collect()));
    }

    let headers = request.headers();
    let sent = headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    if sent && !body {
        let detail = text!("该操作不带内容，请去掉请求体。", "This operation takes no body; send none.");
        return Err(AppError::new(Code::MalformedRequest, detail));
    }

    Ok(())
}
