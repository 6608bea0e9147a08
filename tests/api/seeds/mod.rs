//! For every operation a request that succeeds: what the contract tests begin with, and what the document's examples are.

mod accounts;
mod bodies;
mod gathered;
mod inspections;
mod issued;
mod items;
mod log;
mod people;
mod planning;
mod records;
mod reference;
mod risks;
mod supervision;
mod visits;

use crate::contract::openapi::{committed, operations};
use crate::harness::World;
use serde_json::{Map, Value, json};

/// Who sends the requests that need a permission.
fn holder(permission: &str) -> &'static str {
    match permission {
        "personnel:read"
        | "personnel:write"
        | "certificates:approve"
        | "trainings:read"
        | "trainings:write"
        | "roll:read"
        | "roll:write"
        | "personal-data:read"
        | "plans:file" => "justice",
        "users:authorize" | "clients:write" | "delegations:read" | "delegations:revoke" => "security",
        "recusals:declare" => "market.officer",
        "libraries:read" | "libraries:write" | "credit:read" | "plans:read" | "plans:write" | "plans:publish"
        | "tasks:read" | "tasks:write" | "draws:read" | "draws:commit" | "inspections:read" | "visits:read"
        | "imports:read" | "imports:write" => "market.lead",
        "credit-policies:write" | "risk-models:read" | "risk-models:write" | "risk-models:run" => "market.lead",
        "credit-policies:approve"
        | "risk-clues:supervise"
        | "risk-models:approve"
        | "assignees:read"
        | "issued-tasks:read"
        | "issued-tasks:receive"
        | "issued-tasks:manage" => "coordinator",
        "statement-tokens:grant" => "market.lead",
        "case-referrals:read" | "case-referrals:handle" => "market.reviewer",
        "supervision-cases:read" | "supervision-cases:handle" => "justice",
        "supervision-cases:reply" | "archives:appraise" | "legal-holds:manage" => "market.admin",
        "archives:read" => "market.lead",
        "archives:approve" => "market.head",
        "archives:supervise" => "justice",
        "plans:review" | "inspections:review" | "items:review" | "risk-clues:review" => "market.reviewer",
        "documents:read"
        | "documents:write"
        | "evidence:read"
        | "evidence:write"
        | "inspections:record"
        | "inspections:publish"
        | "items:write"
        | "risk-clues:read"
        | "risk-clues:write"
        | "risk-clues:assign"
        | "risk-clues:handle" => "market.admin",
        "behaviours:read" => "market.lead",
        "behaviours:write" => "market.admin",
        "behaviours:audit" => "market.reviewer",
        "data-sets:read" | "data-sets:write" => "business",
        "data-sets:approve" => "coordinator",
        "data-sets:sign" => "market.admin",
        "complaints:read" | "complaints:dispatch" => "coordinator",
        "complaints:write" | "complaints:handle" | "complaint-reporters:read" => "market.admin",
        "complaints:review" => "market.reviewer",
        "audit:read" | "log:read" => "auditor",
        "log:witness" | "draws:open" | "visit-rules:write" | "visit-feedback:handle" => "justice",
        "visits:request" | "issued-tasks:handle" => "market.admin",
        "visits:approve" | "documents:void" => "market.head",
        "risk-clues:dispatch"
        | "catalogue:write"
        | "clauses:write"
        | "objects:write"
        | "spot-check-items:write"
        | "credit:write"
        | "items:read"
        | "indicators:read" => "business",
        _ => "root",
    }
}

/// The requests as they are gathered, by operation.
pub struct Seeds<'a> {
    world: &'a World,
    document: Value,
    all: Map<String, Value>,
}

