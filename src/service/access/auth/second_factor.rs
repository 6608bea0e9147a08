//! 动态口令: one-time codes (RFC 6238: SHA-1, six digits, 30 s, one step of tolerance), each good once.

use super::login::count_failure;
use crate::app::App;
use crate::kernel::ctx::{Ctx, random};
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::access::{sessions, users};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::service::access::users::{about, with_consent};
use crate::service::kernel::sealed;
use chrono::{DateTime, Utc};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::access::users::{Entity as Users, Model as User};
use std::fmt::Write;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

const fn place(user: Uuid) -> Place {
    Place { table: "users", column: "totp_secret", id: user }
}

/// What an authenticator needs; shown once.
pub struct Enrolment {
    /// Base32, to be typed in.
    pub secret: String,
    /// `otpauth://…`, to be shown as a QR code.
    pub uri: String,
}

fn totp(secret: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret).map_err(|_| AppError::internal("unreadable one-time secret"))?;
    Builder::new().with_secret(secret).build().map_err(|_| AppError::internal("unusable one-time secret"))
}

/// A new secret, in force once a code of it is confirmed; until then the old one stays in use.
pub async fn enrol(app: &App, tx: &WriteTx) -> Result<Change<Enrolment>> {
    let id = tx.ctx().actor.id;
    let user = users::get(tx.conn(), id).await?;
    if user.totp_confirmed_at.is_some() {
        let status = ("SECOND_FACTOR_SET", "已绑定动态口令");
        return Err(Refusal::state(status, ("ENROL", "绑定")).into());
    }
    let secret = Secret::from(random::<20>()).to_base32();
    let after =
        User { totp_secret: Some(sealed::seal(app, place(id), &secret).await?), totp_last_step: None, ..user.clone() };
    let saved = replace::<Users>(tx, &user, after).await?;
    let uri = otpauth(&secret, &app.settings.security.issuer, &user.username);
    Ok(Change::new(Enrolment { secret, uri }, about(AuditAction::SecondFactorSet, &saved).reason("待确认".to_owned())))
}

/// Proves the second factor with a code. A wrong one counts like a wrong password, so that nobody tries them all.
pub async fn prove(app: &App, ctx: &Ctx, code: &str) -> Result<()> {
    let proved = write(&app.db, ctx, async |tx| {
        let id = tx.ctx().actor.id;
        users::lock(tx.conn(), id).await?;
        let user = users::get(tx.conn(), id).await?;
        let locked = user.locked_until.is_some_and(|until| until > tx.ctx().now);
        if let Some(step) = matching_step(app, &user, code, tx.ctx().now).await?.filter(|_| !locked) {
            let after = User { totp_last_step: Some(step), ..user };
            users::note_attempt(tx.conn(), &after).await?;
            return Ok(Change::new(true, about(AuditAction::SecondFactorProved, &after)));
        }
        let (_, event) = count_failure(app, tx, &user, !locked).await?;
        Ok(Change::new(false, event))
    });
    if proved.await? { Ok(()) } else { Err(wrong_code()) }
}

/// Takes the secret into use, once a code of it was proved.
pub async fn confirm(tx: &WriteTx) -> Result<Change<()>> {
    let user = users::get(tx.conn(), tx.ctx().actor.id).await?;
    let after = User { totp_confirmed_at: Some(tx.ctx().now), ..user.clone() };
    let saved = replace::<Users>(tx, &user, after).await?;
    Ok(Change::new((), about(AuditAction::SecondFactorSet, &saved)))
}

/// Gives the second factor up, once a code of it proved that it is the owner's wish.
pub async fn remove(tx: &WriteTx) -> Result<Change<()>> {
    let user = users::get(tx.conn(), tx.ctx().actor.id).await?;
    let saved = without(tx, &user).await?;
    Ok(Change::new((), about(AuditAction::SecondFactorRemoved, &saved)))
}

/// The security administrator takes away a lost one.
pub async fn reset(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<User>> {
    let user = users::get(tx.conn(), id).await?;
    check_version::<Users>(&user, version)?;
    let agreed = with_consent(tx, user.clone())?;
    let after = User { totp_secret: None, totp_confirmed_at: None, totp_last_step: None, ..agreed };
    let saved = replace::<Users>(tx, &user, after).await?;
    sessions::revoke_all(tx.conn(), id, tx.ctx().now).await?;
    let event = about(AuditAction::SecondFactorRemoved, &saved);
    Ok(Change::new(saved, event))
}

async fn without(tx: &WriteTx, user: &User) -> Result<User> {
    let after = User { totp_secret: None, totp_confirmed_at: None, totp_last_step: None, ..user.clone() };
    replace::<Users>(tx, user, after).await
}

/// The time step of a code that fits and was not used before.
pub(super) async fn matching_step(app: &App, user: &User, code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let Some(secret) = &user.totp_secret else { return Ok(None) };
    let totp = totp(&sealed::open(app, place(user.id), secret).await?)?;
    let step = totp.check(code, now.timestamp().unsigned_abs()).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| user.totp_last_step.is_none_or(|last| *step > last)))
}

fn wrong_code() -> AppError {
    let detail = text!(
        "动态口令不正确或已使用，请等待下一个。",
        "The one-time code is wrong or was used; wait for the next one."
    );
    AppError::new(Code::InvalidBody, detail.clone()).with_errors(vec![crate::kernel::error::FieldError::new(
        "/code",
        "WRONG_CODE",
        detail,
    )])
}

/// The Key URI that authenticator apps read.
fn otpauth(secret: &str, issuer: &str, account: &str) -> String {
    let issuer = percent(issuer);
    format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", percent(account))
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B (the last six digits).
    #[test]
    fn published_codes() {
        let Ok(totp) = totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") else { panic!("no secret") };
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.check(code, time), Some(time / 30), "{time}");
        }
        assert_eq!(otpauth("ABC", "明", "a b"), "otpauth://totp/%E6%98%8E:a%20b?secret=ABC&issuer=%E6%98%8E");
    }
}
