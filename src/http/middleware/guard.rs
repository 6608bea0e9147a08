//! Who sends the request, and whether they send too many. It refuses nobody for a missing token: handlers do.

use crate::app::App;
use crate::ctx::now;
use crate::domain::refusal::Code;
use crate::domain::text::text;
use crate::error::AppError;
use crate::http::extract::Session;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// One bucket a client: the account where it is known, else the address.
pub struct Limiter(Option<DefaultKeyedRateLimiter<String>>);

impl Limiter {
    pub fn new(per_second: u32, burst: u32) -> Self {
        let quota = NonZeroU32::new(per_second).zip(NonZeroU32::new(burst.max(per_second)));
        Self(quota.map(|(rate, burst)| RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))))
    }

    fn check(&self, key: String) -> Result<(), AppError> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(&key).map_err(|until| {
            let seconds = until.wait_time_from(limiter.clock().now()).as_secs() + 1;
            AppError::new(
                Code::RateLimited,
                text!("请求过于频繁，请 {seconds} 秒后再试。", "Too many requests: try again in {seconds} s."),
            )
            .retry_after(seconds)
        })
    }

    /// Forgets clients that have been quiet.
    pub fn forget_quiet(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

pub async fn guard(
    app: web::Data<App>,
    limiter: web::Data<Limiter>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = request.headers().get(header::AUTHORIZATION).map(|value| {
        let text = value.to_str().unwrap_or_default();
        text.split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token)
            .to_owned()
    });
    let mut key = request.peer_addr().map(|address| address.ip().to_string()).unwrap_or_default();
    if let Some(token) = token {
        let session = crate::service::auth::authenticate(&app, token.trim(), now()).await;
        if let Ok(actor) = &session {
            key = actor.id.to_string();
        }
        request.extensions_mut().insert(Session(session));
    }
    if let Err(error) = limiter.check(key) {
        return Ok(request.error_response(error).map_into_boxed_body());
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
