//! Re-running a draw from its transcript and saying what differs.

use super::commitment::{FrozenRoots, commit, seed};
use super::matching::match_officers;
use super::pool::{object_ref, pool_root, recusal_root, roster_root};
use super::selection::select;
use super::strata::{Stratum, count};
use super::transcript::{SignedTranscript, Transcript};
use super::{ALGORITHM, Digest, parse_digest};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One place where the record and the re-run disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// JSON pointer into the document that was verified.
    pub pointer: String,
    pub code: &'static str,
    pub expected: String,
    pub found: String,
}

struct Findings(Vec<Difference>);

impl Findings {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, expected: impl ToString, found: impl ToString) {
        let (expected, found) = (expected.to_string(), found.to_string());
        self.0.push(Difference { pointer: pointer.into(), code, expected, found });
    }

    fn expect(&mut self, holds: bool, pointer: impl Into<String>, code: &'static str, expected: &str, found: &str) {
        if !holds {
            self.add(pointer, code, expected, found);
        }
    }

    fn equal(&mut self, pointer: &str, code: &'static str, expected: &Digest, found: &Digest) {
        self.expect(expected == found, pointer, code, &hex::encode(expected), &hex::encode(found));
    }
}

/// Every difference; none means that the record is consistent from commitment to match.
pub fn verify(signed: &SignedTranscript) -> Vec<Difference> {
    let mut findings = Findings(Vec::new());
    let transcript = &signed.transcript;
    findings.expect(
        transcript.algorithm == ALGORITHM,
        "/transcript/algorithm",
        "ALGORITHM_UNKNOWN",
        ALGORITHM,
        &transcript.algorithm,
    );
    match transcript.digest() {
        Ok(digest) => findings.equal("/digest", "DIGEST_DIFFERS", &digest, &signed.digest),
        Err(error) => findings.add("/transcript", "DIGEST_DIFFERS", "canonical JSON", error),
    }
    check_frozen(transcript, &mut findings);
    check_strata(transcript, &mut findings);
    check_parties(transcript, &mut findings);
    if check_outcome(transcript, &mut findings) {
        check_matching(transcript, &mut findings);
    }
    check_openings(signed, &mut findings);
    findings.0
}

fn check_frozen(transcript: &Transcript, findings: &mut Findings) {
    for (index, pair) in transcript.pool.windows(2).enumerate() {
        if pair[0].object_ref >= pair[1].object_ref {
            findings.add(format!("/transcript/pool/{}", index + 1), "POOL_NOT_ASCENDING", "ascending references", "");
        }
    }
    let recomputed = [
        ("/transcript/pool_root", "POOL_ROOT_DIFFERS", pool_root(&transcript.pool), transcript.pool_root),
        ("/transcript/roster_root", "ROSTER_ROOT_DIFFERS", roster_root(&transcript.roster), transcript.roster_root),
        (
            "/transcript/recusal_root",
            "RECUSAL_ROOT_DIFFERS",
            recusal_root(&transcript.recusals),
            transcript.recusal_root,
        ),
    ];
    for (pointer, code, expected, found) in recomputed {
        findings.equal(pointer, code, &expected, &found);
    }
}

fn check_strata(transcript: &Transcript, findings: &mut Findings) {
    let mut populations: BTreeMap<&str, u64> = BTreeMap::new();
    for leaf in &transcript.pool {
        *populations.entry(&leaf.stratum).or_default() += 1;
    }
    for (index, Stratum { count: found, minimum, population, rate_bp, stratum }) in transcript.strata.iter().enumerate()
    {
        let actual = populations.remove(stratum.as_str()).unwrap_or(0);
        if actual != *population {
            let pointer = format!("/transcript/strata/{index}/population");
            findings.add(pointer, "POPULATION_DIFFERS", actual, population);
        }
        let expected = count(actual, *rate_bp, *minimum);
        if expected != *found {
            findings.add(format!("/transcript/strata/{index}/count"), "COUNT_DIFFERS", expected, found);
        }
    }
    for (stratum, population) in populations {
        findings.add("/transcript/strata", "STRATUM_UNDECLARED", format!("{stratum} ({population})"), "absent");
    }
}

