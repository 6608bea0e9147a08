//! What `mingjian-draw/3` asks beside: who the parties are, when they revealed, what changed, and the receipt of it all.

use super::Findings;
use crate::kernel::signature::verifies;
use crate::spot_checks::draws::chance::{Chance, ChanceValue, is_form, is_value};
use crate::spot_checks::draws::changes::{Changes, without_chance};
use crate::spot_checks::draws::commitment::is_weak;
use crate::spot_checks::draws::pool::shielded;
use crate::spot_checks::draws::transcript::{Conditions, NamedLibrary, Party, PartyDuty, Transcript, Who};
use crate::spot_checks::draws::{DrawStatus, parse_digest};
use crate::spot_checks::libraries::LibraryKind;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(transcript: &Transcript, findings: &mut Findings) {
    if let Some(conditions) = &transcript.conditions {
        check_conditions(transcript, conditions, findings);
    }
    let parties: Vec<_> = transcript.parties.iter().filter_map(|party| Some((party, party.who.as_ref()?))).collect();
    check_houses(&parties, findings);
    check_secrets(transcript, findings);
    check_reveals(&parties, findings);
    check_teams_possible(transcript, findings);
    check_receipt(transcript, findings);

    for (index, old) in transcript.previous.iter().enumerate() {
        if let Some(ended) = old.ended.as_ref().filter(|ended| ended.stage == DrawStatus::Void) {
            let pointer = format!("/transcript/previous/{index}/ended/stage");
            findings.add(pointer, "STAGE_UNKNOWN", "FROZEN, DRAWN or MATCHED", ended.stage.code());
        }
    }
}

fn check_conditions(transcript: &Transcript, conditions: &Conditions, findings: &mut Findings) {
    let Conditions { chance, changes, left_out, libraries, lone_object_reason, reveal_from } = conditions;
    let Changes { classes_moved, entered, left, officers_entered, officers_left, recusals_declared, since } = changes;
    let first = transcript.parties.iter().map(|party| party.committed_at.as_str()).min().unwrap_or_default();
    findings.expect(since == first, "/transcript/conditions/changes/since", "SINCE_DIFFERS", first, since);
    let counts = [classes_moved, entered, left, officers_entered, officers_left, recusals_declared];
    let left_out = left_out.as_ref().map(|left_out| &left_out.objects);
    let named = libraries.iter().flatten().flat_map(|library| [&library.edition, &library.members]);
    if counts.into_iter().chain(left_out).chain(named).any(|count| *count >= 1_000_000_000) {
        findings.add("/transcript/conditions", "NUMBER_TOO_LARGE", "below 10^9", "more");
    }

    let pointer = "/transcript/conditions/reveal_from";
    findings.expect(
        *reveal_from >= transcript.frozen_at,
        pointer,
        "REVEAL_BEFORE_FREEZE",
        &transcript.frozen_at,
        reveal_from,
    );
    for party in &transcript.parties {
        if let Some(at) = party.revealed_at.as_ref().filter(|at| *at < reveal_from) {
            findings.add(pointer, "REVEALED_TOO_EARLY", reveal_from, at);
        }
    }

    if let Some(libraries) = libraries {
        check_libraries(transcript, libraries, findings);
    }
    let unsaid = lone_object_reason.as_deref().is_none_or(str::is_empty);
    if let Some(stratum) = without_chance(&transcript.strata).next().filter(|_| unsaid) {
        findings.add("/transcript/conditions/lone_object_reason", "LONE_OBJECT", "a reason", &stratum.stratum);
    }
    check_chance(transcript, chance.as_ref(), findings);
}

/// Objects come from one library at most, which has no fewer members than the pool.
fn check_libraries(transcript: &Transcript, libraries: &[NamedLibrary], findings: &mut Findings) {
    let pointer = "/transcript/conditions/libraries";
    findings.ascending(pointer, libraries, |library| library.code.clone());
    if libraries.iter().any(|library| library.name.is_empty()) {
        findings.add(pointer, "NAME_MISSING", "a name", "");
    }

    let mut pools = libraries.iter().filter(|library| library.kind == LibraryKind::Objects);
    let first = pools.next();
    if libraries.is_empty() || pools.next().is_some() {
        findings.add(pointer, "LIBRARIES_UNFIT", "libraries, one of objects at most", libraries.len());
    }
    if let Some(library) = first.filter(|library| (library.members as usize) < transcript.pool.len()) {
        findings.add(pointer, "POOL_BEYOND_LIBRARY", transcript.pool.len(), library.members);
    }
}

