//! Whose turn it is, as somebody's list says.

use crate::harness::{World, id_of, run};
use serde_json::Value;

impl World {
    /// What waits for somebody about a record, entry by entry: each says until when, and what it is.
    pub async fn waiting(&self, who: &str, record: &str) -> Vec<Value> {
        let id = id_of(record);
        let mut found = Vec::new();
        let mut path = "/api/v1/worklist?limit=200".to_owned();
        loop {
            let page = self.get(who, &path).await.expect(200);
            let entries = page["items"].as_array().unwrap().iter();
            found.extend(entries.filter(|entry| entry["resource_id"] == id).cloned());
            let Some(next) = page["page"]["next"].as_str() else { break };
            path = format!("/api/v1/worklist?limit=200&after={next}");
        }

        for entry in &found {
            assert!(entry["due_on"].as_str().is_some() && !entry["title"].as_str().unwrap().is_empty(), "{entry}");
        }
        found.sort_by_key(|entry| entry["kind"].as_str().unwrap().to_owned());
        found
    }

    /// The kinds of what waits.
    pub async fn waits(&self, who: &str, record: &str) -> Vec<String> {
        let entries = self.waiting(who, record).await;
        entries.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// The clock strikes: what the servers do with the time is done now.
    pub fn strike(&self) {
        let (code, _, error) = run(&self.database, &["calendar"]);
        assert_eq!(code, 0, "{error}");
    }
}
