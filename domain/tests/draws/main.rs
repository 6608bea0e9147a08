//! A small draw made by the book, then bent in every place.
#![expect(clippy::panic, reason = "tests")]

mod forgeries;

use domain::spot_checks::draws::chance::{Beacon, Chance, ChanceValue};
use domain::spot_checks::draws::changes::Changes;
use domain::spot_checks::draws::commitment::{commit, seed};
use domain::spot_checks::draws::eligibility::{Eligibility, Filter};
use domain::spot_checks::draws::matching::match_officers;
use domain::spot_checks::draws::pool::{Leaf, Officer, Recusal, RosterEntry};
use domain::spot_checks::draws::pool::{object_ref, officer_ref, pool_root, recusal_root, roster_root};
use domain::spot_checks::draws::receipt::{Countersignature, Receipt};
use domain::spot_checks::draws::selection::select;
use domain::spot_checks::draws::strata::{Stratum, count};
use domain::spot_checks::draws::transcript::{
    Conditions, Ended, LeftOut, Matching, NamedLibrary, OfficerOpening, Opening, Outcome, Party, PartyDuty,
    SignedTranscript, Transcript, VoidEpoch, Who,
};
use domain::spot_checks::draws::verify::{verify, verify_within};
use domain::spot_checks::draws::{Algorithm, DrawStatus, EpochVoidCause, parse_digest, sha256};
use domain::spot_checks::libraries::LibraryKind;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Twelve objects in two strata, two parties, four officers, the second epoch; the test vector of `docs/verifiable-draw.md`.
pub fn vector() -> SignedTranscript {
    let id = Uuid::from_u128;
    let task = id(0x0193_0000_0000_7000_8000_0000_0000_0001);
    let mut openings: Vec<_> = (1..=12u128)
        .map(|n| {
            let salt = n.to_be_bytes();
            let object = id(0x0193_0000_0000_7000_8000_0000_0000_1000 + n);
            (Opening { object, object_ref: object_ref(V3, object, &salt), salt }, if n <= 8 { "S1" } else { "S2" })
        })
        .collect();
    openings.sort_by_key(|(opening, _)| opening.object_ref);
    let pool: Vec<_> = openings
        .iter()
        .map(|(opening, stratum)| Leaf { object_ref: opening.object_ref, stratum: (*stratum).to_owned() })
        .collect();
    let party = |party: u128, duty, at: &str| {
        let secret = sha256(&[b"secret of ", &party.to_be_bytes()]);
        let key = (duty == PartyDuty::Lead).then(|| hex::encode(party_key().verifying_key().as_bytes()));
        Party {
            commitment: commit(V3, task, 2, id(party), &secret),
            committed_at: "2026-11-24T01:00:00.000Z".into(),
            party: id(party),
            revealed_at: Some(at.into()),
            secret: Some(hex::encode(secret)),
            who: Some(Who { duty, house: id(party), key, name: format!("第{}局", party - 0xD0) }),
        }
    };
    let mut officer_openings: Vec<_> = (1..=4u128)
        .map(|n| {
            let (person, salt) = (id(0xE0 + n), (n + 100).to_be_bytes());
            let Officer::Ref(officer_ref) = officer_ref(person, &salt) else { unreachable!("salted") };
            OfficerOpening { person, officer_ref, salt }
        })
        .collect();
    officer_openings.sort_by_key(|opening| opening.officer_ref);
    let mut transcript = Transcript {
        algorithm: V3,
        conditions: Some(Conditions {
            chance: None,
            left_out: None,
            libraries: None,
            changes: Changes { entered: 1, left: 2, since: "2026-11-24T01:00:00.000Z".into(), ..Changes::default() },
            lone_object_reason: None,
            reveal_from: "2026-11-24T02:10:00.000Z".into(),
        }),
        draw: id(0x0193_0000_0000_7000_8000_0000_0000_0002),
        eligibility: Eligibility {
            exclude_months: 12,
            excluded_by_frequency: 1,
            excluded_recently: 3,
            filter: Filter {
                region_codes: vec!["510821".into()],
                tags: vec!["餐饮服务".into(), "\"quoted\" \\ and\u{1}".into()],
                ..Filter::default()
            },
        },
        epoch: 2,
        frozen_at: "2026-11-24T02:00:00.000Z".into(),
        matching: Some(Matching {
            matched_at: "2026-11-24T03:02:00.000Z".into(),
            teams: Vec::new(),
            unavailable: None,
        }),
        officers_per_object: 2,
        outcome: Some(Outcome {
            chance: None,
            drawn_at: "2026-11-24T03:01:00.000Z".into(),
            seed: [0; 32],
            selected: Vec::new(),
        }),
        parties: vec![
            party(0xD1, PartyDuty::Lead, "2026-11-24T03:00:00.000Z"),
            party(0xD2, PartyDuty::Witness, "2026-11-24T03:00:30.000Z"),
        ],
        pool_root: [0; 32],
        previous: vec![VoidEpoch {
            draw: id(3),
            epoch: 1,
            ended: Some(Ended { cause: Some(EpochVoidCause::PartyRefused), revealed: 1, stage: DrawStatus::Frozen }),
            pool_root: [7; 32],
            reason: "一方拒绝启封随机数".into(),
        }],
        receipt: Some(Receipt {
            key: *service_key().verifying_key().as_bytes(),
            signature: [0; 64],
            signatures: vec![Countersignature { party: id(0xD1), signature: [0; 64] }],
        }),
        recusal_root: [0; 32],
        recusals: vec![Recusal {
            officer: Officer::Ref(officer_openings[0].officer_ref),
            object_ref: pool[0].object_ref,
        }],
        roster: officer_openings
            .iter()
            .map(|officer| RosterEntry { department: id(0xD1), officer: Officer::Ref(officer.officer_ref) })
            .collect(),
        roster_root: [0; 32],
        strata: vec![Stratum::new("S1".into(), 2_500, 1, 8), Stratum::new("S2".into(), 5_000, 1, 4)],
        pool,
        task,
        terms: [0; 32],
    };
    rerun(&mut transcript);
    sign(&mut transcript);
    let opened: Vec<_> = openings.into_iter().map(|(opening, _)| opening).take(3).collect();
    officer_openings.truncate(2);
    let published = transcript.publish(&opened, &officer_openings).and_then(|text| serde_json::from_str(&text));

    published.unwrap_or_else(|error| panic!("{error}"))
}

