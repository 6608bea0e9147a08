//! What surrounds every request: its id, who sent it, how many they may send, and the shape of every error.

mod client;
mod envelope;
mod guard;
mod signature;
mod trace;

pub use client::address as client_address;
pub use envelope::envelope;
pub use guard::{Limiter, guard};
pub use signature::{is_mismatch, signature_invalid};
pub use trace::RequestSpan;

/// The request's id: the client's `X-Request-Id` where it is one, else a new one.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);
