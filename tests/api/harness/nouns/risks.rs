//! Clues and models on their way.

use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

impl World {
    /// Waits for a job to end, and gives it.
    pub async fn wait_for(&self, who: &str, job: &Value) -> Value {
        let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
        for _ in 0..2_400 {
            let job = self.get(who, &path).await.expect(200);
            if !matches!(job["status"].as_str().unwrap(), "QUEUED" | "RUNNING") {
                return job;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the job did not end");
    }

    /// A clue about an object, known to a department (or to none yet); gives its path.
    pub async fn clue(&self, who: &str, object: &Value, department: Option<&str>) -> String {
        let body = json!({
            "name": "测试线索", "domain": "80", "level": "ORANGE", "source": "MANUAL", "object_id": object,
            "content": "群众反映其经营异常。", "department_id": department.map(|code| self.departments[code].clone()),
        });
        let made = self.post(who, "/api/v1/risk-clues").json(&body).send().await.expect(201);
        format!("/api/v1/risk-clues/{}", made["id"].as_str().unwrap())
    }

    /// The account's id.
    pub async fn user_id(&self, username: &str) -> Value {
        let page = self.get("root", &format!("/api/v1/users?username={username}")).await.expect(200);
        page["items"][0]["id"].clone()
    }

    /// Market regulation's way of a clue, so many steps of it: sign, assign, accept, verify, dispose, feed back, approve.
    pub async fn walk_clue(&self, clue: &str, steps: usize) {
        let officer = self.user_id("market.admin").await;
        let way = [
            ("market.admin", "sign", None),
            ("market.admin", "assign", Some(json!({ "user_id": officer }))),
            ("market.admin", "accept", None),
            ("market.admin", "verify", Some(json!({ "verdict": "TRUE", "verification": "现场核实属实。" }))),
            ("market.admin", "dispose", Some(json!({ "measures": [{ "measure": "3", "content": "责令限期改正。" }] }))),
            ("market.admin", "feed-back", Some(json!({ "feedback": "已改正。" }))),
            ("market.reviewer", "approve", Some(json!({ "opinion": "同意" }))),
        ];
        for (who, verb, body) in way.into_iter().take(steps) {
            self.act(who, clue, verb, body).await.expect(200);
        }
    }

    /// Two officers of a department, for an inspection that a clue asks for.
    pub async fn team(&self, code: &str) -> Value {
        let path = format!("/api/v1/personnel?department_id={}&limit=20&sort=name", self.departments[code]);
        let page = self.get("justice", &path).await.expect(200);
        let today = domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now()).to_string();
        let fit = |person: &&Value| {
            let certificate = &person["certificates"][0];
            let holds = |field: &str| certificate[field].as_str().is_none_or(|until| until >= today.as_str());
            certificate["status"] == "ACTIVE" && holds("valid_until") && holds("annual_exam_due_on")
        };
        let team: Vec<_> = page["items"].as_array().unwrap().iter().filter(fit).take(2).collect();
        assert_eq!(team.len(), 2, "{code} has too few officers");
        json!([
            { "personnel_id": team[0]["id"], "is_leader": true }, { "personnel_id": team[1]["id"], "is_leader": false }
        ])
    }

    /// One of the models that ship with the platform, as a body that lacks nothing.
    pub async fn model_body(&self, template: &str, code: &str) -> Value {
        let templates = self.get("market.lead", "/api/v1/risk-model-templates").await.expect(200);
        let found = templates["items"].as_array().unwrap().iter().find(|found| found["code"] == template).unwrap();
        let mut body = found.clone();
        body["code"] = json!(code);
        body["department_id"] = json!(self.departments["51082103"]);
        body["content"]["disposal_department_id"] = json!(self.departments["51082103"]);
        body["content"]["expires_on"] = json!(
            (domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now()) + chrono::Days::new(365))
                .to_string()
        );
        body
    }

    /// A model of market regulation's, so many steps of its way: test, backtest, shadow, a run, activate. Gives the path
    /// of its version.
    pub async fn model(&self, template: &str, code: &str, steps: usize) -> String {
        let body = self.model_body(template, code).await;
        let model = self.post("market.lead", "/api/v1/risk-models").json(&body).send().await.expect(201);
        let version = format!("/api/v1/risk-model-versions/{}", model["versions"][0]["id"].as_str().unwrap());
        for step in ["test", "backtest", "shadow", "run", "activate"].into_iter().take(steps) {
            match step {
                "backtest" => {
                    let period = json!({ "from": "2026-01-01", "to": "2026-04-30" });
                    let job = self.act("market.lead", &version, step, Some(period)).await.expect(202);
                    assert_eq!(self.wait_for("market.lead", &job).await["status"], "SUCCEEDED");
                }
                "run" => {
                    self.run_models("market.lead", true).await;
                }
                "activate" => {
                    self.act("coordinator", &version, step, None).await.expect(200);
                }
                step => {
                    self.act("market.lead", &version, step, None).await.expect(200);
                }
            }
        }
        version
    }

    /// Runs the models and gives the run.
    pub async fn run_models(&self, who: &str, whole: bool) -> Value {
        let call = self.request(Method::POST, who, "/api/v1/risk-runs").json(&json!({ "whole": whole }));
        let job = call.send().await.expect(202);
        let done = self.wait_for(who, &job).await;
        assert_eq!(done["status"], "SUCCEEDED", "{done}");
        self.get(who, &format!("/api/v1/risk-runs/{}", done["resource_id"].as_str().unwrap())).await.expect(200)
    }
}
