//! `private_key_jwt` (RFC 7523): a short assertion signed with a registered key, good once.

use super::invalid_client;
use super::keys::PublicKey;
use crate::kernel::error::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use entity::access::clients::Model;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// Seconds an assertion may last.
const LONGEST: i64 = 300;
/// Seconds by which clocks may differ.
const SKEW: i64 = 5;

/// What an assertion says.
#[derive(Deserialize)]
pub struct Assertion {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    pub jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

fn parts(token: &str) -> Option<[&str; 3]> {
    let parts: Vec<_> = token.split('.').collect();
    <[&str; 3]>::try_from(parts).ok().filter(|_| token.len() <= 8_192)
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64.decode(part).ok()?).ok()
}

/// Who an assertion says it is from; nothing is believed yet.
pub fn claimed_client(token: &str) -> Result<Uuid> {
    let claims = parts(token).and_then(|[_, claims, _]| decode(claims));
    claims.and_then(|claims| claims["sub"].as_str()?.parse().ok()).ok_or_else(invalid_client)
}

/// Checks everything but whether the assertion came before.
pub fn check(
    token: &str,
    client: &Model,
    audiences: &[&str],
    now: DateTime<Utc>,
) -> Result<(Assertion, DateTime<Utc>)> {
    verify(token, client, audiences, now).ok_or_else(invalid_client)
}

fn verify(token: &str, client: &Model, audiences: &[&str], now: DateTime<Utc>) -> Option<(Assertion, DateTime<Utc>)> {
    let [head, claims, signature] = parts(token)?;
    let header = decode(head)?;
    let object = header.as_object()?;
    // A key that the sender names itself is never used, and what is not understood is refused (RFC 7515 §4.1.11).
    if object.keys().any(|name| !["alg", "kid", "typ"].contains(&name.as_str())) {
        return None;
    }
    let algorithm = match header["alg"].as_str()? {
        "EdDSA" | "Ed25519" => "ed25519",
        "ES256" => "ecdsa-p256-sha256",
        _ => return None,
    };
    let jwk = client.keys.iter().find(|jwk| jwk["kid"].as_str() == header["kid"].as_str())?;
    let key = PublicKey::parse(jwk).ok().filter(|key| key.algorithm == algorithm)?;
    let signed = &token[..head.len() + 1 + claims.len()];
    if !key.verifies(signed.as_bytes(), &BASE64.decode(signature).ok()?) {
        return None;
    }
    let said: Assertion = serde_json::from_value(decode(claims)?).ok()?;
    let id = client.id.to_string();
    let time = now.timestamp();
    let audience = match &said.aud {
        Audience::One(one) => audiences.contains(&one.as_str()),
        Audience::Many(many) => !many.is_empty() && many.iter().all(|one| audiences.contains(&one.as_str())),
    };
    let in_time = said.exp > time - SKEW
        && said.exp <= time + LONGEST + SKEW
        && said.nbf.is_none_or(|from| from <= time + SKEW)
        && said.iat.is_none_or(|at| at <= time + SKEW);
    let ok = said.iss == id && said.sub == id && audience && in_time && (8..=128).contains(&said.jti.len());
    let until = DateTime::from_timestamp(said.exp, 0)? + Duration::seconds(SKEW);

    ok.then_some((said, until))
}
