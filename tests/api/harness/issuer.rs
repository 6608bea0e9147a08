//! An identity provider that can be made to misbehave: discovery, keys, and a token endpoint that answers any code.

use super::Signer;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub const CLIENT_ID: &str = "mingjian-county";

/// What the next ID token is like.
pub struct Behaviour {
    pub mode: &'static str,
    /// Seeds of the published keys, the first one signs.
    pub keys: Vec<u8>,
    pub jwks_fetches: usize,
}

pub struct Issuer {
    pub url: String,
    pub behaviour: Arc<Mutex<Behaviour>>,
}

#[derive(Clone)]
struct State {
    url: String,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Issuer {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Arc::new(Mutex::new(Behaviour { mode: "", keys: vec![31], jwks_fetches: 0 }));
        let state = State { url: url.clone(), behaviour: Arc::clone(&behaviour) };
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let data = web::Data::new(state);
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(data.clone())
                        .route("/.well-known/openid-configuration", web::get().to(discovery))
                        .route("/jwks", web::get().to(jwks))
                        .route("/token", web::post().to(token))
                });
                server.workers(1).disable_signals().listen(listener).unwrap().run().await.unwrap();
            });
        });
        Self { url, behaviour }
    }

    pub fn behave(&self, mode: &'static str) {
        self.behaviour.lock().unwrap().mode = mode;
    }

    /// Settings of a service that trusts this provider.
    pub fn env(&self) -> [(&'static str, String); 5] {
        [
            ("MINGJIAN__OIDC__ISSUER", self.url.clone()),
            ("MINGJIAN__OIDC__CLIENT_ID", CLIENT_ID.to_owned()),
            ("MINGJIAN__OIDC__CLIENT_SECRET", "s:e+c r%t".to_owned()),
            ("MINGJIAN__OIDC__REDIRECT_URL", "http://127.0.0.1:9/callback".to_owned()),
            ("MINGJIAN__OIDC__POST_LOGOUT_URL", "http://127.0.0.1:9/".to_owned()),
        ]
    }

    /// The callback's body for somebody who signed in: the code carries who it is and the nonce that was asked for.
    pub fn callback(begun: &Value, subject: &str) -> Value {
        let url = reqwest::Url::parse(begun["authorization_url"].as_str().unwrap()).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
        let code = BASE64.encode(json!({ "sub": subject, "nonce": asked["nonce"] }).to_string());
        json!({ "ticket": begun["ticket"], "code": code, "state": asked["state"] })
    }
}

async fn discovery(state: web::Data<State>) -> HttpResponse {
    let url = &state.url;
    HttpResponse::Ok().json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"), "end_session_endpoint": format!("{url}/session/end"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

fn kid(seed: u8) -> String {
    format!("key-{seed}")
}

async fn jwks(state: web::Data<State>) -> HttpResponse {
    let mut behaviour = state.behaviour.lock().unwrap();
    behaviour.jwks_fetches += 1;
    let keys: Vec<_> = behaviour
        .keys
        .iter()
        .map(|seed| {
            let mut jwk = Signer::new(*seed).jwk(&kid(*seed));
            jwk["alg"] = json!("EdDSA");
            jwk["use"] = json!("sig");
            jwk
        })
        .collect();
    HttpResponse::Ok().json(json!({ "keys": keys }))
}

async fn token(state: web::Data<State>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let form = web::Query::<HashMap<String, String>>::from_query(std::str::from_utf8(&body).unwrap()).unwrap();
    let authorized =
        request.headers().get("authorization").is_some_and(|value| value.as_bytes().starts_with(b"Basic "));
    if !authorized || form.get("code_verifier").is_none_or(|verifier| verifier.len() < 43) {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_request" }));
    }
    let code: Value = serde_json::from_slice(&BASE64.decode(&form["code"]).unwrap_or_default()).unwrap_or_default();
    if !code.is_object() {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    }
    let behaviour = state.behaviour.lock().unwrap();
    let id_token = id_token(&state.url, &behaviour, &code);
    HttpResponse::Ok()
        .json(json!({ "access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": id_token }))
}

/// A good ID token, or one with one thing wrong.
fn id_token(url: &str, behaviour: &Behaviour, code: &Value) -> String {
    let now = mingjian::kernel::ctx::now().timestamp();
    let seed = behaviour.keys[0];
    let signer = Signer::new(seed);
    let mut header = json!({ "alg": "EdDSA", "kid": kid(seed), "typ": "JWT" });
    let mut claims = json!({
        "iss": url, "sub": code["sub"], "aud": CLIENT_ID, "exp": now + 300, "iat": now, "nonce": code["nonce"],
        "name": format!("单点 {}", code["sub"].as_str().unwrap()),
    });
    match behaviour.mode {
        "aud" => claims["aud"] = json!("somebody-else"),
        "aud_extra" => claims["aud"] = json!([CLIENT_ID, "somebody-else"]),
        "azp" => claims["azp"] = json!("somebody-else"),
        "iss" => claims["iss"] = json!("http://evil.example"),
        "nonce" => claims["nonce"] = json!("another"),
        "nonce_missing" => drop(claims.as_object_mut().unwrap().remove("nonce")),
        "expired" => claims["exp"] = json!(now - 3_600),
        "issued_in_the_future" => claims["iat"] = json!(now + 3_600),
        "access_token_hash" => claims["at_hash"] = json!(BASE64.encode([0; 16])),
        "unknown_kid" => header["kid"] = json!("ghost"),
        "wrong_key" => return Signer::new(99).jwt(&header, &claims),
        "subject_missing" => drop(claims.as_object_mut().unwrap().remove("sub")),
        "garbage" => return "not.a.token".to_owned(),
        "alg_none" => {
            header["alg"] = json!("none");
            let part = |value: &Value| BASE64.encode(value.to_string());
            return format!("{}.{}.", part(&header), part(&claims));
        }
        "hs256_with_the_public_key" | "hs256_with_the_secret" => {
            header["alg"] = json!("HS256");
            let jwk = signer.jwk("x");
            let key = if behaviour.mode.ends_with("secret") { "s:e+c r%t" } else { jwk["x"].as_str().unwrap() };
            let part = |value: &Value| BASE64.encode(value.to_string());
            let signed = format!("{}.{}", part(&header), part(&claims));
            let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), signed.as_bytes());
            return format!("{signed}.{}", BASE64.encode(mac));
        }
        _ => {}
    }
    signer.jwt(&header, &claims)
}
