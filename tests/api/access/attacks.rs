//! More than sixty ways in which a partner system is not taken for somebody else.

mod tokens;

use crate::harness::{KEY_ID, Partner, Signer, World};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, Request};
use serde_json::{Value, json};

const FILE: &str = "部门编码,系统名称,事项编码,事项名称\n51082103,合作系统,P-1,事项\n";

/// Requests of the attacker.
struct Attacks<'a> {
    world: &'a World,
    partner: Partner,
    token: String,
    http: Client,
    tried: usize,
}

impl Attacks<'_> {
    fn request(&self) -> Request {
        let url = format!("{}/api/v1/imports?dataset=own-system-items&filename=a.csv", self.world.server.url);
        let builder = self.http.request(Method::POST, url).bearer_auth(&self.token);
        let key = mingjian::kernel::ctx::new_id().to_string();
        builder.header("idempotency-key", key).header("content-type", "text/csv").body(FILE).build().unwrap()
    }

    fn parameters() -> String {
        let created = mingjian::kernel::ctx::now().timestamp();
        let nonce = mingjian::kernel::ctx::new_id().simple();
        format!(
            "(\"@method\" \"@path\" \"@query\" \"content-digest\");created={created};nonce=\"{nonce}\";keyid=\"{KEY_ID}\""
        )
    }

    fn with_digest(&self) -> Request {
        let mut request = self.request();
        set(&mut request, "content-digest", &sha256(FILE.as_bytes()));
        request
    }

    /// A request that was signed well.
    fn signed(&self) -> Request {
        let mut request = self.with_digest();
        self.partner.signer.put(&mut request, &Self::parameters());
        request
    }

    async fn send(&self, request: Request) -> (u16, Value) {
        let response = self.http.execute(request).await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    async fn refused(&mut self, name: &str, request: Request) {
        let (status, body) = self.send(request).await;
        let code = body["code"].as_str().unwrap_or_default();
        assert!(status == 401 && code.starts_with("SIGNATURE_"), "{name}: {status} {body}");
        self.tried += 1;
    }

    /// Signs other parameters than it should.
    async fn refused_with(&mut self, name: &str, parameters: &str) {
        let mut request = self.with_digest();
        self.partner.signer.put(&mut request, parameters);
        self.refused(name, request).await;
    }
}

fn set(request: &mut Request, name: &'static str, value: &str) {
    request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
}

fn sha256(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)))
}

#[tokio::test]
async fn more_than_sixty_attacks_on_tokens_and_signatures_are_refused() {
    let world = World::county().await;
    let scopes = ["own-system-items:write", "imports:write", "imports:read"];
    let partner = Partner::register(&world, "attacked", "51082103", "510821", &scopes).await;
    let token = partner.token(&world).await["access_token"].as_str().unwrap().to_owned();
    let mut attacks = Attacks { world: &world, partner, token, http: Client::new(), tried: 0 };
    assert_eq!(attacks.send(attacks.signed()).await.0, 202, "the good request is good");
    on_messages(&mut attacks).await;
    on_parameters(&mut attacks).await;
    on_keys(&mut attacks).await;
    tokens::on_assertions(&mut attacks).await;
    tokens::on_client_authentication(&mut attacks).await;
    assert!(attacks.tried >= 60, "{} attacks", attacks.tried);
    assert_eq!(attacks.send(attacks.signed()).await.0, 202, "and still is");
}

async fn on_messages(attacks: &mut Attacks<'_>) {
    let plain = attacks.request();
    attacks.refused("unsigned", plain).await;
    for header in ["signature", "signature-input", "content-digest"] {
        let mut request = attacks.signed();
        request.headers_mut().remove(header);
        attacks.refused(header, request).await;
    }
    let mut moved = attacks.signed();
    moved.url_mut().set_path("/api/v1/objects");
    attacks.refused("another path", moved).await;
    for query in [
        "dataset=objects&filename=a.csv",
        "dataset=own-system-items&filename=a.csv&x=1",
        "filename=a.csv&dataset=own-system-items",
    ] {
        let mut request = attacks.signed();
        request.url_mut().set_query(Some(query));
        attacks.refused("another query", request).await;
    }
    let mut verb = attacks.signed();
    *verb.method_mut() = Method::PUT;
    attacks.refused("another method", verb).await;
    for body in [FILE.replace("P-1", "P-2"), format!("{FILE}51082103,a,b,c\n"), FILE[..FILE.len() - 9].to_owned()] {
        let mut request = attacks.signed();
        *request.body_mut() = Some(body.into());
        attacks.refused("another body", request).await;
    }
    let mut swapped = attacks.signed();
    *swapped.body_mut() = Some("x".into());
    set(&mut swapped, "content-digest", &sha256(b"x"));
    attacks.refused("another body with its digest", swapped).await;
    let mut weak = attacks.request();
    set(&mut weak, "content-digest", "md5=:CY9rzUYh03PK3k6DJie09g==:");
    attacks.partner.signer.put(&mut weak, &Attacks::parameters());
    attacks.refused("a weak digest", weak).await;
    let replayed = attacks.signed();
    let copy = replayed.try_clone().unwrap();
    assert_eq!(attacks.send(replayed).await.0, 202);
    attacks.refused("a replay", copy).await;
    let first = attacks.signed();
    let mut renamed = first.try_clone().unwrap();
    assert_eq!(attacks.send(first).await.0, 202);
    for header in ["signature", "signature-input"] {
        let text = renamed.headers()[header].to_str().unwrap().replacen("sig1", "sig2", 1);
        set(&mut renamed, if header == "signature" { "signature" } else { "signature-input" }, &text);
    }
    attacks.refused("a replay under another label", renamed).await;
}

