//! What came of it: the seed and what was drawn, the teams, and the openings.

use super::Findings;
use crate::spot_checks::draws::commitment::seed;
use crate::spot_checks::draws::matching::{Team, match_officers};
use crate::spot_checks::draws::pool::{Officer, object_ref, officer_ref};
use crate::spot_checks::draws::selection::select;
use crate::spot_checks::draws::transcript::{SignedTranscript, Transcript};
use crate::spot_checks::draws::{Algorithm, parse_digest};
use std::collections::BTreeSet;

pub(super) fn check(transcript: &Transcript, tickets: usize, findings: &mut Findings) {
    // Since `mingjian-draw/3` objects and officers are drawn in one step.
    let halfway =
        transcript.algorithm == Algorithm::Three && transcript.matching.is_none() && transcript.outcome.is_some();
    findings.expect(!halfway, "/transcript/matching", "MATCHING_MISSING", "teams", "none");
    if check_outcome(transcript, findings) {
        check_matching(transcript, tickets, findings);
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
    let revealed = transcript.parties.iter().filter_map(|party| party.revealed_at.as_deref()).max().unwrap_or_default();
    findings.expect(
        outcome.drawn_at.as_str() >= revealed,
        "/transcript/outcome/drawn_at",
        "DRAWN_BEFORE_REVEALED",
        revealed,
        &outcome.drawn_at,
    );
    let chance = outcome.chance.as_ref().map(|chance| chance.value.as_str());
    let expected = seed(transcript.algorithm, &transcript.terms, &secrets, chance);
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

fn check_matching(transcript: &Transcript, tickets: usize, findings: &mut Findings) {
    let Some(matching) = &transcript.matching else { return };
    let Some(outcome) = &transcript.outcome else {
        findings.add("/transcript/matching", "MATCHED_BEFORE_DRAWN", "an outcome", "none");
        return;
    };
    findings.expect(
        matching.matched_at >= outcome.drawn_at,
        "/transcript/matching/matched_at",
        "MATCHED_BEFORE_DRAWN",
        &outcome.drawn_at,
        &matching.matched_at,
    );
    let unavailable = matching.unavailable.as_deref().unwrap_or_default();
    findings.ascending("/transcript/matching/unavailable", unavailable, |absent| absent.officer);
    let roster: BTreeSet<_> = transcript.roster.iter().map(|entry| entry.officer).collect();

    for (index, absent) in unavailable.iter().enumerate() {
        if !roster.contains(&absent.officer) {
            let pointer = format!("/transcript/matching/unavailable/{index}/officer");
            findings.add(pointer, "OFFICER_NOT_ON_ROSTER", "an officer of the roster", absent.officer);
        }
    }

    if transcript.roster.len().saturating_mul(outcome.selected.len()) > tickets {
        findings.add("/transcript/matching", "MATCH_TOO_LARGE", tickets, "more: verify it with `mingjian verify-draw`");
        return;
    }
    let teams = match_officers(
        &outcome.seed,
        transcript.officers_per_object as usize,
        &outcome.selected,
        &transcript.roster,
        &transcript.recusals,
        unavailable,
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
            let people = |team: &Team| {
                let names: Vec<_> = team.officers.iter().map(Officer::to_string).collect();
                format!("{} led by {}", names.join(", "), team.leader)
            };
            let pointer = format!("/transcript/matching/teams/{index}");
            findings.add(pointer, "TEAM_DIFFERS", people(expected), people(found));
        }
    }
}

pub(super) fn check_openings(signed: &SignedTranscript, findings: &mut Findings) {
    findings.ascending("/openings", &signed.openings, |opening| opening.object_ref);
    for (index, opening) in signed.openings.iter().enumerate() {
        let expected = object_ref(signed.transcript.algorithm, opening.object, &opening.salt);
        findings.equal(&format!("/openings/{index}/ref"), "OPENING_DIFFERS", &expected, &opening.object_ref);
        let known = signed.transcript.pool.binary_search_by(|leaf| leaf.object_ref.cmp(&opening.object_ref));
        if known.is_err() {
            findings.add(format!("/openings/{index}/ref"), "OPENING_NOT_IN_POOL", "a reference of the pool", "");
        }
    }
}

pub(super) fn check_officer_openings(signed: &SignedTranscript, findings: &mut Findings) {
    let openings = signed.officer_openings.as_deref().unwrap_or_default();
    findings.ascending("/officer_openings", openings, |opening| opening.officer_ref);
    let roster: BTreeSet<_> = signed.transcript.roster.iter().map(|entry| entry.officer).collect();

    for (index, opening) in openings.iter().enumerate() {
        let (expected, found) = (officer_ref(opening.person, &opening.salt), Officer::Ref(opening.officer_ref));
        let pointer = format!("/officer_openings/{index}/ref");
        if expected != found {
            findings.add(&pointer, "OPENING_DIFFERS", expected, found);
        }
        if !roster.contains(&found) {
            findings.add(&pointer, "OPENING_NOT_ON_ROSTER", "an officer of the roster", found);
        }
    }
}
