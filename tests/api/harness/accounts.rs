//! Accounts and partner systems as they come to life.

use super::partner::Partner;
use super::server::run;
use super::{Database, World};
use reqwest::Method;
use serde_json::{Value, json};

/// User name, role, department.
pub const PEOPLE: [(&str, &str, &str); 16] = [
    ("business", "PLATFORM_BUSINESS", "51082102"),
    ("coordinator", "COORDINATOR", "51082101"),
    ("market.lead", "SPOT_CHECK_LEAD", "51082103"),
    ("justice", "JUSTICE_SUPERVISOR", "51082104"),
    ("market.admin", "DEPARTMENT_ADMIN", "51082103"),
    ("market.reviewer", "REVIEWER", "51082103"),
    ("agri.admin", "DEPARTMENT_ADMIN", "51082105"),
    ("agri.reviewer", "REVIEWER", "51082105"),
    ("emergency.admin", "DEPARTMENT_ADMIN", "51082106"),
    ("emergency.reviewer", "REVIEWER", "51082106"),
    ("market.head", "BODY_HEAD", "51082103"),
    ("agri.head", "BODY_HEAD", "51082105"),
    ("emergency.head", "BODY_HEAD", "51082106"),
    ("market.officer", "OFFICER", "51082103"),
    ("donghe.township", "TOWNSHIP", "51082124"),
    ("auditor", "AUDITOR", "51082101"),
];

/// What an administrator gives out.
pub const INITIAL: &str = "an initial secret 1";
pub const PASSWORD: &str = "a long enough secret";

impl World {
    pub async fn make_user(&mut self, username: &str, role: &str, department: &str, personnel_id: Value) {
        self.open_account(username, role, department, personnel_id).await;
        self.log_in(username, PASSWORD).await;
    }

    /// An account as it comes to life: made, authorized by another, its initial password changed by its owner.
    pub async fn open_account(&self, username: &str, role: &str, department: &str, personnel_id: Value) -> String {
        let township = (role == "TOWNSHIP").then_some("510821100");
        let body = json!({
            "username": username, "display_name": username, "password": INITIAL, "role": role,
            "department_id": self.departments[department], "region_code": township, "personnel_id": personnel_id,
        });
        let user = self.post("root", "/api/v1/users").json(&body).send().await.expect(201);
        let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
        // An account of one of the three duties needs a second person.
        let privileged = ["PLATFORM_ADMIN", "SECURITY_ADMIN", "AUDITOR"].contains(&role);
        if privileged {
            self.post("root", &format!("{path}/consent")).keyed().send().await.expect(200);
        }
        let version = if privileged { 2 } else { 1 };
        let activate = self.post("security", &format!("{path}/activate")).if_match(version).keyed();
        activate.send().await.expect(200);
        let body = json!({ "username": username, "current_password": INITIAL, "new_password": PASSWORD });
        self.anonymous(Method::POST, "/api/v1/auth/password").json(&body).send().await.expect(204);
        path
    }

    /// A log-in's answer.
    pub async fn tokens_of(&self, username: &str, password: &str) -> Value {
        let body = json!({ "username": username, "password": password });
        self.anonymous(Method::POST, "/api/v1/auth/token").json(&body).send().await.expect(200)
    }

    pub(super) async fn log_in(&mut self, username: &str, password: &str) {
        let answer = self.tokens_of(username, password).await;
        self.keep_token(username, &answer);
    }

    /// Lets an account act under its name from now on.
    pub fn keep_token(&mut self, username: &str, answer: &Value) {
        self.tokens.insert(username.to_owned(), answer["access_token"].as_str().unwrap().to_owned());
    }

    /// Registers a partner system of market regulation that acts as `partner`.
    pub async fn make_partner(&mut self, scopes: &[&str], region: &str) {
        let partner = Partner::register(self, "partner", "51082103", region, scopes).await;
        let token = partner.token(self).await;
        self.keep_token("partner", &token);
        self.partner = Some(partner);
    }

    pub fn token(&self, who: &str) -> &str {
        &self.tokens[who]
    }
}

/// An account made on the command line, and its password.
pub(super) fn first_account(database: &Database, username: &str, role: &str) -> String {
    let (code, out, error) = run(database, &["admin", "create", "--username", username, "--role", role]);
    assert_eq!(code, 0, "{error}");
    out.lines().find_map(|line| line.strip_prefix("password (shown once): ")).unwrap().to_owned()
}
