//! The data key and the signing key change while eight clients work, and none of them notices.

use crate::harness::{PASSWORD, World, run};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_while_eight_clients_work() {
    let world = Arc::new(World::bare().await);
    let department = world.departments["51082103"].clone();
    let before = world.tokens_of("market.admin", PASSWORD).await;
    let stop = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..8).map(|at| {
        let (world, stop, done, department) = (Arc::clone(&world), Arc::clone(&stop), Arc::clone(&done), department.clone());
        tokio::spawn(async move {
            let mut tokens = world.tokens_of("market.admin", PASSWORD).await;
            let mut round = 0usize;
            while !stop.load(Ordering::Relaxed) {
                round += 1;
                let token = tokens["access_token"].as_str().unwrap().to_owned();
                let body = json!({ "name": format!("轮换{at}-{round}"), "department_id": department, "phone": "13912345678", "address": "旺苍县东河镇轮换街一号" });
                let made = world.with_token(Method::POST, &token, "/api/v1/personnel").json(&body).send().await.expect(201);
                let path = format!("/api/v1/personnel/{}/personal-data", made["id"].as_str().unwrap());
                let told = world.with_token(Method::POST, &token, &path).json(&json!({ "purpose": "轮换" })).send().await.expect(200);
                assert_eq!(told["phone"], "13912345678");
                let refresh = json!({ "refresh_token": tokens["refresh_token"] });
                tokens = world.anonymous(Method::POST, "/api/v1/auth/refresh").json(&refresh).send().await.expect(200);
                done.fetch_add(3, Ordering::Relaxed);
                // The rotation is another process, and SQLite lets one writer in at a time.
                tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            }
        })
    }).collect();
    let database = world.database.clone();
    let rotations = tokio::task::spawn_blocking(move || {
        for command in ["rotate-data", "rotate-secret", "rotate-data"] {
            let (code, out, error) = run(&database, &["keys", command]);
            assert_eq!(code, 0, "{out} {error}");
        }
    });
    rotations.await.unwrap();
    // Servers look at the secret file every few seconds: the clients go on until one signs with the new key.
    let kid = |token: &Value| token.as_str().unwrap().split('.').next().unwrap().to_owned();
    let mut fresh = world.tokens_of("market.admin", PASSWORD).await;
    for _ in 0..600 {
        if kid(&fresh["access_token"]) != kid(&before["access_token"]) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        fresh = world.tokens_of("market.admin", PASSWORD).await;
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let total = done.load(Ordering::Relaxed);
    assert!(total >= 8 * 3, "{total} requests while two data keys and one secret changed");
    // A token of before is good until it ends, and new ones are signed with the new key.
    let old = before["access_token"].as_str().unwrap();
    world.with_token(Method::GET, old, "/api/v1/me").send().await.expect(200);
    assert_ne!(kid(&before["access_token"]), kid(&fresh["access_token"]));
    let keys = world.anonymous(Method::GET, "/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
}
