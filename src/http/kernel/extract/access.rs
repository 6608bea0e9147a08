//! The permission in the type: the only source of `Ctx`.

use super::app::app_of;
use crate::app::App;
use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::middleware::RequestId;
use crate::kernel::ctx::{Actor, Ctx};
use crate::kernel::error::{AppError, Result};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::access::{Permission, Permit};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

/// Who the access token belongs to, as the middleware found it; an error waits here until a handler asks.
#[derive(Clone)]
pub struct Session(pub Result<Arc<Actor>>);

/// A handler that reads under a permission.
pub struct Read<P: Permit> {
    pub app: Arc<App>,
    pub ctx: Ctx,
    permission: PhantomData<P>,
}

/// The context of a caller who holds the permission.
pub fn ctx_for<P: Permit>(request: &HttpRequest) -> Result<(Arc<App>, Ctx)> {
    let app = app_of(request)?;
    let session = request.extensions().get::<Session>().cloned();
    let actor = session.ok_or_else(AppError::unauthenticated)?.0?;
    let reach = actor.reach(P::PERMISSION).ok_or_else(|| forbidden(P::PERMISSION))?;

    if actor.second_factor_due && !matches!(P::PERMISSION, Permission::SelfUse | Permission::AccessRead) {
        return Err(AppError::new(
            Code::SecondFactorDue,
            text!(
                "您的角色须使用动态口令：请先以 POST /api/v1/me/totp 绑定，再重新登录。",
                "Your role needs a one-time code: set it up with POST /api/v1/me/totp, then log in again."
            ),
        ));
    }

    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Ok((Arc::clone(app), Ctx::new(actor, reach, request_id)))
}

/// The refusal of a function that the role does not hold.
pub fn forbidden(permission: Permission) -> AppError {
    let (label, code) = (permission.label(), permission.code());
    AppError::new(
        Code::Forbidden,
        text!("您的角色没有“{label}”权限（{code}）。", "Your role does not hold the permission {code}.",),
    )
}

impl<P: Permit> FromRequest for Read<P> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(ctx_for::<P>(request).map(|(app, ctx)| Self { app, ctx, permission: PhantomData }))
    }
}

impl<P: Permit> Describe for Read<P> {
    fn describe(doc: &mut Doc) {
        doc.permission = Some(P::PERMISSION);
    }
}
