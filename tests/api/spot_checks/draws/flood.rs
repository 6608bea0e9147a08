//! What anybody may send keeps nobody from reading what is public.

use crate::harness::World;
use domain::spot_checks::draws::commitment::seed;
use domain::spot_checks::draws::pool::{Leaf, Officer, RosterEntry};
use domain::spot_checks::draws::selection::select;
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::draws::transcript::{Party, SignedTranscript};
use domain::spot_checks::draws::{Algorithm, parse_digest, sha256};
use futures::future::join;
use reqwest::Method;
use serde_json::Value;
use std::cell::Cell;

/// A record that takes as much work as a stranger's may: every object is drawn, and each officer for each is a ticket.
fn heavy(genuine: &SignedTranscript) -> Value {
    let mut forged = genuine.transcript.clone();
    let reference = |number: u128| sha256(&[&number.to_be_bytes()]);
    let department = forged.roster[0].department;
    forged.pool = (0..4_000).map(|at| Leaf { object_ref: reference(at), stratum: "S1".to_owned() }).collect();
    forged.pool.sort();
    forged.roster = (0..100).map(|at| RosterEntry { department, officer: Officer::Ref(reference(at)) }).collect();
    forged.roster.sort();
    forged.strata = vec![Stratum::new("S1".to_owned(), 10_000, 0, 4_000)];

    let secret = |party: &Party| Some((party.party, parse_digest(party.secret.as_deref()?)?));
    let secrets: Vec<_> = forged.parties.iter().filter_map(secret).collect();
    let outcome = forged.outcome.as_mut().unwrap();
    outcome.seed = seed(Algorithm::NEWEST, &forged.terms, &secrets, None);
    outcome.selected = select(&outcome.seed, forged.task, &forged.strata, &forged.pool);
    serde_json::from_str(&forged.publish(&[], &[]).unwrap()).unwrap()
}

#[tokio::test]
async fn a_flood_of_verifications_keeps_nobody_from_reading() {
    let world = World::county().await;
    let body = world.task_body("公开抽查", &["51082103"]).await;
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let (draw, signed) = world.draw_record(&task).await;
    let path = format!("/api/v1/public/draws/{}/transcript", draw["id"].as_str().unwrap());
    let record = world.anonymous(Method::GET, &path).send().await.expect(200);
    let heavy = heavy(&signed);
    assert!(heavy.to_string().len() > 800_000, "{}", heavy.to_string().len());

    let answered = Cell::new(0);
    let flood = async {
        let sent = (0..24).map(async |_| {
            let answer = world.anonymous(Method::POST, "/api/v1/public/draws/verify").json(&heavy).send().await;
            answered.set(answered.get() + 1);
            match answer.status {
                // Nobody waits without end: who comes too late is told when to come again.
                503 => assert!(!answer.header("retry-after").is_empty()),
                _ => assert_eq!(answer.expect(200)["consistent"], false),
            }
        });
        futures::future::join_all(sent).await
    };
    let reading = async {
        // Two at a time, as many as have a turn: neither waits for the other.
        while answered.get() < 24 {
            let read = (0..2).map(|_| world.anonymous(Method::GET, &path).send());
            for answer in futures::future::join_all(read).await {
                assert_eq!(answer.expect(200), record);
            }
        }
    };
    join(flood, reading).await;
}
