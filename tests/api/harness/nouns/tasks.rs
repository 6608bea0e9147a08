//! Spot-check tasks on their way to a draw.

use crate::harness::{Answer, World};
use chrono::SecondsFormat;
use domain::spot_checks::draws::commitment::commit;
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::{Algorithm, sha256};
use mingjian::kernel::ctx::now;
use reqwest::Method;
use serde_json::{Value, json};

/// The parties of a task that market regulation and the emergency bureau share.
pub const PARTIES: [(&str, &str); 3] =
    [("market.lead", "51082103"), ("emergency.admin", "51082106"), ("justice", "51082104")];

impl World {
    /// A draft goes its way to the public: submitted, reviewed, filed, published.
    pub async fn publish_plan(&self, author: &str, plan: &str) -> Value {
        let side = author.split('.').next().unwrap();
        self.act(author, plan, "submit", None).await.expect(200);
        self.act(&format!("{side}.reviewer"), plan, "approve", Some(Self::legal_review())).await.expect(200);
        self.act("justice", plan, "file", Some(Self::filing())).await.expect(200);
        self.act(author, plan, "publish", None).await.expect(200)
    }

    pub fn legal_review() -> Value {
        json!({ "legal_opinion": "主体、事项、比例和程序合法，同意" })
    }

    pub fn filing() -> Value {
        json!({ "filing_no": "旺司备〔2026〕12号" })
    }

    /// Items of a department.
    pub async fn items_of(&self, code: &str) -> Vec<Value> {
        let query = "status=PUBLISHED&sort=code&limit=200";
        let path = format!("/api/v1/spot-check-items?department_id={}&{query}", self.departments[code]);
        let page = self.get("market.lead", &path).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    }

    /// A joint task's body: market regulation leads, the others cooperate.
    pub async fn task_body(&self, name: &str, departments: &[&str]) -> Value {
        let mut parts = Vec::new();
        for code in departments {
            let items: Vec<_> = self.items_of(code).await.into_iter().take(2).collect();
            parts.push(json!({ "department_id": self.departments[*code], "item_ids": items }));
        }
        json!({
            "name": name, "spot_type": "TARGETED", "starts_on": "2026-01-01", "ends_on": "2027-12-31",
            "departments": parts, "pool_filter": {},
            "strata": [
                { "class": "TRUSTWORTHY", "rate_bp": 200, "minimum": 1 }, { "class": "GENERAL", "rate_bp": 300, "minimum": 1 },
                { "class": "KEY", "rate_bp": 1000, "minimum": 1 }, { "class": "DISHONEST", "rate_bp": 3000, "minimum": 1 },
            ],
            "exclude_months": 12, "officers_per_object": 2,
        })
    }

    /// Commits for the parties and freezes. Gives the task's path.
    pub async fn frozen(&self, body: &Value, parties: &[(&str, &str)]) -> String {
        let task = self.post("market.lead", "/api/v1/tasks").json(body).send().await.expect(201);
        let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
        self.commit(&path, 1, parties).await;
        if task["excess_reason"].is_string() {
            let reviewer = format!("{}.reviewer", parties[0].0.split('.').next().unwrap());
            self.act(&reviewer, &path, "approve-excess", None).await.expect(200);
        }
        self.act("market.lead", &path, "freeze", None).await.expect(200);
        path
    }

    /// The same, and reveals: ready to draw.
    pub async fn ready_to_draw(&self, body: &Value, parties: &[(&str, &str)]) -> String {
        let path = self.frozen(body, parties).await;
        self.reveal(&path, 1, parties).await;
        path
    }

    /// A task whose draw waits for a public value, with all secrets revealed in time, at the moment when the value is known.
    pub async fn past_chance(&self, chance: &Value, parties: &[(&str, &str)]) -> String {
        let mut body = self.task_body("待公开数值", &["51082103"]).await;
        // However slow the machine, one of these is enough.
        for seconds in [2, 4, 8, 16, 32, 64] {
            let at = now() + chrono::Duration::seconds(seconds);
            body["chance"] = chance.clone();
            body["chance"]["at"] = json!(at.to_rfc3339_opts(SecondsFormat::Millis, true));
            if let Some(path) = self.before_chance(&body, parties, parties).await {
                tokio::time::sleep((at - now()).to_std().unwrap_or_default()).await;
                return path;
            }
        }
        panic!("no secret came in time");
    }

