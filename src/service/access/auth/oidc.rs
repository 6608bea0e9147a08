//! Single sign-on (OpenID Connect, authorization code with PKCE): the county's people come with the accounts of the
//! unified service platform (四川省一体化政务服务平台).
//!
//! Between the two steps nothing is kept here: the frontend holds a sealed ticket, good once and for ten minutes.

use super::actor::ctx_of;
use super::login::{OIDC, Start, begin};
use super::provider::{Exchange, Person, client, exchange, failed, metadata};
use super::{Origin, Tokens, digest};
use crate::app::App;
use crate::config::OidcSettings;
use crate::kernel::ctx::{Ctx, new_id, now};
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::access::{clients, sessions, users};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::write;
use crate::service::access::users::{about, blank};
use crate::service::kernel::sealed;
use chrono::{DateTime, Duration, Utc};
use domain::access::users::UserStatus;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::access::users::Model as User;
use openidconnect::core::{CoreAuthenticationFlow, CoreIdToken};
use openidconnect::{ClientId, CsrfToken, LogoutRequest, Nonce, PkceCodeChallenge, PostLogoutRedirectUrl, Scope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Minutes between the two steps.
const TICKET_MINUTES: i64 = 10;

/// What has to come back unchanged.
#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    until: DateTime<Utc>,
}

/// Where a session keeps the provider's token.
const fn place(session: Uuid) -> Place {
    Place { table: "sessions", column: "oidc_id_token", id: session }
}

const TICKET: Place = Place { table: "auth", column: "oidc_ticket", id: Uuid::nil() };

/// The first step's answer.
pub struct Begun {
    pub authorization_url: String,
    pub ticket: String,
    pub expires_in: u32,
}

fn settings(app: &App) -> Result<&OidcSettings> {
    let settings = &app.settings.oidc;
    if settings.issuer.is_empty() {
        return Err(AppError::new(Code::NotFound, text!("未启用统一身份认证。", "Single sign-on is not set up.")));
    }
    Ok(settings)
}

/// Where to send the browser, and the ticket to bring back.
pub async fn start(app: &App) -> Result<Begun> {
    let settings = settings(app)?;
    let metadata = metadata(app, settings).await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client(settings, &metadata)?
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let pending = Pending {
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        until: now() + Duration::minutes(TICKET_MINUTES),
    };
    let ticket = sealed::seal(app, TICKET, &serde_json::to_string(&pending)?).await?;
    let expires_in = u32::try_from(TICKET_MINUTES * 60).unwrap_or_default();

    Ok(Begun { authorization_url: url.to_string(), ticket, expires_in })
}

/// What the provider sent back with the browser.
pub struct Callback<'a> {
    pub ticket: &'a str,
    pub code: String,
    pub state: &'a str,
    /// RFC 9207, where the provider says so.
    pub issuer: Option<&'a str>,
}

/// Exchanges the code, verifies the ID token and opens a session; a first sign-in makes an account that waits.
pub async fn finish(app: &App, request_id: &str, origin: &Origin, back: Callback<'_>) -> Result<Tokens> {
    let settings = settings(app)?;
    let ticket = sealed::open(app, TICKET, back.ticket).await.map_err(|_| failed("ticket"))?;
    let pending: Pending = serde_json::from_str(&ticket)?;
    if pending.until <= now() || pending.state != back.state {
        return Err(failed("state"));
    }
    let metadata = metadata(app, settings).await?;
    if back.issuer.is_some_and(|issuer| issuer != metadata.issuer().as_str()) {
        return Err(failed("iss"));
    }
    if !clients::remember(&app.db, "oidc", &digest(&pending.state), pending.until).await? {
        return Err(failed("the ticket was used before"));
    }
    let sent = Exchange { code: back.code, verifier: pending.verifier, nonce: pending.nonce };
    let person = exchange(app, settings, metadata, sent).await?;
    let user = account(app, request_id, settings, &person).await?;
    let session = new_id();
    let id_token = sealed::seal(app, place(session), &person.id_token).await?;

    write(&app.db, &ctx_of(&user, request_id), async |tx| {
        users::lock(tx.conn(), user.id).await?;
        let before = users::get(tx.conn(), user.id).await?;
        if before.status != UserStatus::Active {
            return Err(not_active());
        }
        let user = User { last_login_at: Some(tx.ctx().now), ..before };
        users::note_attempt(tx.conn(), &user).await?;
        let start = Start { session, method: OIDC, strong: person.strong, origin, id_token: Some(id_token.clone()) };
        let (tokens, event) = begin(app, tx, &user, start).await?;
        Ok(Change::new(tokens, event))
    })
    .await
}

fn not_active() -> AppError {
    AppError::new(
        Code::AccountNotActive,
        text!(
            "首次登录已登记；待管理员绑定部门和角色并授权后即可使用。",
            "You are registered; an administrator has to bind and authorize the account before it can be used."
        ),
    )
}

/// The account of the subject; made, waiting, at the first sign-in.
async fn account(app: &App, request_id: &str, settings: &OidcSettings, person: &Person) -> Result<User> {
    let issuer = &settings.issuer;
    if let Some(known) = users::by_subject(&app.db, issuer, &person.subject).await? {
        return if known.status == UserStatus::Active { Ok(known) } else { Err(not_active()) };
    }
    let username = format!("oidc-{}", &digest(&format!("{issuer} {}", person.subject))[..20]);
    let shown = person.name.clone().unwrap_or_else(|| username.clone());
    let ctx = Ctx { request_id: request_id.to_owned(), ..Ctx::console("oidc") };
    let made = write(&app.db, &ctx, async |tx| {
        let fresh = User {
            external_issuer: Some(issuer.clone()),
            external_subject: Some(person.subject.clone()),
            ..blank(tx.ctx().now, username.clone(), shown.chars().take(100).collect())
        };
        let saved = insert(tx, fresh).await?;
        let event = about(AuditAction::Created, &saved).reason("首次单点登录 (first sign-in)".to_owned()).after(&saved);
        Ok(Change::new((), event))
    });

    match made.await {
        // Two first sign-ins at once make one account.
        Err(error) if error.code != Code::Duplicate => Err(error),
        _ => Err(not_active()),
    }
}

/// Ends a session here, and says where to end it at the provider.
pub async fn log_out(app: &App, request_id: &str, refresh_token: &str) -> Result<Option<String>> {
    let settings = settings(app)?;
    let row = sessions::refresh_token(&app.db, &digest(refresh_token)).await?;
    super::login::log_out(app, request_id, refresh_token).await?;
    let Some(row) = row else { return Ok(None) };
    let session = sessions::find(&app.db, row.session_id).await?;
    let Some(id_token) = session.and_then(|session| session.oidc_id_token) else { return Ok(None) };
    let id_token = sealed::open(app, place(row.session_id), &id_token).await?;
    let metadata = metadata(app, settings).await?;
    let Some(endpoint) = metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
    let mut request = LogoutRequest::from(endpoint)
        .set_client_id(ClientId::new(settings.client_id.clone()))
        .set_state(CsrfToken::new_random());
    if !settings.post_logout_url.is_empty() {
        let back = PostLogoutRedirectUrl::new(settings.post_logout_url.clone()).map_err(AppError::internal)?;
        request = request.set_post_logout_redirect_uri(back);
    }
    if let Ok(hint) = id_token.parse::<CoreIdToken>() {
        request = request.set_id_token_hint(&hint);
    }

    Ok(Some(request.http_get_url().to_string()))
}
