//! Commitments to secrets, and the seed made of all of them.

use super::{Algorithm, Digest};
use std::collections::BTreeSet;
use uuid::Uuid;

/// `H("… commit\n" ‖ task ‖ epoch ‖ party ‖ secret)`: bound to the task, the epoch and the party.
pub fn commit(algorithm: Algorithm, task: Uuid, epoch: u32, party: Uuid, secret: &Digest) -> Digest {
    algorithm.hash("commit", &[task.as_bytes(), &epoch.to_be_bytes(), party.as_bytes(), secret])
}

/// `H("… seed\n" ‖ terms ‖ (party ‖ secret)…)`: all secrets in the order of their parties' ids, with everything that was
/// fixed before any of them was known ([`super::transcript::Transcript::terms_digest`]), and `H("… chance\n" ‖ value)` where
/// the terms name a public value.
pub fn seed(algorithm: Algorithm, terms: &Digest, secrets: &[(Uuid, Digest)], chance: Option<&str>) -> Digest {
    let mut ordered = secrets.to_vec();
    ordered.sort_by_key(|(party, _)| *party);
    let mut parts: Vec<&[u8]> = vec![terms];
    for (party, secret) in &ordered {
        parts.push(party.as_bytes());
        parts.push(secret);
    }
    let chance = chance.map(|value| algorithm.hash("chance", &[value.as_bytes()]));
    parts.extend(chance.iter().map(<[u8; 32]>::as_slice));
    algorithm.hash("seed", &parts)
}

/// Different bytes that a secret has at least; of 32 random bytes fewer than sixteen differ once in 10^12 times.
const DIFFERENT: usize = 16;

/// Whether a secret was thought of rather than drawn: few different bytes, a row of equal steps, or a text.
pub fn is_weak(secret: &Digest) -> bool {
    let different: BTreeSet<_> = secret.iter().collect();
    let step = secret[1].wrapping_sub(secret[0]);
    let even_steps = secret.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    let text = secret.iter().all(|byte| (b' '..=b'~').contains(byte));

    different.len() < DIFFERENT || even_steps || text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spot_checks::draws::sha256;

    #[test]
    fn what_was_thought_of_is_weak() {
        let row: Vec<u8> = (0..32).collect();
        let text = *b"the quick brown fox jumps over 1!";
        for weak in [[0; 32], [7; 32], row.try_into().unwrap_or_default(), text[..32].try_into().unwrap_or_default()] {
            assert!(is_weak(&weak), "{weak:?}");
        }
        for at in 0..10_000u32 {
            assert!(!is_weak(&sha256(&[&at.to_be_bytes()])), "{at}");
        }
    }
}
