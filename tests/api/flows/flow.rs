//! The main job through HTTP: from a registry file to a published result that the public reads and anybody verifies.

use crate::harness::{PARTIES, World, artefacts, backend, record, repo_file, run, shared_data};
use crate::spot_checks::plans::plan_from_file;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn from_a_register_to_a_published_inspection() {
    let world = World::county().await;
    if let Some(registry) = shared_data("registry_guangyuan.csv") {
        let done = world.import("objects", registry).await;
        let sum: i64 = ["created", "updated", "unchanged", "rejected"]
            .iter()
            .map(|outcome| done[format!("rows_{outcome}")].as_i64().unwrap())
            .sum();
        assert_eq!((&done["rows_total"], sum), (&json!(1_356), 1_356), "{done}");
    }
    record::start();
    let plan = plan_from_file(&world, &std::fs::read(repo_file("data/demo/plan_agriculture.csv")).unwrap()).await;
    let task = joint_task(&world, &plan).await;
    let inspections = inspect(&world, &task).await;
    the_public_reads(&world, &inspections).await;
    check_transcripts(&world, &task).await;
    tamper(&world, &task).await;
    trace(&world, &plan, &task, &inspections).await;
    // The same on the other database, says tests/run.sh.
    assert!(record::finish("flow") > 200);
}

async fn joint_task(world: &World, plan: &Value) -> String {
    let mut body = world.task_body("部门联合抽查", &["51082103", "51082106"]).await;
    body["plan_id"] = plan["id"].clone();
    // Two lines name the first items, so that it is said which of them are carried out.
    let refused = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "LINES_AMBIGUOUS");
    body["plan_line_ids"] = plan["lines"].as_array().unwrap()[..4].iter().map(|line| line["id"].clone()).collect();
    let falling = {
        let mut body = body.clone();
        body["strata"][3]["rate_bp"] = json!(100);
        body
    };
    let refused = world.post("market.lead", "/api/v1/tasks").json(&falling).send().await;
    assert_eq!(refused.expect_problem(422, "RATES_NOT_MONOTONE")["rule"]["code"], "RATES_RISE_WITH_RISK");
    let unplanned = {
        let mut body = body.clone();
        body["plan_line_ids"] = json!([]);
        body["departments"] = json!([{
            "department_id": world.departments["51082105"], "item_ids": world.items_of("51082105").await[..1],
        }]);
        body
    };
    let refused = world.post("market.lead", "/api/v1/tasks").json(&unplanned).send().await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "NOT_IN_PLAN");
    let path = world.ready_to_draw(&body, &PARTIES).await;
    let id = path.rsplit('/').next().unwrap();
    for action in ["CREATED", "COMMITTED", "FROZEN", "REVEALED"] {
        let actor = if ["COMMITTED", "REVEALED"].contains(&action) { "justice" } else { "market.lead" };
        world.assert_audit("tasks", id, action, actor).await;
    }
    let preview = world.get("market.lead", &format!("{path}/pool")).await.expect(200);
    let counts: i64 =
        preview["strata"].as_array().unwrap().iter().map(|stratum| stratum["count"].as_i64().unwrap()).sum();
    let drawn = world.act("market.lead", &path, "draw", None).await.expect(200);
    assert_eq!(drawn["status"], "MATCHED", "objects and officers in one step");
    world.assert_audit("tasks", id, "DRAWN", "market.lead").await;
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    assert_eq!(draws["items"][0]["selected_count"], counts, "the counts are those of the preview");
    path
}

