//! 5 % of 1,000,000 objects in four strata, forty officers: the draw with its transcript, and its verification.
//!
//! `cargo run --release -p benches --bin draw`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use domain::spot_checks::draws::changes::Changes;
use domain::spot_checks::draws::commitment::{commit, seed};
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::draws::matching::match_officers;
use domain::spot_checks::draws::pool::{
    Leaf, RosterEntry, object_ref, officer_ref, pool_root, recusal_root, roster_root,
};
use domain::spot_checks::draws::receipt::Receipt;
use domain::spot_checks::draws::selection::select;
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::draws::transcript::{
    Conditions, Matching, Outcome, Party, PartyDuty, SignedTranscript, Transcript, Who,
};
use domain::spot_checks::draws::verify::verify;
use domain::spot_checks::draws::{Algorithm, sha256};
use ed25519_dalek::{Signer, SigningKey};
use std::time::Instant;
use uuid::Uuid;

const OBJECTS: u128 = 1_000_000;
const OFFICERS: u128 = 40;
const V3: Algorithm = Algorithm::NEWEST;

fn main() {
    let task = Uuid::from_u128(1);
    let begun = Instant::now();
    let mut pool: Vec<_> = (0..OBJECTS)
        .map(|n| Leaf {
            object_ref: object_ref(V3, Uuid::from_u128(1 << 64 | n), &n.to_be_bytes()),
            stratum: format!("S{}", n % 4 + 1),
        })
        .collect();
    pool.sort_unstable_by_key(|leaf| leaf.object_ref);
    let root = pool_root(&pool);
    println!("freeze (references, sort, Merkle root): {:.3} s", begun.elapsed().as_secs_f64());
    let strata: Vec<_> =
        (1..=4).map(|n| Stratum::new(format!("S{n}"), 500, 1, u64::try_from(OBJECTS / 4).unwrap())).collect();
    let secrets = [(Uuid::from_u128(2), sha256(&[b"two"])), (Uuid::from_u128(3), sha256(&[b"three"]))];
    let entry = |n: u128| RosterEntry {
        department: Uuid::from_u128(2),
        officer: officer_ref(Uuid::from_u128(n), &n.to_be_bytes()),
    };
    let mut roster: Vec<_> = (0..OFFICERS).map(entry).collect();
    roster.sort();
    let key = SigningKey::from_bytes(&[1; 32]);
    for round in 1..=3 {
        let parties = secrets.map(|(party, secret)| Party {
            commitment: commit(V3, task, 1, party, &secret),
            committed_at: "2026-11-24T01:00:00.000Z".into(),
            party,
            revealed_at: Some("2026-11-24T03:00:00.000Z".into()),
            secret: Some(hex::encode(secret)),
            who: Some(Who {
                duty: if party == Uuid::from_u128(2) { PartyDuty::Lead } else { PartyDuty::Witness },
                house: party,
                key: None,
                name: "部门".into(),
            }),
        });
        let mut transcript = Transcript {
            algorithm: V3,
            conditions: Some(Conditions {
                changes: Changes { since: "2026-11-24T01:00:00.000Z".into(), ..Changes::default() },
                lone_object_reason: None,
                chance: None,
                left_out: None,
                libraries: None,
                reveal_from: "2026-11-24T02:10:00.000Z".into(),
            }),
            draw: Uuid::from_u128(4),
            eligibility: Eligibility::default(),
            epoch: 1,
            frozen_at: "2026-11-24T02:00:00.000Z".into(),
            matching: None,
            officers_per_object: 2,
            outcome: None,
            parties: parties.to_vec(),
            pool: pool.clone(),
            pool_root: root,
            previous: Vec::new(),
            receipt: Some(Receipt { key: *key.verifying_key().as_bytes(), signature: [0; 64], signatures: Vec::new() }),
            recusal_root: recusal_root(V3, &[]),
            recusals: Vec::new(),
            roster: roster.clone(),
            roster_root: roster_root(V3, &roster),
            strata: strata.clone(),
            task,
            terms: [0; 32],
        };
        transcript.terms = transcript.terms_digest().unwrap();
        let signature = key.sign(transcript.receipted().message().as_bytes()).to_bytes();
        if let Some(receipt) = &mut transcript.receipt {
            receipt.signature = signature;
        }
        let begun = Instant::now();
        let seed = seed(V3, &transcript.terms, &secrets, None);
        let selected = select(&seed, task, &strata, &pool);
        let chosen = begun.elapsed();
        let teams = match_officers(&seed, 2, &selected, &roster, &[], &[]).unwrap();
        let drawn = begun.elapsed();
        transcript.outcome =
            Some(Outcome { chance: None, drawn_at: "2026-11-24T03:01:00.000Z".into(), seed, selected });
        transcript.matching =
            Some(Matching { matched_at: "2026-11-24T03:01:00.000Z".into(), teams, unavailable: None });
        let text = transcript.publish(&[], &[]).unwrap();
        let done = begun.elapsed();
        let signed: SignedTranscript = serde_json::from_str(&text).unwrap();
        let begun = Instant::now();
        let differences = verify(&signed);
        let verified = begun.elapsed();
        assert!(differences.is_empty(), "{differences:?}");
        let count = signed.transcript.outcome.as_ref().map_or(0, |outcome| outcome.selected.len());
        println!(
            "round {round}: {count} drawn in {:.3} s, with teams {:.3} s, with the transcript ({} MiB) {:.3} s; verified in {:.3} s",
            chosen.as_secs_f64(),
            drawn.as_secs_f64(),
            text.len() >> 20,
            done.as_secs_f64(),
            verified.as_secs_f64()
        );
    }
}
