//! A server that dies while files come in: nothing half, nothing lost that was acknowledged, nothing left behind.

use super::uploads::sound;
use crate::harness::{Server, World};
use futures::future::join_all;
use reqwest::Method;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn stored(files: &Path) -> BTreeSet<PathBuf> {
    let Ok(days) = std::fs::read_dir(files.join("evidence")) else { return BTreeSet::new() };
    let files = days.flat_map(|day| std::fs::read_dir(day.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[tokio::test]
async fn fifty_uploads_survive_their_server() {
    // A check that its process did not end is taken up when the lease lapses.
    const LEASE: (&str, &str) = ("MINGJIAN__SERVER__JOB_LEASE_SECONDS", "2");
    let mut world = World::county_with(&[LEASE]).await;
    let inspection = world.begun_inspection("market").await;
    let contents: Vec<_> = (0..50).map(|seed| sound(2_600_000, 100 + seed)).collect();
    let mut paths = Vec::new();
    for (seq, content) in (1..).zip(&contents) {
        paths.push(world.declare("market.admin", &inspection, &World::captured(seq, "AUDIO", content)).await);
    }

    // Half of each is acknowledged; the rest is on its way when the server dies.
    for (path, content) in paths.iter().zip(&contents) {
        world.send_bytes("market.admin", path, 0, content[..1_300_000].to_vec()).await.expect(204);
    }
    let client = reqwest::Client::new();
    let sends = paths.iter().zip(&contents).map(|(path, content)| {
        client
            .patch(format!("{}{path}/upload", world.server.url))
            .bearer_auth(world.token("market.admin"))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", "1300000")
            .header("content-type", "application/offset+octet-stream")
            .body(content[1_300_000..].to_vec())
            .send()
    });
    let id = world.server.id();
    let before = stored(&world.database.files()).len();
    let files = world.database.files();
    let killer = std::thread::spawn(move || {
        // When the first of the second halves are written.
        while stored(&files).len() < before + 12 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Command::new("kill").args(["-KILL", &id.to_string()]).status().unwrap();
    });
    let acknowledged: Vec<_> =
        join_all(sends).await.into_iter().map(|sent| sent.is_ok_and(|sent| sent.status() == 204)).collect();
    killer.join().unwrap();
    world.server.kill();
    assert!(acknowledged.iter().any(|whole| !whole), "it died before all had come");

    // What processes that ended left behind is old by now, as the rest is.
    let orphan = world
        .database
        .files()
        .join("evidence")
        .join(crate::harness::today().to_string())
        .join("0123456789abcdef0123456789abcdef");
    std::fs::write(&orphan, b"half a piece").unwrap();
    let half = orphan.with_file_name("fedcba9876543210fedcba9876543210#1");
    std::fs::write(&half, b"half a pie").unwrap();
    for file in stored(&world.database.files()) {
        Command::new("touch").args(["-d", "2 days ago", file.to_str().unwrap()]).status().unwrap();
    }
    world.server = Server::start_with(&world.database, &[LEASE]);
    for ((path, content), whole) in paths.iter().zip(&contents).zip(&acknowledged) {
        let at = world.upload_offset("market.admin", path).await;
        assert!(at >= 1_300_000, "half of it was acknowledged");
        assert!(!whole || at == content.len(), "all of it was acknowledged");
        if at < content.len() {
            world.send_bytes("market.admin", path, at, content[at..].to_vec()).await.expect(204);
        }
        assert_eq!(world.checked("market.admin", path).await["status"], "KEPT");
        let link = world.link("market.admin", path, "ORIGINAL").await;
        let read = world.anonymous(Method::GET, &link).send().await;
        assert!(read.content == *content, "{path}");
    }

    for _ in 0..400 {
        if !orphan.exists() && !half.exists() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(!orphan.exists() && !half.exists(), "what no record refers to is removed");
}
