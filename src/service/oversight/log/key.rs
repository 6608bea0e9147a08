//! The log's own key, derived from the oldest secret, so that it stays when secrets are rotated.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use domain::kernel::signature;
use domain::oversight::log::note::{Checkpoint, SIGNS, VerifierKey, cosignature};

/// What the log is called in its notes.
pub fn origin(app: &App) -> String {
    format!("mingjian/{}", app.settings.county.code)
}

fn pair(app: &App) -> Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(&app.secrets.log_seed).map_err(AppError::internal)
}

/// The key by which everybody verifies a checkpoint.
pub fn verifier_key(app: &App) -> Result<VerifierKey> {
    let public = pair(app)?.public_key().as_ref().try_into().map_err(AppError::internal)?;
    Ok(VerifierKey { name: origin(app), kind: SIGNS, public })
}

/// This service's signature of a message, and the public key to verify it with.
pub fn sign(app: &App, message: &str) -> Result<([u8; 32], [u8; 64])> {
    let signature = pair(app)?.sign(message.as_bytes()).as_ref().try_into().map_err(AppError::internal)?;
    Ok((verifier_key(app)?.public, signature))
}

/// A checkpoint as a note with the log's signature.
pub fn signed(app: &App, checkpoint: &Checkpoint) -> Result<String> {
    let body = checkpoint.body();
    let line = verifier_key(app)?.line(pair(app)?.sign(body.as_bytes()).as_ref());
    Ok(format!("{body}\n{line}"))
}

/// Whether a line is a witness's cosignature of a checkpoint.
pub fn cosigned_by(witness: &VerifierKey, checkpoint: &Checkpoint, line: &str) -> bool {
    let bytes = witness.signature(line).unwrap_or_default();
    cosignature(&bytes).is_some_and(|(time, signature)| verifies(witness, &checkpoint.cosigned(time), signature))
}

/// Whether a key signed a message.
pub fn verifies(key: &VerifierKey, message: &str, signature: &[u8]) -> bool {
    signature.try_into().is_ok_and(|signature| signature::verifies(&key.public, message, signature))
}
