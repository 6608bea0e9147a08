//! Prepares a request that must succeed for every operation and hands them, with the server, to schemathesis.
//!
//! Ignored by default: `tests/run.sh` runs it where schemathesis is installed (`SCHEMATHESIS` names the program).

use crate::harness::{PASSWORD, World, artefacts, backend, repo_file};
use crate::openapi::{committed, operations};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::process::Command;

/// Who sends the requests that need a permission.
fn holder(permission: &str) -> &'static str {
    match permission {
        "personnel:read" | "personnel:write" => "justice",
        "credit:read" | "plans:read" | "plans:write" | "plans:publish" | "tasks:read" | "tasks:write"
        | "draws:read" | "draws:commit" | "inspections:read" | "imports:read" | "imports:write" => "market.lead",
        "plans:review" | "inspections:review" => "market.reviewer",
        "inspections:record" | "inspections:publish" => "market.admin",
        "audit:read" => "auditor",
        _ => "root",
    }
}

struct Seeds<'a> {
    world: &'a World,
    document: Value,
    all: Map<String, Value>,
}

impl Seeds<'_> {
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
                            || part.starts_with("/api/v1/follow-ups/") =>
                        {
                            body.as_ref().and_then(|body| body["_version"].as_i64()).unwrap_or(1)
                        }
                        path => {
                            let who = if path.contains("/personnel/") {
                                "justice"
                            } else if path.contains("/users/") || path.contains("/departments/") {
                                "root"
                            } else {
                                "market.lead"
                            };
                            self.world.get(who, path).await.expect(200)["version"].as_i64().unwrap()
                        }
                    };
                    seed["headers"]["If-Match"] = json!(format!("\"{version}\""));
                }
                "Idempotency-Key" => seed["headers"]["Idempotency-Key"] = json!(mingjian::ctx::new_id().to_string()),
                "code" => seed["path"] = json!({ "code": "spot-result" }),
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

#[tokio::test]
#[ignore = "needs schemathesis; tests/run.sh runs it"]
async fn all_phases_of_schemathesis() {
    let program = std::env::var("SCHEMATHESIS").expect("SCHEMATHESIS names the program");
    let env = [("MINGJIAN__SECURITY__ACCESS_TOKEN_SECONDS", "7200"), ("MINGJIAN__RULES__LOCKOUT_ATTEMPTS", "1000000")];
    let world = World::county_with(&env).await;
    let mut seeds = Seeds { world: &world, document: committed(), all: Map::new() };
    reference(&mut seeds).await;
    people(&mut seeds).await;
    plans(&mut seeds).await;
    tasks(&mut seeds).await;
    inspections(&mut seeds).await;
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
    let file = artefacts().join(format!("seeds-{}.json", backend()));
    std::fs::write(&file, Value::Object(seeds.all).to_string()).unwrap();
    let status = Command::new(program)
        .args(["run", &format!("{}/openapi.json", world.server.url)])
        .current_dir(repo_file("tests/contract"))
        .env("SEEDS_FILE", &file)
        .env("TOKEN", world.token("root"))
        .env("STATUS_FILE", artefacts().join(format!("statuses-{}.json", backend())))
        .status()
        .unwrap();
    assert!(status.success(), "schemathesis: {status}");
}

fn path(noun: &str, value: &Value) -> String {
    format!("/api/v1/{noun}/{}", value["id"].as_str().unwrap())
}

async fn reference(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let department = json!({ "code": "51082188", "name": "旺苍县合同测试局", "short_name": "测试局", "kind": "DEPARTMENT", "region_code": "510821" });
    let department = world.post("root", "/api/v1/departments").json(&department).send().await.expect(201);
    seeds.add("get_department", Some(&path("departments", &department)), None).await;
    seeds.add("update_department", Some(&path("departments", &department)), None).await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    for id in ["get_object", "list_object_history", "update_object"] {
        seeds.add(id, Some(&path("objects", &object)), None).await;
    }
    let items = world.items_of("51082103").await;
    let item = format!("/api/v1/spot-check-items/{}", items[0].as_str().unwrap());
    seeds.add("get_spot_check_item", Some(&item), None).await;
    seeds.add("update_spot_check_item", Some(&item), None).await;
    let import = world.get("market.lead", "/api/v1/imports?limit=1").await.expect(200)["items"][0].clone();
    seeds.add("get_import", Some(&path("imports", &import)), None).await;
    seeds.add("list_import_findings", Some(&path("imports", &import)), None).await;
    seeds.add("get_job", Some(&format!("/api/v1/jobs/{}", import["job_id"].as_str().unwrap())), None).await;
}

