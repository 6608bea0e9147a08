//! 5 % of 1,000,000 objects in four strata: the draw with its transcript, and its verification.
//!
//! `cargo run --release -p benches --bin draw`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use domain::spot_checks::draws::ALGORITHM;
use domain::spot_checks::draws::commitment::{commit, seed};
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::draws::pool::{Leaf, object_ref, pool_root, recusal_root, roster_root};
use domain::spot_checks::draws::selection::select;
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::draws::transcript::{Outcome, Party, SignedTranscript, Transcript};
use domain::spot_checks::draws::verify::verify;
use std::time::Instant;
use uuid::Uuid;

const OBJECTS: u128 = 1_000_000;

fn main() {
    let task = Uuid::from_u128(1);
    let begun = Instant::now();
    let mut pool: Vec<_> = (0..OBJECTS)
        .map(|n| Leaf {
            object_ref: object_ref(Uuid::from_u128(1 << 64 | n), &n.to_be_bytes()),
            stratum: format!("S{}", n % 4 + 1),
        })
        .collect();
    pool.sort_unstable_by_key(|leaf| leaf.object_ref);
    let root = pool_root(&pool);
    println!("freeze (references, sort, Merkle root): {:.3} s", begun.elapsed().as_secs_f64());
    let strata: Vec<_> =
        (1..=4).map(|n| Stratum::new(format!("S{n}"), 500, 1, u64::try_from(OBJECTS / 4).unwrap())).collect();
    let secrets = [(Uuid::from_u128(2), [2; 32]), (Uuid::from_u128(3), [3; 32])];
    for round in 1..=3 {
        let parties = secrets.map(|(party, secret)| Party {
            commitment: commit(task, 1, party, &secret),
            committed_at: "2026-11-24T01:00:00.000Z".into(),
            party,
            revealed_at: Some("2026-11-24T03:00:00.000Z".into()),
            secret: Some(hex::encode(secret)),
        });
        let mut transcript = Transcript {
            algorithm: ALGORITHM.into(),
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
            recusal_root: recusal_root(&[]),
            recusals: Vec::new(),
            roster: Vec::new(),
            roster_root: roster_root(&[]),
            strata: strata.clone(),
            task,
            terms: [0; 32],
        };
        transcript.terms = transcript.terms_digest().unwrap();
        let begun = Instant::now();
        let seed = seed(&transcript.terms, &secrets);
        let selected = select(&seed, task, &strata, &pool);
        let drawn = begun.elapsed();
        transcript.outcome = Some(Outcome { drawn_at: "2026-11-24T03:01:00.000Z".into(), seed, selected });
        let text = transcript.publish(&[]).unwrap();
        let done = begun.elapsed();
        let signed: SignedTranscript = serde_json::from_str(&text).unwrap();
        let begun = Instant::now();
        let differences = verify(&signed);
        let verified = begun.elapsed();
        assert!(differences.is_empty(), "{differences:?}");
        let count = signed.transcript.outcome.as_ref().map_or(0, |outcome| outcome.selected.len());
        println!(
            "round {round}: {count} drawn in {:.3} s, with the transcript ({} MiB) {:.3} s; verified in {:.3} s",
            drawn.as_secs_f64(),
            text.len() >> 20,
            done.as_secs_f64(),
            verified.as_secs_f64()
        );
    }
}