/// The same draw where the terms name a number that is published between the last secret and the draw.
pub fn vector_with_chance() -> SignedTranscript {
    let SignedTranscript { mut transcript, openings, officer_openings, .. } = vector();
    if let Some(conditions) = &mut transcript.conditions {
        let at = "2026-11-24T03:00:45.000Z".into();
        conditions.left_out = Some(LeftOut { objects: 7, reason: "本次只查有风险的".into() });
        let library = |code: &str, kind, members| NamedLibrary {
            code: code.into(),
            digest: sha256(&[code.as_bytes()]),
            edition: 3,
            kind,
            members,
            name: format!("{code} 名录库"),
        };
        conditions.libraries = Some(vec![
            library("510821ML0001", LibraryKind::Objects, 14),
            library("510821ML0002", LibraryKind::Officers, 5),
        ]);
        conditions.chance = Some(Chance {
            at,
            beacon: None,
            form: Some("dd dd dd dd dd dd dd".into()),
            name: "双色球第2026136期".into(),
            round: None,
        });
    }
    if let Some(outcome) = &mut transcript.outcome {
        outcome.chance = Some(ChanceValue { signature: [0; 64], value: "03 07 12 25 28 31 09".into() });
    }
    rerun(&mut transcript);
    sign(&mut transcript);
    let officers = officer_openings.unwrap_or_default();
    let published = transcript.publish(&openings, &officers).and_then(|text| serde_json::from_str(&text));

    published.unwrap_or_else(|error| panic!("{error}"))
}

const V3: Algorithm = Algorithm::Three;

/// Keys of the test vector; the service's and the lead's.
fn service_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn party_key() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

/// What only those do who hold the keys.
fn sign(transcript: &mut Transcript) {
    let message = transcript.receipted().message();
    let Some(receipt) = &mut transcript.receipt else { return };
    receipt.signature = service_key().sign(message.as_bytes()).to_bytes();
    for signed in &mut receipt.signatures {
        signed.signature = party_key().sign(message.as_bytes()).to_bytes();
    }

    let said = transcript.outcome.as_ref().and_then(|outcome| Some(outcome.chance.as_ref()?.value.clone()));
    let signature = |value: &String| service_key().sign(transcript.receipted().message_of_chance(value).as_bytes());
    let signature = said.as_ref().map(signature).map(|signature| signature.to_bytes());
    let outcome = transcript.outcome.as_mut().and_then(|outcome| outcome.chance.as_mut());
    if let Some((chance, signature)) = outcome.zip(signature) {
        chance.signature = signature;
    }
}

