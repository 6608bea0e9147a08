//! The Merkle tree of RFC 9162 §2.1: its root, and the proof that a leaf is in it.

use super::{Digest, sha256};

pub fn leaf(content: &[&[u8]]) -> Digest {
    let mut parts: Vec<&[u8]> = vec![&[0]];
    parts.extend_from_slice(content);
    sha256(&parts)
}

fn node(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[1], left, right])
}

/// The root of the leaf hashes; of none, the hash of nothing.
pub fn root(leaves: &[Digest]) -> Digest {
    if leaves.is_empty() {
        return sha256(&[]);
    }
    let mut level = leaves.to_vec();
    // Pairing level by level and carrying an odd last node up gives RFC 9162's tree.
    while level.len() > 1 {
        let half = level.len().div_ceil(2);
        for index in 0..half {
            level[index] = match level.get(2 * index + 1) {
                Some(right) => node(&level[2 * index], right),
                None => level[2 * index],
            };
        }
        level.truncate(half);
    }
    level[0]
}

/// The siblings from the leaf to the root, lowest first.
pub fn proof(leaves: &[Digest], mut index: usize) -> Vec<Digest> {
    let mut level = leaves.to_vec();
    let mut path = Vec::new();
    while level.len() > 1 {
        if let Some(sibling) = level.get(index ^ 1) {
            path.push(*sibling);
        }
        level = level.chunks(2).map(|pair| pair.get(1).map_or(pair[0], |right| node(&pair[0], right))).collect();
        index /= 2;
    }
    path
}

/// RFC 9162 §2.1.3.2: whether the leaf stands at `index` of a tree of `size` leaves with this root.
pub fn verify_proof(root: &Digest, size: u64, mut index: u64, leaf: &Digest, path: &[Digest]) -> bool {
    if index >= size {
        return false;
    }
    let mut last = size - 1;
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if index % 2 == 1 || index == last {
            hash = node(sibling, &hash);
            while index.is_multiple_of(2) && index != 0 {
                index /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, sibling);
        }
        index /= 2;
        last /= 2;
    }
    last == 0 && hash == *root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 9162 §2.1.1 as it is written, to compare with.
    fn by_definition(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => sha256(&[]),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                node(&by_definition(&many[..split]), &by_definition(&many[split..]))
            }
        }
    }

    fn leaves(count: u8) -> Vec<Digest> {
        (0..count).map(|n| leaf(&[&[n]])).collect()
    }

    proptest! {
        #[test]
        fn the_root_is_the_standards(count in 0u8..70) {
            prop_assert_eq!(root(&leaves(count)), by_definition(&leaves(count)));
        }

        #[test]
        fn every_leaf_has_a_proof_and_no_other_leaf_fits_it(count in 1u8..70, pick in any::<prop::sample::Index>()) {
            let leaves = leaves(count);
            let index = pick.index(leaves.len());
            let path = proof(&leaves, index);
            let root = root(&leaves);
            prop_assert!(verify_proof(&root, u64::from(count), index as u64, &leaves[index], &path));
            prop_assert!(!verify_proof(&root, u64::from(count), index as u64, &leaf(&[b"another"]), &path));
        }
    }
}
