//! Every operation reaches a success, and what it answered is the document's example.
//!
//! `UPDATE_EXAMPLES=1 cargo test --test api examples` writes `openapi/examples.json` anew; then print the document.

use crate::contract::openapi::{committed, operations};
use crate::harness::{World, repo_file};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Elements of an array that an example shows.
const SHOWN: usize = 2;

/// Operations that change nothing, though they are no GET; tokens of partner systems are counted in their use.
const LEAVES_NO_TRACE: [&str; 5] =
    ["explain_access", "begin_oidc", "create_client_token", "verify_draw", "prove_own_inclusion"];

#[tokio::test]
async fn every_operation_succeeds_and_is_shown_as_it_answered() {
    let world = World::county_with_issuer(&[]).await;
    let seeds = crate::seeds::all(&world).await;
    let mut examples = Map::new();
    let mut silent = Vec::new();
    for (id, method, path, _) in operations(&committed()) {
        let seed = &seeds[&id][0];
        let request = format!("example-{id}");
        let (status, body) = send(&world, &method, &path, seed, &request).await;
        assert!((200..300).contains(&status), "{id}: {status} {body}");
        if !matches!(method.as_str(), "GET" | "HEAD") && !LEAVES_NO_TRACE.contains(&id.as_str()) {
            let path = format!("/api/v1/audit/entries?request_id={request}");
            let entries = world.get("auditor", &path).await.expect(200);
            // Beside a line that is open to everybody, and so names nobody, stands one that says who it was.
            let mut own =
                entries["items"].as_array().unwrap().iter().filter(|entry| entry["resource"] != "public-acts");
            let entry = own.next().cloned().unwrap_or_default();
            if !entry["action"].is_string()
                || (seed["headers"]["Authorization"].is_string() && entry["actor_id"].is_null())
            {
                silent.push(format!("{id}: {entry}"));
            }
        }
        examples.insert(id, json!({ "status": status, "body": abridged(body) }));
    }
    assert!(silent.is_empty(), "no audit row, or nobody's: {silent:#?}");
    let file = repo_file("openapi/examples.json");
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(&file, serde_json::to_string_pretty(&Value::Object(examples)).unwrap() + "\n").unwrap();
        return;
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let hint = "run: UPDATE_EXAMPLES=1 cargo test --test api examples";
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&kept), examples.keys().cloned().collect::<Vec<_>>(), "{hint}");
    for (id, fresh) in &examples {
        assert_eq!(kept[id]["status"], fresh["status"], "{id}: {hint}");
        if fresh["body"].is_object() {
            assert_eq!(names(&kept[id]["body"]), names(&fresh["body"]), "{id}: {hint}");
        }
    }
}

async fn send(world: &World, method: &str, path: &str, seed: &Value, request: &str) -> (u16, Value) {
    let mut path = path.to_owned();
    for (name, value) in seed["path"].as_object().into_iter().flatten() {
        path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let query: Vec<_> = seed["query"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let mut call = world.anonymous(Method::from_bytes(method.as_bytes()).unwrap(), &path);
    call = call.header("x-request-id", request);
    for (name, value) in seed["headers"].as_object().into_iter().flatten() {
        call = call.header(name, value.as_str().unwrap());
    }
    let mut body = seed["body"].clone();
    if let Some(secret) = seed["totp_secret"].as_str() {
        body["code"] = json!(crate::access::totp::code_at(secret, 0));
    }
    match &body {
        Value::Null => {}
        Value::String(text) => call = call.raw(seed["content_type"].as_str().unwrap(), text.clone().into_bytes()),
        body @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => call = call.json(body),
    }
    let answer = call.send().await;
    // A stream of events has no example, and neither has a file.
    let kind = answer.header("content-type");
    let json = kind.starts_with("application/") && kind.ends_with("json");
    (answer.status, if json && !answer.text.is_empty() { answer.json() } else { Value::Null })
}

/// The first elements of every list; secrets are not shown.
fn abridged(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().take(SHOWN).map(abridged).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(name, value)| {
                let hidden = [
                    "access_token",
                    "refresh_token",
                    "client_secret",
                    "reset_code",
                    "ticket",
                    "authorization_url",
                    "logout_url",
                    "secret",
                    "uri",
                ]
                .contains(&name.as_str())
                    && value.is_string();
                (name, if hidden { json!("…") } else { abridged(value) })
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
