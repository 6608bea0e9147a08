//! Changing a password, also one past its days, and resetting a forgotten one.

use super::actor::ctx_of;
use super::digest;
use super::login::{Proof, admit};
use super::login_failed;
use crate::app::App;
use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{sessions, users};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::service::access::passwords;
use crate::service::access::users::{about, password_end, with_consent};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use domain::access::users::UserStatus;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::access::users::{Entity as Users, Model as User};
use uuid::Uuid;

/// Hours in which a reset code can be used.
pub const RESET_HOURS: i64 = 24;

/// What the person knows: the old password, or the code that an administrator handed out.
pub enum Known {
    Password(String),
    ResetCode(String),
}

/// Sets a new password and ends every session of the account. Whoever is not let in has cost one hash, like a log-in; the
/// comparisons with former passwords and the new hash are for those who are.
pub async fn change(
    app: &App,
    request_id: &str,
    username: &str,
    known: Known,
    code: Option<&str>,
    new: String,
) -> Result<()> {
    passwords::check_policy(app, "/new_password", username, &new)?;
    let user = users::by_username(&app.db, username).await?;
    let (fits, against) = prove(app, user.as_ref(), known).await?;
    let proof = Proof { fits, against, code, expired_will_do: true };
    let ctx = ctx_of(user.as_ref(), request_id);
    let id = user.map_or(Uuid::nil(), |user| user.id);

    let admitted: Result<User> = write(&app.db, &ctx, async |tx| match admit(app, tx, id, &proof).await? {
        Ok(user) => {
            let event = about(AuditAction::PasswordProved, &user);
            Ok(Change::new(Ok(user), event))
        }
        Err((refusal, event)) => Ok(Change::new(Err(refusal), event)),
    })
    .await?;
    let admitted = admitted?;

    // One at a time: log-ins have the other turns.
    let _turn = app.password_turn().await?;
    let reused = is_reused(app, &admitted, &new).await?;
    let new_hash = if reused { String::new() } else { passwords::hash_async(app, new).await? };
    let done: Result<()> = write(&app.db, &ctx, async |tx| {
        users::lock(tx.conn(), id).await?;
        let user = users::get(tx.conn(), id).await?;
        // What was proved must still be so: another change may have come first, or an administrator's.
        let current = [&user.password_hash, &user.reset_digest].contains(&&proof.against);
        if !current || user.status != UserStatus::Active {
            return Ok(Change::new(Err(login_failed()), about(AuditAction::LoginRefused, &user)));
        }
        if reused {
            let event = about(AuditAction::LoginRefused, &user).reason("PASSWORD_REUSED".to_owned());
            return Ok(Change::new(Err(reuse_refused()), event));
        }
        let after = with_password(app, tx.ctx().now, user.clone(), new_hash.clone());
        let saved = replace::<Users>(tx, &user, after).await?;
        sessions::revoke_all(tx.conn(), user.id, tx.ctx().now).await?;
        Ok(Change::new(Ok(()), about(AuditAction::PasswordChanged, &saved)))
    })
    .await?;
    app.forget(move |session| session.actor.id == id);

    done
}

/// Whether what the person knows fits, and against what it was judged: one hash, whoever it is and whatever is known.
async fn prove(app: &App, user: Option<&User>, known: Known) -> Result<(bool, Option<String>)> {
    let hash = user.and_then(|user| user.password_hash.clone());
    let judged = hash.clone().unwrap_or_else(|| passwords::DECOY.to_owned());

    match known {
        Known::Password(password) => Ok((passwords::verify(app, password, judged).await?, hash)),
        Known::ResetCode(code) => {
            // The same work as for a password.
            passwords::verify(app, code.clone(), judged).await?;
            let fits = user.is_some_and(|user| reset_fits(user, &code, crate::kernel::ctx::now()));
            Ok((fits, user.and_then(|user| user.reset_digest.clone())))
        }
    }
}

/// The account with another password, the old one remembered and every reset code void.
fn with_password(app: &App, now: DateTime<Utc>, mut user: User, hash: String) -> User {
    let policy = app.settings.security.policy();
    let mut history = user.password_history.0;
    history.extend(user.password_hash.replace(hash));
    let surplus = history.len().saturating_sub(policy.remembered);
    user.password_history = history.split_off(surplus).into();
    user.password_expires_at = password_end(app, now);
    user.reset_digest = None;
    user.reset_expires_at = None;
    user.reset_requested_at = None;
    user
}

/// Whether a password is the present one or a remembered one.
async fn is_reused(app: &App, user: &User, new: &str) -> Result<bool> {
    for hash in user.password_hash.iter().chain(user.password_history.iter()) {
        if passwords::verify(app, new.to_owned(), hash.clone()).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn reuse_refused() -> AppError {
    let detail = text!("不得使用近期用过的口令。", "This password was in use not long ago.");
    AppError::invalid_field("/new_password", "PASSWORD_REUSED", detail)
}

fn reset_fits(user: &User, code: &str, now: DateTime<Utc>) -> bool {
    user.reset_digest.as_deref() == Some(digest(code).as_str()) && user.reset_expires_at.is_some_and(|end| end > now)
}

/// Somebody forgot the password. The answer is the same for every name; administrators see the request in the list.
pub async fn request_reset(app: &App, request_id: &str, username: &str) -> Result<()> {
    // A row written or not would be seen in the time: every answer takes as long.
    let answer = tokio::time::sleep(super::EVEN);
    let user = users::by_username(&app.db, username).await?;
    let ctx = ctx_of(user.as_ref(), request_id);
    let id = user.map_or(Uuid::nil(), |user| user.id);
    let done = write(&app.db, &ctx, async |tx| {
        users::lock(tx.conn(), id).await?;
        let Some(user) = users::find(tx.conn(), id).await? else {
            return Ok(Change::new((), Event::new(AuditAction::ResetRequested, "users", id)));
        };
        let after = User { reset_requested_at: Some(tx.ctx().now), ..user };
        users::note_attempt(tx.conn(), &after).await?;
        Ok(Change::new((), about(AuditAction::ResetRequested, &after)))
    })
    .await;
    answer.await;

    done
}

/// A one-time code with which the person sets a new password; shown once, to the administrator who hands it over.
pub async fn issue_reset(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<(User, String)>> {
    let before = users::get(tx.conn(), id).await?;
    check_version::<Users>(&before, version)?;
    let code = BASE64.encode(random::<18>());
    let agreed = with_consent(tx, before.clone())?;
    let after = User {
        reset_digest: Some(digest(&code)),
        reset_expires_at: Some(tx.ctx().now + Duration::hours(RESET_HOURS)),
        reset_requested_at: None,
        ..agreed
    };
    let saved = replace::<Users>(tx, &before, after).await?;
    let event = about(AuditAction::ResetIssued, &saved);
    Ok(Change::new((saved, code), event))
}
