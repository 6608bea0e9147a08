//! Accounts, sessions, second factors, delegations and partner systems.

use super::{Seeds, path};
use crate::access::totp::code_at;
use crate::harness::{INITIAL, Issuer, PASSWORD, Signer, activate};
use reqwest::Method;
use serde_json::{Value, json};

/// The authorization header of a fresh log-in.
async fn bearer(seeds: &Seeds<'_>, username: &str) -> String {
    let tokens = seeds.world.tokens_of(username, PASSWORD).await;
    format!("Bearer {}", tokens["access_token"].as_str().unwrap())
}

pub async fn add(seeds: &mut Seeds<'_>) {
    passwords(seeds).await;
    users(seeds).await;
    own_account(seeds).await;
    delegations(seeds).await;
    clients(seeds).await;
    single_sign_on(seeds).await;
}

/// The first sign-in is refused until the account is bound and authorized.
async fn single_sign_on(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let begin = async || world.anonymous(Method::POST, "/api/v1/auth/oidc/login").send().await.expect(200);
    let finish = async |begun: Value| {
        let body = Issuer::callback(&begun, "contract");
        world.anonymous(Method::POST, "/api/v1/auth/oidc/callback").json(&body).send().await
    };
    finish(begin().await).await.expect_problem(403, "ACCOUNT_NOT_ACTIVE");
    let found = world.get("root", "/api/v1/users?role[is_null]=true").await.expect(200);
    let user = path("users", &found["items"][0]);
    let binding = json!({ "role": "REVIEWER", "department_id": world.departments["51082107"] });
    world.act("root", &user, "bind", Some(binding)).await.expect(200);
    let call = world.post("security", &format!("{user}/activate")).if_match(2).keyed();
    call.send().await.expect(200);
    let tokens = finish(begin().await).await.expect(200);
    seeds.add("begin_oidc", None, None).await;
    let body = Issuer::callback(&begin().await, "contract");
    seeds.add("finish_oidc", None, Some(body)).await;
    seeds.add("log_out_oidc", None, Some(json!({ "refresh_token": tokens["refresh_token"] }))).await;
}

async fn passwords(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    world.open_account("contract.password", "REVIEWER", "51082107", Value::Null).await;
    let body = json!({ "username": "contract.password", "current_password": PASSWORD, "new_password": "another long secret 2" });
    seeds.add("change_password", None, Some(body)).await;
    seeds.add("request_password_reset", None, Some(json!({ "username": "contract.password" }))).await;
}

async fn users(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let department = &world.departments["51082107"];
    let user = |name: &str| json!({ "username": name, "display_name": name, "password": INITIAL, "role": "REVIEWER", "department_id": department });
    seeds.add("create_user", None, Some(user("contract.one"))).await;
    let make = async |name: &str| {
        path("users", &world.post("root", "/api/v1/users").json(&user(name)).send().await.expect(201))
    };
    let active = world.open_account("contract.two", "REVIEWER", "51082107", Value::Null).await;
    for id in ["get_user", "list_user_history", "disable_user"] {
        seeds.add(id, Some(&active), None).await;
    }
    seeds.add("activate_user", Some(&make("contract.three").await), None).await;
    let binding = json!({ "role": "DEPARTMENT_ADMIN", "department_id": department });
    seeds.add("bind_user", Some(&make("contract.four").await), Some(binding)).await;
    for (id, name) in [("reset_user_password", "contract.five"), ("reset_user_second_factor", "contract.six")] {
        let made = world.open_account(name, "REVIEWER", "51082107", Value::Null).await;
        seeds.add(id, Some(&made), None).await;
    }
    let security = world.get("root", "/api/v1/users?username=security").await.expect(200);
    seeds.add("consent_to_user", Some(&path("users", &security["items"][0])), None).await;
    let claimed = world.open_account("contract.seven", "REVIEWER", "51082107", Value::Null).await;
    let tokens = world.tokens_of("contract.seven", PASSWORD).await;
    let body = json!({ "name": "合同测试", "id_number": "510821200002290040" });
    let call = world.with_token(Method::POST, tokens["access_token"].as_str().unwrap(), "/api/v1/me/identity");
    call.json(&body).send().await.expect(200);
    seeds.add("verify_user_identity", Some(&claimed), None).await;
    let explain = json!({ "subject_id": claimed.rsplit('/').next().unwrap(), "permission": "plans:review" });
    seeds.add("explain_access", None, Some(explain)).await;
}

