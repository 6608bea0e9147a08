//! What a test was answered, without what chance and the clock decide: kept for each database, and compared by `tests/run.sh`.

use super::client::Answer;
use super::{artefacts, backend};
use serde_json::{Map, Value, json};
use std::cell::RefCell;

thread_local! {
    static RECORD: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Members that tell which object or officer was drawn.
const BY_CHANCE: [&str; 12] = [
    "object_name",
    "object_uscc",
    "township_code",
    "certificate_no",
    "actor_name",
    "display_name",
    "name",
    "code",
    "next_cursor",
    "stratum",
    "expected",
    "found",
];

/// From now on every answer on this thread is kept.
pub fn start() {
    RECORD.set(Some(Vec::new()));
}

pub fn note(method: &str, path: &str, answer: &Answer) {
    RECORD.with_borrow_mut(|record| {
        // How often a job is asked about is the clock's.
        let Some(record) = record.as_mut().filter(|_| !path.contains("/jobs/")) else { return };
        let path: Vec<_> = path.split(['/', '=', '&']).map(plain).collect();
        let kind = answer.header("content-type").starts_with("application/");
        let mut body = if kind && !answer.text.is_empty() { shape("", &answer.json()) } else { Value::Null };
        // Inspections are made in an order of chance, and listed in it.
        if let Some(items) =
            body["items"].as_array_mut().filter(|_| path.iter().any(|part| part.starts_with("inspections")))
        {
            items.sort_by_cached_key(Value::to_string);
        }
        record
            .push(json!({ "request": format!("{method} {}", path.join("/")), "status": answer.status, "body": body }));
    });
}

/// Writes what was kept to `target/artefacts/{name}-{backend}.json`; gives how many answers it was.
pub fn finish(name: &str) -> usize {
    let record = RECORD.take().unwrap_or_default();
    let file = artefacts().join(format!("{name}-{}.json", backend()));
    std::fs::write(file, serde_json::to_string_pretty(&record).unwrap() + "\n").unwrap();
    record.len()
}

fn shape(name: &str, value: &Value) -> Value {
    match value {
        // A code of the trade is one word in capitals; other codes count or name what was drawn.
        Value::String(text) if name == "code" && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase()) => {
            value.clone()
        }
        Value::String(_) | Value::Null if BY_CHANCE.contains(&name) => json!("…"),
        Value::Bool(_) if name == "is_leader" => json!("…"),
        Value::String(text) => json!(plain(text)),
        Value::Array(list) => list.iter().map(|item| shape(name, item)).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, member)| (name.clone(), shape(name, member))).collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A text without ids, digests, times and dates.
fn plain(text: &str) -> String {
    if uuid::Uuid::try_parse(text).is_ok() {
        return "{id}".to_owned();
    }
    if text.len() >= 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b"\"-".contains(&byte)) {
        return "{digest}".to_owned();
    }
    if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
        return "{time}".to_owned();
    }
    if text.parse::<chrono::NaiveDate>().is_ok() {
        return "{date}".to_owned();
    }
    if text.starts_with('/') && text.len() > 1 {
        return text.split('/').map(plain).collect::<Vec<_>>().join("/");
    }
    if text.contains('\n') {
        return text.split('\n').map(plain).collect::<Vec<_>>().join("\n");
    }
    text.to_owned()
}
