//! Logging in with a local account, staying in, and logging out.

use super::actor::ctx_of;
use super::tokens::issue;
use super::{Origin, Tokens, digest, login_failed, second_factor};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{sessions as store, users};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::service::access::passwords;
use crate::service::access::users::about;
use chrono::Duration;
use domain::access::users::UserStatus;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::access::sessions;
use entity::access::users::Model as User;
use uuid::Uuid;

/// What somebody proves to be who they say.
pub struct Proof<'a> {
    /// Whether the password, or the reset code, fits what was kept of it.
    pub fits: bool,
    /// What was kept of it then: where that has changed since, the proof is void.
    pub against: Option<String>,
    /// The one-time code, if one was sent.
    pub code: Option<&'a str>,
    /// Whether a password past its days will do: to change it, it does.
    pub expired_will_do: bool,
}

/// Checks a name, a password and, where the account has one, a one-time code.
pub async fn log_in(
    app: &App,
    request_id: &str,
    origin: &Origin,
    username: &str,
    password: String,
    code: Option<&str>,
) -> Result<Tokens> {
    let refusal = tokio::time::sleep(super::EVEN);
    let user = users::by_username(&app.db, username).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let fits = passwords::verify(app, password, hash.clone().unwrap_or_else(|| passwords::DECOY.to_owned())).await?;
    let proof = Proof { fits, against: hash, code, expired_will_do: false };
    let ctx = ctx_of(user.as_ref(), request_id);
    let id = user.map_or(Uuid::nil(), |user| user.id);
    let done = write(&app.db, &ctx, async |tx| {
        let user = match admit(app, tx, id, &proof).await? {
            Ok(user) => user,
            Err((refusal, event)) => return Ok(Change::new(Err(refusal), event)),
        };
        let strong = user.totp_confirmed_at.is_some();
        let (tokens, event) =
            begin(app, tx, &user, Start { session: new_id(), method: PASSWORD, strong, origin, id_token: None })
                .await?;
        Ok(Change::new(Ok(tokens), event))
    })
    .await?;
    if done.is_err() {
        refusal.await;
    }

    done
}

/// How a session begins.
pub struct Start<'a> {
    pub session: Uuid,
    pub method: &'static str,
    /// Whether a second factor was proved.
    pub strong: bool,
    pub origin: &'a Origin,
    /// The provider's token, sealed, for its logout.
    pub id_token: Option<String>,
}

pub const PASSWORD: &str = "PASSWORD";
pub const OIDC: &str = "OIDC";

/// Opens a session.
pub(super) async fn begin(app: &App, tx: &WriteTx, user: &User, start: Start<'_>) -> Result<(Tokens, Event)> {
    let now = tx.ctx().now;
    let session = sessions::Model {
        id: start.session,
        user_id: user.id,
        method: start.method.to_owned(),
        second_factor: start.strong,
        address: start.origin.address.clone(),
        user_agent: start.origin.user_agent.clone(),
        oidc_id_token: start.id_token,
        created_at: now,
        last_used_at: now,
        ends_at: now + Duration::seconds(i64::from(app.settings.security.session_seconds)),
        revoked_at: None,
    };
    let session = insert(tx, session).await?;
    let tokens = issue(app, tx, &session).await?;

    Ok((tokens, about(AuditAction::LoggedIn, user).reason(start.method.to_owned())))
}

/// Judges an attempt and writes down what came of it: the account as it is now, or why not and the audit line.
/// An unknown name (nil) takes the same statements as a known one, so that the time does not tell them apart.
pub(super) async fn admit(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    proof: &Proof<'_>,
) -> Result<std::result::Result<User, (AppError, Event)>> {
    users::lock(tx.conn(), id).await?;
    let Some(user) = users::find(tx.conn(), id).await? else {
        users::lock(tx.conn(), id).await?;
        let event = Event::new(AuditAction::LoginRefused, "users", id).reason("用户名不存在 (unknown name)".to_owned());
        return Ok(Err((login_failed(), event)));
    };
    let now = tx.ctx().now;
    // Guesses that were queued while the account was being locked are too late.
    let locked = user.locked_until.is_some_and(|until| until > now);
    let active = user.status == UserStatus::Active;
    let current = proof.against.is_some() && [&user.password_hash, &user.reset_digest].contains(&&proof.against);
    if !proof.fits || !current || locked || !active {
        return count_failure(app, tx, &user, !locked && active).await.map(Err);
    }
    let mut after = user.clone();

    match (user.totp_confirmed_at, proof.code) {
        (None, _) => {}
        (Some(_), None) => return unchanged(tx, &user, Code::SecondFactorRequired).await.map(Err),
        (Some(_), Some(code)) => match second_factor::matching_step(app, &user, code, now).await? {
            Some(step) => after.totp_last_step = Some(step),
            None => return count_failure(app, tx, &user, true).await.map(Err),
        },
    }

    if !proof.expired_will_do && user.password_expires_at.is_some_and(|on| on <= now) {
        return unchanged(tx, &user, Code::PasswordExpired).await.map(Err);
    }
    after.failed_attempts = 0;
    after.locked_until = None;
    after.last_login_at = Some(now);
    users::note_attempt(tx.conn(), &after).await?;

    Ok(Ok(after))
}

