//! Spot-check tasks on their way to a draw.

use super::World;
use serde_json::{Value, json};

/// The parties of a task that market regulation and the emergency bureau share.
pub const PARTIES: [(&str, &str); 3] =
    [("market.lead", "51082103"), ("emergency.admin", "51082106"), ("justice", "51082104")];

impl World {
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

    /// Commits for the parties, freezes and reveals: ready to draw. Gives the task's path.
    pub async fn ready_to_draw(&self, body: &Value, parties: &[(&str, &str)]) -> String {
        let task = self.post("market.lead", "/api/v1/tasks").json(body).send().await.expect(201);
        let id = task["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/tasks/{id}");
        let secret = |at: usize| [u8::try_from(at + 1).unwrap(); 32];
        for (at, (who, department)) in parties.iter().enumerate() {
            let party = self.departments[*department].parse().unwrap();
            let made = domain::spot_checks::draws::commitment::commit(id.parse().unwrap(), 1, party, &secret(at));
            let body = json!({ "commitment": hex::encode(made) });
            self.act(who, &path, "commit", Some(body)).await.expect(200);
        }
        self.act("market.lead", &path, "freeze", None).await.expect(200);
        for (at, (who, _)) in parties.iter().enumerate() {
            let body = json!({ "secret": hex::encode(secret(at)) });
            self.act(who, &path, "reveal", Some(body)).await.expect(200);
        }
        path
    }
}
