//! Commitments to secrets, and the seed made of all of them.

use super::{ALGORITHM, Digest, sha256};
use uuid::Uuid;

/// `SHA-256(algorithm ‖ " commit\n" ‖ task ‖ epoch ‖ party ‖ secret)`: bound to the task, the epoch and the party.
pub fn commit(task: Uuid, epoch: u32, party: Uuid, secret: &Digest) -> Digest {
    sha256(&[ALGORITHM.as_bytes(), b" commit\n", task.as_bytes(), &epoch.to_be_bytes(), party.as_bytes(), secret])
}

/// `SHA-256(algorithm ‖ " seed\n" ‖ terms ‖ (party ‖ secret)…)`: all secrets in the order of their parties' ids, with
/// everything that was fixed before any of them was known ([`super::transcript::Transcript::terms_digest`]).
pub fn seed(terms: &Digest, secrets: &[(Uuid, Digest)]) -> Digest {
    let mut ordered = secrets.to_vec();
    ordered.sort_by_key(|(party, _)| *party);
    let mut parts: Vec<&[u8]> = vec![ALGORITHM.as_bytes(), b" seed\n", terms];
    for (party, secret) in &ordered {
        parts.push(party.as_bytes());
        parts.push(secret);
    }
    sha256(&parts)
}
