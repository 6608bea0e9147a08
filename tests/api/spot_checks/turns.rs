//! Whose turn it is: every step of a plan, a draw and an inspection waits in the list of whoever takes the next.

use crate::harness::{World, run};
use domain::kernel::clocks::calendar::local_date;
use serde_json::{Value, json};

#[tokio::test]
async fn a_plan_waits_for_its_author_its_reviewer_and_its_publication() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let body = json!({
        "name": "轮到谁的计划", "year": 2027, "kind": "ANNUAL", "department_id": world.departments["51082103"],
        "lines": [{
            "spot_check_item_id": items[0], "category": "食品", "item_name": "某抽查", "targets": "企业", "item_kind": "GENERAL",
            "executing_unit": "某股", "ratio_text": "3%", "period_text": "全年",
        }],
    });
    let made = world.post("market.admin", "/api/v1/plans").json(&body).send().await.expect(201);
    let plan = format!("/api/v1/plans/{}", made["id"].as_str().unwrap());
    assert_eq!(world.waits("market.admin", &plan).await, ["PLAN_TO_COMPLETE"]);
    assert!(world.waits("agri.admin", &plan).await.is_empty(), "another department's");

    world.act("market.admin", &plan, "submit", None).await.expect(200);
    assert_eq!(world.waits("market.reviewer", &plan).await, ["PLAN_TO_REVIEW"]);
    assert!(world.waits("market.admin", &plan).await.is_empty());
    world.act("market.reviewer", &plan, "return", Some(json!({ "reason": "补充" }))).await.expect(200);
    assert_eq!(world.waits("market.admin", &plan).await, ["PLAN_TO_COMPLETE"]);
    world.act("market.admin", &plan, "submit", None).await.expect(200);
    world.act("market.reviewer", &plan, "approve", Some(World::legal_review())).await.expect(200);
    assert_eq!(world.waits("justice", &plan).await, ["PLAN_TO_FILE"]);
    world.act("justice", &plan, "file", Some(World::filing())).await.expect(200);
    assert_eq!(world.waits("market.admin", &plan).await, ["PLAN_TO_PUBLISH"]);
    world.act("market.admin", &plan, "publish", None).await.expect(200);
    assert_eq!(world.waits("market.admin", &plan).await, ["PLAN_TO_FINISH"]);
}

