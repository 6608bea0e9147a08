//! Ed25519 signatures (RFC 8032), as others verify them.

use ed25519_dalek::{Signature, VerifyingKey};

/// Whether a key signed a message; a key or a signature of small order signs nothing.
pub fn verifies(key: &[u8; 32], message: &str, signature: &[u8; 64]) -> bool {
    let signature = Signature::from_bytes(signature);
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(message.as_bytes(), &signature).is_ok())
}
