//! A partner system: its key, its token, its signatures.

use super::World;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use reqwest::header::HeaderValue;
use reqwest::{Method, Request};
use serde_json::{Value, json};
use std::sync::Arc;

pub const KEY_ID: &str = "test-1";

/// A key of Ed25519.
pub struct Signer {
    pub pair: Ed25519KeyPair,
}

impl Signer {
    pub fn new(seed: u8) -> Self {
        Self { pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap() }
    }

    /// The public key as it is registered.
    pub fn jwk(&self, kid: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": BASE64.encode(self.pair.public_key()) })
    }

    /// A signature over method, path, query and the digest of the body.
    pub fn sign(&self, request: &mut Request) {
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec();
        let mut components = vec!["@method", "@path", "@query"];
        if !body.is_empty() {
            components.push("content-digest");
            let value = format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, &body)));
            request.headers_mut().insert("content-digest", HeaderValue::from_str(&value).unwrap());
        }
        let created = mingjian::kernel::ctx::now().timestamp();
        let nonce = mingjian::kernel::ctx::new_id().simple().to_string();
        let list: Vec<_> = components.iter().map(|name| format!("\"{name}\"")).collect();
        let parameters =
            format!("({});created={created};nonce=\"{nonce}\";keyid=\"{KEY_ID}\";alg=\"ed25519\"", list.join(" "));
        self.put(request, &parameters);
    }

    /// Signs what the parameters say and puts both headers on the request.
    pub fn put(&self, request: &mut Request, parameters: &str) {
        let base = base(request, parameters);
        let signature = STANDARD.encode(self.pair.sign(base.as_bytes()));
        let headers = request.headers_mut();
        headers.insert("signature-input", HeaderValue::from_str(&format!("sig1={parameters}")).unwrap());
        headers.insert("signature", HeaderValue::from_str(&format!("sig1=:{signature}:")).unwrap());
    }

    /// A JWT in compact form.
    pub fn jwt(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        format!("{signed}.{}", BASE64.encode(self.pair.sign(signed.as_bytes())))
    }
}

/// The signature base (RFC 9421 §2.5), written here anew rather than taken from the server.
fn base(request: &Request, parameters: &str) -> String {
    let inner = parameters[1..].split(')').next().unwrap();
    let mut lines = Vec::new();
    for name in inner.split(' ').filter(|name| !name.is_empty()) {
        let value = match name.trim_matches('"') {
            "@method" => request.method().to_string(),
            "@path" => request.url().path().to_owned(),
            "@query" => format!("?{}", request.url().query().unwrap_or_default()),
            header => request.headers().get(header).map(|value| value.to_str().unwrap()).unwrap_or_default().to_owned(),
        };
        lines.push(format!("{name}: {value}"));
    }
    lines.push(format!("\"@signature-params\": {parameters}"));
    lines.join("\n")
}

pub struct Partner {
    pub id: String,
    pub signer: Arc<Signer>,
}

impl Partner {
    pub async fn register(world: &World, name: &str, department: &str, region: &str, scopes: &[&str]) -> Self {
        let signer = Arc::new(Signer::new(7));
        let body = json!({
            "name": name, "department_id": world.departments[department], "region_code": region, "scopes": scopes,
            "auth_method": "PRIVATE_KEY_JWT", "keys": [signer.jwk(KEY_ID)], "requests_per_minute": 60000,
        });
        let made = world.post("security", "/api/v1/clients").json(&body).send().await.expect(201);
        activate(world, &made).await;
        Self { id: made["id"].as_str().unwrap().to_owned(), signer }
    }

    /// Claims of an assertion that would be accepted now.
    pub fn claims(&self) -> Value {
        let now = mingjian::kernel::ctx::now().timestamp();
        let jti = mingjian::kernel::ctx::new_id().to_string();
        json!({ "iss": self.id, "sub": self.id, "aud": "mingjian", "iat": now, "exp": now + 60, "jti": jti })
    }

    pub fn assertion(&self) -> String {
        self.signer.jwt(&json!({ "alg": "EdDSA", "kid": KEY_ID }), &self.claims())
    }

    /// The token endpoint's answer.
    pub async fn token(&self, world: &World) -> Value {
        let answer = ask(world, &self.assertion(), None).await;
        answer.expect(200)
    }
}

/// Brings a client to life: by another administrator than the one who registered it.
pub async fn activate(world: &World, client: &Value) {
    let path = format!("/api/v1/clients/{}/activate", client["id"].as_str().unwrap());
    world.post("root", &path).if_match(1).keyed().send().await.expect(200);
}

/// Asks the token endpoint with an assertion.
pub async fn ask(world: &World, assertion: &str, scope: Option<&str>) -> super::Answer {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let mut form = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}");
    if let Some(scope) = scope {
        form = format!("{form}&scope={}", scope.replace(' ', "+"));
    }
    let call = world.anonymous(Method::POST, "/api/v1/oauth/token");
    call.raw("application/x-www-form-urlencoded", form.into_bytes()).send().await
}
