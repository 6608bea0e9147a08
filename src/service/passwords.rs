//! Password hashing: Argon2id with the parameters OWASP names (19 MiB, two passes, one lane).

use crate::app::App;
use crate::domain::text::text;
use crate::error::{AppError, FieldError, Result};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};

/// A hash whose password nobody kept: unknown users cost the time of known ones.
pub const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBkZWNveSBzYWx0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes on the calling thread; see [`hash_async`] for requests.
pub fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(AppError::internal)?.to_string())
}

pub async fn hash_async(app: &App, password: String) -> Result<String> {
    let _turn = app.hashing.acquire().await.map_err(AppError::internal)?;
    tokio::task::spawn_blocking(move || hash(&password)).await.map_err(AppError::internal)?
}

/// Whether the password fits; an unreadable hash fits none.
pub async fn verify(app: &App, password: String, phc: String) -> Result<bool> {
    let _turn = app.hashing.acquire().await.map_err(AppError::internal)?;
    let check = move || {
        PasswordHash::new(&phc)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    };
    tokio::task::spawn_blocking(check).await.map_err(AppError::internal)
}

/// At least 12 characters, not made of the account's own name.
pub fn check_policy(username: &str, password: &str) -> Result<()> {
    let lower = password.to_lowercase();
    if password.chars().count() < 12 || lower.contains(&username.to_lowercase()) {
        let detail = text!(
            "密码至少 12 个字符，且不得包含用户名。",
            "A password has 12 characters or more and does not contain the user name."
        );
        return Err(AppError::invalid(vec![FieldError::new("/password", "WEAK_PASSWORD", detail)]));
    }
    Ok(())
}
