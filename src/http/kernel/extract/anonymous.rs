//! Operations for everybody: before log-in, and the public side.

use super::app::app_of;
use crate::app::App;
use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::middleware::{RequestId, client_address};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::service::access::auth::Origin;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use std::sync::Arc;

/// No permission, no actor; public queries name what is public themselves.
pub struct Anonymous {
    pub app: Arc<App>,
    pub ctx: Ctx,
    /// Where the request comes from.
    pub origin: Origin,
}

impl FromRequest for Anonymous {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = app_of(request);
        let mut ctx = Ctx::system("public");
        if let Some(id) = request.extensions().get::<RequestId>() {
            ctx.request_id.clone_from(&id.0);
        }
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let peer = request.peer_addr().map(|peer| peer.ip());
        let trusted = app.as_ref().map(|app| app.settings.server.trusted_proxies.as_slice()).unwrap_or_default();
        let address = client_address(peer, request.headers(), trusted);
        let origin = Origin {
            address: address.map(|address| address.to_string()),
            user_agent: user_agent.map(|text| text.chars().take(300).collect()),
        };

        ready(app.map(|app| Self { app: Arc::clone(app), ctx, origin }))
    }
}

impl Describe for Anonymous {
    fn describe(_: &mut Doc) {}
}