async fn own_account(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    for name in ["contract.self", "contract.totp", "contract.bare"] {
        world.open_account(name, "REVIEWER", "51082107", Value::Null).await;
    }
    let own = bearer(seeds, "contract.self").await;
    let token = own.trim_start_matches("Bearer ");
    seeds.add_by(&own, json!({}), "enrol_second_factor", None, None).await;
    let identity = json!({ "name": "合同测试", "id_number": "510821200002290040" });
    seeds.add_by(&own, json!({}), "claim_identity", None, Some(identity)).await;
    bearer(seeds, "contract.self").await;
    let sessions =
        world.with_token(Method::GET, token, "/api/v1/me/sessions?sort=-created_at").send().await.expect(200);
    let newest = path("me/sessions", &sessions["items"][0]);
    seeds.add_by(&own, json!({}), "end_my_session", Some(&newest), None).await;
    // A code that nobody has used, made when the request is sent.
    let enrol = async |name: &str| {
        let own = bearer(seeds, name).await;
        let call = world.with_token(Method::POST, own.trim_start_matches("Bearer "), "/api/v1/me/totp");
        let secret = call.send().await.expect(201)["secret"].as_str().unwrap().to_owned();
        (own, secret)
    };
    let (bare, bare_secret) = enrol("contract.bare").await;
    let (strong, strong_secret) = enrol("contract.totp").await;
    let call = world.with_token(Method::POST, strong.trim_start_matches("Bearer "), "/api/v1/me/totp/confirm");
    call.json(&json!({ "code": code_at(&strong_secret, -1) })).send().await.expect(200);
    for (id, own, secret) in
        [("confirm_second_factor", bare, bare_secret), ("remove_second_factor", strong, strong_secret)]
    {
        let code = Some(json!({ "code": "000000" }));
        seeds.add_by(&own, json!({ "totp_secret": secret }), id, None, code).await;
    }
}

async fn delegations(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let to = world.get("root", "/api/v1/users?username=contract.self").await.expect(200)["items"][0]["id"].clone();
    let now = mingjian::kernel::ctx::now();
    let body =
        json!({ "to_user_id": to, "starts_at": now, "ends_at": now + chrono::Duration::days(2), "reason": "合同测试" });
    let give = async || {
        let made = world.post("market.admin", "/api/v1/me/delegations").json(&body).send().await.expect(201);
        path("delegations", &made)
    };
    let admin = format!("Bearer {}", world.token("market.admin"));
    seeds.add_by(&admin, json!({}), "create_delegation", None, Some(body.clone())).await;
    seeds.add_by(&admin, json!({}), "revoke_my_delegation", Some(&give().await), None).await;
    seeds.add("revoke_delegation", Some(&give().await), None).await;
    let own = bearer(seeds, "contract.self").await;
    seeds.add_by(&own, json!({}), "create_delegation_token", Some(&give().await), None).await;
}

async fn clients(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = |name: &str, method: &str| {
        json!({
            "name": name, "department_id": world.departments["51082103"], "region_code": "510821",
            "scopes": ["objects:read"], "auth_method": method, "keys": [Signer::new(9).jwk("2026-11")],
            "requests_per_minute": 600,
        })
    };
    seeds.add("create_client", None, Some(body("合同合作系统", "PRIVATE_KEY_JWT"))).await;
    let make = async |name: &str, method: &str| {
        world.post("security", "/api/v1/clients").json(&body(name, method)).send().await.expect(201)
    };
    let one = path("clients", &make("合同合作系统一", "PRIVATE_KEY_JWT").await);
    for id in ["get_client", "update_client", "list_client_usage", "list_client_history"] {
        seeds.add(id, Some(&one), None).await;
    }
    let active = make("合同合作系统二", "PRIVATE_KEY_JWT").await;
    activate(world, &active).await;
    seeds.add("disable_client", Some(&path("clients", &active)), None).await;
    let disabled = path("clients", &make("合同合作系统三", "PRIVATE_KEY_JWT").await);
    seeds.add("activate_client", Some(&disabled), None).await;
    seeds
        .add("rotate_client_secret", Some(&path("clients", &make("合同合作系统四", "CLIENT_SECRET_BASIC").await)), None)
        .await;
    let secret = make("合同合作系统五", "CLIENT_SECRET_BASIC").await;
    activate(world, &secret).await;
    let (id, word) = (secret["id"].as_str().unwrap(), secret["client_secret"].as_str().unwrap());
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{id}:{word}"));
    let form = Some(json!("grant_type=client_credentials&scope=objects%3Aread"));
    seeds.add_by(&format!("Basic {basic}"), json!({}), "create_client_token", None, form).await;
}