/// Computes everything anew that follows from something else: what a forger does who knows the whole algorithm.
fn rerun(transcript: &mut Transcript) {
    transcript.pool.sort();
    transcript.roster.sort();
    transcript.recusals.sort();
    transcript.parties.sort_by_key(|party| party.party);
    transcript.pool_root = pool_root(&transcript.pool);
    transcript.roster_root = roster_root(transcript.algorithm, &transcript.roster);
    transcript.recusal_root = recusal_root(transcript.algorithm, &transcript.recusals);
    let mut populations: BTreeMap<&str, u64> = BTreeMap::new();
    for leaf in &transcript.pool {
        *populations.entry(&leaf.stratum).or_default() += 1;
    }
    for stratum in &mut transcript.strata {
        stratum.population = populations.get(stratum.stratum.as_str()).copied().unwrap_or(0);
        stratum.count = count(stratum.population, stratum.rate_bp, stratum.minimum);
    }
    let mut secrets = Vec::new();

    for party in &mut transcript.parties {
        if let Some(secret) = party.secret.as_deref().and_then(parse_digest) {
            party.commitment = commit(transcript.algorithm, transcript.task, transcript.epoch, party.party, &secret);
            secrets.push((party.party, secret));
        }
    }

    transcript.terms = transcript.terms_digest().unwrap_or_default();
    let Some(outcome) = &mut transcript.outcome else { return };
    outcome.seed = seed(
        transcript.algorithm,
        &transcript.terms,
        &secrets,
        outcome.chance.as_ref().map(|chance| chance.value.as_str()),
    );
    outcome.selected = select(&outcome.seed, transcript.task, &transcript.strata, &transcript.pool);
    let Some(matching) = &mut transcript.matching else { return };
    let size = transcript.officers_per_object as usize;
    let (roster, recusals) = (&transcript.roster, &transcript.recusals);
    let teams = match_officers(&outcome.seed, size, &outcome.selected, roster, recusals, &[]);

    matching.teams = teams.unwrap_or_default();
}

fn codes(value: &Value) -> Vec<&'static str> {
    let Ok(signed) = SignedTranscript::read(value.to_string().as_bytes()) else { return vec!["UNREADABLE"] };
    verify(&signed).into_iter().map(|difference| difference.code).collect()
}

/// Puts the right digest on a bent transcript: the forger knows how to hash.
fn resigned(value: &Value) -> Value {
    let mut value = value.clone();
    if let Ok(signed) = serde_json::from_value::<SignedTranscript>(value.clone())
        && let Ok(digest) = signed.transcript.digest()
    {
        value["digest"] = hex::encode(digest).into();
    }
    value
}

fn honest() -> Value {
    serde_json::to_value(vector()).unwrap_or_default()
}

fn honest_with_chance() -> Value {
    serde_json::to_value(vector_with_chance()).unwrap_or_default()
}

/// What a record says, without what hangs on its digest alone; of an earlier stage, what was frozen.
fn meaning(value: &Value, honest: &Value) -> Value {
    let mut said = value["transcript"].clone();
    if let Some(times) = said.get_mut("outcome").and_then(Value::as_object_mut) {
        times.remove("drawn_at");
    } else {
        said["outcome"] = honest["transcript"]["outcome"].clone();
        said["matching"] = honest["transcript"]["matching"].clone();
        if let Some(times) = said["outcome"].as_object_mut() {
            times.remove("drawn_at");
        }
    }
    if let Some(times) = said.get_mut("matching").and_then(Value::as_object_mut) {
        times.remove("matched_at");
    }
    for party in said["parties"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        party.remove("revealed_at");
        party.remove("secret");
    }
    said["receipt"]["signatures"] = json!([]);

    said
}

#[test]
fn the_published_vector() {
    assert_eq!(codes(&honest()), Vec::<&str>::new());
    insta::assert_json_snapshot!("draw_vector", vector());
    assert_eq!(codes(&honest_with_chance()), Vec::<&str>::new());
    insta::assert_json_snapshot!("draw_vector_with_chance", vector_with_chance());
}

