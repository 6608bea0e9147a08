//! Logging in and out, and who stands behind an access token.

use super::passwords;
use crate::app::{App, Session};
use crate::ctx::{Actor, Ctx, new_id, random};
use crate::domain::access::{Reach, Role};
use crate::domain::audit::AuditAction;
use crate::domain::refusal::Code;
use crate::domain::text::text;
use crate::domain::users::UserStatus;
use crate::error::{AppError, Result};
use crate::persistence::noun::{insert, replace};
use crate::persistence::tx::{Change, Event, WriteTx, write};
use crate::persistence::{departments, users};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use entity::refresh_tokens;
use entity::users::{Entity as Users, Model as User};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// RFC 9068 claims; what a person may do is read from the database, not from the token.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
}

/// A log-in's tokens. Neither is stored: the access token is signed, of the refresh token a digest is kept.
pub struct Tokens {
    pub access_token: String,
    pub expires_in: u32,
    pub refresh_token: String,
    pub user_id: Uuid,
}

/// Checks a name and a password. The answer does not tell whether the user exists.
pub async fn log_in(app: &App, request_id: &str, username: &str, password: String) -> Result<Tokens> {
    let user = users::by_username(&app.db, username).await?;
    let hash = user.as_ref().map_or(passwords::DECOY, |user| user.password_hash.as_str()).to_owned();
    let fits = passwords::verify(app, password, hash).await?;
    let Some(user) = user else { return Err(login_failed()) };
    let ctx = ctx_of(&user, request_id);
    if user.locked_until.is_some_and(|until| until > ctx.now) {
        return Err(login_failed());
    }
    let ok = fits && user.status == UserStatus::Active.code();
    let tokens = write(&app.db, &ctx, async |tx| {
        users::lock(tx.conn(), user.id).await?;
        let user = users::get(tx.conn(), user.id).await?;
        // Guesses that were queued while the account was being locked are too late.
        let locked = user.locked_until.is_some_and(|until| until > tx.ctx().now);
        if ok && !locked { succeed(app, tx, user).await } else { fail(app, tx, user).await }
    })
    .await?;
    tokens.ok_or_else(login_failed)
}

async fn succeed(app: &App, tx: &WriteTx, user: User) -> Result<Change<Option<Tokens>>> {
    let mut after = user.clone();
    after.failed_attempts = 0;
    after.locked_until = None;
    after.last_login_at = Some(tx.ctx().now);
    replace::<Users>(tx, &user, after).await?;
    let session_ends = tx.ctx().now + Duration::seconds(i64::from(app.settings.security.session_seconds));
    let tokens = issue(app, tx, user.id, new_id(), session_ends).await?;
    let event = Event::new(AuditAction::LoggedIn, "users", user.id).department(user.department_id);
    Ok(Change::new(Some(tokens), event))
}

async fn fail(app: &App, tx: &WriteTx, user: User) -> Result<Change<Option<Tokens>>> {
    let rules = &app.settings.rules;
    let mut after = user.clone();
    after.failed_attempts += 1;
    let mut action = AuditAction::LoginRefused;
    if u32::try_from(after.failed_attempts).unwrap_or(u32::MAX) >= rules.lockout_attempts {
        after.failed_attempts = 0;
        after.locked_until = Some(tx.ctx().now + Duration::minutes(i64::from(rules.lockout_minutes)));
        action = AuditAction::LockedOut;
    }
    replace::<Users>(tx, &user, after).await?;
    let event = Event::new(action, "users", user.id)
        .department(user.department_id)
        .reason("密码不正确 (wrong password)".to_owned());
    Ok(Change::new(None, event))
}

/// Rotates a refresh token; one that was used before ends the whole log-in.
pub async fn refresh(app: &App, request_id: &str, token: &str) -> Result<Tokens> {
    let digest = digest(token);
    let row = users::refresh_token(&app.db, &digest).await?.ok_or_else(AppError::unauthenticated)?;
    let user = users::find(&app.db, row.user_id).await?.ok_or_else(AppError::unauthenticated)?;
    let ctx = ctx_of(&user, request_id);
    let tokens = write(&app.db, &ctx, async |tx| {
        let now = tx.ctx().now;
        let usable = row.expires_at > now && user.status == UserStatus::Active.code();
        if usable && users::use_refresh_token(tx.conn(), row.id, now).await? {
            let tokens = issue(app, tx, user.id, row.family_id, row.expires_at).await?;
            let event = Event::new(AuditAction::LoggedIn, "users", user.id).reason("refresh".to_owned());
            return Ok(Change::new(Some(tokens), event.department(user.department_id)));
        }
        users::revoke_family(tx.conn(), row.family_id, now).await?;
        let event = Event::new(AuditAction::LoggedOut, "users", user.id)
            .reason("刷新令牌重复使用或失效 (refresh token reused or expired)".to_owned());
        Ok(Change::new(None, event.department(user.department_id)))
    })
    .await?;
    tokens.ok_or_else(AppError::unauthenticated)
}

