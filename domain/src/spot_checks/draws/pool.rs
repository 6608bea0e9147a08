//! The frozen pool, roster and recusal set: opaque references, sorted, hashed before any secret is known.

use super::{Algorithm, Digest};
use crate::kernel::merkle;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use uuid::Uuid;

/// An object as the public record knows it: nobody can tell which enterprise it is without the salt.
pub fn object_ref(algorithm: Algorithm, object: Uuid, salt: &[u8; 16]) -> Digest {
    algorithm.hash("object", &[object.as_bytes(), salt])
}

/// An officer as the public record of one draw knows them: another in each draw, so that teams tell nothing across draws.
pub fn officer_ref(person: Uuid, salt: &[u8; 16]) -> Officer {
    Officer::Ref(Algorithm::Three.hash("officer", &[person.as_bytes(), salt]))
}

/// What an officer is called in a record: by their id in `mingjian-draw/2`, by a salted reference since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Officer {
    Id(Uuid),
    Ref(Digest),
}

impl Officer {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Id(id) => id.as_bytes(),
            Self::Ref(reference) => reference,
        }
    }

    /// Whether records of an algorithm call officers so.
    pub const fn is_of(&self, algorithm: Algorithm) -> bool {
        matches!((self, algorithm), (Self::Id(_), Algorithm::Two) | (Self::Ref(_), Algorithm::Three))
    }
}

impl fmt::Display for Officer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Ref(reference) => formatter.write_str(&hex::encode(reference)),
        }
    }
}

/// A leaf of the pool. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
    pub stratum: String,
}

impl Leaf {
    /// `H(0x00 ‖ ref ‖ label)`.
    pub fn hash(&self) -> Digest {
        merkle::leaf(&[&self.object_ref, self.stratum.as_bytes()])
    }
}

/// An officer of the frozen roster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    #[serde(deserialize_with = "super::text::id")]
    pub department: Uuid,
    pub officer: Officer,
}

/// A pair that must not meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recusal {
    pub officer: Officer,
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
}

/// The Merkle root of the leaves in ascending order of their references.
pub fn pool_root(leaves: &[Leaf]) -> Digest {
    merkle::root(&leaves.iter().map(Leaf::hash).collect::<Vec<_>>())
}

/// `H("… roster\n" ‖ (department ‖ officer)…)` in ascending order.
pub fn roster_root(algorithm: Algorithm, roster: &[RosterEntry]) -> Digest {
    let entries: BTreeSet<_> = roster.iter().collect();
    let parts: Vec<_> = entries.iter().flat_map(|entry| [entry.department.as_bytes(), entry.officer.bytes()]).collect();
    algorithm.hash("roster", &parts)
}

/// `H("… recusals\n" ‖ (officer ‖ ref)…)` in ascending order.
pub fn recusal_root(algorithm: Algorithm, recusals: &[Recusal]) -> Digest {
    let entries: BTreeSet<_> = recusals.iter().collect();
    let parts: Vec<_> = entries.iter().flat_map(|entry| [entry.officer.bytes(), &entry.object_ref[..]]).collect();
    algorithm.hash("recusals", &parts)
}

/// What a reference, or an object, is in a pool that is opened, where it should not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Objects that have more than one leaf, and so more than one chance.
    pub doubles: BTreeSet<Uuid>,
    /// Places of leaves that no object gives with its salt.
    pub phantoms: BTreeSet<usize>,
}

/// Looks at every leaf of a pool with the object and the salt behind it; `known` tells whether the register has the object.
pub fn faults(algorithm: Algorithm, opened: &[(Leaf, Uuid, [u8; 16])], known: impl Fn(&Uuid) -> bool) -> Faults {
    let mut faults = Faults::default();
    let mut seen = BTreeSet::new();
    for (place, (leaf, object, salt)) in opened.iter().enumerate() {
        if !known(object) || object_ref(algorithm, *object, salt) != leaf.object_ref {
            faults.phantoms.insert(place);
        }
        if !seen.insert(*object) {
            faults.doubles.insert(*object);
        }
    }

    faults
}

