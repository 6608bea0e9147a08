//! The contract as served, as printed and as committed are one.

use crate::harness::{Database, World, repo_file, run};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn committed() -> Value {
    serde_json::from_str(&std::fs::read_to_string(repo_file("openapi/openapi.json")).unwrap()).unwrap()
}

/// Operation id, method and path of every operation.
pub fn operations(document: &Value) -> Vec<(String, String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            all.push((id, method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

#[tokio::test]
async fn the_committed_document_is_the_one_served() {
    let database = Database::create().await;
    let (code, printed, error) = run(&database, &["openapi"]);
    assert_eq!(code, 0, "{error}");
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed, committed(), "run: cargo run -- openapi > openapi/openapi.json");
    let world = World::bare().await;
    assert_eq!(world.get("root", "/openapi.json").await.expect(200), printed);
}

/// Two types of one name would silently publish, and enforce, the schema of one of them.
#[test]
fn a_schema_name_means_one_schema() {
    let mut known = BTreeMap::new();
    for (name, schema) in mingjian::http::api().schemas() {
        let schema = serde_json::to_value(&schema).unwrap();
        if let Some(other) = known.insert(name.clone(), schema.clone()) {
            assert_eq!(other, schema, "{name} is published twice, differently");
        }
    }
    assert!(known.len() > 80, "{}", known.len());
}

#[test]
fn every_operation_is_named_described_and_guarded() {
    let document = committed();
    let mut ids = BTreeSet::new();
    for (id, method, path, operation) in operations(&document) {
        assert!(ids.insert(id.clone()), "{id} twice");
        for member in ["summary", "description"] {
            assert!(operation[member].as_str().is_some_and(|text| !text.is_empty()), "{id} {member}");
        }
        let open = ["public", "auth", "oauth"].iter().any(|part| path.starts_with(&format!("/api/v1/{part}/")));
        let permission = operation["x-permission"].as_str();
        assert_eq!(permission.is_none(), open, "{method} {path} {permission:?}");
        let security = operation["security"].as_array().unwrap();
        assert_eq!(security.is_empty(), open, "{method} {path}");
        assert!(operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2')), "{id}");
    }
    assert!(ids.len() > 80, "{}", ids.len());
}
