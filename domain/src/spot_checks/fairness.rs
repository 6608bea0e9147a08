//! 公平性统计: what was drawn beside what the chances were. One draw tells nothing; over many, who is drawn too often or too seldom
//! shows, as do teams that meet too often. It is the only answer to parties who all conspire (docs/verifiable-draw.md §9).

use crate::kernel::code_list::code_list;
use crate::spot_checks::draws::strata::Stratum;
use std::collections::BTreeMap;
use std::ops::AddAssign;

code_list! {
    /// By what chances are compared with what was drawn.
    FairnessKind "公平性口径" {
        Township "乡镇", ObjectType "监管对象类型", Size "注册资本规模", OfficerPairs "同组两人重复", ObjectOfficer "同一人员再到同一对象"
    }
}

/// What was to be expected, how much it may vary, and what came: visits, pairs or repeats in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    pub expected_micro: i64,
    pub variance_micro: i64,
    pub realised: i64,
}

const MICRO: f64 = 1_000_000.0;

#[expect(clippy::cast_possible_truncation, reason = "statistics: far below 2^63, and rounded on purpose")]
fn micro(value: f64) -> i64 {
    (value * MICRO).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "statistics: counts far below 2^53")]
fn real(value: u64) -> f64 {
    value as f64
}

impl Figure {
    fn new(expected: f64, variance: f64, realised: u64) -> Self {
        let realised = i64::try_from(realised).unwrap_or(i64::MAX);
        Self { expected_micro: micro(expected), variance_micro: micro(variance), realised }
    }

    /// A group of `members` in a stratum of which `count` of `population` are drawn: hypergeometric.
    fn of_group(stratum: &Stratum, members: u64, realised: u64) -> Self {
        let (all, drawn, own) = (real(stratum.population), real(stratum.count), real(members));
        let share = own / all.max(1.0);
        let spread = drawn * share * (1.0 - share) * (all - drawn) / (all - 1.0).max(1.0);
        Self::new(drawn * share, spread, realised)
    }

    /// How probable so large a departure from what was expected is by chance alone: both ways for who is drawn, upwards for who
    /// meets again. `None` where fewer than one more or less is to be expected: too little to tell.
    #[expect(clippy::cast_precision_loss, reason = "statistics: sums far below 2^53")]
    pub fn p_value(&self, kind: FairnessKind) -> Option<f64> {
        let (expected, variance) = (self.expected_micro as f64 / MICRO, self.variance_micro as f64 / MICRO);
        if variance < 1.0 {
            return None;
        }
        let above = self.realised as f64 - expected;
        let p = match kind {
            FairnessKind::Township | FairnessKind::ObjectType | FairnessKind::Size => {
                let z = (above.abs() - 0.5).max(0.0) / variance.sqrt();
                libm::erfc(z / std::f64::consts::SQRT_2)
            }
            FairnessKind::OfficerPairs | FairnessKind::ObjectOfficer => {
                let z = (above - 0.5) / variance.sqrt();
                libm::erfc(z / std::f64::consts::SQRT_2) / 2.0
            }
        };

        Some(p)
    }
}

impl AddAssign for Figure {
    fn add_assign(&mut self, other: Self) {
        self.expected_micro += other.expected_micro;
        self.variance_micro += other.variance_micro;
        self.realised += other.realised;
    }
}

/// Objects of a pool that a group has at least: what is to be expected of few would tell which stratum, and so which credit
/// class, they are of. Smaller groups are one, [`OTHERS`], and nobody's where they are few together.
pub const SMALLEST_GROUP: u64 = 20;

/// The groups that are too small to be told.
pub const OTHERS: &str = "OTHERS";