    /// The same before the value is known, where some of the parties have revealed; `None` where a step came too late.
    pub async fn before_chance(
        &self,
        body: &Value,
        parties: &[(&str, &str)],
        revealing: &[(&str, &str)],
    ) -> Option<String> {
        let in_time = |answer: Answer| {
            if answer.status == 200 {
                return Some(());
            }
            answer.expect_problem(409, "CHANCE_KNOWN");
            None
        };
        let made = self.post("market.lead", "/api/v1/tasks").json(body).send().await;
        if made.status != 201 {
            assert_eq!(made.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/chance/at");
            return None;
        }
        let path = format!("/api/v1/tasks/{}", made.expect(201)["id"].as_str().unwrap());
        let task = path.rsplit('/').next().unwrap().parse().unwrap();

        for (who, department) in parties {
            let party = self.departments[*department].parse().unwrap();
            let made = hex::encode(commit(Algorithm::NEWEST, task, 1, party, &secret(&path, 1, who)));
            in_time(self.act(who, &path, "commit", Some(json!({ "commitment": made }))).await)?;
        }
        in_time(self.act("market.lead", &path, "freeze", None).await)?;
        for (who, _) in revealing {
            let body = self.reveal_body(&path, 1, who).await;
            in_time(self.act(who, &path, "reveal", Some(body)).await)?;
        }
        Some(path)
    }

    /// Commits for some parties of an epoch.
    pub async fn commit(&self, path: &str, epoch: u32, parties: &[(&str, &str)]) {
        let task = path.rsplit('/').next().unwrap().parse().unwrap();
        for (who, department) in parties {
            let party = self.departments[*department].parse().unwrap();
            let made = commit(Algorithm::NEWEST, task, epoch, party, &secret(path, epoch, who));
            self.act(who, path, "commit", Some(json!({ "commitment": hex::encode(made) }))).await.expect(200);
        }
    }

    /// Reveals for some parties of an epoch, the lead first.
    pub async fn reveal(&self, path: &str, epoch: u32, parties: &[(&str, &str)]) {
        for (who, _) in parties {
            let body = self.reveal_body(path, epoch, who).await;
            self.act(who, path, "reveal", Some(body)).await.expect(200);
        }
    }

    /// What a party sends to reveal: its secret, and the terms that it was given.
    pub async fn reveal_body(&self, path: &str, epoch: u32, who: &str) -> Value {
        let task = self.get(who, path).await.expect(200);
        json!({ "secret": hex::encode(secret(path, epoch, who)), "terms": task["draw"]["terms"] })
    }

    /// What anybody may read.
    pub async fn public(&self, path: &str) -> Value {
        self.anonymous(Method::GET, &format!("/api/v1/public/{path}")).send().await.expect(200)
    }

    /// The newest draw of a task and its transcript, as anybody gets them.
    pub async fn draw_record(&self, task: &str) -> (Value, SignedTranscript) {
        let id = task.rsplit('/').next().unwrap();
        let draw = self.public(&format!("draws?task_id={id}")).await["items"][0].clone();
        let transcript = self.public(&format!("draws/{}/transcript", draw["id"].as_str().unwrap())).await;
        (draw, SignedTranscript::read(transcript.to_string().as_bytes()).unwrap())
    }

    /// Gives an epoch up once secrets are public: the lead asks, the justice bureau agrees.
    pub async fn redraw(&self, path: &str, cause: &str, reason: &str) -> Value {
        let body = json!({ "cause": cause, "reason": reason });
        self.act("market.lead", path, "redraw", Some(body)).await.expect(200);
        self.act("justice", path, "consent-void", None).await.expect(200)
    }
}

/// A party's secret of an epoch.
pub fn secret(path: &str, epoch: u32, who: &str) -> [u8; 32] {
    sha256(&[path.as_bytes(), &epoch.to_be_bytes(), who.as_bytes()])
}
