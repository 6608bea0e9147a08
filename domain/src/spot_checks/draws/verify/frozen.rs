//! What was fixed before any secret was known: pool, roster, recusals, strata, parties, and the terms made of them.

use super::Findings;
use super::conditions;
use crate::spot_checks::draws::commitment::commit;
use crate::spot_checks::draws::eligibility::Eligibility;
use crate::spot_checks::draws::pool::{pool_root, recusal_root, roster_root};
use crate::spot_checks::draws::strata::{Stratum, count};
use crate::spot_checks::draws::text::is_label;
use crate::spot_checks::draws::transcript::{Party, Transcript};
use crate::spot_checks::draws::{Algorithm, parse_digest};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(transcript: &Transcript, findings: &mut Findings) {
    check_lists(transcript, findings);
    check_strata(transcript, findings);
    check_parties(transcript, findings);
    check_previous(transcript, findings);
    let size = transcript.officers_per_object;
    findings.expect(size >= 2, "/transcript/officers_per_object", "TEAM_TOO_SMALL", "2 or more", &size.to_string());
    check_numbers(transcript, findings);

    match transcript.terms_digest() {
        Ok(terms) => findings.equal("/transcript/terms", "TERMS_DIFFER", &terms, &transcript.terms),
        Err(error) => findings.add("/transcript/terms", "TERMS_DIFFER", "canonical JSON", error),
    }
    if transcript.algorithm == Algorithm::Three {
        conditions::check(transcript, findings);
    }
}

/// Numbers stay below what every language counts exactly.
fn check_numbers(transcript: &Transcript, findings: &mut Findings) {
    let Eligibility { exclude_months, excluded_by_frequency, excluded_recently, .. } = transcript.eligibility;
    let small =
        [transcript.epoch, transcript.officers_per_object, exclude_months, excluded_by_frequency, excluded_recently];
    let large = transcript.strata.iter().map(|stratum| stratum.minimum);
    if small.iter().any(|number| *number >= 1_000_000_000)
        || large.into_iter().any(|number| number >= 10_000_000_000_000_000)
    {
        findings.add("/transcript", "NUMBER_TOO_LARGE", "below 10^9; minimums below 10^16", "more");
    }
}

fn check_lists(transcript: &Transcript, findings: &mut Findings) {
    findings.ascending("/transcript/pool", &transcript.pool, |leaf| leaf.object_ref);
    findings.ascending("/transcript/roster", &transcript.roster, |entry| (entry.department, entry.officer));
    findings.ascending("/transcript/recusals", &transcript.recusals, |pair| (pair.officer, pair.object_ref));
    findings.ascending("/transcript/parties", &transcript.parties, |party| party.party);
    let (algorithm, pool, roster, recusals) =
        (transcript.algorithm, &transcript.pool, &transcript.roster, &transcript.recusals);
    let recomputed = [
        ("/transcript/pool_root", "POOL_ROOT_DIFFERS", pool_root(pool), transcript.pool_root),
        ("/transcript/roster_root", "ROSTER_ROOT_DIFFERS", roster_root(algorithm, roster), transcript.roster_root),
        (
            "/transcript/recusal_root",
            "RECUSAL_ROOT_DIFFERS",
            recusal_root(algorithm, recusals),
            transcript.recusal_root,
        ),
    ];

    for (pointer, code, expected, found) in recomputed {
        findings.equal(pointer, code, &expected, &found);
    }
    check_strangers(transcript, findings);
}

/// Recusals are of officers of the roster from objects of the pool.
fn check_strangers(transcript: &Transcript, findings: &mut Findings) {
    let roster: BTreeSet<_> = transcript.roster.iter().map(|entry| entry.officer).collect();
    let pool: BTreeSet<_> = transcript.pool.iter().map(|leaf| leaf.object_ref).collect();

    for (index, pair) in transcript.recusals.iter().enumerate() {
        if !roster.contains(&pair.officer) || !pool.contains(&pair.object_ref) {
            let pointer = format!("/transcript/recusals/{index}");
            findings.add(
                pointer,
                "RECUSAL_OF_STRANGERS",
                "an officer of the roster and a reference of the pool",
                pair.officer,
            );
        }
    }
}