/// Ends a log-in. Unknown tokens are answered like known ones.
pub async fn log_out(app: &App, request_id: &str, token: &str) -> Result<()> {
    let Some(row) = users::refresh_token(&app.db, &digest(token)).await? else { return Ok(()) };
    let Some(user) = users::find(&app.db, row.user_id).await? else { return Ok(()) };
    write(&app.db, &ctx_of(&user, request_id), async |tx| {
        users::revoke_family(tx.conn(), row.family_id, tx.ctx().now).await?;
        let event = Event::new(AuditAction::LoggedOut, "users", user.id).department(user.department_id);
        Ok(Change::new((), event))
    })
    .await
}

async fn issue(app: &App, tx: &WriteTx, user_id: Uuid, family_id: Uuid, ends: DateTime<Utc>) -> Result<Tokens> {
    let now = tx.ctx().now;
    let refresh_token = BASE64.encode(random::<32>());
    let row = refresh_tokens::Model {
        id: new_id(),
        user_id,
        family_id,
        token_digest: digest(&refresh_token),
        expires_at: ends,
        used_at: None,
        revoked_at: None,
        created_at: now,
    };
    insert(tx, row).await?;
    let security = &app.settings.security;
    let life = security.access_token_seconds;
    let access_token = sign(app, user_id, now, i64::from(life))?;
    Ok(Tokens { access_token, expires_in: life, refresh_token, user_id })
}

/// Signs an access token.
pub fn sign(app: &App, user_id: Uuid, now: DateTime<Utc>, life: i64) -> Result<String> {
    let security = &app.settings.security;
    let claims = Claims {
        iss: security.issuer.clone(),
        aud: security.audience.clone(),
        sub: user_id,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: now.timestamp() + life,
        jti: new_id(),
    };
    let header = Header {
        kid: Some(app.secrets.signing_kid.clone()),
        typ: Some("at+jwt".to_owned()),
        ..Header::new(Algorithm::EdDSA)
    };
    encode(&header, &claims, &app.secrets.signing).map_err(AppError::internal)
}

/// Who an access token belongs to; the algorithm, the issuer, the audience and the times are all pinned (RFC 8725).
pub async fn authenticate(app: &App, token: &str, now: DateTime<Utc>) -> Result<Arc<Actor>> {
    let key: [u8; 32] = Sha256::digest(token).into();
    if let Some(session) = app.sessions.get(&key)
        && session.expires_at > now
    {
        return Ok(session.actor);
    }
    let claims = verify(app, token)?;
    let user = users::find(&app.db, claims.sub).await?;
    let user = user.filter(|user| user.status == UserStatus::Active.code()).ok_or_else(AppError::unauthenticated)?;
    let actor = actor(app, &user).await?;
    let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or(now);
    app.sessions.insert(key, Session { actor: Arc::clone(&actor), expires_at });
    Ok(actor)
}

/// An account with the departments it reaches.
pub async fn actor(app: &App, user: &User) -> Result<Arc<Actor>> {
    let departments = departments::subtree(&app.db, user.department_id).await?;
    Ok(Arc::new(Actor { departments, ..actor_of(user)? }))
}

fn verify(app: &App, token: &str) -> Result<Claims> {
    let refuse = |_| AppError::unauthenticated();
    let header = decode_header(token).map_err(refuse)?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some("at+jwt") {
        return Err(AppError::unauthenticated());
    }
    let kid = header.kid.unwrap_or_default();
    let (_, key) =
        app.secrets.verifying.iter().find(|(known, _)| *known == kid).ok_or_else(AppError::unauthenticated)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.leeway = 5;
    rules.validate_nbf = true;
    rules.set_issuer(&[&app.settings.security.issuer]);
    rules.set_audience(&[&app.settings.security.audience]);
    rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    Ok(decode::<Claims>(token, key, &rules).map_err(refuse)?.claims)
}

/// A refresh token's digest; the token itself has 256 random bits, so a plain hash does.
fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn actor_of(user: &User) -> Result<Actor> {
    Ok(Actor {
        id: user.id,
        username: user.username.clone(),
        display_name: user.display_name.clone(),
        role: Role::of(&user.role)?,
        department_id: user.department_id,
        departments: vec![user.department_id],
        region_code: user.region_code.clone(),
        personnel_id: user.personnel_id,
    })
}

fn ctx_of(user: &User, request_id: &str) -> Ctx {
    let actor = actor_of(user).map_or_else(|_| Ctx::system("auth").actor, Arc::new);
    Ctx::new(actor, Reach::Assigned, request_id.to_owned())
}

fn login_failed() -> AppError {
    AppError::new(
        Code::LoginFailed,
        text!(
            "用户名或密码不正确，或账户已停用、锁定（连续输错将暂时锁定）。",
            "Wrong user name or password, or the account is disabled or locked for a while."
        ),
    )
}
