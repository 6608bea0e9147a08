//! The Merkle tree of RFC 9162 §2.1: roots, and proofs that something is in it and that it only grew. The hashes of a large
//! tree lie in tiles, so a proof reads a few of them.

use std::collections::{BTreeMap, BTreeSet};

/// A SHA-256 value.
pub type Digest = [u8; 32];

/// SHA-256 over the parts, one after another.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

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

/// The largest power of two below a number of leaves, two at least.
const fn split(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// Leaves in a tile, and hashes of whole tiles in a tile of the level above.
pub const TILE: u64 = 256;
const TILE_BITS: u32 = 8;

/// Where a tile stands: its level, and its number within the level.
pub type Place = (u32, u64);

/// The hashes of whole subtrees: of `2^height` leaves from `start` on, which is a multiple of it.
pub trait Subtrees {
    fn of(&mut self, start: u64, height: u32) -> Option<Digest>;
}

/// Notes which tiles a proof reads, so that they can be fetched at once.
#[derive(Default)]
pub struct Asked(pub BTreeSet<Place>);

impl Subtrees for Asked {
    fn of(&mut self, start: u64, height: u32) -> Option<Digest> {
        let (place, _) = lies_in(start, height);
        self.0.insert(place);
        Some([0; 32])
    }
}

/// Tiles by their places.
#[derive(Clone, Debug, Default)]
pub struct Tiles(pub BTreeMap<Place, Vec<Digest>>);

impl Subtrees for Tiles {
    fn of(&mut self, start: u64, height: u32) -> Option<Digest> {
        let (place, from) = lies_in(start, height);
        let to = from + (1 << (height % TILE_BITS));
        self.0.get(&place)?.get(from..to).map(root)
    }
}

/// The tile that has the hashes below a subtree, and where they begin in it.
fn lies_in(start: u64, height: u32) -> (Place, usize) {
    let level = height / TILE_BITS;
    let number = start >> (level * TILE_BITS);
    ((level, number / TILE), usize::try_from(number % TILE).unwrap_or_default())
}

/// The root of the leaves from `start` to before `end`; `None` where a tile is missing.
fn range(trees: &mut impl Subtrees, start: u64, end: u64) -> Option<Digest> {
    let leaves = end - start;
    if leaves.is_power_of_two() {
        return trees.of(start, leaves.trailing_zeros());
    }
    let middle = start + split(leaves);
    let (left, right) = (range(trees, start, middle)?, range(trees, middle, end)?);
    Some(node(&left, &right))
}

/// The root of a tree of so many leaves.
pub fn root_of(trees: &mut impl Subtrees, size: u64) -> Option<Digest> {
    if size == 0 { Some(root(&[])) } else { range(trees, 0, size) }
}

/// The inclusion proof of a leaf in a tree of so many (RFC 9162 §2.1.3.1), the lowest hash first.
pub fn inclusion(trees: &mut impl Subtrees, index: u64, size: u64) -> Option<Vec<Digest>> {
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    if index >= size {
        return None;
    }

    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(trees, middle, end)?);
            end = middle;
        } else {
            path.push(range(trees, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The root that an inclusion proof gives (RFC 9162 §2.1.3.2).
pub fn included(leaf: Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);

    for sibling in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = node(sibling, &hash);
            while at % 2 == 0 && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, sibling);
        }
        at /= 2;
        last /= 2;
    }
    (last == 0).then_some(hash)
}

/// The consistency proof between two sizes (RFC 9162 §2.1.4.1).
pub fn consistency(trees: &mut impl Subtrees, old: u64, new: u64) -> Option<Vec<Digest>> {
    if old == 0 || old > new {
        return None;
    }
    let (mut start, mut end, mut whole) = (0, new, true);
    let mut proof = Vec::new();

    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range(trees, middle, end)?);
            end = middle;
        } else {
            proof.push(range(trees, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(range(trees, start, end)?);
    }
    proof.reverse();
    Some(proof)
}

/// Whether a tree of the new root begins with the tree of the old one (RFC 9162 §2.1.4.2).
pub fn is_consistent(old: (u64, Digest), new: (u64, Digest), proof: &[Digest]) -> bool {
    let ((old, old_root), (new, new_root)) = (old, new);
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    let mut hashes = proof.iter().copied();
    let first = if old.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at % 2 == 1 {
        at /= 2;
        last /= 2;
    }

    let (mut old_hash, mut new_hash) = (first, first);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            old_hash = node(&hash, &old_hash);
            new_hash = node(&hash, &new_hash);
            while at % 2 == 0 && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            new_hash = node(&new_hash, &hash);
        }
        at /= 2;
        last /= 2;
    }
    last == 0 && old_hash == old_root && new_hash == new_root
}

/// The places of the tiles at the right edge of a tree, those that are not full: what has to be there to append.
pub fn edge(size: u64) -> Vec<Place> {
    let mut places = Vec::new();
    let (mut level, mut hashes) = (0, size);
    while hashes > 0 {
        if hashes % TILE > 0 {
            places.push((level, hashes / TILE));
        }
        hashes /= TILE;
        level += 1;
    }
    places
}

/// Appends leaves to a tree whose edge is at hand; gives the tiles that changed.
pub fn append(edge: Tiles, size: u64, leaves: &[Digest]) -> Tiles {
    let mut tiles = edge;
    let mut changed = BTreeSet::new();
    for (at, leaf) in (size..).zip(leaves) {
        let (mut level, mut number, mut hash) = (0, at, *leaf);
        // A tile that fills up is one hash of the level above.
        loop {
            let place = (level, number / TILE);
            let tile = tiles.0.entry(place).or_default();
            tile.push(hash);
            changed.insert(place);
            if tile.len() as u64 != TILE {
                break;
            }
            hash = root(tile);
            number /= TILE;
            level += 1;
        }
    }

    tiles.0.retain(|place, _| changed.contains(place));
    tiles
}

#[cfg(test)]
#[path = "merkle_tests.rs"]
mod tests;
