//! Access tokens (RFC 9068) and refresh tokens.

use super::digest;
use crate::app::App;
use crate::kernel::ctx::{new_id, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use entity::access::{refresh_tokens, sessions};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an access token says; what a person may do is read from the database, not from the token.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The account, or the client itself.
    pub sub: Uuid,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: Uuid,
    /// The session that a person's token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// The delegation that the person makes use of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dlg: Option<Uuid>,
    /// The partner system; its token belongs to no session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Uuid>,
    /// Permissions asked for by a partner system, with spaces between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// What a token is made for.
pub enum For<'a> {
    Session { user: Uuid, session: Uuid, delegation: Option<Uuid> },
    Client { client: Uuid, scope: &'a str },
}

/// A log-in's tokens. Neither is stored: the access token is signed, of the refresh token a digest is kept.
pub struct Tokens {
    pub access_token: String,
    pub expires_in: u32,
    pub refresh_token: String,
}

/// A new pair; the refresh token lasts for the idle time, and no longer than its session.
pub(super) async fn issue(app: &App, tx: &WriteTx, session: &sessions::Model) -> Result<Tokens> {
    let now = tx.ctx().now;
    let security = &app.settings.security;
    let refresh_token = BASE64.encode(random::<32>());
    let idle = now + Duration::seconds(i64::from(security.idle_seconds));
    let row = refresh_tokens::Model {
        id: new_id(),
        user_id: session.user_id,
        session_id: session.id,
        token_digest: digest(&refresh_token),
        expires_at: idle.min(session.ends_at),
        used_at: None,
        revoked_at: None,
        created_at: now,
    };
    insert(tx, row).await?;
    let life = security.access_token_seconds;
    let purpose = For::Session { user: session.user_id, session: session.id, delegation: None };
    let access_token = sign(app, &purpose, now, i64::from(life))?;

    Ok(Tokens { access_token, expires_in: life, refresh_token })
}

/// Signs an access token for `life` seconds.
pub fn sign(app: &App, purpose: &For<'_>, now: DateTime<Utc>, life: i64) -> Result<String> {
    let security = &app.settings.security;
    let (sub, sid, dlg, client_id, scope) = match purpose {
        For::Session { user, session, delegation } => (*user, Some(*session), *delegation, None, None),
        For::Client { client, scope } => (*client, None, None, Some(*client), Some((*scope).to_owned())),
    };
    let claims = Claims {
        iss: security.issuer.clone(),
        aud: security.audience.clone(),
        sub,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: now.timestamp() + life,
        jti: new_id(),
        sid,
        dlg,
        client_id,
        scope,
    };
    let keys = app.secrets.signing();
    let header =
        Header { kid: Some(keys.kid.clone()), typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::EdDSA) };

    encode(&header, &claims, &keys.key).map_err(AppError::internal)
}

/// The claims of a token of ours; the algorithm, the issuer, the audience and the times are all pinned (RFC 8725).
pub(super) fn verify(app: &App, token: &str) -> Result<Claims> {
    let refuse = |_| AppError::unauthenticated();
    let header = decode_header(token).map_err(refuse)?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some("at+jwt") {
        return Err(AppError::unauthenticated());
    }
    let kid = header.kid.unwrap_or_default();
    let key = app.secrets.verifying(&kid).ok_or_else(AppError::unauthenticated)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.leeway = 5;
    rules.validate_nbf = true;
    rules.set_issuer(&[&app.settings.security.issuer]);
    rules.set_audience(&[&app.settings.security.audience]);
    rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);

    Ok(decode::<Claims>(token, &key, &rules).map_err(refuse)?.claims)
}
