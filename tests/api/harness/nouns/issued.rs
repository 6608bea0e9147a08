//! Tasks that upper levels issue.

use crate::harness::World;
use serde_json::{Value, json};

impl World {
    /// An issued task's body, with one object that the register knows.
    pub async fn issued_body(&self, code: &str) -> Value {
        let objects = self.get("market.lead", "/api/v1/objects?sort=name&limit=1").await.expect(200);
        let object = &objects["items"][0];
        // A working day, whatever day it is today.
        let from = super::visits::today();
        let due = self.get("coordinator", &format!("/api/v1/calendar?from={from}&working_days=40")).await.expect(200);
        json!({
            "code": code, "name": "联合监管任务", "level": "NATIONAL", "issuer": "国家市场监督管理总局",
            "content": "核查资质、人员和记录", "due_on": due["due_on"],
            "objects": [{ "name": object["name"], "uscc": object["uscc"] }, { "name": "登记库中没有的企业" }],
        })
    }

    /// Received, and so many steps on its way: sign, issue, part signed, part handed in, check, report, acknowledge.
    pub async fn issued(&self, code: &str, steps: usize) -> String {
        let body = self.issued_body(code).await;
        let task = self.post("coordinator", "/api/v1/issued-tasks").json(&body).send().await.expect(201);
        let task = format!("/api/v1/issued-tasks/{}", task["id"].as_str().unwrap());
        for step in 0..steps {
            self.issued_step(&task, step).await;
        }
        task
    }

    async fn issued_step(&self, task: &str, step: usize) {
        let parts = json!({ "parts": [{ "department_id": self.departments["51082103"] }] });
        let done = json!({ "summary": "已逐户核查，均未发现问题" });
        match step {
            0 => self.act("coordinator", task, "sign", None).await,
            1 => self.act("coordinator", task, "issue", Some(parts)).await,
            2 => self.act("market.admin", &self.issued_part(task).await, "sign", None).await,
            3 => self.act("market.admin", &self.issued_part(task).await, "submit", Some(done)).await,
            4 => {
                let why = json!({ "uninspected_reason": "企业已注销" });
                self.act("coordinator", task, "check", Some(why)).await
            }
            5 => self.act("coordinator", task, "report", Some(json!({}))).await,
            _ => self.act("coordinator", task, "acknowledge", None).await,
        }
        .expect(200);
    }

    /// The part of its first department.
    pub async fn issued_part(&self, task: &str) -> String {
        let task = self.get("coordinator", task).await.expect(200);
        format!("/api/v1/issued-parts/{}", task["parts"][0]["id"].as_str().unwrap())
    }

    /// An inspection of the task's first object by a team of market regulation.
    pub async fn inspect_issued(&self) -> Value {
        let items = self.items_of("51082103").await;
        json!({ "object_position": 1, "item_ids": [items[0]], "officers": self.team("51082103").await })
    }
}