/// A public value is what the terms say, known after the last secret, and drawn with.
#[test]
fn a_later_public_value_decides() {
    let seeds = [honest(), honest_with_chance()].map(|record| record["transcript"]["outcome"]["seed"].clone());
    assert_ne!(seeds[0], seeds[1]);
    let beacon = Beacon::default();
    let signed = json!({
        "at": "2026-11-24T03:00:45.000Z", "beacon": beacon.public_key, "form": null, "name": beacon.name, "round": 657_413,
    });
    let bent = |pointer: &str, value: Value| {
        let mut record = honest_with_chance();
        *record.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        let mut forged: SignedTranscript = serde_json::from_value(record).unwrap_or_else(|error| panic!("{error}"));
        rerun(&mut forged.transcript);
        sign(&mut forged.transcript);
        forged.digest = forged.transcript.digest().unwrap_or_default();
        verify(&forged).into_iter().map(|difference| difference.code).collect::<Vec<_>>()
    };

    let (at, value) = ("/transcript/conditions/chance/at", "/transcript/outcome/chance/value");
    assert_eq!(
        bent(at, json!("2026-11-24T02:10:00.000Z")),
        ["CHANCE_TOO_EARLY", "REVEALED_TOO_LATE", "REVEALED_TOO_LATE"]
    );
    assert_eq!(bent(at, json!("2026-11-24T03:00:30.000Z")), ["REVEALED_TOO_LATE"], "at that very moment");
    assert_eq!(bent(at, json!("2026-11-24T03:01:00.001Z")), ["DRAWN_BEFORE_CHANCE"]);
    assert_eq!(bent(value, json!("3,7")), ["CHANCE_MALFORMED"]);
    assert_eq!(bent("/transcript/conditions/chance", signed), ["CHANCE_NOT_SIGNED"]);
    assert_eq!(bent(value, json!("3 7 12 25 28 31 9")), ["CHANCE_NOT_SIGNED"], "numbers have one spelling");
    assert_eq!(
        bent(value, json!("04 07 12 25 28 31 09")),
        Vec::<&str>::new(),
        "it is compared with what was published"
    );
}

/// The record as it is before the draw, and before any secret is public: consistent as well.
#[test]
fn earlier_stages_are_records_too() {
    for mut record in [honest(), honest_with_chance()] {
        record["transcript"]["outcome"] = Value::Null;
        record["transcript"]["matching"] = Value::Null;
        assert_eq!(codes(&resigned(&record)), Vec::<&str>::new());
        for party in record["transcript"]["parties"].as_array_mut().into_iter().flatten() {
            (party["secret"], party["revealed_at"]) = (Value::Null, Value::Null);
        }
        record["transcript"]["receipt"]["signatures"] = json!([]);
        assert_eq!(codes(&resigned(&record)), Vec::<&str>::new());
    }
}

/// What anybody may send costs a bounded amount of work; who has more re-runs it himself.
#[test]
fn a_match_that_is_too_large_for_a_stranger_is_not_rerun() {
    let found: Vec<_> = verify_within(&vector(), 15).into_iter().map(|difference| difference.code).collect();
    assert_eq!(found, ["MATCH_TOO_LARGE"], "four officers for four objects are sixteen tickets");
    assert_eq!(verify_within(&vector(), 16), []);
}

/// Records of the former version verify as they always did.
#[test]
fn a_record_of_the_former_version() {
    let text = include_str!("../../../tests/draws/vector-2.json");
    let signed = SignedTranscript::read(text.as_bytes());
    let found = signed.map(|signed| verify(&signed)).map_err(|error| error.to_string());
    assert_eq!(found, Ok(Vec::new()));
}

/// Every leaf value of the document, changed one at a time with the digest left as it was: always found.
#[test]
fn any_changed_field_is_found() {
    let honest = honest();
    let mut pointers = Vec::new();
    collect(&honest, String::new(), &mut pointers);
    assert!(pointers.len() > 100, "{}", pointers.len());
    for pointer in pointers {
        let mut bent = honest.clone();
        let Some(slot) = bent.pointer_mut(&pointer) else { continue };
        *slot = bend(slot);
        assert!(!codes(&bent).is_empty(), "{pointer} was changed and nobody noticed");
    }
}

/// A forger who puts the right digest on the record still cannot change what was drawn, from what, by whom.
#[test]
fn what_matters_is_bound_without_the_digest() {
    let honest = honest();
    let mut pointers = Vec::new();
    collect(&honest["transcript"], "/transcript".to_owned(), &mut pointers);
    let mut only_the_digest_knows = Vec::new();

    for pointer in pointers {
        let mut bent = honest.clone();
        let Some(slot) = bent.pointer_mut(&pointer) else { continue };
        *slot = bend(slot);
        let found = codes(&resigned(&bent));
        assert!(!found.contains(&"DIGEST_DIFFERS"), "{pointer}");
        if found.is_empty() {
            only_the_digest_knows.push(pointer);
        }
    }

    assert_eq!(
        only_the_digest_knows,
        [
            "/transcript/matching/matched_at",
            "/transcript/outcome/drawn_at",
            "/transcript/parties/0/revealed_at",
            "/transcript/parties/1/revealed_at",
        ],
        "as docs/verifiable-draw.md §10 says"
    );
}