/// Every secret was public before the value was, and what was drawn was drawn with it.
fn check_chance(transcript: &Transcript, chance: Option<&Chance>, findings: &mut Findings) {
    let pointer = "/transcript/conditions/chance";
    let value = transcript.outcome.as_ref().map(|outcome| outcome.chance.as_ref());
    if value.is_some_and(|value| value.is_some() != chance.is_some()) {
        findings.add("/transcript/outcome/chance", "CHANCE_DIFFERS", "a value where the terms name one", "");
    }
    let Some(chance) = chance else { return };
    let Transcript { conditions, parties, outcome, .. } = transcript;

    let from = conditions.as_ref().map_or("", |conditions| conditions.reveal_from.as_str());
    findings.expect(*chance.at > *from, format!("{pointer}/at"), "CHANCE_TOO_EARLY", from, &chance.at);
    for at in parties.iter().filter_map(|party| party.revealed_at.as_ref()).filter(|at| **at >= chance.at) {
        findings.add(format!("{pointer}/at"), "REVEALED_TOO_LATE", &chance.at, at);
    }
    if let Some(outcome) = outcome {
        let (drawn, pointer) = (&outcome.drawn_at, "/transcript/outcome/drawn_at");
        findings.expect(*drawn >= chance.at, pointer, "DRAWN_BEFORE_CHANCE", &chance.at, drawn);
    }

    if chance.name.is_empty() {
        findings.add(format!("{pointer}/name"), "CHANCE_UNNAMED", "a name", "");
    }
    let key = chance.beacon.as_deref();
    let spelled =
        key.is_none_or(|key| key.len() == 192 && hex::decode(key).is_ok_and(|bytes| hex::encode(bytes) == key));
    let numbered = chance.round.is_none_or(|round| round < 1_000_000_000);
    let formed = chance.form.as_deref().is_none_or(is_form) && key.is_some() != chance.form.is_some();
    if !spelled || !numbered || !formed || key.is_some() != chance.round.is_some() {
        findings.add(pointer, "BEACON_MALFORMED", "a key of 192 digits with its round, or a form", "");
    }
    if let Some(value) = value.flatten() {
        check_value(transcript, chance, value, findings);
    }
}

fn check_value(transcript: &Transcript, chance: &Chance, said: &ChanceValue, findings: &mut Findings) {
    let ChanceValue { signature, value } = said;
    let pointer = "/transcript/outcome/chance";
    if !is_value(value) {
        findings.add(format!("{pointer}/value"), "CHANCE_MALFORMED", "digits in groups", value);
    } else if !chance.vouches_for(value) {
        findings.add(
            format!("{pointer}/value"),
            "CHANCE_NOT_SIGNED",
            "the beacon's signature, or numbers of the form",
            value,
        );
    }
    let message = transcript.receipted().message_of_chance(value);
    if !transcript.receipt.as_ref().is_some_and(|receipt| verifies(&receipt.key, &message, signature)) {
        findings.add(
            format!("{pointer}/signature"),
            "SIGNATURE_WRONG",
            "a signature of the value by the receipt's key",
            "",
        );
    }
}

/// One leads; one is of another house than the lead, or the witness; each has a name.
fn check_houses(parties: &[(&Party, &Who)], findings: &mut Findings) {
    let leads: Vec<_> = parties.iter().filter(|(_, who)| who.duty == PartyDuty::Lead).collect();
    if leads.len() != 1 {
        findings.add("/transcript/parties", "LEAD_MISSING", "one lead", leads.len());
    }
    let house = leads.first().map(|(_, who)| who.house);
    let outside = |who: &Who| who.duty == PartyDuty::Witness || Some(who.house) != house;
    if !parties.iter().any(|(_, who)| who.duty != PartyDuty::Lead && outside(who)) {
        findings.add("/transcript/parties", "PARTIES_OF_ONE_HOUSE", "a party outside the lead's house", "none");
    }

    for (party, who) in parties {
        if who.name.is_empty() {
            findings.add("/transcript/parties", "PARTY_UNNAMED", "a name", party.party);
        }
        if who.key.as_deref().is_some_and(|key| parse_digest(key).is_none()) {
            findings.add("/transcript/parties", "KEY_MALFORMED", "64 hexadecimal digits", party.party);
        }
    }
}

