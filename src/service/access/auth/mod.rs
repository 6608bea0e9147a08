//! Who stands behind a request: log-ins, sessions, tokens, second factors.

mod actor;
pub mod login;
pub mod oidc;
pub mod password;
mod provider;
pub mod second_factor;
pub mod sessions;
mod tokens;

pub use actor::{actor, authenticate, partner};
pub use provider::Provider;
pub use tokens::{For, Tokens, sign};

use crate::kernel::error::AppError;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use sha2::{Digest, Sha256};

/// A secret's digest; the secrets have 128 random bits and more, so a plain hash does.
pub fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Where a log-in comes from, for the list of sessions.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// The least time of an answer that must not tell who exists; far more than the work behind it takes.
const EVEN: std::time::Duration = std::time::Duration::from_millis(100);

fn login_failed() -> AppError {
    AppError::new(
        Code::LoginFailed,
        text!(
            "用户名、口令或动态口令不正确，或账户未启用、已锁定（连续输错将暂时锁定）。",
            "Wrong user name, password or code, or the account is not active or is locked for a while."
        ),
    )
}
