//! OpenID Connect against a provider that can be made to misbehave; `tests/oidc` does it with a certified one.

use crate::harness::{Answer, Issuer, World};
use reqwest::Method;
use serde_json::{Value, json};

async fn begin(world: &World) -> Value {
    world.anonymous(Method::POST, "/api/v1/auth/oidc/login").send().await.expect(200)
}

async fn finish(world: &World, body: &Value) -> Answer {
    world.anonymous(Method::POST, "/api/v1/auth/oidc/callback").json(body).send().await
}

/// Signs somebody in for the first time and brings the account to life.
async fn admit(world: &World, subject: &str) {
    finish(world, &Issuer::callback(&begin(world).await, subject)).await.expect_problem(403, "ACCOUNT_NOT_ACTIVE");
    let found = world.get("root", "/api/v1/users?role[is_null]=true").await.expect(200);
    let user = &found["items"][0];
    assert_eq!((&user["status"], &user["external"]), (&json!("PENDING"), &json!(true)));
    let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    let call = world.post("security", &format!("{path}/activate")).if_match(1).keyed();
    call.send().await.expect_problem(422, "INVALID_BODY");
    let binding = json!({ "role": "REVIEWER", "department_id": world.departments["51082105"] });
    world.act("root", &path, "bind", Some(binding)).await.expect(200);
    finish(world, &Issuer::callback(&begin(world).await, subject)).await.expect_problem(403, "ACCOUNT_NOT_ACTIVE");
    let call = world.post("security", &format!("{path}/activate")).if_match(2).keyed();
    call.send().await.expect(200);
}

#[tokio::test]
async fn people_come_with_the_accounts_of_the_platform() {
    let world = World::county_with_issuer(&[]).await;
    admit(&world, "alice").await;
    let body = Issuer::callback(&begin(&world).await, "alice");
    let tokens = finish(&world, &body).await.expect(200);
    let token = tokens["access_token"].as_str().unwrap();
    let me = world.with_token(Method::GET, token, "/api/v1/me").send().await.expect(200);
    assert_eq!((&me["role"], &me["display_name"]), (&json!("REVIEWER"), &json!("单点 alice")));
    world.assert_audit("users", me["id"].as_str().unwrap(), "LOGGED_IN", "单点 alice").await;
    // A ticket, and with it a code, is good once; the state must be its own.
    finish(&world, &body).await.expect_problem(401, "OIDC_FAILED");
    let (one, two) = (begin(&world).await, begin(&world).await);
    let mut crossed = Issuer::callback(&one, "alice");
    crossed["state"] = Issuer::callback(&two, "alice")["state"].clone();
    finish(&world, &crossed).await.expect_problem(401, "OIDC_FAILED");
    let mut forged = Issuer::callback(&one, "alice");
    forged["ticket"] = json!("0123456789abcdef.AAAA");
    finish(&world, &forged).await.expect_problem(401, "OIDC_FAILED");
    let mut elsewhere = Issuer::callback(&one, "alice");
    elsewhere["iss"] = json!("http://evil.example");
    finish(&world, &elsewhere).await.expect_problem(401, "OIDC_FAILED");
    let mut unknown = Issuer::callback(&one, "alice");
    unknown["code"] = json!("no-such-code");
    finish(&world, &unknown).await.expect_problem(401, "OIDC_FAILED");
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    let out = world.anonymous(Method::POST, "/api/v1/auth/oidc/logout").json(&body).send().await.expect(200);
    assert!(out["logout_url"].as_str().unwrap().contains("/session/end?"), "{out}");
    world.with_token(Method::GET, token, "/api/v1/me").send().await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn bad_id_tokens_are_refused_and_new_keys_are_fetched_once() {
    let world = World::county_with_issuer(&[]).await;
    admit(&world, "bob").await;
    let issuer = world.issuer.as_ref().unwrap();
    let attacks = [
        "aud",
        "aud_extra",
        "azp",
        "iss",
        "nonce",
        "nonce_missing",
        "expired",
        "issued_in_the_future",
        "access_token_hash",
        "unknown_kid",
        "wrong_key",
        "subject_missing",
        "garbage",
        "alg_none",
        "hs256_with_the_public_key",
        "hs256_with_the_secret",
    ];
    for attack in attacks {
        issuer.behave(attack);
        let answer = finish(&world, &Issuer::callback(&begin(&world).await, "bob")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("OIDC_FAILED")), "{attack}");
    }
    issuer.behave("");
    finish(&world, &Issuer::callback(&begin(&world).await, "bob")).await.expect(200);
    for keys in [vec![32, 31], vec![33]] {
        let before = {
            let mut behaviour = issuer.behaviour.lock().unwrap();
            behaviour.keys = keys;
            behaviour.jwks_fetches
        };
        for _ in 0..2 {
            finish(&world, &Issuer::callback(&begin(&world).await, "bob")).await.expect(200);
        }
        assert_eq!(issuer.behaviour.lock().unwrap().jwks_fetches, before + 1);
    }
}
