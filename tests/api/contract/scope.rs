//! Whose records a department's administrator may make: the own department's, whichever operation makes them.

use crate::contract::openapi::{committed, operations};
use crate::harness::{World, repo_file};
use serde_json::{Value, json};

/// Every operation that names a department in its body, by the contract, tried with the own one and with another's.
#[tokio::test]
async fn nobody_makes_records_of_another_department() {
    let world = World::county_with_issuer(&[]).await;
    let seeds = crate::seeds::all(&world).await;
    let document = committed();
    let own = &world.departments["51082105"];
    let other = &world.departments["51082103"];
    let mut tried = Vec::new();
    for (id, method, path, operation) in operations(&document) {
        let reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
        let Some(name) = reference.and_then(|reference| reference.rsplit('/').next()) else { continue };
        let properties = &document["components"]["schemas"][name]["properties"];
        let names_one = properties["department_id"].is_object() || properties["departments"].is_object();
        if method != "POST" || path.contains('{') || !names_one || !is_bounded(&id) {
            continue;
        }
        let body = async |department: &str, code: &str| -> Value {
            if properties["departments"].is_object() {
                return world.task_body("他部门", &[code]).await;
            }
            let mut body = seeds[&id][0]["body"].clone();
            body["department_id"] = json!(department);
            if body["code"].is_string() {
                body["code"] = json!(format!("OF{code}"));
            }
            body
        };
        let call = world.post("agri.admin", &path).json(&body(other, "51082103").await);
        let refused = call.send().await.expect_problem(422, "INVALID_BODY");
        assert_eq!(refused["errors"][0]["code"], "NOT_OWN_DEPARTMENT", "{id}: {refused}");
        let call = world.post("agri.admin", &path).json(&body(own, "51082105").await);
        let taken = call.send().await;
        assert!(matches!(taken.status, 200 | 201), "{id}: {}", taken.text);
        tried.push(id);
    }
    tried.sort();
    assert_eq!(
        tried,
        [
            "create_clue",
            "create_complaint",
            "create_inspecting_body",
            "create_item",
            "create_library",
            "create_model",
            "create_personnel",
            "create_plan",
            "create_task",
            "create_training",
            "send_behaviour"
        ]
    );
}

/// Whether a department's administrator has the operation for the own department.
fn is_bounded(id: &str) -> bool {
    let mut reader = csv::Reader::from_path(repo_file("tests/api/contract/authz_matrix.csv")).unwrap();
    let at = reader.headers().unwrap().iter().position(|role| role == "DEPARTMENT_ADMIN").unwrap();
    reader.records().map(Result::unwrap).any(|row| &row[0] == id && &row[at] == "D")
}
