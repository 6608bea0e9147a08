//! The match of officers: each department sends its own, evenly loaded, never to an object they are recused from.

use super::Digest;
use super::pool::{Officer, Recusal, RosterEntry};
use super::selection::{Lottery, Selected};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The officers of one department at one object. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    #[serde(deserialize_with = "super::text::id")]
    pub department: Uuid,
    /// 组长, one of the officers.
    pub leader: Officer,
    /// In ascending order.
    pub officers: Vec<Officer>,
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
}

/// An officer of the roster who could not be sent on the day of the match (`mingjian-draw/2` only).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unavailable {
    pub officer: Officer,
    pub reason: String,
}

/// A department has too few officers for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFew {
    pub department: Uuid,
    pub object_ref: Digest,
    pub available: usize,
}

#[derive(Default)]
struct Load {
    visits: u32,
    leads: u32,
}

/// Departments in ascending order, objects in the order drawn: the `size` least loaded officers, ties by ticket; the
/// one with the fewest leads leads, ties by ticket.
pub fn match_officers(
    seed: &Digest,
    size: usize,
    selected: &[Selected],
    roster: &[RosterEntry],
    recusals: &[Recusal],
    unavailable: &[Unavailable],
) -> Result<Vec<Team>, TooFew> {
    let lottery = Lottery::new(seed);
    let absent: BTreeSet<_> = unavailable.iter().map(|entry| entry.officer).collect();
    let conflicts: BTreeSet<_> = recusals.iter().map(|pair| (pair.officer, pair.object_ref)).collect();
    let mut departments: BTreeMap<Uuid, BTreeMap<Officer, Load>> = BTreeMap::new();

    for entry in roster {
        let loads = departments.entry(entry.department).or_default();
        if !absent.contains(&entry.officer) {
            loads.insert(entry.officer, Load::default());
        }
    }

    let mut teams = Vec::new();
    for (department, mut loads) in departments {
        for drawn in selected {
            let ticket = |officer: &Officer| ticket(&lottery, department, &drawn.object_ref, *officer);
            let mut free: Vec<_> = loads
                .iter()
                .filter(|(officer, _)| !conflicts.contains(&(**officer, drawn.object_ref)))
                .map(|(officer, load)| (load.visits, officer, load.leads))
                .collect();
            if free.len() < size || size == 0 {
                return Err(TooFew { department, object_ref: drawn.object_ref, available: free.len() });
            }
            // Whoever has had more visits than the last who may go needs no ticket.
            let most = free.select_nth_unstable_by_key(size - 1, |candidate| candidate.0).1.0;
            free.retain(|candidate| candidate.0 <= most);
            let mut candidates: Vec<_> =
                free.into_iter().map(|(visits, officer, leads)| (visits, ticket(officer), *officer, leads)).collect();
            candidates.sort_unstable();
            candidates.truncate(size);
            let leader = candidates.iter().min_by_key(|(_, ticket, _, leads)| (*leads, *ticket)).map(|c| c.2);
            let mut officers: Vec<_> = candidates.iter().map(|candidate| candidate.2).collect();
            officers.sort_unstable();
            for officer in &officers {
                let load = loads.entry(*officer).or_default();
                load.visits += 1;
                load.leads += u32::from(leader == Some(*officer));
            }
            let leader = leader.unwrap_or(officers[0]);
            teams.push(Team { department, leader, officers, object_ref: drawn.object_ref });
        }
    }

    Ok(teams)
}

/// In which order officers are asked to take a place in a team: by their tickets for the object, which nobody chooses.
pub fn by_ticket(seed: &Digest, department: Uuid, object_ref: &Digest, mut officers: Vec<Officer>) -> Vec<Officer> {
    let lottery = Lottery::new(seed);
    officers.sort_by_cached_key(|officer| (ticket(&lottery, department, object_ref, *officer), *officer));
    officers
}