async fn people(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let log_in = json!({ "username": "agri.admin", "password": PASSWORD });
    seeds.add("create_token", None, Some(log_in.clone())).await;
    for id in ["refresh_token", "log_out"] {
        let tokens = world.anonymous(Method::POST, "/api/v1/auth/token").json(&log_in).send().await.expect(200);
        seeds.add(id, None, Some(json!({ "refresh_token": tokens["refresh_token"] }))).await;
    }
    let user = |name: &str| json!({ "username": name, "display_name": name, "password": PASSWORD, "role": "REVIEWER", "department_id": world.departments["51082107"] });
    seeds.add("create_user", None, Some(user("contract.one"))).await;
    let active = world.post("root", "/api/v1/users").json(&user("contract.two")).send().await.expect(201);
    seeds.add("get_user", Some(&path("users", &active)), None).await;
    seeds.add("disable_user", Some(&path("users", &active)), None).await;
    let disabled = world.post("root", "/api/v1/users").json(&user("contract.three")).send().await.expect(201);
    world.act("root", &path("users", &disabled), "disable", None).await.expect(200);
    seeds.add("activate_user", Some(&path("users", &disabled)), None).await;
    let query = format!("/api/v1/personnel?department_id={}&limit=10", world.departments["51082107"]);
    let officers = world.get("justice", &query).await.expect(200)["items"].as_array().unwrap().clone();
    let body = json!({ "name": "合同测试", "department_id": world.departments["51082107"] });
    let newcomer = world.post("justice", "/api/v1/personnel").json(&body).send().await.expect(201);
    seeds.add("update_personnel", Some(&path("personnel", &newcomer)), None).await;
    seeds.add("create_personnel", None, Some(body)).await;
    let officer = path("personnel", &officers[0]);
    for id in ["get_personnel", "list_personnel_history", "list_recusals", "create_certificate"] {
        seeds.add(id, Some(&officer), None).await;
    }
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0]["id"].clone();
    seeds.add("create_recusal", Some(&officer), Some(json!({ "object_id": object, "reason": "近亲属任职" }))).await;
    let certificate = |at: usize| path("certificates", &officers[at]["certificates"][0]);
    let reason = |version: i64| Some(json!({ "reason": "合同测试", "_version": version }));
    seeds.add("suspend_certificate", Some(&certificate(0)), reason(1)).await;
    seeds.add("revoke_certificate", Some(&certificate(1)), reason(1)).await;
    seeds.add("cancel_certificate", Some(&certificate(2)), reason(1)).await;
    let call = world.post("justice", &format!("{}/suspend", certificate(3))).if_match(1).keyed();
    call.json(&json!({ "reason": "合同测试" })).send().await.expect(200);
    seeds.add("resume_certificate", Some(&certificate(3)), reason(2)).await;
}

async fn plans(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let example = seeds.document["components"]["schemas"]["PlanBody"]["examples"][0].clone();
    let reason = json!({ "reason": "合同测试" });
    for (id, steps) in [
        ("get_plan", 0),
        ("list_plan_history", 0),
        ("update_plan", 0),
        ("submit_plan", 0),
        ("return_plan", 1),
        ("approve_plan", 1),
        ("publish_plan", 2),
        ("amend_plan", 3),
        ("finish_plan", 3),
    ] {
        let plan = path("plans", &world.post("market.lead", "/api/v1/plans").json(&example).send().await.expect(201));
        let way = [("market.lead", "submit"), ("market.reviewer", "approve"), ("market.lead", "publish")];
        for (who, verb) in &way[..steps] {
            world.act(who, &plan, verb, None).await.expect(200);
        }
        let body = matches!(id, "return_plan" | "amend_plan").then(|| reason.clone());
        seeds.add(id, Some(&plan), body).await;
    }
}

