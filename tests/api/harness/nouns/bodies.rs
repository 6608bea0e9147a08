//! Inspecting bodies on their way.

use crate::harness::World;
use serde_json::{Value, json};

impl World {
    /// A statutory body of an administrator's department, as it is registered.
    pub fn inspecting_body(name: &str) -> Value {
        json!({ "name": name, "kind": "STATUTORY", "basis": "《中华人民共和国食品安全法》第六条", "duties": "职责范围内的行政检查" })
    }

    /// The whole way to a published body; gives its path.
    pub async fn publish_body(&self, admin: &str) -> String {
        let body = Self::inspecting_body(&format!("{admin} 所在部门"));
        let made = self.post(admin, "/api/v1/inspecting-bodies").json(&body).send().await.expect(201);
        let path = format!("/api/v1/inspecting-bodies/{}", made["id"].as_str().unwrap());
        for (who, verb) in [(admin, "submit"), ("justice", "confirm"), ("justice", "publish")] {
            self.act(who, &path, verb, None).await.expect(200);
        }
        path
    }
}