/// Every inspection of the task, from start to publication.
async fn inspect(world: &World, task: &str) -> Vec<String> {
    let id = task.rsplit('/').next().unwrap();
    let page = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
    let mut rows = page["items"].as_array().unwrap().clone();
    assert!(rows.len() >= 10, "{}", rows.len());
    // They are listed in an order of chance; both databases are asked in the same order.
    rows.sort_by_key(|row| row["department_id"] != json!(world.departments["51082103"]));
    let today = rows[0]["created_at"].as_str().unwrap().get(..10).unwrap().to_owned();
    let mut done = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let officers = row["officers"].as_array().unwrap();
        assert_eq!(officers.len(), 2);
        assert_eq!(officers.iter().filter(|officer| officer["is_leader"] == true).count(), 1);
        let side = if row["department_id"] == json!(world.departments["51082103"]) { "market" } else { "emergency" };
        let (admin, reviewer) = (format!("{side}.admin"), format!("{side}.reviewer"));
        let inspection = row["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/inspections/{inspection}");
        let started = world.act(&admin, &path, "start", None).await.expect(200);
        world.go_there(side, &path).await;
        let code = if side == "market" { "51082103" } else { "51082106" };
        let items: Vec<_> = world.items_of(code).await.into_iter().take(2).collect();
        let local = world.get(&admin, &format!("/api/v1/calendar?from={today}")).await.expect(200);
        assert!(local["is_working_day"].is_boolean());
        let on = shanghai(started["started_at"].as_str().unwrap());
        let result = json!({
            "inspected_on": on, "verify_ways": ["1", "2"], "result_codes": if at % 3 == 0 { json!(["5", "E"]) } else { json!(["1"]) },
            "points": items.iter().map(|item| World::point(item, "1")).collect::<Vec<_>>(),
            "summary": "已现场核查",
        });
        if at == 0 {
            incomplete_results_are_refused(world, &admin, &path, &result).await;
        }
        let recorded = world.act(&admin, &path, "record-result", Some(result.clone())).await.expect(200);
        let due = world.get(&admin, &format!("/api/v1/calendar?from={on}&working_days=20")).await.expect(200);
        assert_eq!(recorded["publish_due_on"], due["due_on"]);
        world.act(&admin, &path, "submit", None).await.expect(200);
        if at == 0 {
            let reason = Some(json!({ "reason": "请补充现场照片说明" }));
            world.act(&reviewer, &path, "return", reason).await.expect(200);
            world.act(&admin, &path, "record-result", Some(result)).await.expect(200);
            world.act(&admin, &path, "submit", None).await.expect(200);
        }
        world.act(&reviewer, &path, "approve-result", Some(json!({ "opinion": "同意" }))).await.expect(200);
        if at == 1 {
            let body = json!({ "measure": "3", "detail": "责令改正", "due_on": null });
            let made = world.post(&admin, &format!("{path}/follow-ups")).json(&body).send().await.expect(201);
            let follow = format!("/api/v1/follow-ups/{}", made["id"].as_str().unwrap());
            let call = world.post(&admin, &format!("{follow}/complete")).if_match(1).keyed();
            call.json(&json!({ "note": "已改正" })).send().await.expect(200);
        }
        let published = world.act(&admin, &path, "publish", None).await.expect(200);
        assert_eq!(published["status"], "PUBLISHED");
        done.push(inspection);
    }
    let path = format!("/api/v1/inspections/{}", done[2]);
    let reason = Some(json!({ "reason": "录入对象有误" }));
    let side = if rows[2]["department_id"] == json!(world.departments["51082103"]) { "market" } else { "emergency" };
    world.act(&format!("{side}.admin"), &path, "withdraw", reason).await.expect(200);
    let task = world.get("market.lead", task).await.expect(200);
    assert_eq!(task["status"], "FINISHED", "the last published result ends the task");
    done
}

fn shanghai(at: &str) -> String {
    let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
    domain::kernel::clocks::calendar::local_date(at).to_string()
}

