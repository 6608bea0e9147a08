//! Public keys of partner systems: what is accepted at registration is what can verify later.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use entity::access::clients::Model;
use serde_json::Value;

/// The y coordinates (sign bit cleared) of the Ed25519 points of order 1, 2, 4 and 8: with such a key any signature holds.
const LOW_ORDER: [&str; 7] = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
    "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
    "7P_______________________________________38",
    "7f_______________________________________38",
    "7v_______________________________________38",
];

/// A key that can verify.
pub struct PublicKey {
    pub kid: String,
    /// The name of its algorithm in RFC 9421.
    pub algorithm: &'static str,
    key: Box<ParsedPublicKey>,
}

impl PublicKey {
    /// From a JWK of Ed25519 or P-256; the reason names what is wrong with it.
    pub fn parse(jwk: &Value) -> std::result::Result<Self, &'static str> {
        if jwk.get("d").is_some() {
            return Err("private key (d)");
        }
        let kid = jwk["kid"].as_str().filter(|kid| (1..=64).contains(&kid.len())).ok_or("kid")?.to_owned();
        let coordinate = |name: &str| {
            let bytes = jwk[name].as_str().and_then(|text| BASE64.decode(text).ok());
            bytes.filter(|bytes| bytes.len() == 32).ok_or("x, y: 32 bytes in base64url")
        };
        let (algorithm, key) = match (jwk["kty"].as_str(), jwk["crv"].as_str()) {
            (Some("OKP"), Some("Ed25519")) => {
                let raw = coordinate("x")?;
                let mut y = raw.clone();
                if let Some(last) = y.last_mut() {
                    *last &= 0x7f;
                }
                if LOW_ORDER.contains(&BASE64.encode(&y).as_str()) {
                    return Err("low order");
                }
                ("ed25519", ParsedPublicKey::new(&ED25519, raw))
            }
            (Some("EC"), Some("P-256")) => {
                let point = [&[4u8][..], &coordinate("x")?, &coordinate("y")?].concat();
                ("ecdsa-p256-sha256", ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point))
            }
            _ => return Err("kty and crv: OKP/Ed25519 or EC/P-256"),
        };
        let key = Box::new(key.map_err(|_| "not a point of the curve")?);

        Ok(Self { kid, algorithm, key })
    }

    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

/// The key of a client by its id.
pub fn find(client: &Model, kid: &str) -> Option<PublicKey> {
    let jwk = client.keys.iter().find(|jwk| jwk["kid"].as_str() == Some(kid))?;
    PublicKey::parse(jwk).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_keys_that_can_verify_are_taken() {
        let good =
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        assert!(PublicKey::parse(&good).is_ok());
        let with = |name: &str, value: Value| {
            let mut key = good.clone();
            key[name] = value;
            PublicKey::parse(&key).err()
        };
        assert_eq!(with("d", json!("secret")), Some("private key (d)"));
        assert_eq!(with("kid", json!("")), Some("kid"));
        assert_eq!(with("x", json!("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")), Some("low order"));
        assert_eq!(with("x", json!("AQ")), Some("x, y: 32 bytes in base64url"));
        assert_eq!(with("crv", json!("X25519")), Some("kty and crv: OKP/Ed25519 or EC/P-256"));
        let off = json!({ "kty": "EC", "crv": "P-256", "kid": "b", "x": BASE64.encode([1; 32]), "y": BASE64.encode([2; 32]) });

        assert_eq!(PublicKey::parse(&off).err(), Some("not a point of the curve"));
    }
}