/// Secrets and commitments are each party's own, and drawn rather than thought of.
fn check_secrets(transcript: &Transcript, findings: &mut Findings) {
    let commitments: BTreeSet<_> = transcript.parties.iter().map(|party| party.commitment).collect();
    if commitments.len() < transcript.parties.len() {
        findings.add("/transcript/parties", "COMMITMENT_REPEATED", transcript.parties.len(), commitments.len());
    }
    let secrets = transcript.parties.iter().filter_map(|party| party.secret.as_deref());
    let secrets: Vec<_> = secrets.filter_map(parse_digest).collect();
    if secrets.iter().any(is_weak) {
        findings.add("/transcript/parties", "SECRET_WEAK", "32 random bytes", "what can be guessed");
    }
    let different: BTreeSet<_> = secrets.iter().collect();
    if different.len() < secrets.len() {
        findings.add("/transcript/parties", "SECRET_REPEATED", secrets.len(), different.len());
    }
}

/// The lead reveals first: it cannot wait for the result and then refuse.
fn check_reveals(parties: &[(&Party, &Who)], findings: &mut Findings) {
    let at = |lead: bool| {
        let asked = parties.iter().filter(move |(_, who)| (who.duty == PartyDuty::Lead) == lead);
        asked.filter_map(|(party, _)| party.revealed_at.as_deref())
    };
    let Some(others) = at(false).min() else { return };
    let lead = at(true).max();

    if lead.is_none_or(|lead| lead > others) {
        findings.add("/transcript/parties", "LEAD_REVEALS_FIRST", others, lead.unwrap_or("not revealed"));
    }
}

/// No object is shielded by recusals, and every department can send a team.
fn check_teams_possible(transcript: &Transcript, findings: &mut Findings) {
    let size = transcript.officers_per_object as usize;
    let mut staff: BTreeMap<_, usize> = BTreeMap::new();
    for entry in &transcript.roster {
        *staff.entry(entry.department).or_default() += 1;
    }
    if let Some((department, available)) = staff.iter().find(|(_, available)| **available < size) {
        findings.add("/transcript/roster", "OFFICERS_TOO_FEW", size, format!("{available} of {department}"));
    }

    if let Some(first) = shielded(&transcript.roster, &transcript.recusals, size).first() {
        let found = format!("{} for {}", first.available, hex::encode(first.object_ref));
        findings.add("/transcript/recusals", "OBJECT_SHIELDED", size, found);
    }
}

fn check_receipt(transcript: &Transcript, findings: &mut Findings) {
    let Some(receipt) = &transcript.receipt else { return };
    let message = transcript.receipted().message();
    let pointer = "/transcript/receipt";
    if !verifies(&receipt.key, &message, &receipt.signature) {
        findings.add(format!("{pointer}/signature"), "SIGNATURE_WRONG", "a signature of the receipt by its key", "");
    }
    findings.ascending("/transcript/receipt/signatures", &receipt.signatures, |signed| signed.party);
    let keys: BTreeMap<_, _> = transcript.parties.iter().map(|party| (party.party, party)).collect();

    for (index, signed) in receipt.signatures.iter().enumerate() {
        let party = keys.get(&signed.party).filter(|party| party.secret.is_some());
        let key = party.and_then(|party| party.who.as_ref()?.key.as_deref()).and_then(parse_digest);
        if !key.is_some_and(|key| verifies(&key, &message, &signed.signature)) {
            let pointer = format!("{pointer}/signatures/{index}/signature");
            findings.add(pointer, "SIGNATURE_WRONG", "a signature of the receipt by its party's key", signed.party);
        }
    }
}