#[tokio::test]
async fn a_draw_and_its_inspections_wait_step_by_step() {
    let world = World::county().await;
    let body = world.task_body("轮到谁的抽查", &["51082103"]).await;
    let draft = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let draft = format!("/api/v1/tasks/{}", draft["id"].as_str().unwrap());
    assert_eq!(world.waits("market.lead", &draft).await, ["DRAW_TO_COMMIT", "TASK_TO_FREEZE"]);
    assert_eq!(world.waits("justice", &draft).await, ["DRAW_TO_COMMIT"], "a party outside the department");
    world.act("market.lead", &draft, "cancel", Some(json!({ "reason": "不再需要" }))).await.expect(200);
    assert!(world.waits("market.lead", &draft).await.is_empty());

    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let task = world.ready_to_draw(&body, &parties).await;
    assert_eq!(world.waits("market.lead", &task).await, ["DRAW_TO_REVEAL", "TASK_TO_DRAW"]);
    world.act("market.lead", &task, "draw", None).await.expect(200);
    assert!(world.waits("market.lead", &task).await.is_empty(), "its inspections wait");

    let id = task.rsplit('/').next().unwrap();
    let page = world.get("market.admin", &format!("/api/v1/inspections?task_id={id}&limit=1")).await.expect(200);
    let inspection = format!("/api/v1/inspections/{}", page["items"][0]["id"].as_str().unwrap());
    assert_eq!(world.waits("market.admin", &inspection).await, ["INSPECTION_TO_START"]);
    world.act("market.admin", &inspection, "start", None).await.expect(200);
    assert_eq!(world.waits("market.admin", &inspection).await, ["INSPECTION_TO_RECORD"]);
    assert_eq!(world.waits("market.lead", &task).await, ["TASK_TO_FINISH"]);
    let items = body["departments"][0]["item_ids"].as_array().unwrap();
    let points: Vec<_> = items.iter().map(|item| World::point(item, "1")).collect();
    let today = local_date(mingjian::kernel::ctx::now());
    let result = json!({
        "inspected_on": today.to_string(), "verify_ways": ["2"], "result_codes": ["1"], "points": points,
    });
    world.act("market.admin", &inspection, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", &inspection, "submit", None).await.expect(200);
    assert_eq!(world.waits("market.reviewer", &inspection).await, ["INSPECTION_TO_REVIEW"]);
    world.act("market.reviewer", &inspection, "approve-result", Some(json!({}))).await.expect(200);
    assert_eq!(world.waits("market.admin", &inspection).await, ["INSPECTION_TO_PUBLISH"]);
    let due = world.get("market.admin", &inspection).await.expect(200)["publish_due_on"].clone();
    let path = "/api/v1/worklist?kind=INSPECTION_TO_PUBLISH";
    assert_eq!(world.get("market.admin", path).await.expect(200)["items"][0]["due_on"], due, "the law's own term");

    let open = json!({ "measure": "1", "detail": "责令改正", "due_on": today + chrono::Days::new(60) });
    let made = world.post("market.admin", &format!("{inspection}/follow-ups")).json(&open).send().await;
    let follow_up = made.expect(201)["id"].as_str().unwrap().to_owned();
    assert_eq!(world.waits("market.admin", &follow_up).await, ["FOLLOW_UP_DUE"]);
    world.act("market.admin", &inspection, "publish", None).await.expect(200);
    assert!(world.waits("market.admin", &inspection).await.is_empty());
}

#[tokio::test]
async fn a_certificate_and_a_faulty_file_wait_too() {
    let world = World::county().await;
    let officers = format!("/api/v1/personnel?department_id={}&limit=1", world.departments["51082103"]);
    let officer = world.get("market.admin", &officers).await.expect(200)["items"][0]["id"].clone();
    let path = format!("/api/v1/personnel/{}/certificates", officer.as_str().unwrap());
    let asked = json!({ "kind": "3" });
    let made = world.post("market.admin", &path).json(&asked).send().await.expect(201);
    let certificate = made["id"].as_str().unwrap().to_owned();
    assert_eq!(world.waits("justice", &certificate).await, ["CERTIFICATE_TO_APPROVE"]);
    assert!(world.waits("market.admin", &certificate).await.is_empty());

    // One that ends soon is told of by the calendar, once.
    let soon = local_date(mingjian::kernel::ctx::now()) + chrono::Days::new(30);
    let row = format!("姓名,部门编码,执法证号,有效期至\n临期甲,51082103,510821777001,{soon}\n");
    world.import("personnel", row.into_bytes()).await;
    for _ in 0..2 {
        let (code, _, error) = run(&world.database, &["calendar"]);
        assert_eq!(code, 0, "{error}");
    }
    let ending = world.get("market.admin", "/api/v1/worklist?kind=CERTIFICATE_ENDING&limit=200").await.expect(200);
    let mine: Vec<_> =
        ending["items"].as_array().unwrap().iter().filter(|entry| entry["title"] == "510821777001 临期甲").collect();
    assert_eq!((mine.len(), &mine[0]["due_on"]), (1, &json!(soon.to_string())));

    let file = |name: &str| format!("部门编码,系统名称,事项编码,事项名称\n51082103,某系统,W-1,{name}\n").into_bytes();
    let bad = world.import("own-system-items", file("")).await;
    let import = bad["id"].as_str().unwrap();
    assert_eq!(world.waits("market.admin", import).await, ["IMPORT_TO_CORRECT"]);
    let good = world.import("own-system-items", file("某检查")).await;
    assert_eq!(
        (&good["rows_created"], world.waits("market.admin", import).await.len()),
        (&Value::from(1), 0),
        "corrected"
    );
}