/// That a leaf stands in a pool: its hash, its place, and the path to the root (RFC 9162 §2.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    pub leaf: Digest,
    pub place: u64,
    pub size: u64,
    pub path: Vec<Digest>,
}

/// The proof for the leaf of a reference; `None` where the pool has no such leaf.
pub fn inclusion(leaves: &[Leaf], object_ref: &Digest) -> Option<Inclusion> {
    let place = leaves.binary_search_by(|leaf| leaf.object_ref.cmp(object_ref)).ok()? as u64;
    let hashes: Vec<_> = leaves.iter().map(Leaf::hash).collect();
    let size = hashes.len() as u64;
    let mut tiles = merkle::append(merkle::Tiles::default(), 0, &hashes);
    let path = merkle::inclusion(&mut tiles, place, size)?;

    Some(Inclusion { leaf: *hashes.get(usize::try_from(place).ok()?)?, place, size, path })
}

/// A department that could not send a whole team to an object of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shielded {
    pub department: Uuid,
    pub object_ref: Digest,
    pub available: usize,
}

/// Objects to which some department has too few officers who are not recused: they could never be inspected, and one of them
/// drawn would stop the whole match.
pub fn shielded(roster: &[RosterEntry], recusals: &[Recusal], size: usize) -> Vec<Shielded> {
    let home: BTreeMap<_, _> = roster.iter().map(|entry| (entry.officer, entry.department)).collect();
    let mut staff: BTreeMap<Uuid, usize> = BTreeMap::new();
    for entry in roster {
        *staff.entry(entry.department).or_default() += 1;
    }
    let mut apart: BTreeMap<(Uuid, Digest), usize> = BTreeMap::new();
    for pair in recusals.iter().collect::<BTreeSet<_>>() {
        if let Some(department) = home.get(&pair.officer) {
            *apart.entry((*department, pair.object_ref)).or_default() += 1;
        }
    }

    let left = apart.into_iter().map(|((department, object_ref), recused)| {
        let available = staff.get(&department).copied().unwrap_or(0).saturating_sub(recused);
        Shielded { department, object_ref, available }
    });
    left.filter(|left| left.available < size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(size: u128) -> Vec<(Leaf, Uuid, [u8; 16])> {
        let leaf = |n: u128| {
            let (object, salt) = (Uuid::from_u128(n), (n + 7).to_be_bytes());
            (Leaf { object_ref: object_ref(Algorithm::NEWEST, object, &salt), stratum: "S1".into() }, object, salt)
        };
        let mut pool: Vec<_> = (0..size).map(leaf).collect();
        pool.sort_by_key(|opened| opened.0.object_ref);
        pool
    }

    #[test]
    fn every_leaf_of_a_pool_is_proved() {
        for size in [1, 2, 3, 255, 256, 257, 600] {
            let leaves: Vec<_> = pool(size).into_iter().map(|opened| opened.0).collect();
            let root = pool_root(&leaves);
            for leaf in &leaves {
                let proof = inclusion(&leaves, &leaf.object_ref);
                let proved = proof.and_then(|proof| merkle::included(proof.leaf, proof.place, proof.size, &proof.path));
                assert_eq!(proved, Some(root), "{size}");
            }
            assert_eq!(inclusion(&leaves, &[0; 32]), None);
        }
    }

    #[test]
    fn doubles_and_phantoms_are_told() {
        let mut opened = pool(9);
        assert_eq!(faults(Algorithm::NEWEST, &opened, |_| true), Faults::default());
        let (double, stranger) = (opened[3].clone(), opened[5].1);
        opened.push(double.clone());
        opened[4].2 = [9; 16];
        let found = faults(Algorithm::NEWEST, &opened, |object| *object != stranger);
        assert_eq!((found.doubles, found.phantoms), ([double.1].into(), [4, 5].into()));
    }
}
