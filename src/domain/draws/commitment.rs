//! Commitments to secrets, and the seed made of all of them.

use super::{ALGORITHM, Digest, sha256};
use uuid::Uuid;

/// `SHA-256(algorithm ‖ " commit\n" ‖ task ‖ epoch ‖ party ‖ secret)`: bound to the task, the epoch and the party.
pub fn commit(task: Uuid, epoch: u32, party: Uuid, secret: &Digest) -> Digest {
    sha256(&[ALGORITHM.as_bytes(), b" commit\n", task.as_bytes(), &epoch.to_be_bytes(), party.as_bytes(), secret])
}

/// What was frozen before any secret was known.
#[derive(Clone, Copy, Debug)]
pub struct FrozenRoots {
    pub pool: Digest,
    pub roster: Digest,
    pub recusals: Digest,
}

/// The seed: all secrets in the order of their parties' ids, with everything that was frozen.
pub fn seed(task: Uuid, epoch: u32, roots: &FrozenRoots, secrets: &[(Uuid, Digest)]) -> Digest {
    let mut ordered = secrets.to_vec();
    ordered.sort_by_key(|(party, _)| *party);
    let epoch = epoch.to_be_bytes();
    let mut parts: Vec<&[u8]> =
        vec![ALGORITHM.as_bytes(), b" seed\n", task.as_bytes(), &epoch, &roots.pool, &roots.roster, &roots.recusals];
    for (party, secret) in &ordered {
        parts.push(party.as_bytes());
        parts.push(secret);
    }
    sha256(&parts)
}
