//! National, provincial and city tasks (rules of the trade §16): each step timed, their objects inspected, row 5.

use crate::contract::allowed::{reason, walk};
use crate::harness::{World, today};
use reqwest::Method;
use serde_json::{Value, json};

async fn kinds(world: &World, who: &str, record: &str) -> Vec<Value> {
    let id = record.rsplit('/').next().unwrap();
    let page = world.get(who, "/api/v1/worklist?limit=200").await.expect(200);
    let own = page["items"].as_array().unwrap().iter().filter(|entry| entry["resource_id"] == id);
    own.map(|entry| entry["kind"].clone()).collect()
}

/// The result of an inspection, from afar, to its review.
async fn approve(world: &World, inspection: &str) {
    world.act("market.admin", inspection, "start", None).await.expect(200);
    approve_again(world, inspection).await;
}

async fn approve_again(world: &World, inspection: &str) {
    let items = world.items_of("51082103").await;
    let result = json!({
        "inspected_on": today(), "verify_ways": ["2"], "result_codes": ["1"], "points": [World::point(&items[0], "1")],
        "summary": "书面核查",
    });
    world.act("market.admin", inspection, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", inspection, "submit", None).await.expect(200);
    world.act("market.reviewer", inspection, "approve-result", Some(json!({ "opinion": "同意" }))).await.expect(200);
}

#[tokio::test]
async fn a_task_goes_down_to_a_department_and_up_again() {
    let world = World::county().await;
    let body = world.issued_body("GJ-1").await;
    let mut early = body.clone();
    early["due_on"] = json!("2020-01-01");
    early["received_on"] = json!("2099-01-01");
    let refused = world.post("coordinator", "/api/v1/issued-tasks").json(&early).send().await;
    let refused = refused.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, [&json!("/received_on"), &json!("/due_on")]);
    let task = world.issued("GJ-1", 0).await;
    let id = task.rsplit('/').next().unwrap();
    world.assert_audit("issued-tasks", id, "CREATED", "coordinator").await;
    let twice = world.post("coordinator", "/api/v1/issued-tasks").json(&body).send().await;
    twice.expect_problem(409, "DUPLICATE");
    let received = world.get("coordinator", &task).await.expect(200);
    assert_eq!((&received["channel"], &received["late_steps"]), (&json!("MANUAL"), &json!([])));
    assert!(received["objects"][0]["object_id"].is_string(), "found in the register by its code");
    assert_eq!(received["objects"][1]["object_id"], Value::Null);
    assert_eq!(kinds(&world, "coordinator", &task).await, ["ISSUED_TO_SIGN"]);
    world.get("market.admin", &task).await.expect_problem(404, "NOT_FOUND");
    // What is put right keeps the day on which it was received.
    world.database.execute("UPDATE issued_tasks SET received_at = '2026-01-05 02:00:00+00:00'").await;
    let change = world.request(Method::PUT, "coordinator", &task).if_match(1).json(&body).send().await.expect(200);
    assert_eq!((&change["sign_due_on"], &change["late_steps"]), (&json!("2026-01-06"), &json!(["SIGN", "ISSUE"])));
    let mut today_again = body.clone();
    today_again["received_on"] = json!(today());
    let change = world.request(Method::PUT, "coordinator", &task).if_match(2).json(&today_again).send().await;
    assert_eq!(change.expect(200)["late_steps"], json!([]));

    world.act("coordinator", &task, "sign", None).await.expect(200);
    world.assert_audit("issued-tasks", id, "SIGNED", "coordinator").await;
    assert_eq!(kinds(&world, "coordinator", &task).await, ["ISSUED_TO_ISSUE"]);
    let late = json!({ "parts": [{ "department_id": world.departments["51082103"], "due_on": "2099-01-01" }] });
    let refused = world.act("coordinator", &task, "issue", Some(late)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/parts/0/due_on");
    let parts = json!({ "parts": [
        { "department_id": world.departments["51082103"] }, { "department_id": world.departments["51082105"] },
    ] });
    let issued = world.act("coordinator", &task, "issue", Some(parts)).await.expect(200);
    world.assert_audit("issued-tasks", id, "DISPATCHED", "coordinator").await;
    let of = |code: &str| {
        let parts = issued["parts"].as_array().unwrap();
        let part = parts.iter().find(|part| part["department_id"] == json!(world.departments[code])).unwrap();
        format!("/api/v1/issued-parts/{}", part["id"].as_str().unwrap())
    };
    let (market, agri) = (of("51082103"), of("51082105"));
    let due = issued["parts"][0]["due_on"].as_str().unwrap();
    let days = world.get("coordinator", &format!("/api/v1/calendar?from={due}&working_days=3")).await.expect(200);
    assert_eq!(days["due_on"], issued["due_on"], "three working days before");
    assert_eq!(kinds(&world, "market.admin", &market).await, ["ISSUED_PART_TO_SIGN"]);
    world.get("agri.admin", &market).await.expect_problem(404, "NOT_FOUND");
    let seen = world.get("agri.admin", &task).await.expect(200);
    assert_eq!(seen["parts"].as_array().unwrap().len(), 1, "another's part is not shown in the task either");

    world.act("market.admin", &market, "sign", None).await.expect(200);
    world.assert_audit("issued-parts", market.rsplit('/').next().unwrap(), "SIGNED", "market.admin").await;
    let mut unknown = world.inspect_issued().await;
    unknown["object_position"] = json!(2);
    let refused = world.act("market.admin", &market, "inspect", Some(unknown)).await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/object_id");
    let part = world.act("market.admin", &market, "inspect", Some(world.inspect_issued().await)).await.expect(200);
    assert_eq!((&part["status"], &part["inspections"][0]["object_position"]), (&json!("RECORDING"), &json!(1)));
    assert_eq!(world.get("coordinator", &task).await.expect(200)["status"], "RECORDING");
    let done = json!({ "summary": "已核查 1 户，未发现问题" });
    let refused = world.act("market.admin", &market, "submit", Some(done.clone())).await;
    assert!(refused.expect_problem(409, "INSPECTIONS_OPEN")["detail"].as_str().unwrap().contains("1 项"));
    let inspection = format!("/api/v1/inspections/{}", part["inspections"][0]["inspection_id"].as_str().unwrap());
    let opened = world.get("market.admin", &inspection).await.expect(200);
    let of_task = world.get("market.admin", &format!("/api/v1/tasks/{}", opened["task_id"].as_str().unwrap())).await;
    assert_eq!(of_task.expect(200)["source"], "ISSUED");
    approve(&world, &inspection).await;
    let mut late = done.clone();
    late["feedback"] =
        json!([{ "kind": "OTHER", "code": "1", "object_name": "某", "on": "2099-01-01", "content": "约谈" }]);
    let refused = world.act("market.admin", &market, "submit", Some(late)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/feedback/0/on");
    world.act("market.admin", &market, "submit", Some(done.clone())).await.expect(200);
    world.assert_audit("issued-parts", market.rsplit('/').next().unwrap(), "SUBMITTED", "market.admin").await;
    assert_eq!(world.get("coordinator", &task).await.expect(200)["status"], "RECORDING", "agriculture is not done");
    world.act("agri.admin", &agri, "sign", None).await.expect(200);
    world.act("agri.admin", &agri, "submit", Some(done.clone())).await.expect(200);
    world.assert_audit("issued-tasks", id, "SUBMITTED", "agri.admin").await;
    assert_eq!(kinds(&world, "coordinator", &task).await, ["ISSUED_TO_CHECK"]);

    // Back to the departments, and from the level above once more.
    world.act("coordinator", &task, "return", Some(reason())).await.expect(200);
    assert_eq!(kinds(&world, "agri.admin", &agri).await, ["ISSUED_PART_TO_SUBMIT"]);
    for (who, part) in [("market.admin", &market), ("agri.admin", &agri)] {
        world.act(who, part, "submit", Some(done.clone())).await.expect(200);
    }
    let refused = world.act("coordinator", &task, "check", Some(json!({}))).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/uninspected_reason", "one of its objects was not inspected");
    // A result that was taken back is none.
    world.act("market.reviewer", &inspection, "reopen", Some(reason())).await.expect(200);
    let why = json!({ "uninspected_reason": "企业已注销" });
    world.act("coordinator", &task, "check", Some(why.clone())).await.expect_problem(409, "INSPECTIONS_OPEN");
    approve_again(&world, &inspection).await;
    world.act("coordinator", &task, "check", Some(why.clone())).await.expect(200);
    world.assert_audit("issued-tasks", id, "CHECKED", "coordinator").await;
    world.act("coordinator", &task, "report", Some(json!({ "report_no": "旺报1号" }))).await.expect(200);
    world.assert_audit("issued-tasks", id, "REPORTED", "coordinator").await;
    world.act("coordinator", &task, "rework", Some(reason())).await.expect(200);
    world.assert_audit("issued-tasks", id, "REWORKED", "coordinator").await;
    assert_eq!(kinds(&world, "coordinator", &task).await, ["ISSUED_TO_REOPEN"]);
    let reopened = world.act("coordinator", &task, "reopen", None).await.expect(200);
    assert_eq!((&reopened["status"], &reopened["parts"][0]["status"]), (&json!("RECORDING"), &json!("RECORDING")));
    for (who, part) in [("market.admin", &market), ("agri.admin", &agri)] {
        world.act(who, part, "submit", Some(done.clone())).await.expect(200);
    }
    for verb in ["check", "report", "acknowledge"] {
        let body = match verb {
            "check" => Some(why.clone()),
            "report" => Some(json!({})),
            _ => None,
        };
        world.act("coordinator", &task, verb, body).await.expect(200);
    }
    world.assert_audit("issued-tasks", id, "ACKNOWLEDGED", "coordinator").await;
    let end = world.get("coordinator", &task).await.expect(200);
    assert_eq!(
        (&end["status"], &end["allowed_actions"], &end["late_steps"]),
        (&json!("ACKNOWLEDGED"), &json!([]), &json!([]))
    );
}

#[tokio::test]
async fn what_an_issued_task_shows_is_what_is_accepted() {
    let world = World::county().await;
    let task = world.issued("GJ-WALK", 0).await;
    let parts = json!({ "parts": [{ "department_id": world.departments["51082103"] }] });
    let verbs = [
        ("SIGN", "sign", None),
        ("ISSUE", "issue", Some(parts)),
        ("RETURN", "return", Some(reason())),
        ("CHECK", "check", Some(json!({ "uninspected_reason": "企业已注销" }))),
        ("REPORT", "report", Some(json!({}))),
        ("ACKNOWLEDGE", "acknowledge", None),
        ("REWORK", "rework", Some(reason())),
        ("REOPEN", "reopen", None),
    ];
    walk(&world, &task, &verbs, &[("coordinator", "SIGN"), ("market.lead", "ISSUE")]).await;
    let part = world.issued_part(&task).await;
    let done = json!({ "summary": "已核查" });
    let of_part = [("SIGN", "sign", None), ("SUBMIT", "submit", Some(done.clone()))];
    let way = [("market.admin", "SIGN"), ("market.admin", "SUBMIT")];
    walk(&world, &part, &of_part, &way).await;
    walk(&world, &task, &verbs, &[("coordinator", "RETURN")]).await;
    walk(&world, &part, &of_part, &[("market.admin", "SUBMIT")]).await;
    let way =
        [("coordinator", "CHECK"), ("coordinator", "REPORT"), ("coordinator", "REWORK"), ("coordinator", "REOPEN")];
    walk(&world, &task, &verbs, &way).await;
    world.act("market.admin", &part, "submit", Some(done)).await.expect(200);
    let way = [("coordinator", "CHECK"), ("coordinator", "REPORT"), ("coordinator", "ACKNOWLEDGE")];
    walk(&world, &task, &verbs, &way).await;
}

/// 8 received, 1 not yet due, 5 in time, 1 issued late, 1 reported late: 5 of 7.
#[tokio::test]
async fn issued_tasks_in_time() {
    let world = World::county().await;
    let mut tasks = Vec::new();
    for at in 0..8 {
        tasks.push(world.issued(&format!("GJ-{at}"), if at == 0 { 3 } else { 6 }).await);
    }
    let id = |at: usize| tasks[at].rsplit('/').next().unwrap().to_owned();
    let yesterday = today().pred_opt().unwrap();
    for (column, at) in [("issue_due_on", 6), ("due_on", 7)] {
        let hex = id(at).replace('-', "");
        let of = if crate::harness::backend() == "sqlite" { format!("x'{hex}'") } else { format!("'{}'", id(at)) };
        world.database.execute(&format!("UPDATE issued_tasks SET {column} = '{yesterday}' WHERE id = {of}")).await;
    }
    let figure = world.get("coordinator", "/api/v1/indicators/5.3").await.expect(200);
    let shown = [&figure["numerator"], &figure["denominator"], &figure["ratio_bp"]];
    assert_eq!(shown, [&json!(5), &json!(7), &json!(7_142)], "{figure}");
    let why = world.get("coordinator", "/api/v1/indicators/5.3/explain").await.expect(200);
    let reasons: Vec<_> =
        why["items"].as_array().unwrap().iter().map(|row| (row["code"].clone(), row["reason"].clone())).collect();
    assert_eq!(reasons, [(json!("GJ-6"), json!("未按时：下发")), (json!("GJ-7"), json!("未按时：上报"))]);
    assert_eq!(world.get("coordinator", &tasks[6]).await.expect(200)["late_steps"], json!(["ISSUE"]));
}

#[tokio::test]
async fn a_partner_system_hands_tasks_over_and_reads_none() {
    let mut world = World::county().await;
    world.make_partner(&["issued-tasks:receive"], "510821").await;
    let mut body = world.issued_body("GJ-API").await;
    let refused = world.post("partner", "/api/v1/issued-tasks").json(&body).send().await;
    assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/department_id");
    body["department_id"] = json!(world.departments["51082103"]);
    let made = world.post("partner", "/api/v1/issued-tasks").json(&body).send().await.expect(201);
    assert_eq!((&made["channel"], &made["allowed_actions"]), (&json!("API"), &json!([])));
    let path = format!("/api/v1/issued-tasks/{}", made["id"].as_str().unwrap());
    world.get("partner", &path).await.expect_problem(403, "FORBIDDEN");
    assert_eq!(kinds(&world, "coordinator", &path).await, ["ISSUED_TO_SIGN"]);
    world.get("market.admin", &path).await.expect(200);
}

/// A list of tasks as the level above sends it: rows of one number are one task.
#[tokio::test]
async fn a_list_of_tasks_comes_in_as_a_file() {
    let world = World::county().await;
    let known = world.get("market.lead", "/api/v1/objects?limit=1&object_type=1").await.expect(200)["items"][0].clone();
    let heading = "下发任务编号,任务名称,任务级别,发起单位,检查内容,完成时限,企业名称,统一社会信用代码\n";
    let task = |code: &str, due: &str, object: &str| {
        format!("{code},道路运输联合监管,国家级,交通运输部,资质、车辆和人员,{due},{object}\n")
    };
    let register = format!("{},{}", known["name"].as_str().unwrap(), known["uscc"].as_str().unwrap());
    let file = [
        heading.to_owned(),
        task("GJ-1", "2099年3月31日", &register),
        task("GJ-1", "2099-03-31", "旺苍县没有的公司,"),
        task("GJ-2", "2099-06-30", ","),
        task("GJ-3", "2020-01-01", ","),
    ]
    .concat();
    let import = world.import_as("coordinator", "issued-tasks", file.clone().into_bytes()).await;
    let counts = ["rows_created", "rows_updated", "rows_unchanged", "rows_rejected"].map(|name| import[name].clone());
    assert_eq!(counts, [json!(3), json!(0), json!(0), json!(1)], "{import}");
    let findings = format!("/api/v1/imports/{}/findings?limit=50", import["id"].as_str().unwrap());
    let findings = world.get("coordinator", &findings).await.expect(200);
    assert!(findings.to_string().contains("办理期限早于收到日期"), "{findings}");

    let page = world.get("coordinator", "/api/v1/issued-tasks?sort=code&limit=10").await;
    let tasks = page.expect(200)["items"].clone();
    let of = |code: &str| tasks.as_array().unwrap().iter().find(|task| task["code"] == code).cloned().unwrap();
    let first = of("GJ-1");
    assert_eq!(
        (&first["channel"], &first["status"], &first["level"]),
        (&json!("FILE"), &json!("RECEIVED"), &json!("NATIONAL"))
    );
    assert_eq!(first["objects"][0]["object_id"], known["id"]);
    assert_eq!(first["objects"][1]["object_id"], Value::Null, "the register has none of that name");
    world.assert_audit("issued-tasks", first["id"].as_str().unwrap(), "CREATED", "coordinator").await;
    assert_eq!(kinds(&world, "coordinator", first["id"].as_str().unwrap()).await, ["ISSUED_TO_SIGN"]);

    // The same file again changes nothing; another adds what it has more.
    let again = world.import_as("coordinator", "issued-tasks", file.into_bytes()).await;
    assert_eq!((&again["rows_created"], &again["rows_unchanged"]), (&json!(0), &json!(3)), "{again}");
    let more = [heading.to_owned(), task("GJ-1", "2099-03-31", "旺苍县后来的公司,")].concat();
    let import = world.import_as("coordinator", "issued-tasks", more.clone().into_bytes()).await;
    assert_eq!(import["rows_created"], 1);
    let path = format!("/api/v1/issued-tasks/{}", first["id"].as_str().unwrap());
    assert_eq!(world.get("coordinator", &path).await.expect(200)["objects"].as_array().unwrap().len(), 3);
    world.assert_audit("issued-tasks", first["id"].as_str().unwrap(), "UPDATED", "coordinator").await;

    // Whoever received it stays; a file that names another is told so.
    let elsewhere = format!("部门编码,{heading}51082106,{}", task("GJ-1", "2099-03-31", "旺苍县后来的公司,"));
    let refused = world.import_as("coordinator", "issued-tasks", elsewhere.into_bytes()).await;
    assert_eq!(refused["rows_rejected"], 1, "{refused}");

    // What is signed is not changed by a file any more, and says so.
    world.act("coordinator", &path, "sign", None).await.expect(200);
    let unchanged = world.import_as("coordinator", "issued-tasks", more.into_bytes()).await;
    assert_eq!(unchanged["rows_unchanged"], 1);
    let late = [heading.to_owned(), task("GJ-1", "2099-12-31", ",")].concat();
    let refused = world.import_as("coordinator", "issued-tasks", late.into_bytes()).await;
    assert_eq!(refused["rows_rejected"], 1, "{refused}");
    assert_eq!(world.get("coordinator", &path).await.expect(200)["due_on"], "2099-03-31");
}
