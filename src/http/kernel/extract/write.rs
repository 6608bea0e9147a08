//! A handler that changes something: its permission, its idempotency key, and the one funnel for the change.

use super::access::ctx_for;
use super::json::BodyDigest;
use crate::app::App;
use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::reply::{Answer, Reply, View};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::idempotency::{Key, StoredAnswer};
use crate::persistence::kernel::once::{Keyed, write_once};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::service::kernel::sealed;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::access::{Permit, Role};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use futures::future::LocalBoxFuture;
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

/// Writes under a permission; an `Idempotency-Key` is taken where it is sent.
pub struct Write<P: Permit> {
    pub app: Arc<App>,
    pub ctx: Ctx,
    request: HttpRequest,
    key: Option<String>,
    permission: PhantomData<P>,
}

/// A state action: like [`Write`], but the `Idempotency-Key` is required.
pub struct Act<P: Permit>(pub Write<P>);

impl<P: Permit> Write<P> {
    fn from(request: &HttpRequest) -> Result<Self> {
        let (app, ctx) = ctx_for::<P>(request)?;
        let key = request.headers().get("Idempotency-Key").map(|value| check_key(value.to_str().ok())).transpose()?;
        if key.is_none() && ctx.actor.role == Role::Partner {
            return Err(key_required());
        }
        Ok(Self { app, ctx, request: request.clone(), key, permission: PhantomData })
    }

    /// Runs the change in one transaction, at most once a key, and answers with its view.
    pub async fn run<V: View, const STATUS: u16>(
        &self,
        work: impl AsyncFn(&WriteTx) -> Result<Change<V>>,
    ) -> Result<Reply<V, STATUS>> {
        let step = Step { work, status: STATUS, path: self.request.path(), view: PhantomData };
        let answered = match &self.key {
            None => Answered { stored: commit(&self.app, &self.ctx, &step).await?, replayed: false },
            Some(key) => {
                let key = Key { principal: self.ctx.actor.id, key: key.clone(), fingerprint: self.fingerprint() };
                commit_once(&self.app, &self.ctx, key, &step, V::REPLAYABLE).await?
            }
        };
        Ok(Reply::stored(answered.stored, answered.replayed))
    }

    /// Method, path, version and body: the same key must come with the same request.
    fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.request.method().as_str());
        hasher.update([0]);
        hasher.update(self.request.path());
        hasher.update([0]);
        hasher.update(self.request.query_string());
        hasher.update([0]);
        hasher.update(
            self.request
                .headers()
                .get("If-Match")
                .map(actix_web::http::header::HeaderValue::as_bytes)
                .unwrap_or_default(),
        );
        if let Some(BodyDigest(digest)) = self.request.extensions().get::<BodyDigest>() {
            hasher.update(digest);
        }
        if let Some(principal) = self.ctx.actor.acts_for {
            hasher.update(principal.as_bytes());
        }

        // Keyed, since bodies may hold passwords and personal data.
        self.app.secrets.blind_index(&hex::encode(hasher.finalize()))
    }
}

/// A change with its answer written out. Behind a pointer, so that the funnel below is compiled once and not once a use case.
trait Work {
    fn run<'a>(&'a self, tx: &'a WriteTx) -> LocalBoxFuture<'a, Result<Change<StoredAnswer>>>;
}

struct Step<'a, F, V> {
    work: F,
    status: u16,
    path: &'a str,
    view: PhantomData<V>,
}

impl<F: AsyncFn(&WriteTx) -> Result<Change<V>>, V: View> Work for Step<'_, F, V> {
    fn run<'a>(&'a self, tx: &'a WriteTx) -> LocalBoxFuture<'a, Result<Change<StoredAnswer>>> {
        Box::pin(async move {
            let change = (self.work)(tx).await?;
            change.try_map(|view| Ok(Answer::of(&view, self.status, self.path)?.stored()))
        })
    }
}

struct Answered {
    stored: StoredAnswer,
    replayed: bool,
}

async fn commit(app: &App, ctx: &Ctx, step: &dyn Work) -> Result<StoredAnswer> {
    write(&app.db, ctx, async |tx| step.run(tx).await).await
}

/// Once a key: what was answered then is answered again.
async fn commit_once(app: &App, ctx: &Ctx, key: Key, step: &dyn Work, replayable: bool) -> Result<Answered> {
    // Answers may hold secrets and personal data, so they are kept sealed.
    let place = Place { table: "idempotency_keys", column: "body", id: key.principal };
    sealed::ready(app).await?;
    let kept = |answer: &StoredAnswer| {
        let body = if replayable { answer.body.as_bytes() } else { b"" };
        Ok(StoredAnswer { body: app.vault.seal(place, body)?, ..answer.clone() })
    };

    match write_once(&app.db, ctx, &key, async |tx| step.run(tx).await, kept).await? {
        Keyed::Fresh(stored) => Ok(Answered { stored, replayed: false }),
        Keyed::Replayed(_) if !replayable => Err(AppError::new(
            Code::IdempotencyKeyReused,
            text!(
                "个人信息的答复不重放，请换用新的幂等键再次查阅。",
                "Answers with personal data are not replayed: read them again under a new key."
            ),
        )),
        Keyed::Replayed(stored) => {
            let body = sealed::open(app, place, &stored.body).await?;
            Ok(Answered { stored: StoredAnswer { body, ..stored }, replayed: true })
        }
    }
}

fn key_required() -> AppError {
    AppError::new(
        Code::IdempotencyKeyRequired,
        text!(
            "办理操作需带 Idempotency-Key（如一个随机 UUID），以免重复办理。",
            "State actions and partners' writes need an Idempotency-Key, such as a random UUID, so that none is done twice."
        ),
    )
}

fn check_key(key: Option<&str>) -> Result<String> {
    match key {
        Some(key) if (8..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(key.to_owned())
        }
        _ => {
            let detail =
                text!("幂等键应为 8–128 个可见 ASCII 字符。", "The key must be 8 to 128 visible ASCII characters.");
            Err(AppError::new(Code::InvalidParameter, detail.clone()).with_errors(vec![FieldError::new(
                "Idempotency-Key",
                "INVALID_PARAMETER",
                detail,
            )]))
        }
    }
}

impl<P: Permit> FromRequest for Write<P> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::from(request))
    }
}

impl<P: Permit> FromRequest for Act<P> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Write::from(request).and_then(
            |write| {
                if write.key.is_some() { Ok(Self(write)) } else { Err(key_required()) }
            },
        ))
    }
}

impl<P: Permit> Describe for Write<P> {
    fn describe(doc: &mut Doc) {
        doc.permission = Some(P::PERMISSION);
        doc.idempotency_key(false);
    }
}

impl<P: Permit> Describe for Act<P> {
    fn describe(doc: &mut Doc) {
        doc.permission = Some(P::PERMISSION);
        doc.idempotency_key(true);
    }
}