/// Objects of a pool by label and group, each with whether it was drawn: a figure a group.
pub fn by_group<'a>(
    strata: &[Stratum],
    objects: impl Iterator<Item = (&'a str, String, bool)>,
) -> BTreeMap<String, Figure> {
    let mut counts: BTreeMap<(&str, String), (u64, u64)> = BTreeMap::new();
    for (label, group, drawn) in objects {
        let (members, realised) = counts.entry((label, group)).or_default();
        *members += 1;
        *realised += u64::from(drawn);
    }

    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    for ((_, group), (members, _)) in &counts {
        *sizes.entry(group.clone()).or_default() += members;
    }
    let small: u64 = sizes.values().filter(|size| **size < SMALLEST_GROUP).sum();

    let mut figures: BTreeMap<String, Figure> = BTreeMap::new();
    for ((label, group), (members, realised)) in counts {
        let whole = sizes.get(&group).is_some_and(|size| *size >= SMALLEST_GROUP);
        if !whole && small < SMALLEST_GROUP {
            continue;
        }
        let group = if whole { group } else { OTHERS.to_owned() };
        if let Some(stratum) = strata.iter().find(|stratum| stratum.stratum == label) {
            *figures.entry(group).or_default() += Figure::of_group(stratum, members, realised);
        }
    }
    figures
}

/// Teams of one department: how often two officers meet again, beside how often they would where pairs are drawn independently.
pub fn pairs<T: Ord + Copy>(staff: u64, teams: &[Vec<T>]) -> Figure {
    let mut meetings: BTreeMap<(T, T), u64> = BTreeMap::new();
    let mut pairs_a_team = 0;
    for team in teams {
        pairs_a_team = choose_two(team.len() as u64);
        for (at, one) in team.iter().enumerate() {
            for other in &team[at + 1..] {
                *meetings.entry((*one.min(other), *one.max(other))).or_default() += 1;
            }
        }
    }

    let possible = real(choose_two(staff)).max(1.0);
    let expected = real(choose_two(teams.len() as u64)) * real(pairs_a_team * pairs_a_team) / possible;
    Figure::new(expected, expected, meetings.values().map(|times| choose_two(*times)).sum())
}

/// One team: how many of it were at the object before, of so many of the department's staff who were.
pub fn repeats(staff: u64, size: u64, before: u64, realised: u64) -> Figure {
    let share = real(before) / real(staff).max(1.0);
    let spread =
        real(size) * share * (1.0 - share) * real(staff.saturating_sub(size)) / real(staff.saturating_sub(1)).max(1.0);
    Figure::new(real(size) * share, spread, realised)
}

const fn choose_two(of: u64) -> u64 {
    of * of.saturating_sub(1) / 2
}

