//! The frozen pool, roster and recusal set: opaque references, sorted, hashed before any secret is known.

use super::{ALGORITHM, Digest, sha256};
use crate::kernel::merkle;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An object as the public record knows it: nobody can tell which enterprise it is without the salt.
pub fn object_ref(object: Uuid, salt: &[u8; 16]) -> Digest {
    sha256(&[ALGORITHM.as_bytes(), b" object\n", object.as_bytes(), salt])
}

/// A leaf of the pool. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
    pub stratum: String,
}

/// An officer of the frozen roster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    #[serde(deserialize_with = "super::text::id")]
    pub department: Uuid,
    #[serde(deserialize_with = "super::text::id")]
    pub officer: Uuid,
}

/// A pair that must not meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recusal {
    #[serde(deserialize_with = "super::text::id")]
    pub officer: Uuid,
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
}

/// The Merkle root of the leaves in ascending order of their references: leaf = `ref ‖ stratum`.
pub fn pool_root(leaves: &[Leaf]) -> Digest {
    let hashes: Vec<_> = leaves.iter().map(|leaf| merkle::leaf(&[&leaf.object_ref, leaf.stratum.as_bytes()])).collect();
    merkle::root(&hashes)
}

/// `SHA-256(algorithm ‖ " roster\n" ‖ (department ‖ officer)…)` in ascending order.
pub fn roster_root(roster: &[RosterEntry]) -> Digest {
    let entries: BTreeSet<_> = roster.iter().collect();
    let mut bytes = format!("{ALGORITHM} roster\n").into_bytes();
    for entry in entries {
        bytes.extend_from_slice(entry.department.as_bytes());
        bytes.extend_from_slice(entry.officer.as_bytes());
    }
    sha256(&[&bytes])
}

/// `SHA-256(algorithm ‖ " recusals\n" ‖ (officer ‖ ref)…)` in ascending order.
pub fn recusal_root(recusals: &[Recusal]) -> Digest {
    let entries: BTreeSet<_> = recusals.iter().collect();
    let mut bytes = format!("{ALGORITHM} recusals\n").into_bytes();
    for entry in entries {
        bytes.extend_from_slice(entry.officer.as_bytes());
        bytes.extend_from_slice(&entry.object_ref);
    }
    sha256(&[&bytes])
}