async fn incomplete_results_are_refused(world: &World, admin: &str, path: &str, result: &Value) {
    let mut bad = result.clone();
    bad["result_codes"] = json!(["1", "1"]);
    bad["surprise"] = json!(1);
    let problem = world.act(admin, path, "record-result", Some(bad)).await.expect_problem(400, "MALFORMED_REQUEST");
    assert_eq!(problem["errors"][0]["pointer"], "/surprise");
    let mut bad = result.clone();
    bad["result_codes"] = json!(["Z"]);
    bad["points"][0]["result"] = json!("9");
    bad["inspected_on"] = json!("2026-02-30");
    let problem = world.act(admin, path, "record-result", Some(bad)).await.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/inspected_on", "/points/0/result", "/result_codes/0"], "every bad field is named");
    let mut partial = result.clone();
    partial["points"].as_array_mut().unwrap().truncate(1);
    world.act(admin, path, "record-result", Some(partial)).await.expect(200);
    world.act(admin, path, "submit", None).await.expect_problem(422, "RESULT_INCOMPLETE");
    let mut future = result.clone();
    future["inspected_on"] = json!("2099-01-01");
    let problem = world.act(admin, path, "record-result", Some(future)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/inspected_on");
}

async fn the_public_reads(world: &World, inspections: &[String]) {
    let answer = world.anonymous(Method::GET, "/api/v1/public/inspections?limit=200").send().await;
    let page = answer.expect(200);
    assert_eq!(page["page"]["total"], inspections.len());
    for forbidden in
        ["local_class", "officers", "certificate", "TRUSTWORTHY", "DISHONEST", "legal_representative", "entered_by"]
    {
        assert!(!answer.text.contains(forbidden), "{forbidden} is public");
    }
    let etag = answer.header("etag").to_owned();
    assert!(answer.header("cache-control").starts_with("public"));
    let again = world.anonymous(Method::GET, "/api/v1/public/inspections?limit=200").header("if-none-match", &etag);
    assert_eq!(again.send().await.status, 304);
    let withdrawn =
        world.anonymous(Method::GET, &format!("/api/v1/public/inspections/{}", inspections[2])).send().await;
    let withdrawn = withdrawn.expect(200);
    assert_eq!((&withdrawn["status"], &withdrawn["results"]), (&json!("WITHDRAWN"), &json!([])));
    assert_eq!(withdrawn["withdrawn_reason"], "录入对象有误");
    let plans = world.anonymous(Method::GET, "/api/v1/public/plans").send().await.expect(200);
    assert_eq!(plans["page"]["total"], 1);
}

/// The record verifies here, on the command line, in public, and is kept for the Python verifier.
async fn check_transcripts(world: &World, task: &str) {
    let id = task.rsplit('/').next().unwrap();
    let draws = world.anonymous(Method::GET, &format!("/api/v1/public/draws?task_id={id}")).send().await.expect(200);
    let draw = draws["items"][0]["id"].as_str().unwrap();
    let full = world.get("market.lead", &format!("/api/v1/draws/{draw}/transcript")).await;
    let public = world.anonymous(Method::GET, &format!("/api/v1/public/draws/{draw}/transcript")).send().await;
    let (whole, shown) = (full.expect(200), public.expect(200));
    assert_eq!(whole["transcript"], shown["transcript"], "teams are public: their names are this draw's alone");
    assert_eq!((&shown["openings"], &shown["officer_openings"]), (&json!([]), &json!([])));
    for forbidden in ["TRUSTWORTHY", "GENERAL", "KEY", "DISHONEST"] {
        assert!(!public.text.contains(forbidden), "{forbidden} is in the public record");
    }
    for (name, text) in [("full", &full.text), ("public", &public.text)] {
        let file = artefacts().join(format!("transcript-{}-{name}.json", backend()));
        std::fs::write(&file, text).unwrap();
        let (code, out, error) = run(&world.database, &["verify-draw", file.to_str().unwrap()]);
        assert_eq!(code, 0, "{out} {error}");
        assert!(out.starts_with("valid: "), "{out}");
        let kept = ["verify-draw", file.to_str().unwrap(), "--terms", draws["items"][0]["terms"].as_str().unwrap()];
        let published = draws["items"][0]["receipt"]["key"].as_str().unwrap();
        assert_eq!(run(&world.database, &[&kept[..], &["--key", published]].concat()).0, 0, "as it was receipted");
        let (code, out, _) = run(&world.database, &[&kept[..], &["--key", &"ab".repeat(32)]].concat());
        assert!(code == 1 && out.contains("NOT_PUBLISHED /transcript/receipt/key"), "{out}");
        let call = world.anonymous(Method::POST, "/api/v1/public/draws/verify");
        let verdict = call.raw("application/json", text.clone().into_bytes()).send().await.expect(200);
        let expected = json!({
            "consistent": true, "published": "YES", "status": "MATCHED", "void_reason": null, "differences": []
        });
        assert_eq!(verdict, expected);
    }
}

async fn tamper(world: &World, task: &str) {
    let id = task.rsplit('/').next().unwrap();
    let draws = world.get("market.lead", &format!("/api/v1/draws?task_id={id}")).await.expect(200);
    let path = format!("/api/v1/draws/{}/transcript", draws["items"][0]["id"].as_str().unwrap());
    let mut forged = world.get("market.lead", &path).await.expect(200);
    let honest = forged.clone();
    forged["transcript"]["matching"]["teams"][0]["leader"] = json!("00".repeat(32));
    let verdict = world.anonymous(Method::POST, "/api/v1/public/draws/verify").json(&forged).send().await.expect(200);
    assert_eq!((&verdict["consistent"], &verdict["published"]), (&json!(false), &json!("NO")));
    let codes: Vec<_> =
        verdict["differences"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect();
    for code in ["DIGEST_DIFFERS", "TEAM_DIFFERS"] {
        assert!(codes.contains(&code), "{code} not in {codes:?}");
    }
    let mut forged = honest;
    forged["transcript"]["strata"][0]["count"] = json!(1);
    let file = artefacts().join(format!("forged-{}.json", backend()));
    std::fs::write(&file, forged.to_string()).unwrap();
    let (code, out, _) = run(&world.database, &["verify-draw", file.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(out.contains("COUNT_DIFFERS /transcript/strata/0/count"), "{out}");
    std::fs::remove_file(file).unwrap();
}

async fn trace(world: &World, plan: &Value, task: &str, inspections: &[String]) {
    let history = world.get("market.lead", &format!("/api/v1/plans/{}/history", plan["id"].as_str().unwrap())).await;
    let actions: Vec<_> =
        history.expect(200)["items"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(
        actions,
        ["PUBLISHED", "FILED", "APPROVED", "SUBMITTED", "RETURNED", "SUBMITTED", "CREATED"],
        "newest first"
    );
    let history = world.get("market.lead", &format!("{task}/history?limit=200")).await.expect(200);
    let last = &history["items"][0];
    assert_eq!(last["action"], "FINISHED");
    let history =
        world.get("market.lead", &format!("/api/v1/inspections/{}/history", inspections[0])).await.expect(200);
    for action in ["CREATED", "STARTED", "RECORDED", "SUBMITTED", "RETURNED", "APPROVED", "PUBLISHED"] {
        let entries = history["items"].as_array().unwrap();
        assert!(entries.iter().any(|entry| entry["action"] == action), "{action}");
    }
    world.get("market.lead", "/api/v1/audit/entries").await.expect_problem(403, "FORBIDDEN");
}