/// A wrong guess; enough of them lock the account.
pub(super) async fn count_failure(app: &App, tx: &WriteTx, user: &User, counts: bool) -> Result<(AppError, Event)> {
    let policy = app.settings.security.policy();
    let mut after = user.clone();
    let mut action = AuditAction::LoginRefused;
    after.failed_attempts += i32::from(counts);
    if u32::try_from(after.failed_attempts).unwrap_or(u32::MAX) >= policy.lockout_attempts {
        after.failed_attempts = 0;
        after.locked_until = Some(tx.ctx().now + Duration::minutes(i64::from(policy.lockout_minutes)));
        action = AuditAction::LockedOut;
    }
    users::note_attempt(tx.conn(), &after).await?;
    Ok((login_failed(), about(action, user).reason("凭据不正确 (wrong credentials)".to_owned())))
}

/// The password fits, but does not do alone, or no longer.
async fn unchanged(tx: &WriteTx, user: &User, code: Code) -> Result<(AppError, Event)> {
    users::lock(tx.conn(), user.id).await?;
    let detail = if code == Code::PasswordExpired {
        text!(
            "口令已到期或为初始口令，请先以 POST /api/v1/auth/password 更换。",
            "The password is due or was set by an administrator: change it with POST /api/v1/auth/password."
        )
    } else {
        text!("请同时提供动态口令（totp_code）。", "Send the one-time code as well (totp_code).")
    };
    Ok((AppError::new(code, detail), about(AuditAction::LoginRefused, user).reason(code.code().to_owned())))
}

/// Rotates a refresh token; one that was used before ends the whole session.
pub async fn refresh(app: &App, request_id: &str, token: &str) -> Result<Tokens> {
    let row = store::refresh_token(&app.db, &digest(token)).await?.ok_or_else(AppError::unauthenticated)?;
    let user = users::find(&app.db, row.user_id).await?.ok_or_else(AppError::unauthenticated)?;
    let ctx = ctx_of(&user, request_id);
    let tokens = write(&app.db, &ctx, async |tx| {
        let now = tx.ctx().now;
        let session = store::find(tx.conn(), row.session_id).await?.ok_or_else(AppError::unauthenticated)?;
        let usable = row.expires_at > now
            && session.revoked_at.is_none()
            && session.ends_at > now
            && user.status == UserStatus::Active;
        if usable && store::use_refresh_token(tx.conn(), row.id, now).await? {
            store::used(tx.conn(), session.id, now).await?;
            let tokens = issue(app, tx, &session).await?;
            return Ok(Change::new(Some(tokens), about(AuditAction::LoggedIn, &user).reason("refresh".to_owned())));
        }
        store::revoke(tx.conn(), session.id, now).await?;
        let reason = "刷新令牌重复使用或失效 (refresh token reused or expired)".to_owned();
        Ok(Change::new(None, about(AuditAction::LoggedOut, &user).reason(reason)))
    })
    .await?;
    if tokens.is_none() {
        app.forget(move |session| session.actor.session_id == Some(row.session_id));
    }

    tokens.ok_or_else(AppError::unauthenticated)
}

/// Ends a session. Unknown tokens are answered like known ones.
pub async fn log_out(app: &App, request_id: &str, token: &str) -> Result<()> {
    let Some(row) = store::refresh_token(&app.db, &digest(token)).await? else { return Ok(()) };
    let Some(user) = users::find(&app.db, row.user_id).await? else { return Ok(()) };
    write(&app.db, &ctx_of(&user, request_id), async |tx| {
        store::revoke(tx.conn(), row.session_id, tx.ctx().now).await?;
        Ok(Change::new((), about(AuditAction::LoggedOut, &user)))
    })
    .await?;
    app.forget(move |session| session.actor.session_id == Some(row.session_id));
    Ok(())
}