/// The band of a registered capital (in fen): micro trades, small, middle, large.
pub const fn size_band(capital_fen: Option<i64>) -> &'static str {
    const WAN: i64 = 1_000_000;
    match capital_fen {
        None => "UNKNOWN",
        Some(fen) if fen < 10 * WAN => "BELOW_100K",
        Some(fen) if fen < 100 * WAN => "BELOW_1M",
        Some(fen) if fen < 1_000 * WAN => "BELOW_10M",
        Some(_) => "FROM_10M",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spot_checks::draws::pool::{Leaf, Officer, RosterEntry};
    use crate::spot_checks::draws::{matching::match_officers, selection::select, sha256};
    use std::collections::BTreeSet;
    use uuid::Uuid;

    const KIND: FairnessKind = FairnessKind::Township;

    /// Two hundred honest draws, and as many in which one township is drawn half as often: the second is found, the first is not.
    #[test]
    fn a_township_that_is_spared_shows() {
        let strata = [Stratum::new("S1".into(), 1_000, 0, 300)];
        let township = |leaf: usize| if leaf < 60 { "甲" } else { "乙" };
        let pool: Vec<_> =
            (0..300u32).map(|n| Leaf { object_ref: sha256(&[&n.to_be_bytes()]), stratum: "S1".into() }).collect();
        let account = |spare: bool| {
            let mut whole: BTreeMap<String, Figure> = BTreeMap::new();
            for round in 0..200u32 {
                let drawn = select(&sha256(&[b"fair", &round.to_be_bytes()]), Uuid::nil(), &strata, &pool);
                let drawn: BTreeSet<_> = drawn.iter().map(|one| one.object_ref).collect();
                let took = |at: usize, leaf: &Leaf| {
                    drawn.contains(&leaf.object_ref) && !(spare && at < 60 && leaf.object_ref[0].is_multiple_of(2))
                };
                let objects = pool.iter().enumerate().map(|(at, leaf)| ("S1", township(at).to_owned(), took(at, leaf)));
                for (group, figure) in by_group(&strata, objects) {
                    *whole.entry(group).or_default() += figure;
                }
            }
            whole["甲"]
        };

        let (honest, spared) = (account(false), account(true));
        assert_eq!(honest.expected_micro, 1_200_000_000, "a fifth of thirty, two hundred times");
        assert!(honest.p_value(KIND).is_some_and(|p| p > 0.001), "{honest:?}");
        assert!(spared.p_value(KIND).is_some_and(|p| p < 0.000_1), "{spared:?}");
    }

    /// The match spreads visits, so pairs meet no oftener than by chance; a pair that always goes together shows.
    #[test]
    fn a_pair_that_always_goes_together_shows() {
        let roster: Vec<_> = (1..=12u128)
            .map(|n| RosterEntry { department: Uuid::from_u128(1), officer: Officer::Id(Uuid::from_u128(n)) })
            .collect();
        let pool: Vec<_> =
            (0..60u32).map(|n| Leaf { object_ref: sha256(&[&n.to_be_bytes()]), stratum: "S1".into() }).collect();
        let drawn = select(&sha256(&[b"pairs"]), Uuid::nil(), &[Stratum::new("S1".into(), 10_000, 0, 60)], &pool);
        let teams = match_officers(&sha256(&[b"pairs"]), 2, &drawn, &roster, &[], &[]).unwrap_or_default();
        let teams: Vec<_> = teams.into_iter().map(|team| team.officers).collect();
        let honest = pairs(12, &teams);
        assert!(honest.p_value(FairnessKind::OfficerPairs).is_some_and(|p| p > 0.05), "{honest:?}");

        let fixed: Vec<_> = (0..60).map(|at| if at % 3 == 0 { teams[0].clone() } else { teams[at].clone() }).collect();
        let found = pairs(12, &fixed);
        assert!(found.p_value(FairnessKind::OfficerPairs).is_some_and(|p| p < 0.001), "{found:?}");
    }

    /// One enterprise of a township would be told by what is to be expected of it.
    #[test]
    fn few_are_told_with_others_or_not_at_all() {
        let strata = [Stratum::new("S1".into(), 2_500, 0, 64)];
        let group = |at: usize| {
            ["甲", "乙", "丙", "丁"][match at {
                0 => 0,
                1..12 => 1,
                12..21 => 2,
                _ => 3,
            }]
        };
        let account = |from: usize| {
            by_group(&strata, (from..64).map(|at| ("S1", group(at).to_owned(), false))).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(account(0), [OTHERS, "丁"], "1 + 11 + 9 are told together");
        assert_eq!(account(2), ["丁"], "19 are not told");
    }

    #[test]
    fn too_little_tells_nothing() {
        let strata = [Stratum::new("S1".into(), 0, 1, 60)];
        let objects = (0..60).map(|at| ("S1", if at < 20 { "甲" } else { "乙" }.to_owned(), at == 3));
        let figures = by_group(&strata, objects);
        assert_eq!((figures["甲"].realised, figures["乙"].realised), (1, 0));
        assert!(figures.values().all(|figure| figure.p_value(KIND).is_none()));
        assert_eq!(repeats(10, 2, 5, 1), Figure { expected_micro: 1_000_000, variance_micro: 444_444, realised: 1 });
    }
}
