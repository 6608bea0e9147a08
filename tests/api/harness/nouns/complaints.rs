//! Complaints on their way.

use crate::harness::{Answer, World};
use serde_json::{Value, json};

impl World {
    /// What somebody who gave a name told of an enterprise.
    pub fn told(kind: &str, object: &Value) -> Value {
        json!({
            "kind": kind, "channel": "LETTER", "title": "测试反映事项", "content": "反映其经营中的问题。", "problem_type": "08",
            "object_id": object, "is_anonymous": false, "reporter": { "name": "测试反映人", "phone": "13800000001" },
        })
    }

    /// An enterprise of the register.
    pub async fn some_object(&self) -> Value {
        self.get("market.lead", "/api/v1/objects?limit=1&sort=name").await.expect(200)["items"][0]["id"].clone()
    }

    /// A complaint of a kind that a side's department registered; gives its path.
    pub async fn complaint(&self, side: &str, kind: &str) -> String {
        let object = self.some_object().await;
        self.registered(&format!("{side}.admin"), &Self::told(kind, &object)).await
    }

    /// What somebody registered; gives its path.
    pub async fn registered(&self, who: &str, body: &Value) -> String {
        let made = self.post(who, "/api/v1/complaints").json(body).send().await.expect(201);
        format!("/api/v1/complaints/{}", made["id"].as_str().unwrap())
    }

    /// Market regulation's way of a complaint, so many steps of it: accept, begin, conclude, notify, close.
    pub async fn walk_complaint(&self, complaint: &str, kind: &str, steps: usize) {
        let way = [
            ("accept", None),
            ("begin", None),
            ("conclude", Some(Self::conclusion(kind))),
            ("notify", Some(json!({ "told": "电话告知本人" }))),
            ("close", None),
        ];
        for (verb, body) in way.into_iter().take(steps) {
            self.act("market.admin", complaint, verb, body).await.expect(200);
        }
    }

    /// How a kind ends.
    pub fn conclusion(kind: &str) -> Value {
        match kind {
            "COMPLAINT" => json!({ "outcome": "AGREED", "result": "双方达成调解协议" }),
            "REPORT" => json!({ "outcome": "CASE_FILED", "result": "现场检查属实", "case_no": "旺市监立〔2026〕21号" }),
            _ => json!({ "outcome": "ANSWERED", "result": "已答复" }),
        }
    }

    /// What somebody does to a complaint, whatever comes of it.
    pub async fn try_on(&self, who: &str, complaint: &str, verb: &str, body: Value) -> Answer {
        self.act(who, complaint, verb, Some(body)).await
    }
}
