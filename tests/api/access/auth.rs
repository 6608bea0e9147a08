//! Logging in and staying logged in.

use crate::harness::{PASSWORD, World};
use reqwest::Method;
use serde_json::{Value, json};

async fn log_in(world: &World, username: &str, password: &str) -> crate::harness::Answer {
    let body = json!({ "username": username, "password": password });
    world.anonymous(Method::POST, "/api/v1/auth/token").json(&body).send().await
}

async fn refresh(world: &World, token: &Value) -> crate::harness::Answer {
    let body = json!({ "refresh_token": token });
    world.anonymous(Method::POST, "/api/v1/auth/refresh").json(&body).send().await
}

#[tokio::test]
async fn me_says_who_i_am_and_what_i_may_do() {
    let world = World::bare().await;
    let me = world.get("market.reviewer", "/api/v1/me").await.expect(200);
    assert_eq!((&me["username"], &me["role"]), (&json!("market.reviewer"), &json!("REVIEWER")));
    let grants = me["permissions"].as_array().unwrap();
    assert!(grants.iter().any(|grant| grant["permission"] == "plans:review" && grant["reach"] == "DEPARTMENT"));
    assert!(!grants.iter().any(|grant| grant["permission"] == "plans:write"));
    world.anonymous(Method::GET, "/api/v1/me").send().await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_log_in() {
    let world = World::bare().await;
    let first = log_in(&world, "market.admin", PASSWORD).await.expect(200);
    let second = refresh(&world, &first["refresh_token"]).await.expect(200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    refresh(&world, &first["refresh_token"]).await.expect_problem(401, "UNAUTHENTICATED");
    refresh(&world, &second["refresh_token"]).await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn after_log_out_nothing_can_be_refreshed() {
    let world = World::bare().await;
    let tokens = log_in(&world, "market.admin", PASSWORD).await.expect(200);
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    world.anonymous(Method::POST, "/api/v1/auth/logout").json(&body).send().await.expect(204);
    refresh(&world, &tokens["refresh_token"]).await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn wrong_passwords_lock_the_account_and_answers_do_not_tell_who_exists() {
    let world = World::bare().await;
    let unknown = log_in(&world, "nobody.here", PASSWORD).await.expect_problem(401, "LOGIN_FAILED");
    let mut wrong = Value::Null;
    for _ in 0..5 {
        wrong = log_in(&world, "agri.admin", "not the password").await.expect_problem(401, "LOGIN_FAILED");
    }
    assert_eq!(unknown["detail"], wrong["detail"]);
    // Locked now: the right password is answered alike.
    let locked = log_in(&world, "agri.admin", PASSWORD).await.expect_problem(401, "LOGIN_FAILED");
    assert_eq!(unknown["detail"], locked["detail"]);
    let users = world.get("root", "/api/v1/users?username=agri.admin").await.expect(200);
    let id = users["items"][0]["id"].as_str().unwrap();
    assert!(users["items"][0]["locked_until"].is_string());
    world.assert_audit("users", id, "LOCKED_OUT", "agri.admin").await;
}

#[tokio::test]
async fn a_disabled_account_is_out() {
    let world = World::bare().await;
    let users = world.get("root", "/api/v1/users?username=agri.reviewer").await.expect(200);
    let path = format!("/api/v1/users/{}", users["items"][0]["id"].as_str().unwrap());
    let tokens = log_in(&world, "agri.reviewer", PASSWORD).await.expect(200);
    world.act("root", &path, "disable", None).await.expect(200);
    log_in(&world, "agri.reviewer", PASSWORD).await.expect_problem(401, "LOGIN_FAILED");
    refresh(&world, &tokens["refresh_token"]).await.expect_problem(401, "UNAUTHENTICATED");
    let id = users["items"][0]["id"].as_str().unwrap();
    world.assert_audit("users", id, "DISABLED", "平台管理员").await;
    world.act("root", &path, "disable", None).await.expect_problem(409, "STATE_CONFLICT");
}

/// Tokens that look like ours and are not.
#[tokio::test]
async fn forged_tokens_are_refused() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let world = World::bare().await;
    let good = world.token("market.lead").to_owned();
    let [header, claims, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let decode = |part: &str| -> Value { serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap() };
    let encode = |value: &Value| BASE64.encode(value.to_string());
    let with = |part: &str, member: &str, value: Value| {
        let mut changed = decode(part);
        changed[member] = value;
        encode(&changed)
    };
    let jwks = world.anonymous(Method::GET, "/.well-known/jwks.json").send().await.expect(200);
    let public = jwks["keys"][0]["x"].as_str().unwrap();
    let hs256 = {
        let header = with(header, "alg", json!("HS256"));
        let key = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
        let message = format!("{header}.{claims}");
        let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
        format!("{message}.{mac}")
    };
    let mut flipped = BASE64.decode(signature).unwrap();
    flipped[0] ^= 1;
    let forged = [
        format!("{}.{claims}.", with(header, "alg", json!("none"))),
        format!("{}.{claims}.{signature}", with(header, "alg", json!("none"))),
        format!("{}.{claims}.{signature}", with(header, "alg", json!("RS256"))),
        format!("{}.{claims}.{signature}", with(header, "alg", json!("ES256"))),
        format!("{}.{claims}.{signature}", with(header, "kid", json!("../../etc/passwd"))),
        format!("{}.{claims}.{signature}", with(header, "kid", json!(null))),
        format!("{}.{claims}.{signature}", with(header, "typ", json!("JWT"))),
        format!("{header}.{}.{signature}", with(claims, "sub", json!("01930000-0000-7000-8000-000000000000"))),
        format!("{header}.{}.{signature}", with(claims, "exp", json!(4_000_000_000_i64))),
        format!("{header}.{}.{signature}", with(claims, "aud", json!("another"))),
        format!("{header}.{}.{signature}", with(claims, "iss", json!("another"))),
        format!("{header}.{claims}.{}", BASE64.encode(flipped)),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}.{signature}"),
        hs256,
        String::new(),
        "not a token".to_owned(),
        "a.b.c".to_owned(),
        "e30.e30.e30".to_owned(),
    ];
    for token in forged {
        let call = world.anonymous(Method::GET, "/api/v1/me").header("authorization", &format!("Bearer {token}"));
        let answer = call.send().await;
        assert_eq!(answer.status, 401, "{token}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    let basic = world.anonymous(Method::GET, "/api/v1/me").header("authorization", &format!("Basic {good}"));
    basic.send().await.expect_problem(401, "UNAUTHENTICATED");
    world.get("market.lead", "/api/v1/me").await.expect(200);
}
