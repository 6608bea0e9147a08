//! The root of the Merkle tree of RFC 9162 §2.1.

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
    }
}
