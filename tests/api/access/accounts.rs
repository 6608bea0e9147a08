//! Passwords, second factors, sessions, and duties kept apart.

use crate::access::totp::code_at;
use crate::harness::{Answer, INITIAL, PASSWORD, World};
use entity::access::{refresh_tokens, sessions};
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{Database, EntityTrait, QueryOrder};
use serde_json::{Value, json};

async fn try_log_in(world: &World, body: &Value) -> Answer {
    world.anonymous(Method::POST, "/api/v1/auth/token").json(body).send().await
}

async fn change_password(world: &World, body: &Value) -> Answer {
    world.anonymous(Method::POST, "/api/v1/auth/password").json(body).send().await
}

#[tokio::test]
async fn an_account_needs_two_administrators_and_a_password_of_its_owner() {
    let world = World::bare().await;
    let body = json!({
        "username": "new.one", "display_name": "新账户", "password": INITIAL, "role": "REVIEWER",
        "department_id": world.departments["51082103"],
    });
    world.post("security", "/api/v1/users").json(&body).send().await.expect_problem(403, "FORBIDDEN");
    let user = world.post("root", "/api/v1/users").json(&body).send().await.expect(201);
    assert_eq!(user["status"], "PENDING");
    let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    let log_in = json!({ "username": "new.one", "password": INITIAL });
    try_log_in(&world, &log_in).await.expect_problem(401, "LOGIN_FAILED");
    let call = world.post("root", &format!("{path}/activate")).if_match(1).keyed();
    call.send().await.expect_problem(403, "FORBIDDEN");
    let version = world.get("root", &path).await.expect(200)["version"].as_i64().unwrap();
    world.post("security", &format!("{path}/activate")).if_match(version).keyed().send().await.expect(200);
    world.assert_audit("users", user["id"].as_str().unwrap(), "ACTIVATED", "平台管理员").await;
    // The initial password opens nothing but its own change.
    try_log_in(&world, &log_in).await.expect_problem(401, "PASSWORD_EXPIRED");
    let weak = json!({ "username": "new.one", "current_password": INITIAL, "new_password": "Password2026" });
    let problem = change_password(&world, &weak).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/new_password");
    let same = json!({ "username": "new.one", "current_password": INITIAL, "new_password": INITIAL });
    change_password(&world, &same).await.expect_problem(422, "INVALID_BODY");
    let wrong = json!({ "username": "new.one", "current_password": "not the password", "new_password": PASSWORD });
    change_password(&world, &wrong).await.expect_problem(401, "LOGIN_FAILED");
    let good = json!({ "username": "new.one", "current_password": INITIAL, "new_password": PASSWORD });
    change_password(&world, &good).await.expect(204);
    world.assert_audit("users", user["id"].as_str().unwrap(), "PASSWORD_CHANGED", "新账户").await;
    world.tokens_of("new.one", PASSWORD).await;
    // Another role needs another authorization, and ends what was open.
    let binding = json!({ "role": "DEPARTMENT_ADMIN", "department_id": world.departments["51082103"] });
    let bound = world.act("root", &path, "bind", Some(binding)).await.expect(200);
    assert_eq!(bound["status"], "PENDING");
    try_log_in(&world, &json!({ "username": "new.one", "password": PASSWORD }))
        .await
        .expect_problem(401, "LOGIN_FAILED");
    let nobody = json!({
        "role": "OFFICER", "department_id": world.departments["51082103"],
        "personnel_id": "01930000-0000-7000-8000-000000000004",
    });
    let problem = world.act("root", &path, "bind", Some(nobody)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/personnel_id");
    let partner = json!({ "role": "PARTNER", "department_id": world.departments["51082103"] });
    world.act("root", &path, "bind", Some(partner)).await.expect_problem(422, "INVALID_BODY");
}

#[tokio::test]
async fn a_forgotten_password_is_reset_with_a_code_that_works_once() {
    let world = World::bare().await;
    for name in ["agri.reviewer", "nobody.here"] {
        let call = world.anonymous(Method::POST, "/api/v1/auth/reset-requests").json(&json!({ "username": name }));
        assert_eq!(call.send().await.expect(204), Value::Null);
    }
    let asked = world.get("security", "/api/v1/users?reset_requested_at[is_null]=false").await.expect(200);
    let user = &asked["items"][0];
    assert_eq!((&user["username"], asked["items"].as_array().unwrap().len()), (&json!("agri.reviewer"), 1));
    let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    let call = world.post("root", &format!("{path}/reset-password")).if_match(1).keyed();
    call.send().await.expect_problem(403, "FORBIDDEN");
    let version = user["version"].as_i64().unwrap();
    let key = "reset-key-1";
    let issue =
        || world.post("security", &format!("{path}/reset-password")).if_match(version).header("idempotency-key", key);
    let reset = issue().send().await.expect(200);
    assert_eq!(issue().send().await.expect(200)["reset_code"], reset["reset_code"], "the answer is kept, sealed");
    let body =
        |code: &Value, new: &str| json!({ "username": "agri.reviewer", "reset_code": code, "new_password": new });
    change_password(&world, &body(&json!("0123456789abcdef"), "a third long secret"))
        .await
        .expect_problem(401, "LOGIN_FAILED");
    change_password(&world, &body(&reset["reset_code"], PASSWORD)).await.expect_problem(422, "INVALID_BODY");
    change_password(&world, &body(&reset["reset_code"], "a third long secret")).await.expect(204);
    world.tokens_of("agri.reviewer", "a third long secret").await;
    change_password(&world, &body(&reset["reset_code"], "a fourth long secret"))
        .await
        .expect_problem(401, "LOGIN_FAILED");
    world.assert_audit("users", user["id"].as_str().unwrap(), "RESET_ISSUED", "平台管理员").await;
}

#[tokio::test]
async fn changing_a_password_is_no_way_to_guess_one() {
    let world = World::bare().await;
    let guess =
        |password: &str| json!({ "username": "agri.admin", "current_password": password, "new_password": password });
    for _ in 0..5 {
        change_password(&world, &guess("not the password")).await.expect_problem(401, "LOGIN_FAILED");
    }
    // Locked by now: the right password is answered like a wrong one, here as well.
    change_password(&world, &guess(PASSWORD)).await.expect_problem(401, "LOGIN_FAILED");
    // Attempts to log in do not make an administrator's copy stale.
    let users = world.get("root", "/api/v1/users?username=agri.reviewer").await.expect(200);
    let user = &users["items"][0];
    let wrong = json!({ "username": "agri.reviewer", "password": "not the password" });
    try_log_in(&world, &wrong).await.expect_problem(401, "LOGIN_FAILED");
    let path = format!("/api/v1/users/{}/disable", user["id"].as_str().unwrap());
    world.post("root", &path).if_match(user["version"].as_i64().unwrap()).keyed().send().await.expect(200);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_codes_work_once() {
    let mut world = World::bare_with(&[("MINGJIAN__SECURITY__SECOND_FACTOR_ROLES", "REVIEWER")]).await;
    // The role demands one: until it is set up, nothing else is open.
    world.get("agri.reviewer", "/api/v1/plans").await.expect_problem(403, "SECOND_FACTOR_DUE");
    assert_eq!(world.get("agri.reviewer", "/api/v1/me").await.expect(200)["second_factor_due"], true);
    let secret = world.post("agri.reviewer", "/api/v1/me/totp").send().await.expect(201);
    assert!(secret["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    let secret = secret["secret"].as_str().unwrap().to_owned();
    let confirm = |code: String| world.post("agri.reviewer", "/api/v1/me/totp/confirm").json(&json!({ "code": code }));
    confirm("000000".to_owned()).send().await.expect_problem(422, "INVALID_BODY");
    // Made once: by the time it is tried again, another step may be the last one.
    let used = code_at(&secret, -1);
    confirm(used.clone()).send().await.expect(200);
    world.post("agri.reviewer", "/api/v1/me/totp").send().await.expect_problem(409, "STATE_CONFLICT");
    let log_in = |code: Option<String>| json!({ "username": "agri.reviewer", "password": PASSWORD, "totp_code": code });
    let without = json!({ "username": "agri.reviewer", "password": PASSWORD });
    try_log_in(&world, &without).await.expect_problem(401, "SECOND_FACTOR_REQUIRED");
    let wrong =
        json!({ "username": "agri.reviewer", "password": "not the password", "totp_code": code_at(&secret, 0) });
    try_log_in(&world, &wrong).await.expect_problem(401, "LOGIN_FAILED");
    try_log_in(&world, &log_in(Some(used))).await.expect_problem(401, "LOGIN_FAILED");
    let code = code_at(&secret, 0);
    let tokens = try_log_in(&world, &log_in(Some(code.clone()))).await.expect(200);
    try_log_in(&world, &log_in(Some(code))).await.expect_problem(401, "LOGIN_FAILED");
    world.keep_token("agri.reviewer", &tokens);
    world.get("agri.reviewer", "/api/v1/plans").await.expect(200);
    // A lost authenticator is taken away by the security administrator.
    let users = world.get("root", "/api/v1/users?username=agri.reviewer").await.expect(200);
    let path = format!("/api/v1/users/{}", users["items"][0]["id"].as_str().unwrap());
    let version = users["items"][0]["version"].as_i64().unwrap();
    let call = world.post("security", &format!("{path}/reset-second-factor")).if_match(version).keyed();
    call.send().await.expect(200);
    try_log_in(&world, &without).await.expect(200);
}

/// Changing a password without knowing it once cost eight computations, and honest log-ins waited for seconds.
#[tokio::test]
async fn who_proves_nothing_costs_one_computation() {
    let world = World::bare().await;
    let computations = async || {
        let metrics = world.anonymous(Method::GET, "/metrics").send().await.text;
        let line = metrics.lines().find(|line| line.starts_with("password_computations_total "));
        line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
    };

    for username in ["agri.admin", "nobody.at.all"] {
        let before = computations().await;
        let body = json!({
            "username": username, "current_password": "not the password 1", "new_password": "another long secret 2",
        });
        change_password(&world, &body).await.expect_problem(401, "LOGIN_FAILED");
        assert_eq!(computations().await - before, 1, "{username}");
    }

    // Whoever knows it is told of a reused one, and changes it.
    let body = |new: &str| json!({ "username": "agri.admin", "current_password": PASSWORD, "new_password": new });
    let problem = change_password(&world, &body(PASSWORD)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["code"], "PASSWORD_REUSED");
    change_password(&world, &body("another long secret 2")).await.expect(204);
}

#[tokio::test]
async fn sessions_are_listed_ended_and_run_out() {
    let world = World::bare().await;
    let first = world.tokens_of("agri.admin", PASSWORD).await;
    let second = world.tokens_of("agri.admin", PASSWORD).await;
    let token = |tokens: &Value| tokens["access_token"].as_str().unwrap().to_owned();
    let get = async |tokens: &Value, path: &str| world.with_token(Method::GET, &token(tokens), path).send().await;
    let sessions = get(&second, "/api/v1/me/sessions").await.expect(200);
    assert!(sessions["items"].as_array().unwrap().len() >= 2, "{sessions}");
    let end = world.with_token(Method::POST, &token(&second), "/api/v1/me/sessions/end-others").send().await;
    end.expect(200);
    get(&first, "/api/v1/me").await.expect_problem(401, "UNAUTHENTICATED");
    get(&second, "/api/v1/me").await.expect(200);
    let refresh = async |tokens: &Value| {
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        world.anonymous(Method::POST, "/api/v1/auth/refresh").json(&body).send().await
    };
    refresh(&first).await.expect_problem(401, "UNAUTHENTICATED");

    // Refreshing keeps a session alive, but not beyond its end, whenever that is.
    let connection = Database::connect(&world.database.url).await.unwrap();
    let soon = mingjian::kernel::ctx::now() + chrono::Duration::minutes(5);
    let ends = sessions::Entity::update_many().col_expr(sessions::Column::EndsAt, Expr::value(soon));
    ends.exec(&connection).await.unwrap();
    let tokens = refresh(&second).await.expect(200);
    get(&tokens, "/api/v1/me").await.expect(200);
    let latest = refresh_tokens::Entity::find().order_by_desc(refresh_tokens::Column::Id).one(&connection).await;
    assert!(latest.unwrap().unwrap().expires_at <= soon);

    // Whoever does nothing for as long as the token lasts has to log in again.
    let past = mingjian::kernel::ctx::now() - chrono::Duration::seconds(1);
    let idle = refresh_tokens::Entity::update_many().col_expr(refresh_tokens::Column::ExpiresAt, Expr::value(past));
    idle.exec(&connection).await.unwrap();
    refresh(&tokens).await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_asvs_profile_asks_for_length_instead_of_kinds() {
    let world = World::bare_with(&[("MINGJIAN__SECURITY__PASSWORD_PROFILE", "asvs")]).await;
    let body = |new: &str| json!({ "username": "agri.admin", "current_password": PASSWORD, "new_password": new });
    change_password(&world, &body("only14 letters")).await.expect_problem(422, "INVALID_BODY");
    change_password(&world, &body("correcthorsebatterystaple")).await.expect(204);
    let user = world.get("root", "/api/v1/users?username=agri.admin").await.expect(200)["items"][0].clone();
    assert_eq!(user["password_expires_at"], Value::Null);
}

#[tokio::test]
async fn why_somebody_may_or_may_not_is_explained() {
    let world = World::county().await;
    let user = |name: &str| {
        let path = format!("/api/v1/users?username={name}");
        let world = &world;
        async move { world.get("root", &path).await.expect(200)["items"][0]["id"].clone() }
    };
    let officer = async |code: &str| {
        let path = format!("/api/v1/personnel?department_id={}&limit=1", world.departments[code]);
        world.get("justice", &path).await.expect(200)["items"][0]["id"].clone()
    };
    let ask = async |body: Value| world.post("security", "/api/v1/access/explain").json(&body).send().await.expect(200);
    let subject = user("market.admin").await;
    let own = ask(json!({ "subject_id": subject, "permission": "personnel:write", "resource": "personnel", "resource_id": officer("51082103").await })).await;
    assert_eq!((&own["allowed"], &own["reach"]), (&json!(true), &json!("DEPARTMENT")));
    let other = ask(json!({ "subject_id": subject, "permission": "personnel:write", "resource": "personnel", "resource_id": officer("51082105").await })).await;
    assert_eq!(other["allowed"], false);
    assert_eq!(other["steps"].as_array().unwrap().last().unwrap()["code"], "OUT_OF_REACH");
    let none = ask(json!({ "subject_id": subject, "permission": "audit:read" })).await;
    assert!(none["steps"].as_array().unwrap().iter().any(|step| step["code"] == "ROLE_DOES_NOT_GRANT"), "{none}");
    let body = json!({ "subject_id": subject, "permission": "no:such" });
    world.post("security", "/api/v1/access/explain").json(&body).send().await.expect_problem(422, "INVALID_BODY");
}

/// A security administrator who could reset the system administrator's or the auditor's password could become either.
#[tokio::test]
async fn nobody_becomes_another_duty_alone() {
    let mut world = World::bare().await;
    world.make_user("auditor.two", "AUDITOR", "51082101", Value::Null).await;
    let of = async |name: &str| {
        let page = world.get("root", &format!("/api/v1/users?username={name}")).await.expect(200);
        let user = page["items"][0].clone();
        (format!("/api/v1/users/{}", user["id"].as_str().unwrap()), user["version"].as_i64().unwrap())
    };

    for name in ["root", "auditor.two", "security"] {
        for verb in ["reset-password", "reset-second-factor"] {
            let (path, version) = of(name).await;
            let call = world.post("security", &format!("{path}/{verb}")).if_match(version).keyed();
            let refused = call.send().await.expect_problem(409, "SECOND_PERSON_REQUIRED");
            assert_eq!(refused["rule"]["code"], "SYSTEM_SECURITY_AND_AUDIT_APART", "{name} {verb}");
        }
    }
    // Nobody agrees for their own account, and the security administrator not at all.
    let (root, _) = of("root").await;
    world.post("security", &format!("{root}/consent")).keyed().send().await.expect_problem(403, "FORBIDDEN");
    let own = world.post("root", &format!("{root}/consent")).keyed().send().await;
    own.expect_problem(409, "SECOND_PERSON_REQUIRED");

    // With another duty's consent it is done, once.
    world.post("auditor.two", &format!("{root}/consent")).keyed().send().await.expect(200);
    let id = root.rsplit('/').next().unwrap();
    world.assert_audit("users", id, "CONSENTED", "auditor.two").await;
    let reset = async || {
        let (path, version) = of("root").await;
        world.post("security", &format!("{path}/reset-password")).if_match(version).keyed().send().await
    };
    assert!(reset().await.expect(200)["reset_code"].as_str().is_some());
    reset().await.expect_problem(409, "SECOND_PERSON_REQUIRED");

    // An account of a duty that was made is authorized by two as well.
    let body = json!({
        "username": "sys.two", "display_name": "甲", "password": INITIAL, "role": "PLATFORM_ADMIN",
        "department_id": world.departments["51082102"],
    });
    let made = world.post("root", "/api/v1/users").json(&body).send().await.expect(201);
    let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
    let alone = world.post("security", &format!("{path}/activate")).if_match(1).keyed().send().await;
    alone.expect_problem(409, "SECOND_PERSON_REQUIRED");
    world.post("auditor.two", &format!("{path}/consent")).keyed().send().await.expect(200);
    world.post("security", &format!("{path}/activate")).if_match(2).keyed().send().await.expect(200);
}