async fn on_parameters(attacks: &mut Attacks<'_>) {
    let good = Attacks::parameters();
    for missing in ["\"@method\" ", "\"@path\" ", "\"@query\" ", " \"content-digest\""] {
        attacks.refused_with("not covered", &good.replace(missing, "")).await;
    }
    let created: i64 = good.split("created=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    let at = |time: i64| good.replace(&format!("created={created}"), &format!("created={time}"));
    let swap = |from: &str, to: &str| good.replace(from, to);
    let nonce = good.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for (name, parameters) in [
        ("too old", at(created - 310)),
        ("from the future", at(created + 120)),
        ("no time", swap(&format!("created={created};"), "")),
        (
            "a time that is a string",
            at(created).replace(&format!("created={created}"), &format!("created=\"{created}\"")),
        ),
        ("expired", format!("{good};expires={}", created - 1)),
        ("no nonce", swap(&format!("nonce=\"{nonce}\";"), "")),
        ("a short nonce", swap(&nonce, "abc")),
        ("a long nonce", swap(&nonce, &"n".repeat(200))),
        ("a nonce that is a number", swap(&format!("\"{nonce}\""), "12345678")),
        ("no key", swap(&format!(";keyid=\"{KEY_ID}\""), "")),
        ("an unknown key", swap(KEY_ID, "ghost")),
        ("hmac", format!("{good};alg=\"hmac-sha256\"")),
        ("another algorithm", format!("{good};alg=\"ecdsa-p256-sha256\"")),
        ("a repeated component", swap("\"@path\"", "\"@path\" \"@path\"")),
        ("a component with parameters", swap("\"@path\"", "\"@path\";req")),
        ("a component of another kind", swap("\"@path\"", "\"@path\" \"@authority\"")),
        ("a header that is not there", swap("\"@path\"", "\"@path\" \"x-absent\"")),
        ("a header in capitals", swap("\"@path\"", "\"@path\" \"Content-Type\"")),
        ("blanks", swap("\"@method\" ", "\"@method\"  ")),
    ] {
        attacks.refused_with(name, &parameters).await;
    }
    for (name, from, to) in [
        ("the nonce changed", nonce.as_str(), "another-nonce-1"),
        ("a parameter added", ";keyid", ";tag=\"x\";keyid"),
        ("quotes smuggled", "\";keyid", "\\\";x=\\\"\";keyid"),
    ] {
        let mut request = attacks.with_digest();
        attacks.partner.signer.put(&mut request, &good);
        let text = request.headers()["signature-input"].to_str().unwrap().replacen(from, to, 1);
        set(&mut request, "signature-input", &text);
        attacks.refused(name, request).await;
    }
    let long = format!("({});created={created}", vec!["\"@path\""; 400].join(" "));
    attacks.refused_with("endless", &long).await;
}

async fn on_keys(attacks: &mut Attacks<'_>) {
    for (name, signature) in [
        ("zeros", format!("sig1=:{}:", STANDARD.encode([0; 64]))),
        ("short", format!("sig1=:{}:", STANDARD.encode([1; 10]))),
        ("empty", "sig1=::".to_owned()),
        ("no bytes", "sig1=\"text\"".to_owned()),
        ("two", format!("sig1=:{0}:, sig2=:{0}:", STANDARD.encode([1; 64]))),
        ("another label", format!("sig9=:{}:", STANDARD.encode([1; 64]))),
    ] {
        let mut request = attacks.signed();
        set(&mut request, "signature", &signature);
        attacks.refused(name, request).await;
    }
    let mut stranger = attacks.with_digest();
    Signer::new(77).put(&mut stranger, &Attacks::parameters());
    attacks.refused("a stranger's key", stranger).await;
    // A key that was registered once, and is no longer.
    let path = format!("/api/v1/clients/{}", attacks.partner.id);
    let change = async |world: &World, keys: Value| {
        let version = world.get("security", &path).await.expect(200)["version"].as_i64().unwrap();
        let call = world.request(Method::PATCH, "security", &path).if_match(version);
        call.json(&json!({ "keys": keys })).send().await.expect(200);
        // Another key waits to be authorized.
        world.act("root", &path, "activate", None).await.expect(200);
    };
    let own = attacks.partner.signer.jwk(KEY_ID);
    change(attacks.world, json!([Signer::new(8).jwk("test-2")])).await;
    let request = attacks.signed();
    attacks.refused("an old key", request).await;
    change(attacks.world, json!([own])).await;
}
