//! What every layer uses: the caller, errors, secrets and sealing.

pub mod ctx;
pub mod error;
pub mod input;
pub mod secrets;
pub mod seeded;
pub mod telemetry;
pub mod vault;