/// A forger who knows every secret and computes everything anew cannot keep the terms that were public at the freeze.
#[test]
fn what_was_frozen_cannot_be_changed_behind_its_terms() {
    let honest = vector();
    let mut forgeries = 0;
    let mut pointers = Vec::new();
    collect(&crate::honest()["transcript"], String::new(), &mut pointers);

    for pointer in pointers {
        // What happens after the freeze, and what follows from something else.
        let later = ["/outcome", "/matching", "/receipt", "/terms"].iter().any(|part| pointer.starts_with(part))
            || ["_root", "/population", "/count", "/commitment", "/revealed_at"]
                .iter()
                .any(|end| pointer.ends_with(end));
        if later && !pointer.starts_with("/previous") {
            continue;
        }
        let mut bent = serde_json::to_value(&honest.transcript).unwrap_or_default();
        let Some(slot) = bent.pointer_mut(&pointer) else { continue };
        *slot = bend(slot);
        let Ok(mut forged) = serde_json::from_value::<Transcript>(bent) else { continue };
        rerun(&mut forged);
        assert_ne!(forged.terms, honest.transcript.terms, "{pointer}");
        let seed = |transcript: &Transcript| transcript.outcome.as_ref().map(|outcome| outcome.seed);
        assert_ne!(seed(&forged), seed(&honest.transcript), "{pointer}");
        forgeries += 1;
    }

    assert!(forgeries > 40, "{forgeries}");
}

/// Ways to write a record that are no bent values: each verifier must refuse each (the Python one reads the same file).
#[test]
fn documents_that_are_no_transcripts_are_refused() {
    let cases = include_str!("../../../tests/draws/refused.json");
    let cases: Vec<Value> = serde_json::from_str(cases).unwrap_or_default();
    assert!(cases.len() > 25, "{}", cases.len());
    for case in cases {
        let text = refused_text(&case);
        let found = SignedTranscript::read(text.as_bytes()).map(|signed| verify(&signed));
        assert!(!found.is_ok_and(|found| found.is_empty()), "{}", case["name"]);
    }
}

/// The honest record with a text replaced (`from`, `to`), or a value (`at`, `value`; `%` repeats what was there) and the
/// digest made right again.
fn refused_text(case: &Value) -> String {
    let honest = honest();
    if let (Some(from), Some(to)) = (case["from"].as_str(), case["to"].as_str()) {
        let text = honest.to_string();
        assert!(text.contains(from), "{}", case["name"]);
        return text.replacen(from, to, 1);
    }
    let mut bent = honest;
    let at = case["at"].as_str().unwrap_or_default();
    let Some(slot) = bent.pointer_mut(at) else { panic!("{}", case["name"]) };

    if case["repeat"] == true {
        let first = slot[0].clone();
        if let Some(list) = slot.as_array_mut() {
            list.insert(0, first);
        }
    } else if case["reverse"] == true {
        if let Some(list) = slot.as_array_mut() {
            list.reverse();
        }
    } else if case["remove"] == true {
        if let Some(list) = slot.as_array_mut() {
            list.remove(0);
        }
    } else {
        *slot = case["value"].clone();
    }

    resigned(&bent).to_string()
}

fn collect(value: &Value, pointer: String, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, child)| collect(child, format!("{pointer}/{key}"), into)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, child)| collect(child, format!("{pointer}/{at}"), into));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => into.push(pointer),
    }
}

fn bend(value: &Value) -> Value {
    match value {
        Value::Number(number) => (number.as_u64().unwrap_or(0) + 1).into(),
        Value::String(text) => {
            // Of a time the milliseconds, so that it stays one.
            let (text, end) = text.strip_suffix('Z').map_or((text.as_str(), ""), |text| (text, "Z"));
            let last = text.chars().last().unwrap_or(' ');
            let other = if last == '1' { '2' } else { '1' };
            format!("{}{other}{end}", text.strip_suffix(last).unwrap_or("")).into()
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => "bent".into(),
    }
}
