//! OpenID Connect against a provider that can be made to misbehave; `tests/oidc` does it with a certified one.

use crate::harness::{Answer, Issuer, World, repo_file, run};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

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
    // The provider's token is sealed with the session: a new data key takes it along.
    let database = world.database.clone();
    let rotated = tokio::task::spawn_blocking(move || run(&database, &["keys", "rotate-data"])).await.unwrap();
    assert_eq!(rotated.0, 0, "{rotated:?}");
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

/// The certified provider, as a process that ends with its standard input.
struct Certified {
    child: Child,
    issuer: String,
}

const CALLBACK: &str = "http://127.0.0.1:9/callback";

impl Certified {
    fn start() -> Self {
        let folder = std::env::var("OIDC_PROVIDER").expect("OIDC_PROVIDER names the folder with its packages");
        std::fs::copy(repo_file("tests/oidc/provider.mjs"), format!("{folder}/provider.mjs")).unwrap();
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .env("CLIENT_ID", "mingjian-county")
            .env("CLIENT_SECRET", "a-secret-of-the-test")
            .env("REDIRECT_URI", CALLBACK)
            .env("POST_LOGOUT_URI", "http://127.0.0.1:9/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut issuer).unwrap();
        Self { child, issuer: issuer.trim().to_owned() }
    }
}

impl Drop for Certified {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a browser does: it follows the provider to its log-in page, signs in, and comes back with a code.
async fn browse(authorization_url: &str, login: &str) -> HashMap<String, String> {
    let browser = Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
    let mut answer = browser.get(authorization_url).send().await.unwrap();
    for _ in 0..8 {
        let location = answer.headers()["location"].to_str().unwrap();
        let next = answer.url().join(location).unwrap();
        if next.as_str().starts_with(CALLBACK) {
            return next.query_pairs().into_owned().collect();
        }
        answer = browser.get(next.clone()).send().await.unwrap();
        if answer.status() == 200 {
            let form = [("prompt", "login"), ("login", login), ("password", "x")];
            answer = browser.post(next).form(&form).send().await.unwrap();
        }
    }
    panic!("the provider never sent the browser back");
}

/// Signs somebody in: the callback's answer, and the body it was sent.
async fn sign_in(world: &World, login: &str) -> (Answer, Value) {
    let begun = begin(world).await;
    let back = browse(begun["authorization_url"].as_str().unwrap(), login).await;
    let body =
        json!({ "ticket": begun["ticket"], "code": back["code"], "state": back["state"], "iss": back.get("iss") });
    (finish(world, &body).await, body)
}

#[tokio::test]
#[ignore = "needs node and the provider's packages; tests/run.sh runs it"]
async fn people_sign_in_with_a_certified_provider_whose_keys_change() {
    let provider = Certified::start();
    let env = [
        ("MINGJIAN__OIDC__ISSUER", provider.issuer.as_str()),
        ("MINGJIAN__OIDC__CLIENT_ID", "mingjian-county"),
        ("MINGJIAN__OIDC__CLIENT_SECRET", "a-secret-of-the-test"),
        ("MINGJIAN__OIDC__REDIRECT_URL", CALLBACK),
        ("MINGJIAN__OIDC__POST_LOGOUT_URL", "http://127.0.0.1:9/"),
    ];
    let world = World::bare_with(&env).await;
    sign_in(&world, "alice").await.0.expect_problem(403, "ACCOUNT_NOT_ACTIVE");
    let found = world.get("root", "/api/v1/users?role[is_null]=true").await.expect(200);
    assert_eq!(found["items"][0]["display_name"], "平台用户 alice");
    let path = format!("/api/v1/users/{}", found["items"][0]["id"].as_str().unwrap());
    let binding = json!({ "role": "REVIEWER", "department_id": world.departments["51082105"] });
    world.act("root", &path, "bind", Some(binding)).await.expect(200);
    world.post("security", &format!("{path}/activate")).if_match(2).keyed().send().await.expect(200);
    let (answer, _) = sign_in(&world, "alice").await;
    let tokens = answer.expect(200);
    let token = tokens["access_token"].as_str().unwrap();
    let me = world.with_token(Method::GET, token, "/api/v1/me").send().await.expect(200);
    assert_eq!(me["role"], "REVIEWER");
    let rotate = async |keep: u8| {
        let url = format!("{}/_test/rotate?keep={keep}", provider.issuer);
        assert_eq!(Client::new().post(url).send().await.unwrap().status(), 204);
    };
    for keep in [1, 0] {
        rotate(keep).await;
        sign_in(&world, "alice").await.0.expect(200);
    }
    // The code that was used, under a ticket of its own: the provider itself refuses it.
    let (answer, used) = sign_in(&world, "alice").await;
    let newest = answer.expect(200);
    let fresh = begin(&world).await;
    let state = reqwest::Url::parse(fresh["authorization_url"].as_str().unwrap()).unwrap();
    let state: HashMap<String, String> = state.query_pairs().into_owned().collect();
    let replay = json!({ "ticket": fresh["ticket"], "code": used["code"], "state": state["state"] });
    finish(&world, &replay).await.expect_problem(401, "OIDC_FAILED");
    let body = json!({ "refresh_token": newest["refresh_token"] });
    let out = world.anonymous(Method::POST, "/api/v1/auth/oidc/logout").json(&body).send().await.expect(200);
    let page = Client::new().get(out["logout_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(page.status(), 200, "the provider knows its logout");
}
