//! README's first command, as a newcomer runs it.

use crate::harness::{Database, command};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_demo_is_a_county_at_work() {
    let database = Database::create().await;
    let url = database.url.clone();
    let mut child = command(&database, &["demo", "--bind", "127.0.0.1:0", "--database-url", &url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let _demo = Demo(child);
    let mut lines = Vec::new();
    for line in out.lines().map_while(Result::ok) {
        let last = line.contains("docs:");
        lines.push(line);
        if last {
            break;
        }
    }
    let text = lines.join("\n");
    let root = text.split_whitespace().find_map(|word| word.strip_suffix("/docs/")).unwrap_or_else(|| panic!("{text}"));
    // Every account that is shown can log in with the password that is shown.
    let accounts: Vec<Vec<&str>> = lines
        .iter()
        .skip_while(|line| !line.contains("demo accounts"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert!(accounts.len() >= 9, "{text}");
    let client = Client::new();
    let mut lead = String::new();
    for account in &accounts {
        let body = json!({ "username": account[0], "password": account[1] });
        let answer = client.post(format!("{root}/api/v1/auth/token")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", account[0]);
        let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
        if account[0] == "market.lead" {
            lead = token;
        }
    }
    let get = async |path: &str| {
        let call = client.request(Method::GET, format!("{root}{path}")).bearer_auth(&lead);
        call.send().await.unwrap().error_for_status().unwrap().json::<Value>().await.unwrap()
    };
    let total =
        async |path: &str| get(&format!("/api/v1/{path}total=exact&limit=1")).await["page"]["total"].as_i64().unwrap();
    assert!(total("objects?").await >= 2_000);
    assert!(total("departments?").await >= 25);
    assert!(total("tasks?status=FINISHED&").await >= 1);
    assert!(total("tasks?status=DRAFT&").await >= 1);
    assert!(total("public/inspections?").await >= 1);
    // The three lines to try are there, and answer as they stand.
    let tries: Vec<_> =
        lines.iter().filter(|line| line.trim_start().starts_with("curl") || line.contains("TOKEN=$(curl")).collect();
    assert_eq!(tries.len(), 3, "{text}");
    let script = tries.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" && ");
    let done = std::process::Command::new("bash").args(["-ec", &script]).output().unwrap();
    let shown = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && shown.matches("\"has_more\":").count() == 2, "{shown}");
}
