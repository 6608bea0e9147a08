//! Data sets on their way to a plan in force.

use crate::harness::{Answer, World};
use reqwest::Method;
use serde_json::{Value, json};

impl World {
    /// The path of the set of a content.
    pub async fn data_set(&self, content: &str) -> String {
        let page = self.get("business", &format!("/api/v1/data-sets?content={content}")).await.expect(200);
        format!("/api/v1/data-sets/{}", page["items"][0]["id"].as_str().unwrap())
    }

    /// A plan that somebody is to sign, for their own department.
    pub async fn data_set_body(&self, cadence: &str, code: &str, duty: &str) -> Value {
        json!({
            "department_id": self.departments[code], "source_system": "部门业务系统", "cadence": cadence, "grade": "GENERAL",
            "share": "UNCONDITIONAL", "duty_user_id": self.user_id(duty).await, "plan": "范围：全部；方式：接口推送。",
        })
    }

    /// What the platform writes down about a set.
    pub async fn describe(&self, set: &str, body: &Value) -> Answer {
        let version = self.get("business", set).await.expect(200)["version"].as_i64().unwrap();
        self.request(Method::PUT, "business", set).if_match(version).json(body).send().await
    }

    /// Described, and then so many steps on: submitted, approved, signed.
    pub async fn walk_data_set(&self, set: &str, body: &Value, duty: &str, steps: usize) -> Value {
        let mut now = self.describe(set, body).await.expect(200);
        for (who, verb) in [("business", "submit"), ("coordinator", "approve"), (duty, "sign")].into_iter().take(steps)
        {
            now = self.act(who, set, verb, None).await.expect(200);
        }
        now
    }
}
