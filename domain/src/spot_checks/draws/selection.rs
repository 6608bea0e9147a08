//! The draw of objects: within a stratum, the `count` smallest tickets.

use super::strata::Stratum;
use super::{Digest, pool::Leaf};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An object drawn. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
    pub stratum: String,
    #[serde(with = "super::text::hexadecimal")]
    pub ticket: Digest,
}

/// HMAC-SHA256 under the seed, its key schedule done once.
#[derive(Clone)]
pub struct Lottery(Hmac<Sha256>);

impl Lottery {
    pub fn new(seed: &Digest) -> Self {
        // A key of any length is accepted, so there is no error to lose.
        Self(Hmac::new_from_slice(seed).unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    pub fn ticket(&self, parts: &[&[u8]]) -> Digest {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// `HMAC-SHA256(seed, task ‖ stratum ‖ 0x00 ‖ ref)`.
fn ticket(lottery: &Lottery, task: Uuid, leaf: &Leaf) -> Digest {
    lottery.ticket(&[task.as_bytes(), leaf.stratum.as_bytes(), &[0], &leaf.object_ref])
}

/// Draws from the pool. The answer does not depend on the order of the leaves; it is in the order of the strata given,
/// then of the tickets.
pub fn select(seed: &Digest, task: Uuid, strata: &[Stratum], pool: &[Leaf]) -> Vec<Selected> {
    let lottery = Lottery::new(seed);
    let mut by_stratum: BTreeMap<&str, Vec<(Digest, &Leaf)>> = BTreeMap::new();
    for leaf in pool {
        by_stratum.entry(&leaf.stratum).or_default().push((ticket(&lottery, task, leaf), leaf));
    }
    let mut selected = Vec::new();

    for stratum in strata {
        let Some(mut tickets) = by_stratum.remove(stratum.stratum.as_str()) else { continue };
        let count = usize::try_from(stratum.count).unwrap_or(usize::MAX).min(tickets.len());
        if count > 0 && count < tickets.len() {
            tickets.select_nth_unstable(count - 1);
        }
        tickets.truncate(count);
        tickets.sort_unstable();
        selected.extend(tickets.into_iter().map(|(ticket, leaf)| Selected {
            object_ref: leaf.object_ref,
            stratum: leaf.stratum.clone(),
            ticket,
        }));
    }

    selected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spot_checks::draws::sha256;

    fn pool(size: u32) -> Vec<Leaf> {
        (0..size).map(|n| Leaf { object_ref: sha256(&[&n.to_be_bytes()]), stratum: "S1".into() }).collect()
    }

    #[test]
    fn the_order_of_the_pool_does_not_matter() {
        let strata = [Stratum::new("S1".into(), 1_000, 0, 200)];
        let mut leaves = pool(200);
        let seed = sha256(&[b"seed"]);
        let drawn = select(&seed, Uuid::nil(), &strata, &leaves);
        leaves.reverse();
        leaves.swap(3, 90);
        assert_eq!(drawn, select(&seed, Uuid::nil(), &strata, &leaves));
        assert_eq!(drawn.len(), 20);
    }

    /// χ² of 10,000 seeds: 100 objects, 10 drawn each time; 99 degrees of freedom, p = 0.001 at 148.2.
    /// The variance of a draw without replacement is (1 − 10/100) of the multinomial's, so the statistic is scaled.
    #[test]
    fn every_object_is_drawn_equally_often() {
        let strata = [Stratum::new("S1".into(), 1_000, 0, 100)];
        let leaves = pool(100);
        let mut hits: BTreeMap<Digest, u32> = BTreeMap::new();
        for round in 0..10_000u32 {
            for drawn in select(&sha256(&[&round.to_be_bytes()]), Uuid::nil(), &strata, &leaves) {
                *hits.entry(drawn.object_ref).or_default() += 1;
            }
        }
        assert_eq!(hits.len(), 100, "every object is reachable");
        let chi2: f64 = hits.values().map(|hit| (f64::from(*hit) - 1_000.0).powi(2) / 1_000.0).sum::<f64>() / 0.9;
        assert!(chi2 < 148.2, "chi-squared {chi2}");
    }
}
