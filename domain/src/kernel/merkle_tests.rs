//! The tree against RFC 9162 as it is written, and its proofs against every other leaf, size and root.
#![expect(clippy::cast_possible_truncation, reason = "a few thousand leaves")]

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

fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|n| leaf(&[&n.to_be_bytes()])).collect()
}

/// All tiles of a tree, appended in parts.
fn tiles(count: u64, part: usize) -> Tiles {
    let mut all = Tiles::default();
    let mut size = 0;
    for part in leaves(count).chunks(part) {
        let known = edge(size).into_iter().filter_map(|place| Some((place, all.0.get(&place)?.clone()))).collect();
        all.0.extend(append(Tiles(known), size, part).0);
        size += part.len() as u64;
    }
    all
}

proptest! {
    #[test]
    fn the_root_is_the_standards(count in 0u64..70) {
        prop_assert_eq!(root(&leaves(count)), by_definition(&leaves(count)));
    }

    /// However leaves come, the tiles give the standard's root of every size, and proofs that hold for one leaf only.
    #[test]
    fn a_proof_holds_for_its_leaf(size in 1u64..1_500, index in 0u64..1_500, part in 1usize..700) {
        let all = leaves(size);
        let index = index % size;
        let mut trees = tiles(size, part);
        let root = by_definition(&all);
        prop_assert_eq!(root_of(&mut trees, size), Some(root));
        let mut asked = Asked::default();
        let _ = inclusion(&mut asked, index, size);
        prop_assert!(asked.0.iter().all(|place| trees.0.contains_key(place)));
        trees.0.retain(|place, _| asked.0.contains(place));
        let path = inclusion(&mut trees, index, size).unwrap_or_default();
        let of = |leaf: u64, index, size| included(all[leaf as usize], index, size, &path);
        prop_assert_eq!(of(index, index, size), Some(root));
        prop_assert!(path.len() <= 11);
        let other = (index + 1) % size;
        if size > 1 {
            prop_assert_ne!(of(other, index, size), Some(root));
            prop_assert_ne!(of(index, other, size), Some(root));
        }
        if let Some((_, short)) = path.split_last() {
            prop_assert_ne!(included(all[index as usize], index, size, short), Some(root));
        }
    }

    /// A tree that grew shows it, and no other.
    #[test]
    fn consistency_holds_between_its_sizes(new in 1u64..1_500, old in 1u64..1_500, at in 0usize..12) {
        let old = old.min(new);
        let all = leaves(new);
        let roots = (by_definition(&all[..old as usize]), by_definition(&all));
        let mut trees = tiles(new, 300);
        let proof = consistency(&mut trees, old, new).unwrap_or_default();
        prop_assert!(is_consistent((old, roots.0), (new, roots.1), &proof));
        prop_assert!(!is_consistent((old, leaf(&[b"x"])), (new, roots.1), &proof));
        prop_assert!(old == new || !is_consistent((old, roots.0), (new, leaf(&[b"x"])), &proof));
        if let Some(at) = (!proof.is_empty()).then(|| at % proof.len()) {
            let mut altered = proof;
            altered[at][0] ^= 1;
            prop_assert!(!is_consistent((old, roots.0), (new, roots.1), &altered));
        }
    }
}

#[test]
fn a_million_leaves_are_proved_from_a_few_tiles() {
    let mut asked = Asked::default();
    let path = inclusion(&mut asked, 777_777, 1_000_000).map_or(0, |path| path.len());
    assert!(path <= 20 && asked.0.len() <= 8, "{path} hashes from {} tiles", asked.0.len());
}