fn check_parties(transcript: &Transcript, findings: &mut Findings) {
    let parties: BTreeSet<_> = transcript.parties.iter().map(|party| party.party).collect();
    if parties.len() < 2 || parties.len() != transcript.parties.len() {
        findings.add("/transcript/parties", "PARTIES_TOO_FEW", "two different parties or more", parties.len());
    }
    for (index, party) in transcript.parties.iter().enumerate() {
        let pointer = format!("/transcript/parties/{index}");
        findings.expect(
            party.committed_at <= transcript.frozen_at,
            format!("{pointer}/committed_at"),
            "COMMITTED_AFTER_FREEZE",
            &transcript.frozen_at,
            &party.committed_at,
        );
        let Some(secret) = &party.secret else { continue };
        match parse_digest(secret) {
            None => findings.add(format!("{pointer}/secret"), "SECRET_MALFORMED", "64 hexadecimal digits", secret),
            Some(secret) => findings.equal(
                &format!("{pointer}/commitment"),
                "COMMITMENT_DIFFERS",
                &commit(transcript.task, transcript.epoch, party.party, &secret),
                &party.commitment,
            ),
        }
        let revealed = party.revealed_at.as_deref().unwrap_or("");
        findings.expect(
            revealed >= transcript.frozen_at.as_str(),
            format!("{pointer}/revealed_at"),
            "REVEALED_BEFORE_FREEZE",
            &transcript.frozen_at,
            revealed,
        );
    }
}

/// True where the outcome is the re-run's, or there is none: only then is the match worth re-running.
fn check_outcome(transcript: &Transcript, findings: &mut Findings) -> bool {
    let Some(outcome) = &transcript.outcome else { return true };
    let secrets: Vec<_> = transcript
        .parties
        .iter()
        .filter_map(|party| Some((party.party, party.secret.as_deref().and_then(parse_digest)?)))
        .collect();
    if secrets.len() != transcript.parties.len() {
        findings.add("/transcript/parties", "SECRETS_MISSING", transcript.parties.len(), secrets.len());
    }
    let roots =
        FrozenRoots { pool: transcript.pool_root, roster: transcript.roster_root, recusals: transcript.recusal_root };
    let expected = seed(transcript.task, transcript.epoch, &roots, &secrets);
    findings.equal("/transcript/outcome/seed", "SEED_DIFFERS", &expected, &outcome.seed);
    let drawn = select(&expected, transcript.task, &transcript.strata, &transcript.pool);
    if drawn.len() != outcome.selected.len() {
        let pointer = "/transcript/outcome/selected";
        findings.add(pointer, "SELECTION_LENGTH_DIFFERS", drawn.len(), outcome.selected.len());
    }
    for (index, (expected, found)) in drawn.iter().zip(&outcome.selected).enumerate() {
        if expected != found {
            let pointer = format!("/transcript/outcome/selected/{index}");
            findings.add(pointer, "SELECTION_DIFFERS", hex::encode(expected.object_ref), hex::encode(found.object_ref));
        }
    }
    drawn == outcome.selected
}

/// Tickets that a match may take: far above any county's, far below what would block a server.
const MATCH_BUDGET: usize = 50_000_000;

fn check_matching(transcript: &Transcript, findings: &mut Findings) {
    let Some(matching) = &transcript.matching else { return };
    let Some(outcome) = &transcript.outcome else {
        findings.add("/transcript/matching", "MATCHED_BEFORE_DRAWN", "an outcome", "none");
        return;
    };
    if transcript.roster.len().saturating_mul(outcome.selected.len()) > MATCH_BUDGET {
        findings.add("/transcript/matching", "MATCH_TOO_LARGE", MATCH_BUDGET, "more");
        return;
    }
    let teams = match_officers(
        &outcome.seed,
        transcript.officers_per_object as usize,
        &outcome.selected,
        &transcript.roster,
        &transcript.recusals,
        &matching.unavailable,
    );
    let teams = match teams {
        Ok(teams) => teams,
        Err(too_few) => {
            let pointer = "/transcript/matching/teams";
            findings.add(pointer, "OFFICERS_TOO_FEW", transcript.officers_per_object, too_few.available);
            return;
        }
    };
    if teams.len() != matching.teams.len() {
        findings.add("/transcript/matching/teams", "TEAMS_LENGTH_DIFFERS", teams.len(), matching.teams.len());
    }
    for (index, (expected, found)) in teams.iter().zip(&matching.teams).enumerate() {
        if expected != found {
            let people = |team: &super::matching::Team| format!("{:?} led by {}", team.officers, team.leader);
            let pointer = format!("/transcript/matching/teams/{index}");
            findings.add(pointer, "TEAM_DIFFERS", people(expected), people(found));
        }
    }
}

fn check_openings(signed: &SignedTranscript, findings: &mut Findings) {
    for (index, opening) in signed.openings.iter().enumerate() {
        let expected = object_ref(opening.object, &opening.salt);
        findings.equal(&format!("/openings/{index}/ref"), "OPENING_DIFFERS", &expected, &opening.object_ref);
        let known = signed.transcript.pool.binary_search_by(|leaf| leaf.object_ref.cmp(&opening.object_ref));
        if known.is_err() {
            findings.add(format!("/openings/{index}/ref"), "OPENING_NOT_IN_POOL", "a reference of the pool", "");
        }
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
