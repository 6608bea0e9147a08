//! A database that makes some wait: behind a lock of somebody else, and when it ends the connections that are open.

use super::wire::Wire;
use crate::harness::{Answer, PASSWORD, Server, World};
use futures::future::join_all;
use reqwest::Method;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

fn is_postgres(world: &World) -> bool {
    world.database.url.starts_with("postgres")
}

/// Somebody else with one connection to the same database.
async fn other(world: &World) -> DatabaseConnection {
    let mut options = ConnectOptions::new(&world.database.url);
    options.max_connections(1);
    Database::connect(options).await.unwrap()
}

async fn an_object(world: &World) -> (String, i64) {
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    (format!("/api/v1/objects/{}", object["id"].as_str().unwrap()), object["version"].as_i64().unwrap())
}

fn move_to(world: &World, path: &str, version: i64, address: &str) -> impl Future<Output = Answer> + use<> {
    let call = world.request(Method::PATCH, "market.lead", path).if_match(version);
    call.json(&json!({ "registered_address": address })).send()
}

/// A lock on objects that is held until everybody has been answered. Crowds who want objects wait behind it, and take no
/// turn from those who log in or read something else; who writes behind it is told so.
#[tokio::test]
async fn behind_a_lock_of_somebody_else_the_others_go_on() {
    let world = World::county_with(&[("MINGJIAN__LOG__FILTER", "off")]).await;
    let (path, version) = an_object(&world).await;
    let other = other(&world).await;
    let lock =
        if is_postgres(&world) { "BEGIN; LOCK TABLE objects IN ACCESS EXCLUSIVE MODE" } else { "BEGIN IMMEDIATE" };
    other.execute_unprepared(lock).await.unwrap();

    let over = AtomicBool::new(false);
    let crowd = join_all((0..40).map(|_| async {
        while !over.load(Ordering::Relaxed) {
            let answer = world.get("market.lead", &path).await;
            assert!(matches!(answer.status, 200 | 503), "{}", answer.text);
        }
    }));
    let writers = join_all((0..20).map(|_| async {
        while !over.load(Ordering::Relaxed) {
            // Of another version, so that nobody's turn changes it.
            let answer = move_to(&world, &path, version + 100, "旺苍县东河镇9号").await;
            assert!(matches!(answer.status, 412 | 503), "{}", answer.text);
        }
    }));
    let others = async {
        for _ in 0..5 {
            world.get("market.admin", "/api/v1/departments").await.expect(200);
            if is_postgres(&world) {
                world.tokens_of("market.lead", PASSWORD).await;
                // Another noun is written and read.
                let training = json!({
                    "title": "执法培训", "kind": "ANNUAL", "held_on": "2026-10-15", "hours": 8,
                    "department_id": world.departments["51082104"],
                });
                world.post("justice", "/api/v1/trainings").json(&training).send().await.expect(201);
                world.get("justice", "/api/v1/trainings?limit=1").await.expect(200);
            }
        }
        let refused = move_to(&world, &path, version, "旺苍县东河镇1号").await;
        refused.expect_problem(503, "UNAVAILABLE");
        assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
        other.execute_unprepared("ROLLBACK").await.unwrap();
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(crowd, writers, others);

    move_to(&world, &path, version, "旺苍县东河镇2号").await.expect(200);
    world.assert_audit("objects", path.rsplit('/').next().unwrap(), "UPDATED", "market.lead").await;
}

/// PostgreSQL ends all connections, as when it is restarted, and is there again at once: nobody who reads or writes through
/// one that was kept hears of it, and nothing is written twice.
#[tokio::test]
async fn connections_that_died_are_replaced_before_anybody_is_refused() {
    let world = World::county().await;
    if !is_postgres(&world) {
        return;
    }
    let other = other(&world).await;
    let (path, mut version) = an_object(&world).await;
    let create = |at: usize, round: usize| {
        let body = json!({ "name": format!("旺苍断线{round}-{at}店"), "object_type": "1", "region_code": "510821" });
        world.post("market.lead", "/api/v1/objects").json(&body).send()
    };

    for round in 0..3 {
        // Connections enough are kept by both workers, and by the library that hands them out: what was refused and what asks
        // whether all is ready goes back there.
        join_all((0..16).map(|_| world.get("market.lead", &path))).await;
        join_all((0..16).map(|_| move_to(&world, &path, version + 100, "旺苍县东河镇9号"))).await;
        join_all((0..16).map(|_| world.get("market.lead", "/readyz"))).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
        other.execute_unprepared(end).await.unwrap();

        let created = join_all((0..12).map(|at| create(at, round)));
        let read = join_all((0..12).map(|_| world.get("market.lead", &path)));
        let moved = move_to(&world, &path, version, &format!("旺苍县东河镇{round}号"));
        let (created, read, moved) = tokio::join!(created, read, moved);
        for answer in created.iter().chain(&read).chain([&moved]) {
            assert!(matches!(answer.status, 200 | 201), "{round}: {}", answer.text);
        }
        version += 1;
        let known = format!("/api/v1/objects?name[prefix]=旺苍断线{round}-&total=exact");
        assert_eq!(world.get("market.lead", &known).await.expect(200)["page"]["total"], 12);
        let id = created[0].json()["id"].as_str().unwrap().to_owned();
        world.assert_audit("objects", &id, "CREATED", "market.lead").await;
    }
    let object: Value = world.get("market.lead", &path).await.expect(200);
    assert_eq!(object["registered_address"], "旺苍县东河镇2号");
}

/// Where the answer to a change is lost, and the answer to the question whether it was made as well, nobody knows: it is not
/// made a second time.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_is_lost_is_made_once() {
    let mut world = World::county().await;
    if !is_postgres(&world) {
        return;
    }
    let server = world.database.url.clone();
    let (head, name) = server.rsplit_once('/').unwrap();
    let (user, port) = head.rsplit_once(':').unwrap();
    // A change that is one statement, the end of one that is more, and the question whether it was made.
    let wire = Wire::to(port.parse().unwrap(), &["WITH s0", "COMMIT", "FROM \"audit_entries\""]).await;
    let through = format!("{user}:{}/{name}", wire.port);
    world.server = Server::start_with(&world.database, &[("MINGJIAN__DATABASE__URL", &through)]);
    let (path, version) = an_object(&world).await;

    wire.lose(true);
    let body = json!({ "name": "旺苍失声店", "object_type": "1", "region_code": "510821" });
    let created = world.post("market.lead", "/api/v1/objects").json(&body).send().await;
    let moved = move_to(&world, &path, version, "旺苍县东河镇7号").await;
    wire.lose(false);
    assert!(wire.lost() >= 3, "{} answers were lost", wire.lost());
    created.expect_problem(503, "UNAVAILABLE");
    moved.expect_problem(503, "UNAVAILABLE");

    let known = world.get("market.lead", "/api/v1/objects?name=旺苍失声店&total=exact").await.expect(200);
    assert_eq!(known["page"]["total"], 1, "{known}");
    let object = world.get("market.lead", &path).await.expect(200);
    assert_eq!(object["version"], version + 1);
    world.assert_audit("objects", path.rsplit('/').next().unwrap(), "UPDATED", "market.lead").await;
}