async fn tasks(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let body = world.task_body("合同测试", &["51082103"]).await;
    seeds.add("create_task", None, Some(body.clone())).await;
    let draft = path("tasks", &world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201));
    for id in ["get_task", "preview_pool", "list_task_history"] {
        seeds.add(id, Some(&draft), None).await;
    }
    seeds.add("update_task", Some(&draft), Some(body.clone())).await;
    for (id, steps) in
        [("commit_task", 0), ("cancel_task", 0), ("freeze_task", 2), ("reveal_task", 3), ("redraw_task", 3)]
    {
        let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
        let (task, key) = (path("tasks", &task), task["id"].as_str().unwrap().parse().unwrap());
        for (who, department) in &parties[..steps.min(2)] {
            let party = world.departments[*department].parse().unwrap();
            let made = mingjian::domain::draws::commitment::commit(key, 1, party, &[9; 32]);
            world.act(who, &task, "commit", Some(json!({ "commitment": hex::encode(made) }))).await.expect(200);
        }
        if steps == 3 {
            world.act("market.lead", &task, "freeze", None).await.expect(200);
        }
        let body = match id {
            "cancel_task" | "redraw_task" => Some(json!({ "reason": "合同测试" })),
            "reveal_task" => Some(json!({ "secret": "09".repeat(32) })),
            _ => None,
        };
        seeds.add(id, Some(&task), body).await;
    }
    let ready = world.ready_to_draw(&body, &parties).await;
    seeds.add("draw_task", Some(&ready), None).await;
    let drawn = world.ready_to_draw(&body, &parties).await;
    world.act("market.lead", &drawn, "draw", None).await.expect(200);
    seeds.add("match_task", Some(&drawn), None).await;
    let id = drawn.rsplit('/').next().unwrap();
    let draw = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200)["items"][0].clone();
    for id in ["get_draw", "get_draw_transcript", "get_public_draw", "get_public_transcript"] {
        seeds.add(id, Some(&path("draws", &draw)), None).await;
    }
    let transcript = format!("/api/v1/public/draws/{}/transcript", draw["id"].as_str().unwrap());
    let transcript = world.anonymous(Method::GET, &transcript).send().await.expect(200);
    seeds.add("verify_draw", None, Some(transcript)).await;
}

async fn inspections(seeds: &mut Seeds<'_>) {
    let world = seeds.world;
    let body = world.task_body("合同测试检查", &["51082103"]).await;
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    world.act("market.lead", &task, "match", None).await.expect(200);
    let id = task.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
    let rows = rows["items"].as_array().unwrap().clone();
    let items: Vec<_> = world.items_of("51082103").await.into_iter().take(2).collect();
    let today =
        mingjian::domain::clocks::calendar::local_date(rows[0]["created_at"].as_str().unwrap().parse().unwrap());
    let result = json!({
        "inspected_on": today.to_string(), "verify_ways": ["1"], "result_codes": ["1"],
        "points": items.iter().map(|item| json!({ "spot_check_item_id": item, "result": "1" })).collect::<Vec<_>>(),
    });
    let reason = json!({ "reason": "合同测试" });
    for (at, (id, steps)) in [
        ("start_inspection", 0),
        ("record_inspection_result", 1),
        ("submit_inspection", 2),
        ("return_inspection", 3),
        ("reject_inspection", 3),
        ("approve_inspection_result", 3),
        ("publish_inspection", 4),
        ("withdraw_inspection", 5),
        ("get_public_inspection", 5),
        ("complete_follow_up", 1),
    ]
    .into_iter()
    .enumerate()
    {
        let inspection = path("inspections", &rows[at]);
        let way = [
            ("market.admin", "start", None),
            ("market.admin", "record-result", Some(result.clone())),
            ("market.admin", "submit", None),
            ("market.reviewer", "approve-result", Some(json!({}))),
            ("market.admin", "publish", None),
        ];
        for (who, verb, body) in way.into_iter().take(steps) {
            world.act(who, &inspection, verb, body).await.expect(200);
        }
        let body = match id {
            "record_inspection_result" => Some(result.clone()),
            "return_inspection" | "reject_inspection" | "withdraw_inspection" => Some(reason.clone()),
            _ => None,
        };
        if id == "complete_follow_up" {
            seeds.add("create_follow_up", Some(&inspection), None).await;
            seeds.add("get_inspection", Some(&inspection), None).await;
            seeds.add("list_inspection_history", Some(&inspection), None).await;
            let call = world.post("market.admin", &format!("{inspection}/follow-ups"));
            let made = call.json(&json!({ "measure": "3" })).send().await.expect(201);
            seeds.add(id, Some(&path("follow-ups", &made)), None).await;
        } else {
            seeds.add(id, Some(&inspection), body).await;
        }
    }
}
