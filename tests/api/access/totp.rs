//! One-time codes as an authenticator makes them.

use totp_rs::{Builder, Secret};

/// The code of a step, counted from the present one.
pub fn code_at(secret: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let time = mingjian::kernel::ctx::now().timestamp() + 30 * steps;
    totp.generate(u64::try_from(time).unwrap()).to_string()
}