/// `HMAC-SHA256(seed, "match" ‖ department ‖ ref ‖ officer)`.
fn ticket(lottery: &Lottery, department: Uuid, object_ref: &Digest, officer: Officer) -> Digest {
    lottery.ticket(&[b"match", department.as_bytes(), object_ref, officer.bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spot_checks::draws::sha256;
    use proptest::prelude::*;

    fn world(objects: u32, officers: u128) -> (Vec<Selected>, Vec<RosterEntry>) {
        let selected = (0..objects)
            .map(|n| Selected { object_ref: sha256(&[&n.to_be_bytes()]), stratum: "S1".into(), ticket: [0; 32] })
            .collect();
        let roster = (1..=officers)
            .map(|n| RosterEntry { department: Uuid::from_u128(1), officer: Officer::Id(Uuid::from_u128(100 + n)) })
            .collect();
        (selected, roster)
    }

    proptest! {
        #[test]
        fn loads_are_even_and_each_team_has_its_leader(objects in 1u32..60, officers in 2u128..12, salt in any::<u64>()) {
            let (selected, roster) = world(objects, officers);
            let seed = sha256(&[&salt.to_be_bytes()]);
            let teams = match_officers(&seed, 2, &selected, &roster, &[], &[]).unwrap_or_default();
            prop_assert_eq!(teams.len(), objects as usize);
            let mut visits: BTreeMap<Officer, u32> = roster.iter().map(|entry| (entry.officer, 0)).collect();

            for team in &teams {
                prop_assert!(team.officers.contains(&team.leader));
                prop_assert_ne!(team.officers[0], team.officers[1]);
                for officer in &team.officers {
                    *visits.entry(*officer).or_default() += 1;
                }
            }

            let (least, most) = (visits.values().min().copied(), visits.values().max().copied());
            prop_assert!(most.unwrap_or(0) - least.unwrap_or(0) <= 1);
        }

        #[test]
        fn recused_and_absent_officers_are_never_sent(salt in any::<u64>()) {
            let (selected, roster) = world(20, 5);
            let seed = sha256(&[&salt.to_be_bytes()]);
            let recusals: Vec<_> = selected.iter().take(10)
                .map(|drawn| Recusal { officer: roster[0].officer, object_ref: drawn.object_ref }).collect();
            let absent = [Unavailable { officer: roster[1].officer, reason: "CERTIFICATE_EXPIRED".into() }];
            let teams = match_officers(&seed, 2, &selected, &roster, &recusals, &absent).unwrap_or_default();
            prop_assert_eq!(teams.len(), 20);
            for team in &teams {
                prop_assert!(!team.officers.contains(&roster[1].officer));
                prop_assert!(!recusals.iter().any(|pair| pair.object_ref == team.object_ref
                    && team.officers.contains(&pair.officer)));
            }
        }
    }

    /// χ² of 10,000 seeds, one object and ten officers: members of the team, leaders, and who takes a place that falls free; nine
    /// degrees of freedom, p = 0.001 at 27.88. Members are two of ten without replacement, so their statistic is scaled.
    #[test]
    fn every_officer_goes_leads_and_replaces_equally_often() {
        let (selected, roster) = world(1, 10);
        let names: Vec<_> = roster.iter().map(|entry| entry.officer).collect();
        let mut hits: [BTreeMap<Officer, f64>; 3] = Default::default();
        for round in 0..10_000u32 {
            let seed = sha256(&[b"chance", &round.to_be_bytes()]);
            let team = match_officers(&seed, 2, &selected, &roster, &[], &[]).unwrap_or_default().remove(0);
            let order = by_ticket(&seed, team.department, &team.object_ref, names.clone());
            let next = order.into_iter().find(|officer| !team.officers.contains(officer));
            for officer in &team.officers {
                *hits[0].entry(*officer).or_default() += 1.0;
            }
            *hits[1].entry(team.leader).or_default() += 1.0;
            *hits[2].entry(next.unwrap_or(team.leader)).or_default() += 1.0;
        }

        for (what, hits, expected, scale) in [
            ("members", &hits[0], 2_000.0, 9.0 / 8.0),
            ("leaders", &hits[1], 1_000.0, 1.0),
            ("replacements", &hits[2], 1_000.0, 1.0),
        ] {
            assert_eq!(hits.len(), 10, "{what}: everybody");
            let chi2: f64 = hits.values().map(|hit| (hit - expected).powi(2) / expected * scale).sum();
            assert!(chi2 < 27.88, "{what}: chi-squared {chi2}");
        }
    }

    #[test]
    fn too_few_officers_are_said_to_be_too_few() {
        let (selected, roster) = world(1, 1);
        let error = match_officers(&[0; 32], 2, &selected, &roster, &[], &[]).map_err(|error| error.available);
        assert_eq!(error, Err(1));
    }
}
