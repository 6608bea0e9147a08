//! A small county: departments, one account a role, objects, officers, items and classes.

use super::accounts::{PEOPLE, first_account};
use super::client::{Answer, Call, call};
use super::partner::Partner;
use super::server::Server;
use super::template::Template;
use super::{Database, Issuer, repo_file};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

pub struct World {
    pub database: Database,
    pub server: Server,
    client: Client,
    pub(super) tokens: BTreeMap<String, String>,
    /// The partner system that stands for its role.
    pub(super) partner: Option<Partner>,
    /// The provider of single sign-on, where the world has one.
    pub issuer: Option<Issuer>,
    pub departments: BTreeMap<String, String>,
}

const OBJECTS: usize = 400;

impl World {
    /// Departments and accounts only.
    pub async fn bare() -> Self {
        Self::bare_with(&[]).await
    }

    pub async fn bare_with(env: &[(&str, &str)]) -> Self {
        Self::of(Template::bare().await, env).await
    }

    /// With objects, officers, items and credit classes from the files of `data/demo`.
    pub async fn county() -> Self {
        Self::county_with(&[]).await
    }

    pub async fn county_with(env: &[(&str, &str)]) -> Self {
        Self::of(Template::county().await, env).await
    }

    /// A server of its own on a copy.
    async fn of(template: &Template, env: &[(&str, &str)]) -> Self {
        let database = template.database.copy().await;
        let server = Server::start_with(&database, env);
        let (tokens, departments) = (template.tokens.clone(), template.departments.clone());
        Self { tokens, departments, ..Self::new(database, server) }
    }

    /// A server on a database as it is.
    pub fn serving(database: Database) -> Self {
        let server = Server::start(&database);
        Self::new(database, server)
    }

    fn new(database: Database, server: Server) -> Self {
        Self {
            database,
            server,
            client: Client::builder().timeout(std::time::Duration::from_mins(5)).build().unwrap(),
            tokens: BTreeMap::new(),
            partner: None,
            issuer: None,
            departments: BTreeMap::new(),
        }
    }

    pub(super) async fn make_bare() -> Self {
        let database = Database::create().await;
        let root = first_account(&database, "root", "PLATFORM_ADMIN");
        let security = first_account(&database, "security", "SECURITY_ADMIN");
        // The tokens outlive the run.
        let server = Server::start_with(&database, &[("MINGJIAN__SECURITY__ACCESS_TOKEN_SECONDS", "7200")]);
        let mut world = Self::new(database, server);
        world.log_in("root", &root).await;
        world.log_in("security", &security).await;
        world.make_departments().await;
        for (username, role, department) in PEOPLE {
            world.make_user(username, role, department, Value::Null).await;
        }
        world
    }

