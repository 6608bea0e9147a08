//! Who sends the request, and whether they send too many. It refuses nobody for a missing token: handlers do.

use super::{client, signature};
use crate::app::App;
use crate::config::Limits;
use crate::http::kernel::extract::Session;
use crate::kernel::ctx::{Actor, now};
use crate::kernel::error::AppError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use domain::access::Role;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How many seconds' worth of log-ins may come at once: an office arrives in the morning behind one address.
const LOG_IN_BURST: u32 = 6;

/// One bucket a client: the account where it is known, else the address. Partner systems have quotas of their own.
pub struct Limiter {
    everybody: Option<DefaultKeyedRateLimiter<String>>,
    /// Log-ins by address: hashing a password is work, and guesses come in numbers.
    log_ins: Option<DefaultKeyedRateLimiter<String>>,
    /// By client and quota, so that another quota counts at once.
    partners: moka::sync::Cache<(Uuid, u32), Arc<DefaultDirectRateLimiter>>,
}

impl Limiter {
    pub fn new(limits: &Limits) -> Self {
        let keyed = |rate: u32, burst: u32| {
            let (rate, burst) = NonZeroU32::new(rate).zip(NonZeroU32::new(burst.max(rate)))?;
            let refill = Duration::from_secs(u64::from(limits.rate_seconds)) / rate.get();
            Some(RateLimiter::keyed(Quota::with_period(refill)?.allow_burst(burst)))
        };
        // Who switches the limit off means all of it.
        let log_ins = if limits.requests_per_second == 0 { 0 } else { limits.log_ins_per_second };
        Self {
            everybody: keyed(limits.requests_per_second, limits.request_burst),
            log_ins: keyed(log_ins, log_ins.saturating_mul(LOG_IN_BURST)),
            partners: moka::sync::Cache::new(10_000),
        }
    }

    fn check_log_in(&self, address: &str) -> Result<(), AppError> {
        let Some(limiter) = &self.log_ins else { return Ok(()) };
        limiter.check_key(&address.to_owned()).map_err(|until| too_many(until.wait_time_from(limiter.clock().now())))
    }

    fn check(&self, key: String, actor: Option<&Actor>) -> Result<(), AppError> {
        if let Some((actor, quota)) =
            actor.and_then(|actor| Some((actor, NonZeroU32::new(actor.requests_per_minute?)?)))
        {
            let make = || Arc::new(RateLimiter::direct(Quota::per_minute(quota)));
            let bucket = self.partners.get_with((actor.id, quota.get()), make);
            bucket.check().map_err(|until| too_many(until.wait_time_from(bucket.clock().now())))?;
        }
        let Some(limiter) = &self.everybody else { return Ok(()) };
        limiter.check_key(&key).map_err(|until| too_many(until.wait_time_from(limiter.clock().now())))
    }

    /// Forgets clients that have been quiet.
    pub fn forget_quiet(&self) {
        for limiter in [&self.everybody, &self.log_ins].into_iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn too_many(wait: Duration) -> AppError {
    let seconds = wait.as_secs() + 1;
    let detail = text!("请求过于频繁，请 {seconds} 秒后再试。", "Too many requests: try again in {seconds} s.");
    AppError::new(Code::RateLimited, detail).retry_after(seconds)
}

pub async fn guard(
    app: web::Data<App>,
    limiter: web::Data<Limiter>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = request.headers().get(header::AUTHORIZATION).map(|value| {
        let text = value.to_str().unwrap_or_default();
        text.split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token)
            .to_owned()
    });
    // Probes come from the machine's own supervision, and must not be turned away with the crowd.
    let probe = matches!(request.path(), "/healthz" | "/readyz" | "/metrics");
    let peer = request.peer_addr().map(|peer| peer.ip());
    let address = client::address(peer, request.headers(), &app.settings.server.trusted_proxies);
    let place = address.map(|address| client::bucket(address).to_string()).unwrap_or_default();
    let mut key = place.clone();
    let mut partner = None;
    let mut session = None;

    if let Some(token) = token {
        let found = crate::service::access::auth::authenticate(&app, token.trim(), now()).await;
        if let Ok(actor) = &found {
            key = actor.id.to_string();
            partner = (actor.role == Role::Partner).then(|| Arc::clone(actor));
        }
        session = Some(found);
    }

    let mut admitted = if probe { Ok(()) } else { limiter.check(key, partner.as_deref()) };
    let logs_in = ["/api/v1/auth/", "/api/v1/oauth/"]
        .iter()
        // As it is routed: what is percent-encoded is the same path.
        .any(|path| request.match_info().unprocessed().starts_with(path));
    if admitted.is_ok() && logs_in {
        admitted = limiter.check_log_in(&place);
    }
    if let Some(partner) = partner.as_ref().filter(|_| admitted.is_ok() && signature::is_write(request.method())) {
        admitted = signature::check(&app, partner, &mut request).await;
    }
    if let Some(session) = session {
        request.extensions_mut().insert(Session(session));
    }
    let operation = partner.as_ref().map(|_| {
        let path = request.match_pattern().unwrap_or_else(|| "(none)".to_owned());
        format!("{} {path}", request.method())
    });
    let response = match admitted {
        Err(error) => request.error_response(error).map_into_boxed_body(),
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
    };
    if let Some((partner, operation)) = partner.zip(operation) {
        app.usage.count(partner.id, operation, !response.status().is_success());
    }

    Ok(response)
}
