//! Password hashing: Argon2id with the parameters OWASP names (19 MiB, two passes, one lane).

use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use domain::access::passwords::{Policy, requirement, weaknesses};
use domain::kernel::text::text;

/// A hash whose password nobody kept: unknown users cost the time of known ones.
pub const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBkZWNveSBzYWx0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Each costs 19 MiB and some tens of milliseconds of a core: what nobody has proved may cost one a request.
const COMPUTATIONS: &str = "password_computations_total";

/// Hashes on the calling thread; see [`hash_async`] for requests.
pub fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(AppError::internal)?.to_string())
}

pub async fn hash_async(app: &App, password: String) -> Result<String> {
    let _turn = app.hashing_turn().await?;
    metrics::counter!(COMPUTATIONS).increment(1);
    tokio::task::spawn_blocking(move || hash(&password)).await.map_err(AppError::internal)?
}

/// Whether the password fits; an unreadable hash fits none.
pub async fn verify(app: &App, password: String, phc: String) -> Result<bool> {
    let _turn = app.hashing_turn().await?;
    metrics::counter!(COMPUTATIONS).increment(1);
    let check = move || {
        PasswordHash::new(&phc)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    };
    tokio::task::spawn_blocking(check).await.map_err(AppError::internal)
}

/// Refuses what the deployment's profile does not allow, with every reason.
pub fn check_policy(app: &App, pointer: &str, username: &str, password: &str) -> Result<()> {
    check(&app.settings.security.policy(), pointer, username, password)
}

/// The same where there is no application yet.
pub fn check(policy: &Policy, pointer: &str, username: &str, password: &str) -> Result<()> {
    let found = weaknesses(policy, username, password);
    if found.is_empty() {
        return Ok(());
    }
    let requirement = requirement(policy);
    let errors = found.into_iter().map(|weakness| {
        let detail = text!(
            "{why}。{zh}",
            "{code}: {en}",
            why = weakness.label(),
            code = weakness.code(),
            zh = requirement.zh,
            en = requirement.en
        );
        FieldError::new(pointer, "WEAK_PASSWORD", detail)
    });

    Err(AppError::invalid(errors.collect()))
}
