//! The same requests give the same statuses, bodies and order on both databases, but for ids and times: both runs are
//! held against one snapshot.

use crate::harness::{World, repo_file};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Ids in the order of their first appearance, times and digests by their kind.
struct Normaliser(BTreeMap<String, usize>);

impl Normaliser {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(list) => Value::Array(list.iter().map(|item| self.value(item)).collect()),
            Value::Object(map) => {
                let mut out = Map::new();
                for (name, member) in map {
                    let changing =
                        matches!(name.as_str(), "trace_id" | "request_id" | "next_cursor") && member.is_string();
                    out.insert(name.clone(), if changing { json!("…") } else { self.value(member) });
                }
                Value::Object(out)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if uuid::Uuid::try_parse(text).is_ok() && text.len() == 36 {
            let next = self.0.len() + 1;
            return format!("id-{}", self.0.entry(text.to_owned()).or_insert(next));
        }
        if text.starts_with("/api/") {
            return text.split('/').map(|part| self.text(part)).collect::<Vec<_>>().join("/");
        }
        if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
            return "time".to_owned();
        }
        // Codes carry the day in Asia/Shanghai.
        let today = domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now());
        if text.starts_with("510821") && text.contains(&today.format("%Y%m%d").to_string()) {
            return "code of today".to_owned();
        }
        text.to_owned()
    }
}

#[tokio::test]
async fn both_databases_give_the_same_answers() {
    let world = World::county().await;
    let messy = world.import("objects", std::fs::read(repo_file("data/demo/messy_objects.gb18030.csv")).unwrap()).await;
    let import = messy["id"].as_str().unwrap();
    let body = world.task_body("同一任务", &["51082103", "51082106"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let task = task["id"].as_str().unwrap();
    let mut seen = Normaliser(BTreeMap::new());
    let mut answers = Map::new();
    for (who, path) in [
        ("market.lead", format!("/api/v1/imports/{import}")),
        ("market.lead", format!("/api/v1/imports/{import}/findings?limit=200&sort=row_no")),
        ("market.lead", "/api/v1/objects?sort=name&limit=20&total=exact".to_owned()),
        ("market.lead", "/api/v1/objects?sort=-name&limit=5&tag=餐饮服务".to_owned()),
        ("market.lead", "/api/v1/objects?established_on[gte]=2020-01-01&sort=name&limit=5&total=exact".to_owned()),
        ("market.lead", "/api/v1/objects?name[contains]=_&total=exact".to_owned()),
        ("donghe.township", "/api/v1/objects?sort=name&limit=5&total=exact".to_owned()),
        ("justice", "/api/v1/personnel?sort=name&limit=10&total=exact".to_owned()),
        ("market.lead", "/api/v1/spot-check-items?sort=code&limit=10".to_owned()),
        ("market.lead", "/api/v1/credit-classifications?scheme=1&limit=1&fields=scheme,level,batch,local_class&local_class=DISHONEST".to_owned()),
        ("market.lead", "/api/v1/departments?sort=code".to_owned()),
        ("market.lead", format!("/api/v1/tasks/{task}")),
        ("market.lead", format!("/api/v1/tasks/{task}/pool")),
        ("agri.admin", format!("/api/v1/tasks/{task}")),
        ("market.lead", "/api/v1/objects?sort=nothing&limit=x".to_owned()),
    ] {
        let answer = world.get(who, &path).await;
        let shown = path.replace(import, "{import}").replace(task, "{task}");
        answers.insert(format!("{} {who} {shown}", answer.status), seen.value(&answer.json()));
    }
    insta::assert_json_snapshot!("both_databases", Value::Object(answers));
}