    pub(super) async fn make_county() -> Self {
        let mut world = Self::bare().await;
        let objects = std::fs::read_to_string(repo_file("data/demo/objects.csv")).unwrap();
        let objects: String = objects.lines().take(OBJECTS + 1).fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        });
        world.import("objects", objects.into_bytes()).await;
        for (dataset, file) in [
            ("personnel", "personnel.csv"),
            ("catalogue", "catalogue.csv"),
            ("credit-classifications", "credit_classifications.csv"),
        ] {
            world.import(dataset, std::fs::read(repo_file(&format!("data/demo/{file}"))).unwrap()).await;
        }
        for (side, code) in [("market", "51082103"), ("agri", "51082105"), ("emergency", "51082106")] {
            world.publish_body(&format!("{side}.admin")).await;
            for item in world.to_claim(code, 2).await {
                world.publish_item(side, &item).await;
            }
        }
        // What a server does by the calendar is done, so that no copy changes by itself.
        world.restart();
        let ended = "/api/v1/audit/entries?resource=certificates&action=EXPIRED";
        for _ in 0..15_000 {
            if !world.get("auditor", ended).await.expect(200)["items"].as_array().unwrap().is_empty() {
                return world;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the certificate that is over was not ended");
    }

    /// The same, with single sign-on.
    pub async fn county_with_issuer(env: &[(&str, &str)]) -> Self {
        let issuer = Issuer::start();
        let settings = issuer.env();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut world = Self::county_with(&[&settings[..], env].concat()).await;
        world.issuer = Some(issuer);
        world
    }

    async fn make_departments(&mut self) {
        let text = std::fs::read_to_string(repo_file("data/departments.csv")).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.unwrap();
            let body = json!({
                "code": record[0], "name": record[1], "short_name": record[2], "kind": record[3], "uscc": record[4],
                "region_code": record[5], "parent_id": self.departments.get(&record[6]),
                "duty_code": (!record[7].is_empty()).then(|| record[7].to_owned()), "document_word": record[8],
            });
            let made = self.post("root", "/api/v1/departments").json(&body).send().await;
            let id = match made.status {
                201 => made.json()["id"].clone(),
                _ => {
                    self.get("root", &format!("/api/v1/departments?code={}", &record[0])).await.json()["items"][0]["id"]
                        .clone()
                }
            };
            self.departments.insert(record[0].to_owned(), id.as_str().unwrap().to_owned());
        }
    }

    /// The server stopped and started again.
    pub fn restart(&mut self) {
        self.restart_with(&[]);
    }

    /// The same, with other settings.
    pub fn restart_with(&mut self, env: &[(&str, &str)]) {
        self.server = Server::start_with(&self.database, env);
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url)
    }

    pub fn anonymous(&self, method: Method, path: &str) -> Call {
        call(&self.client, method, &self.url(path), None)
    }

    /// What the partner writes is signed.
    pub fn request(&self, method: Method, who: &str, path: &str) -> Call {
        let signer = self.partner.as_ref().filter(|_| who == "partner" && method != Method::GET);
        let call = call(&self.client, method, &self.url(path), Some(self.token(who)));
        match signer {
            Some(partner) => call.signed(partner.signer.clone()),
            None => call,
        }
    }

    /// A request with another token than an account's.
    pub fn with_token(&self, method: Method, token: &str, path: &str) -> Call {
        call(&self.client, method, &self.url(path), Some(token))
    }

    /// The same on another server of the same database.
    pub fn request_at(&self, server: &Server, method: Method, who: &str, path: &str) -> Call {
        call(&self.client, method, &format!("{}{path}", server.url), Some(self.token(who)))
    }

    pub fn post(&self, who: &str, path: &str) -> Call {
        self.request(Method::POST, who, path)
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.request(Method::GET, who, path).send().await
    }

    /// A state action on the current version, with a fresh key.
    pub async fn act(&self, who: &str, resource: &str, verb: &str, body: Option<Value>) -> Answer {
        let version = self.get(who, resource).await.expect(200)["version"].as_i64().unwrap();
        let mut call = self.post(who, &format!("{resource}/{verb}")).if_match(version).keyed();
        if let Some(body) = body {
            call = call.json(&body);
        }
        call.send().await
    }

    /// Sends a file as whoever may, waits for its job, and gives the import.
    pub async fn import(&self, dataset: &str, content: Vec<u8>) -> Value {
        // Officers are the justice bureau's to import.
        let who = match dataset {
            "personnel" => "justice",
            "catalogue" => "business",
            "justice-roll" => "justice",
            "own-system-items" => "market.admin",
            _ => "market.lead",
        };
        self.import_as(who, dataset, content).await
    }

    /// The same, as one person.
    pub async fn import_as(&self, who: &str, dataset: &str, content: Vec<u8>) -> Value {
        let path = format!("/api/v1/imports?dataset={dataset}&filename=test.csv");
        let accepted = self.post(who, &path).raw("text/csv", content).send().await;
        let job = accepted.expect(202);
        assert_eq!(accepted.header("location"), format!("/api/v1/jobs/{}", job["id"].as_str().unwrap()));
        let path = accepted.header("location").to_owned();
        for _ in 0..2_400 {
            let job = self.get(who, &path).await.expect(200);
            match job["status"].as_str().unwrap() {
                "SUCCEEDED" => {
                    let import = format!("/api/v1/imports/{}", job["import_id"].as_str().unwrap());
                    return self.get(who, &import).await.expect(200);
                }
                "FAILED" => return job,
                _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
        panic!("the import did not end");
    }

    /// The newest audit entry of a record; asserts its action and its actor.
    #[track_caller]
    pub fn assert_audit<'a>(
        &'a self,
        resource: &'a str,
        id: &'a str,
        action: &'a str,
        actor: &'a str,
    ) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let path = format!("/api/v1/audit/entries?resource={resource}&resource_id={id}&action={action}&limit=1");
            let page = self.get("auditor", &path).await.expect(200);
            let entry = page["items"][0].clone();
            assert_eq!(entry["actor_name"], actor, "{caller}: {resource} {id} {action}: {page}");
            entry
        }
    }
}