fn check_strata(transcript: &Transcript, findings: &mut Findings) {
    let mut populations: BTreeMap<&str, u64> = BTreeMap::new();
    for leaf in &transcript.pool {
        *populations.entry(&leaf.stratum).or_default() += 1;
    }
    let mut declared = BTreeSet::new();
    for (index, Stratum { count: found, minimum, population, rate_bp, stratum }) in transcript.strata.iter().enumerate()
    {
        let pointer = format!("/transcript/strata/{index}");
        if !is_label(stratum, index) {
            findings.add(format!("{pointer}/stratum"), "LABEL_UNKNOWN", format!("S{}", index + 1), stratum);
        }
        if !declared.insert(stratum.as_str()) {
            findings.add(format!("{pointer}/stratum"), "STRATUM_REPEATED", "a label of its own", stratum);
        }
        if *rate_bp > 10_000 {
            findings.add(format!("{pointer}/rate_bp"), "RATE_TOO_HIGH", "at most 10000", rate_bp);
        }
        let actual = populations.get(stratum.as_str()).copied().unwrap_or(0);
        if actual != *population {
            findings.add(format!("{pointer}/population"), "POPULATION_DIFFERS", actual, population);
        }
        let expected = count(actual, *rate_bp, *minimum);
        if expected != *found {
            findings.add(format!("{pointer}/count"), "COUNT_DIFFERS", expected, found);
        }
    }

    for (stratum, population) in populations {
        if !declared.contains(stratum) {
            findings.add("/transcript/strata", "STRATUM_UNDECLARED", format!("{stratum} ({population})"), "absent");
        }
    }
}

fn check_parties(transcript: &Transcript, findings: &mut Findings) {
    if transcript.parties.len() < 2 {
        let made = transcript.parties.len();
        findings.add("/transcript/parties", "PARTIES_TOO_FEW", "two different parties or more", made);
    }
    for (index, party) in transcript.parties.iter().enumerate() {
        check_party(transcript, &format!("/transcript/parties/{index}"), party, findings);
    }
}

fn check_party(transcript: &Transcript, pointer: &str, party: &Party, findings: &mut Findings) {
    findings.expect(
        party.committed_at <= transcript.frozen_at,
        format!("{pointer}/committed_at"),
        "COMMITTED_AFTER_FREEZE",
        &transcript.frozen_at,
        &party.committed_at,
    );
    let (secret, revealed) = match (&party.secret, &party.revealed_at) {
        (None, None) => return,
        (Some(secret), Some(revealed)) => (secret, revealed),
        (_, revealed) => {
            let found = revealed.as_deref().unwrap_or("no time");
            findings.add(format!("{pointer}/secret"), "HALF_REVEALED", "a secret with its time, or neither", found);
            return;
        }
    };
    match parse_digest(secret) {
        None => findings.add(format!("{pointer}/secret"), "SECRET_MALFORMED", "64 hexadecimal digits", secret),
        Some(secret) => findings.equal(
            &format!("{pointer}/commitment"),
            "COMMITMENT_DIFFERS",
            &commit(transcript.algorithm, transcript.task, transcript.epoch, party.party, &secret),
            &party.commitment,
        ),
    }

    findings.expect(
        *revealed >= transcript.frozen_at,
        format!("{pointer}/revealed_at"),
        "REVEALED_BEFORE_FREEZE",
        &transcript.frozen_at,
        revealed,
    );
}

/// Every earlier epoch is named: nothing is deleted.
fn check_previous(transcript: &Transcript, findings: &mut Findings) {
    let named: Vec<_> = transcript.previous.iter().map(|old| old.epoch).collect();
    let expected: Vec<_> = (1..=transcript.previous.len()).filter_map(|epoch| u32::try_from(epoch).ok()).collect();
    if named != expected || transcript.previous.len() + 1 != transcript.epoch as usize {
        findings.add(
            "/transcript/previous",
            "EPOCHS_MISSING",
            format!("1 to {} before", transcript.epoch),
            named.len(),
        );
    }
}
