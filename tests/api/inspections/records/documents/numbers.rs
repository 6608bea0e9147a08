//! Numbers in a row: by many at once, and where the server dies in between.

use super::{ADMIN, file_of, notice};
use crate::harness::{Server, World};
use futures::future::join_all;
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn serial(issued: &Value) -> u32 {
    let number = issued["number"].as_str().unwrap();
    number.rsplit('〕').next().unwrap().trim_end_matches('号').parse().unwrap()
}

#[tokio::test]
async fn a_thousand_documents_by_sixteen_clients_have_a_thousand_numbers_in_a_row() {
    let world = World::county().await;
    let second = Server::start(&world.database);
    let inspection = world.begun_inspection("market").await;
    let issue = async |client: usize| {
        let mut numbers = Vec::new();
        for round in 0..63 {
            if client == 15 && round >= 55 {
                break;
            }
            let draft = world.draft(ADMIN, &inspection, "INSPECTION_NOTICE", notice()).await;
            let server = if client.is_multiple_of(2) { &world.server } else { &second };
            let key = draft.rsplit('/').next().unwrap();
            loop {
                let call = world.request_at(server, Method::POST, ADMIN, &format!("{draft}/issue")).if_match(1);
                let answer = call.header("idempotency-key", key).send().await;
                // Two processes at one SQLite file: whoever waits too long is told to come again, and does.
                if answer.status != 503 {
                    numbers.push(serial(&answer.expect(200)));
                    break;
                }
            }
        }
        numbers
    };

    let numbers: Vec<_> = join_all((0..16).map(issue)).await.into_iter().flatten().collect();
    assert_eq!(numbers.len(), 1_000);
    assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), (1..=1_000).collect());
}

/// The server dies while twenty documents are made: each is issued whole, or still a draft, and no number is lost.
#[tokio::test]
async fn twenty_documents_survive_their_server() {
    let mut world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let mut drafts = Vec::new();
    for _ in 0..20 {
        drafts.push(world.draft(ADMIN, &inspection, "INSPECTION_NOTICE", notice()).await);
    }
    let client = reqwest::Client::new();
    let sends = drafts.iter().map(|draft| {
        let call = client.post(format!("{}{draft}/issue", world.server.url)).bearer_auth(world.token(ADMIN));
        call.header("if-match", "\"1\"").header("idempotency-key", draft.rsplit('/').next().unwrap()).send()
    });
    let files = world.database.files().join("documents");
    let written = move || -> usize {
        let Ok(days) = std::fs::read_dir(&files) else { return 0 };
        days.map(|day| std::fs::read_dir(day.unwrap().path()).unwrap().count()).sum()
    };
    let id = world.server.id();
    let killer = std::thread::spawn(move || {
        // In the middle of the fifth or so: an odd number of files is a document half made.
        while written() < 9 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status().unwrap();
    });
    let acknowledged: Vec<_> =
        join_all(sends).await.into_iter().map(|sent| sent.is_ok_and(|sent| sent.status() == 200)).collect();
    killer.join().unwrap();
    world.server.kill();
    assert!(acknowledged.iter().any(|done| !done), "it died before all were made");

    world.restart();
    let mut numbers = BTreeSet::new();
    for (draft, done) in drafts.iter().zip(acknowledged) {
        let mut one = world.get(ADMIN, draft).await.expect(200);
        assert!(one["status"] == "ISSUED" || !done, "what was acknowledged is issued");
        if one["status"] == "DRAFT" {
            assert_eq!(one["number"], Value::Null);
            one = world.act(ADMIN, draft, "issue", None).await.expect(200);
        }
        assert_eq!(one["pdf_sha256"], hex::encode(Sha256::digest(file_of(&world, draft, "PDF").await)));
        numbers.insert(serial(&one));
    }
    assert_eq!(numbers, (1..=20).collect(), "no gap and no double");
}
