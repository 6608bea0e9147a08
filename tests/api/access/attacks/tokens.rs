//! Attacks on the way to a token: assertions (RFC 7523) and client authentication.

use super::Attacks;
use crate::harness::{Answer, KEY_ID, Signer, ask};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use reqwest::Method;
use serde_json::{Value, json};

impl Attacks<'_> {
    async fn assertion(&mut self, name: &str, header: Value, change: impl Fn(&mut Value)) {
        let mut claims = self.partner.claims();
        change(&mut claims);
        let token = self.partner.signer.jwt(&header, &claims);
        self.no_token(name, ask(self.world, &token, None).await);
    }

    fn no_token(&mut self, name: &str, answer: Answer) {
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("INVALID_CLIENT")), "{name}");
        self.tried += 1;
    }
}

pub(super) async fn on_assertions(attacks: &mut Attacks<'_>) {
    let header = json!({ "alg": "EdDSA", "kid": KEY_ID });
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let now = mingjian::kernel::ctx::now().timestamp();
    for (name, header) in [
        ("alg none", with("alg", json!("none"))),
        ("alg HS256", with("alg", json!("HS256"))),
        ("alg ES256", with("alg", json!("ES256"))),
        ("no alg", json!({ "kid": KEY_ID })),
        ("unknown kid", with("kid", json!("ghost"))),
        ("no kid", json!({ "alg": "EdDSA" })),
        ("a key of its own", with("jwk", Signer::new(50).jwk("x"))),
        ("a key elsewhere", with("jku", json!("http://evil.example/jwks"))),
        ("a certificate elsewhere", with("x5u", json!("http://evil.example/x"))),
        ("crit", with("crit", json!(["b64"]))),
    ] {
        attacks.assertion(name, header, |_| {}).await;
    }
    type Change = Box<dyn Fn(&mut Value)>;
    let put = |name: &'static str, value: Value| -> Change { Box::new(move |claims| claims[name] = value.clone()) };
    let drop = |name: &'static str| -> Change {
        Box::new(move |claims| {
            claims.as_object_mut().unwrap().remove(name);
        })
    };
    let claims: Vec<(&str, Change)> = vec![
        ("another issuer", put("iss", json!("somebody"))),
        ("another subject", put("sub", json!("01930000-0000-7000-8000-000000000000"))),
        ("a subject that is none", put("sub", json!("x"))),
        ("no issuer", drop("iss")),
        ("no subject", drop("sub")),
        ("another audience", put("aud", json!("somebody"))),
        ("one audience too many", put("aud", json!(["mingjian", "somebody"]))),
        ("no audience", drop("aud")),
        ("an empty audience", put("aud", json!([]))),
        ("expired", put("exp", json!(now - 60))),
        ("too long", put("exp", json!(now + 3_600))),
        ("no end", drop("exp")),
        ("an end that is text", put("exp", json!("soon"))),
        ("not yet", put("nbf", json!(now + 120))),
        ("issued in the future", put("iat", json!(now + 120))),
        ("no id", drop("jti")),
        ("a short id", put("jti", json!("1"))),
    ];
    for (name, change) in claims {
        attacks.assertion(name, header.clone(), change).await;
    }
}

pub(super) async fn on_client_authentication(attacks: &mut Attacks<'_>) {
    let world = attacks.world;
    let good = attacks.partner.assertion();
    ask(world, &good, None).await.expect(200);
    attacks.no_token("a replayed assertion", ask(world, &good, None).await);
    let fresh = attacks.partner.assertion();
    let (signed, _) = fresh.rsplit_once('.').unwrap();
    let stolen = Signer::new(77).jwt(&json!({ "alg": "EdDSA", "kid": KEY_ID }), &attacks.partner.claims());
    for (name, assertion) in [
        ("a stranger's key", stolen),
        ("no signature", format!("{signed}.")),
        ("another signature", format!("{signed}.{}", BASE64.encode([0; 64]))),
        ("four parts", format!("{fresh}.x")),
        ("two parts", signed.to_owned()),
        ("an access token", attacks.token.clone()),
        ("nothing", "x".to_owned()),
    ] {
        attacks.no_token(name, ask(world, &assertion, None).await);
    }
    let basic = async |text: &str| {
        let call = world.anonymous(Method::POST, "/api/v1/oauth/token").header("authorization", text);
        call.raw("application/x-www-form-urlencoded", b"grant_type=client_credentials".to_vec()).send().await
    };
    let encoded = |text: &str| format!("Basic {}", STANDARD.encode(text));
    for (name, header) in [
        ("a secret where there is a key", encoded(&format!("{}:x", attacks.partner.id))),
        ("an unknown client", encoded("01930000-0000-7000-8000-000000000000:x")),
        ("a client that is no id", encoded("admin:admin")),
        ("no colon", encoded("admin")),
        ("no base64", "Basic ???".to_owned()),
    ] {
        attacks.no_token(name, basic(&header).await);
    }
    let call = world.anonymous(Method::POST, "/api/v1/oauth/token");
    let nothing = call.raw("application/x-www-form-urlencoded", b"grant_type=client_credentials".to_vec()).send().await;
    assert_eq!(nothing.header("www-authenticate"), "Basic");
    attacks.no_token("no credentials", nothing);
}
