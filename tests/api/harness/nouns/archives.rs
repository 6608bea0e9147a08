//! Files whose time is over.

use crate::harness::World;
use serde_json::{Value, json};

/// Long enough ago for every class.
pub const LONG_AGO: &str = "2010-03-01 04:00:00+00:00";

impl World {
    /// An inspection of a side that ended without a result.
    pub async fn void_inspection(&self, side: &str) -> String {
        let inspection = self.begun_inspection(side).await;
        self.make_void(side, &inspection).await;
        inspection
    }

    pub async fn make_void(&self, side: &str, inspection: &str) {
        let asked = json!({ "cause": "CANNOT_BE_MADE", "reason": "企业停业" });
        self.act(&format!("{side}.admin"), inspection, "ask-void", Some(asked.clone())).await.expect(200);
        self.act(&format!("{side}.reviewer"), inspection, "void", Some(asked)).await.expect(200);
    }

    /// All that was done was done long ago.
    pub async fn age(&self) {
        for table in ["inspections", "follow_ups", "case_referrals", "risk_clues", "documents", "evidence"] {
            self.database.execute(&format!("UPDATE {table} SET updated_at = '{LONG_AGO}'")).await;
        }
        self.database.execute("UPDATE evidence SET retain_until = '2020-01-01'").await;
    }

    /// The list that the year brings to a side's department; gives its path.
    pub async fn disposal_list(&self, side: &str) -> String {
        // One at a time: those that there are stand aside, as the justice bureau's.
        let known = self.get("justice", "/api/v1/disposal-lists?limit=200").await.expect(200);
        self.database
            .execute("UPDATE disposal_lists SET department_id = (SELECT id FROM departments WHERE code = '51082104')")
            .await;
        self.strike();

        let lists = self.get(&format!("{side}.admin"), "/api/v1/disposal-lists").await.expect(200);
        for list in known["items"].as_array().unwrap() {
            let [id, department] = ["id", "department_id"].map(|name| self.database.id(list[name].as_str().unwrap()));
            let sql = format!("UPDATE disposal_lists SET department_id = {department} WHERE id = {id}");
            self.database.execute(&sql).await;
        }
        format!("/api/v1/disposal-lists/{}", lists["items"][0]["id"].as_str().unwrap())
    }

    /// So many steps of a list's way: all decided alike, submitted, approved, carried out.
    pub async fn walk_list(&self, side: &str, list: &str, decision: Value, steps: usize) {
        let (admin, head) = (format!("{side}.admin"), format!("{side}.head"));
        let way = [
            (admin.as_str(), "appraise", Some(decision)),
            (&admin, "submit", None),
            (&head, "approve", None),
            ("justice", "carry-out", Some(witness())),
        ];
        for (who, verb, body) in way.into_iter().take(steps) {
            self.act(who, list, verb, body).await.expect(200);
        }
    }
}

/// What is said of all: they go.
pub fn destroyed() -> Value {
    json!({ "decision": "DESTROY", "reason": "保管期限届满，无查考价值" })
}

/// Two stand by.
pub fn witness() -> Value {
    json!({ "witness": "县档案馆 李四" })
}
