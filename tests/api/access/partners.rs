//! Partner systems: what they are granted, how far it reaches, and how their credentials change.

use crate::harness::{KEY_ID, Partner, Signer, World, activate, ask};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use reqwest::Method;
use serde_json::{Value, json};

const SCOPES: [&str; 5] = ["objects:read", "objects:write", "personnel:read", "imports:write", "imports:read"];

#[tokio::test]
async fn a_partner_does_what_it_was_granted_in_its_region_and_is_counted() {
    let mut world = World::county().await;
    world.make_partner(&SCOPES, "510821100").await;
    let grants = world.get("partner", "/api/v1/me/permissions").await.expect(200);
    let granted: Vec<_> = grants["items"].as_array().unwrap().iter().map(|grant| grant["permission"].clone()).collect();
    assert_eq!(granted.len(), SCOPES.len() + 1, "{grants}");
    let objects = world.get("partner", "/api/v1/objects?limit=200").await.expect(200);
    assert!(objects["items"].as_array().unwrap().iter().all(|object| object["township_code"] == "510821100"));
    assert!(objects["items"].as_array().unwrap().iter().all(|object| object["local_class"].is_null()));
    for path in ["/api/v1/me", "/api/v1/items", "/api/v1/users", "/api/v1/audit/entries", "/api/v1/tasks"] {
        world.get("partner", path).await.expect_problem(403, "FORBIDDEN");
    }
    // A signed write in its region, with its audit row; outside the region it is refused.
    let body =
        json!({ "name": "合作系统登记店", "object_type": "1", "region_code": "510821", "township_code": "510821100" });
    let made = world.post("partner", "/api/v1/objects").json(&body).send().await.expect(201);
    world.assert_audit("objects", made["id"].as_str().unwrap(), "CREATED", "partner").await;
    let far = json!({ "name": "别处的店", "object_type": "1", "region_code": "510821", "township_code": "510821101" });
    world.post("partner", "/api/v1/objects").json(&far).send().await.expect_problem(422, "INVALID_BODY");
    let rows = "企业名称,统一社会信用代码,注册地址\n合作店一,,旺苍县东河镇新华街1号\n合作店二,,旺苍县嘉川镇街2号\n";
    let import = world.import_as("partner", "objects", rows.as_bytes().to_vec()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(1), &json!(1)), "{import}");
    let refused =
        world.post("partner", "/api/v1/imports?dataset=credit-classifications").raw("text/csv", b"x".to_vec());
    refused.send().await.expect_problem(403, "FORBIDDEN");
    // A token may ask for less.
    let partner =
        Partner::register(&world, "one-scope", "51082103", "510821", &["objects:read", "personnel:read"]).await;
    let narrow = ask(&world, &partner.assertion(), Some("objects:read")).await.expect(200);
    assert_eq!(narrow["scope"], "objects:read");
    let token = narrow["access_token"].as_str().unwrap();
    world.with_token(Method::GET, token, "/api/v1/objects?limit=1").send().await.expect(200);
    world.with_token(Method::GET, token, "/api/v1/personnel").send().await.expect_problem(403, "FORBIDDEN");
    // Its use is written down within seconds.
    let clients = world.get("security", "/api/v1/clients?name=partner").await.expect(200);
    let usage = format!("/api/v1/clients/{}/usage", clients["items"][0]["id"].as_str().unwrap());
    let counted = async || {
        let usage = world.get("security", &usage).await.expect(200);
        let rows = usage["items"].as_array().unwrap().clone();
        rows.iter().find(|row| row["operation"] == "POST /api/v1/objects").map(|row| row["requests"].clone())
    };
    for _ in 0..240 {
        if counted().await == Some(json!(2)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("the use was not written down: {:?}", counted().await);
}

/// A client once could be widened after somebody else had authorized it.
#[tokio::test]
async fn another_grant_or_another_key_has_to_be_authorized_again() {
    let world = World::bare().await;
    let partner = Partner::register(&world, "widened", "51082103", "510821", &["objects:read"]).await;
    let clients = world.get("security", "/api/v1/clients?name=widened").await.expect(200);
    let record = format!("/api/v1/clients/{}", clients["items"][0]["id"].as_str().unwrap());
    let patch = async |body: Value| {
        let version = world.get("security", &record).await.expect(200)["version"].as_i64().unwrap();
        world.request(Method::PATCH, "security", &record).if_match(version).json(&body).send().await.expect(200)
    };
    assert_eq!(patch(json!({ "name": "widened", "requests_per_minute": 50 })).await["status"], "ACTIVE");

    for body in [json!({ "scopes": ["objects:read", "personnel:read"] }), json!({ "region_code": "510800" })] {
        assert_eq!(patch(body).await["status"], "DISABLED");
        ask(&world, &partner.assertion(), None).await.expect(401);
        world.act("security", &record, "activate", None).await.expect_problem(403, "FORBIDDEN");
        world.act("root", &record, "activate", None).await.expect(200);
        ask(&world, &partner.assertion(), None).await.expect(200);
    }
    world.assert_audit("clients", record.rsplit('/').next().unwrap(), "UPDATED", "平台管理员").await;
}

#[tokio::test]
async fn secrets_change_with_an_overlap_and_quotas_hold() {
    let world = World::bare().await;
    let body = json!({
        "name": "secretive", "department_id": world.departments["51082103"], "region_code": "510821",
        "scopes": ["objects:read"], "auth_method": "CLIENT_SECRET_BASIC", "requests_per_minute": 5,
    });
    let made = world.post("security", "/api/v1/clients").json(&body).send().await.expect(201);
    activate(&world, &made).await;
    let (id, first) = (made["id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let log_in = async |secret: &str| {
        let basic = STANDARD.encode(format!("{id}:{secret}"));
        let call =
            world.anonymous(Method::POST, "/api/v1/oauth/token").header("authorization", &format!("Basic {basic}"));
        call.raw("application/x-www-form-urlencoded", b"grant_type=client_credentials".to_vec()).send().await
    };
    let path = format!("/api/v1/clients/{id}");
    assert_eq!(world.get("security", &path).await.expect(200)["client_secret"], Value::Null);
    log_in(first).await.expect(200);
    let rotated = world.act("security", &path, "rotate-secret", Some(json!({ "overlap_hours": 1 }))).await.expect(200);
    let second = rotated["client_secret"].as_str().unwrap();
    log_in(first).await.expect(200);
    let token = log_in(second).await.expect(200);
    let again = world.act("security", &path, "rotate-secret", Some(json!({ "overlap_hours": 0 }))).await.expect(200);
    for old in [first, second] {
        log_in(old).await.expect_problem(401, "INVALID_CLIENT");
    }
    log_in(again["client_secret"].as_str().unwrap()).await.expect(200);
    world.assert_audit("clients", id, "SECRET_ROTATED", "平台管理员").await;
    let token = token["access_token"].as_str().unwrap();
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(world.with_token(Method::GET, token, "/api/v1/objects?limit=1").send().await.status);
    }
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 3, "{answers:?}");
    world.act("security", &path, "disable", None).await.expect(200);
    world.with_token(Method::GET, token, "/api/v1/me/permissions").send().await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_is_no_grant_is_refused_when_it_is_registered() {
    let world = World::bare().await;
    let body = |scopes: Value, keys: Value| {
        json!({
            "name": "greedy", "department_id": world.departments["51082103"], "region_code": "510821", "scopes": scopes,
            "auth_method": "PRIVATE_KEY_JWT", "keys": keys, "requests_per_minute": 60,
        })
    };
    let key = Signer::new(1).jwk("a");
    let mut private = key.clone();
    private["d"] = json!("AAAA");
    let mut low = key.clone();
    low["x"] = json!(BASE64.encode([0; 32]));
    for (scopes, keys, pointer) in [
        (json!(["users:write"]), json!([key]), "/scopes/0"),
        (json!(["objects:read", "audit:read"]), json!([key]), "/scopes/1"),
        (json!(["objects:write"]), json!([]), "/keys"),
        (json!(["objects:read"]), json!([private]), "/keys/0"),
        (json!(["objects:read"]), json!([low]), "/keys/0"),
        (json!(["objects:read"]), json!([key, key]), "/keys/1/kid"),
    ] {
        let call = world.post("security", "/api/v1/clients").json(&body(scopes, keys));
        let problem = call.send().await.expect_problem(422, "INVALID_BODY");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let call = world.post("root", "/api/v1/clients").json(&body(json!(["objects:read"]), json!([key])));
    call.send().await.expect_problem(403, "FORBIDDEN");
}

/// A key in PKCS #8 PEM, as the reference clients read it (RFC 8410).
fn pem(seed: u8) -> String {
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    der.extend_from_slice(&[seed; 32]);
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

#[tokio::test]
#[ignore = "needs the clients' runtimes; tests/run.sh runs it"]
async fn the_reference_clients_get_a_token_read_and_write() {
    let world = World::county().await;
    let scopes = ["objects:read", "own-system-items:write", "imports:write"];
    let partner = Partner::register(&world, "reference", "51082103", "510821", &scopes).await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, pem(7)).unwrap();
    // What runs them, a line a client: `program and arguments`.
    let commands = std::env::var("PARTNER_CLIENTS").expect("PARTNER_CLIENTS lists the commands");
    let mut ran = 0;
    for command in commands.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = command.split_whitespace();
        let done = std::process::Command::new(words.next().unwrap())
            .args(words)
            .current_dir(crate::harness::repo_file("docs/partners"))
            .env("MINGJIAN_URL", &world.server.url)
            .env("CLIENT_ID", &partner.id)
            .env("KEY_ID", KEY_ID)
            .env("KEY_FILE", &key)
            .output()
            .unwrap();
        let (out, error) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(
            done.status.success() && out.contains("objects: ") && out.contains("job: "),
            "{command}: {out} {error}"
        );
        ran += 1;
    }
    assert!(ran > 0, "no client ran");
}
