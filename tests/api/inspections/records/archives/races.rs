//! Destroying while somebody holds, and while processes die.

use super::{ADMIN, complete_file, stored};
use crate::harness::{Server, World, command, destroyed, id_of, run, witness};
use serde_json::json;
use std::time::Duration;

/// A list with files of one enterprise that may go now; gives it, the files and the enterprise.
async fn approved(world: &World, count: usize) -> (String, Vec<String>, serde_json::Value) {
    let mut files = Vec::new();
    for _ in 0..count {
        files.push(world.void_inspection("market").await);
    }
    world.age().await;
    let object = world.get(ADMIN, &files[0]).await.expect(200)["object_id"].clone();
    let list = world.disposal_list("market").await;
    world.walk_list("market", &list, destroyed(), 3).await;
    (list, files, object)
}

/// From the answer on that something is held, nothing of it goes.
#[tokio::test]
async fn what_was_there_when_it_was_held_stays() {
    let world = World::county().await;
    let (list, files, object) = approved(&world, 8).await;
    let review_on = crate::harness::today() + chrono::Days::new(30);
    let hold = json!({ "subject": "OBJECT", "record_id": object, "reason": "检察机关调阅", "review_on": review_on });
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    let mut child = command(&world.database, &["calendar"]).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    world.post("justice", "/api/v1/legal-holds").json(&hold).send().await.expect(201);

    let mut there = Vec::new();
    for file in &files {
        if world.get(ADMIN, file).await.status == 200 {
            there.push(file);
        }
    }
    child.wait().unwrap();
    world.strike();
    assert_eq!(world.get(ADMIN, &list).await.expect(200)["status"], "DONE");
    for file in there {
        assert_eq!(world.get(ADMIN, file).await.status, 200, "{file} was destroyed though it was held");
    }
}

#[tokio::test]
async fn a_process_that_dies_has_destroyed_each_file_whole_or_not_at_all() {
    let mut world = World::county().await;
    let (paper, _) = complete_file(&world).await;
    let (list, mut files, _) = approved(&world, 8).await;
    files.push(paper);
    assert!(stored(&world) >= 4);
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    world.server.kill();
    for delay in [180, 220, 260, 300, 340, 380] {
        let mut child = command(&world.database, &["calendar"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(delay)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    world.server = Server::start(&world.database);
    world.strike();
    let done = world.get(ADMIN, &list).await.expect(200);
    assert_eq!((&done["status"], &done["outcomes"]["destroyed"]), (&json!("DONE"), &json!(9)), "{done}");
    assert_eq!(stored(&world), 0, "what a process left behind, the next removes");
    for file in &files {
        world.get(ADMIN, file).await.expect_problem(410, "RECORD_DESTROYED");
        let path = format!("/api/v1/audit/entries?resource=inspections&resource_id={}&action=DESTROYED", id_of(file));
        assert_eq!(world.get("auditor", &path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    }
    let (status, told, error) = run(&world.database, &["verify-audit"]);
    assert_eq!(status, 0, "{told} {error}");
}