impl Seeds<'_> {
    /// Gives the last request of an operation a part of its path.
    fn in_path(&mut self, id: &str, name: &str, value: &str) {
        self.all[id].as_array_mut().unwrap().last_mut().unwrap()["path"][name] = json!(value);
    }

    /// The same, sent with another token than the permission's holder has, and with what else the request needs.
    async fn add_by(
        &mut self,
        authorization: &str,
        extra: Value,
        id: &str,
        resource: Option<&str>,
        body: Option<Value>,
    ) {
        self.add(id, resource, body).await;
        let seed = self.all[id].as_array_mut().unwrap().last_mut().unwrap();
        seed["headers"]["Authorization"] = json!(authorization);
        for (name, value) in extra.as_object().into_iter().flatten() {
            seed[name] = value.clone();
        }
    }

    /// Gives the last request of an operation a query.
    fn with_query(&mut self, id: &str, query: Value) {
        self.all[id].as_array_mut().unwrap().last_mut().unwrap()["query"] = query;
    }

    /// A seed with the path's id, the current version, and a body: given, else the operation's own example.
    async fn add(&mut self, id: &str, resource: Option<&str>, body: Option<Value>) {
        let (_, _, path, operation) =
            operations(&self.document).into_iter().find(|(known, ..)| known == id).unwrap_or_else(|| panic!("{id}"));
        let mut seed = json!({ "headers": {} });
        if let Some(permission) = operation["x-permission"].as_str() {
            let token = self.world.token(holder(permission));
            seed["headers"]["Authorization"] = json!(format!("Bearer {token}"));
        }
        if let Some(resource) = resource {
            seed["path"] = json!({ "id": resource.rsplit('/').next().unwrap() });
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            match parameter["name"].as_str().unwrap() {
                "If-Match" => {
                    let version = match resource.unwrap() {
                        part if part.starts_with("/api/v1/certificates/")
                            || part.starts_with("/api/v1/statement-tokens/")
                            || part.starts_with("/api/v1/delegations/") =>
                        {
                            body.as_ref().and_then(|body| body["_version"].as_i64()).unwrap_or(1)
                        }
                        path => {
                            let who = if ["/personnel/", "/visit-feedback/", "/supervision-cases/", "/complaints/"]
                                .iter()
                                .any(|noun| path.contains(noun))
                            {
                                "justice"
                            } else if path.contains("/users/")
                                || path.contains("/departments/")
                                || path.contains("/clients/")
                            {
                                "root"
                            } else if ["/offline-", "/evidence/", "/documents/"].iter().any(|noun| path.contains(noun))
                            {
                                "market.admin"
                            } else {
                                "market.lead"
                            };
                            self.world.get(who, path).await.expect(200)["version"].as_i64().unwrap()
                        }
                    };
                    seed["headers"]["If-Match"] = json!(format!("\"{version}\""));
                }
                "Idempotency-Key" => {
                    seed["headers"]["Idempotency-Key"] = json!(mingjian::kernel::ctx::new_id().to_string());
                }
                "code" if parameter["in"] == "path" => {
                    seed["path"] = json!({ "code": if path.contains("/indicators/") { "2" } else { "spot-result" } });
                }
                "Tus-Resumable" => seed["headers"]["Tus-Resumable"] = json!("1.0.0"),
                "Upload-Offset" => seed["headers"]["Upload-Offset"] = json!("0"),
                "dataset" if parameter["required"] == true => seed["query"] = json!({ "dataset": "objects" }),
                "from" if parameter["required"] == true => {
                    seed["query"] = json!({ "from": "2026-11-24", "working_days": 20 });
                }
                _ => {}
            }
        }
        let content = &operation["requestBody"]["content"];
        if content["text/csv"].is_object() {
            seed["content_type"] = json!("text/csv");
            seed["body"] = json!("企业名称,统一社会信用代码\n旺苍县合同测试店,\n");
        } else if content["application/offset+octet-stream"].is_object() {
            seed["content_type"] = json!("application/offset+octet-stream");
            seed["body"] = body.unwrap();
        } else if content["application/x-www-form-urlencoded"].is_object() {
            seed["content_type"] = json!("application/x-www-form-urlencoded");
            seed["body"] = body.unwrap();
        } else if content.is_object() {
            let reference = content["application/json"]["schema"]["$ref"].as_str().unwrap_or("");
            let example = &self.document["components"]["schemas"][reference.rsplit('/').next().unwrap()]["examples"][0];
            let mut body = body.unwrap_or_else(|| example.clone());
            if let Some(map) = body.as_object_mut() {
                map.remove("_version");
            }
            assert!(body.is_object(), "{id} ({path}) needs a body");
            seed["body"] = body;
            seed["content_type"] = json!("application/json");
        }
        self.all.entry(id.to_owned()).or_insert_with(|| json!([])).as_array_mut().unwrap().push(seed);
    }
}

/// The requests for every operation; each is meant to be sent once.
pub async fn all(world: &World) -> Map<String, Value> {
    let mut seeds = Seeds { world, document: committed(), all: Map::new() };
    reference::add(&mut seeds).await;
    accounts::add(&mut seeds).await;
    people::add(&mut seeds).await;
    items::add(&mut seeds).await;
    planning::libraries(&mut seeds).await;
    planning::plans(&mut seeds).await;
    planning::tasks(&mut seeds).await;
    bodies::add(&mut seeds).await;
    issued::add(&mut seeds).await;
    inspections::add(&mut seeds).await;
    visits::add(&mut seeds).await;
    records::add(&mut seeds).await;
    supervision::add(&mut seeds).await;
    risks::credit(&mut seeds).await;
    risks::clues(&mut seeds).await;
    risks::models(&mut seeds).await;
    gathered::complaints(&mut seeds).await;
    gathered::behaviours(&mut seeds).await;
    gathered::data_sets(&mut seeds).await;
    log::add(&mut seeds).await;
    let missing: Vec<_> = operations(&seeds.document)
        .into_iter()
        .filter(|(id, ..)| !seeds.all.contains_key(id))
        .map(|(id, ..)| id)
        .collect();
    for id in missing {
        let body = (id == "create_object")
            .then(|| json!({ "name": "旺苍县合同新设店", "object_type": "1", "region_code": "510821" }));
        seeds.add(&id, None, body).await;
    }
    seeds.all
}

fn path(noun: &str, value: &Value) -> String {
    format!("/api/v1/{noun}/{}", value["id"].as_str().unwrap())
}
